/** Objects of one bucket, by the conventions of the clients (ADR-20): chunks, then a description that makes them one. */

import { createHash } from 'node:crypto';
import type { DownloadEvent, HeaderField, ObjectInfo } from '../bridge/contract.ts';
import { nuid } from '@nats-io/nats-core';
import { BucketError } from './errors.ts';
import { chunksPerBatch } from './limits.ts';
import { checkObjectName, chunkSubject, encodeBase64, encodeObjectName, subjectPrefix } from './names.ts';
import type { BucketStore } from './store.ts';
import { headerLists, noTime, objectInfo, readMeta } from './values.ts';
import type { ObjectMeta } from './values.ts';

const digestType = 'SHA-256=';
/** Links to links are followed by nobody, and a link to a link is refused when it is made. */
const rollup: HeaderField[] = [{ name: 'Nats-Rollup', value: 'sub' }];

export interface Described {
  name: string;
  description: string;
  headers: readonly HeaderField[];
  metadata: readonly HeaderField[];
}

export function digestOf(hash: Uint8Array): string {
  return digestType + encodeBase64(hash);
}

export class ObjectStore {
  readonly store: BucketStore;
  /** Another bucket of the same account, for links. */
  readonly #bucketNamed: (bucket: string) => ObjectStore;

  constructor(store: BucketStore, bucketNamed: (bucket: string) => ObjectStore) {
    this.store = store;
    this.#bucketNamed = bucketNamed;
  }

  /** Null when there is none; a deleted one is there as long as its description is. */
  async info(name: string): Promise<ObjectInfo | null> {
    const found = await this.#find(name);
    return found === null ? null : objectInfo(found.meta, found.time);
  }

  async edit(name: string, next: Described): Promise<ObjectInfo> {
    const { meta } = await this.#require(name);
    checkObjectName(next.name);
    if (next.name !== name) await this.#requireNone(next.name);
    const changed: ObjectMeta = { ...meta, name: next.name };
    describe(changed, next);
    await this.#publishMeta(changed);
    // Only then, so that the object is never without a name.
    if (next.name !== name) await this.store.purge(this.#metaSubject(name));
    return await this.#now(next.name);
  }

  async link(name: string, target: { bucket: string; name: string }): Promise<ObjectInfo> {
    checkObjectName(name);
    const existing = await this.#find(name);
    if (existing !== null && existing.meta.deleted !== true && existing.meta.options?.link === undefined) {
      throw new BucketError(
        'exists',
        `There is an object "${name}"; a link would take its place. Choose another name.`,
      );
    }
    const other = this.#bucketNamed(target.bucket);
    if (target.name === '') await other.store.state();
    else {
      const { meta } = await other.#require(target.name);
      if (meta.options?.link !== undefined) {
        throw new BucketError('invalid-settings', `"${target.name}" is a link itself. Link to what it leads to.`);
      }
    }
    const link = target.name === '' ? { bucket: target.bucket } : { bucket: target.bucket, name: target.name };
    await this.#publishMeta({
      name,
      options: { link },
      bucket: this.store.bucket,
      nuid: nuid.next(),
      size: 0,
      mtime: noTime,
      chunks: 0,
    });
    return await this.#now(name);
  }

  async remove(name: string): Promise<void> {
    const { meta } = await this.#require(name);
    const gone: ObjectMeta = { ...meta, size: 0, chunks: 0, deleted: true };
    delete gone.digest;
    await this.#publishMeta(gone);
    await this.#purgeChunks(meta.nuid);
  }

  async seal(): Promise<void> {
    const config = await this.store.config();
    await this.store.update({ ...config, sealed: true });
  }

  /** Bytes as they come, in order; ends with an error when they are not those that were stored. */
  async *download(name: string, signal: AbortSignal): AsyncIterable<DownloadEvent> {
    const { meta, time } = await this.#require(name);
    const link = meta.options?.link;
    if (link !== undefined) {
      if (link.name === undefined || link.name === '') {
        throw new BucketError('unsupported', `"${name}" is a link to the bucket ${link.bucket}, which is no object.`);
      }
      yield* this.#bucketNamed(link.bucket).download(link.name, signal);
      return;
    }
    yield { type: 'begin', info: objectInfo(meta, time) };
    const stored = await this.store.stored();
    const subject = chunkSubject(this.store.bucket, meta.nuid);
    const hash = createHash('sha256');
    let chunks = 0;
    let bytes = 0;
    let next = 1;
    while (chunks < meta.chunks) {
      if (signal.aborted) return;
      const batch: Uint8Array[] = [];
      await stored.run(
        subject,
        next,
        Math.min(chunksPerBatch, meta.chunks - chunks),
        (message) => {
          batch.push(message.payload);
          next = message.sequence + 1;
        },
        signal,
      );
      if (batch.length === 0) {
        throw new BucketError(
          'digest',
          `"${name}" is not whole: ${chunks} of ${meta.chunks} chunks are stored. It was changed meanwhile, or parts of it were lost.`,
        );
      }
      for (const payload of batch) {
        hash.update(payload);
        bytes += payload.length;
        yield { type: 'bytes', bytes: payload };
      }
      chunks += batch.length;
    }
    const digest = digestOf(hash.digest());
    if (bytes !== meta.size || (meta.digest !== undefined && !sameDigest(meta.digest, digest))) {
      throw new BucketError('digest', `What is stored of "${name}" is not what was put there: its digest differs.`, {
        expected: meta.digest ?? '',
        digest,
        size: meta.size,
        bytes,
      });
    }
    yield { type: 'end', bytes };
  }

  // ── What uploads need ─────────────────────────────────────────────────────────────────────────────────────────────

  async refuseExisting(name: string): Promise<void> {
    await this.#requireNone(name);
  }

  /** Makes the chunks of `nuid` an object, and takes away those of the object that it follows. */
  async complete(described: Described, content: UploadedContent): Promise<ObjectInfo> {
    const { name } = described;
    const before = await this.#find(name);
    const meta: ObjectMeta = {
      name,
      options: { max_chunk_size: content.chunkBytes },
      bucket: this.store.bucket,
      nuid: content.nuid,
      size: content.size,
      mtime: noTime,
      chunks: content.chunks,
      digest: content.digest,
    };
    describe(meta, described);
    await this.#publishMeta(meta);
    if (before !== null && before.meta.deleted !== true) await this.#purgeChunks(before.meta.nuid);
    return await this.#now(name);
  }

  async #purgeChunks(id: string): Promise<void> {
    await this.store.purge(chunkSubject(this.store.bucket, id));
  }

  async purgeUpload(id: string): Promise<void> {
    await this.#purgeChunks(id);
  }

  // ── Descriptions ──────────────────────────────────────────────────────────────────────────────────────────────────

  #metaSubject(name: string): string {
    return subjectPrefix('object', this.store.bucket) + encodeObjectName(name);
  }

  async #find(name: string): Promise<{ meta: ObjectMeta; time: number } | null> {
    const stored = await this.store.stored();
    const message = await stored.last(this.#metaSubject(checkObjectName(name)));
    if (message === null) return null;
    const meta = readMeta(message.payload);
    if (meta === null) {
      throw new BucketError('not-found', `What is stored as "${name}" is no description of an object.`);
    }
    return { meta, time: message.time };
  }

  async #require(name: string): Promise<{ meta: ObjectMeta; time: number }> {
    const found = await this.#find(name);
    if (found !== null && found.meta.deleted !== true) return found;
    const state = found === null ? 'There is no object' : 'Deleted already: the object';
    throw new BucketError('not-found', `${state} "${name}" in ${this.store.bucket}.`);
  }

  async #requireNone(name: string): Promise<void> {
    const found = await this.#find(name);
    if (found === null || found.meta.deleted === true) return;
    throw new BucketError('exists', `There is an object "${name}" already. Choose another name, or replace it.`);
  }

  async #now(name: string): Promise<ObjectInfo> {
    const { meta, time } = await this.#require(name);
    return objectInfo(meta, time);
  }

  async #publishMeta(meta: ObjectMeta): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...meta, mtime: noTime }));
    await this.store.publish(this.#metaSubject(meta.name), bytes, rollup);
  }
}

export interface UploadedContent {
  nuid: string;
  size: number;
  chunks: number;
  chunkBytes: number;
  digest: string;
}

function describe(meta: ObjectMeta, { description, headers, metadata }: Described): void {
  if (description === '') delete meta.description;
  else meta.description = description;
  if (headers.length === 0) delete meta.headers;
  else meta.headers = headerLists(headers);
  if (metadata.length === 0) delete meta.metadata;
  else meta.metadata = Object.fromEntries(metadata.map(({ name, value }) => [name, value]));
}

/** Some clients wrote digests without padding, or with the other alphabet of base64. */
function sameDigest(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return plain(a) === plain(b);
}
