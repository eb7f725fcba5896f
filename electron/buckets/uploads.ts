/**
 * Objects on their way in. A window sends parts of any size; they are cut into chunks, hashed and published, and a part
 * is answered when no more than a few MiB wait for their acknowledgement. So an object of any size passes through a
 * few MiB, and a window that sends faster than the server stores is slowed.
 */

import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { nuid } from '@nats-io/nats-core';
import type { ObjectInfo } from '../bridge/contract.ts';
import { BucketError } from './errors.ts';
import { uploadBytesAhead, uploadIdleMilliseconds, uploadsMax } from './limits.ts';
import { checkObjectName, chunkSubject } from './names.ts';
import { digestOf } from './object-store.ts';
import type { Described, ObjectStore } from './object-store.ts';

interface Upload {
  readonly objects: ObjectStore;
  readonly described: Described;
  readonly chunkBytes: number;
  readonly id: string;
  readonly hash: Hash;
  /** Bytes that are no whole chunk yet. */
  rest: Buffer;
  size: number;
  chunks: number;
  /** Bytes that were published and are not acknowledged. */
  ahead: number;
  readonly acks: Set<Promise<void>>;
  failure: unknown;
  idle: ReturnType<typeof setTimeout> | undefined;
  /** The part that came last; the next one waits for it, since the order of chunks is that of their publishing. */
  before: Promise<void>;
}

export class Uploads {
  readonly #uploads = new Map<number, Upload>();
  #last = 0;

  get size(): number {
    return this.#uploads.size;
  }

  async begin(objects: ObjectStore, described: Described, chunkBytes: number, fresh: boolean): Promise<number> {
    checkObjectName(described.name);
    if (this.#uploads.size >= uploadsMax) {
      throw new BucketError('too-many', `${uploadsMax} uploads are under way on this connection. Wait for one.`);
    }
    if (fresh) await objects.refuseExisting(described.name);
    else await objects.store.config();
    const id = ++this.#last;
    this.#uploads.set(id, {
      objects,
      described,
      chunkBytes,
      id: nuid.next(),
      hash: createHash('sha256'),
      rest: Buffer.alloc(0),
      size: 0,
      chunks: 0,
      ahead: 0,
      acks: new Set(),
      failure: null,
      idle: undefined,
      before: Promise.resolve(),
    });
    this.#awake(id);
    return id;
  }

  /** Parts may be sent before the ones ahead of them are answered. */
  async part(id: number, bytes: Uint8Array): Promise<void> {
    const upload = this.#get(id);
    this.#awake(id);
    const own = upload.before.then(() => this.#take(upload, bytes));
    upload.before = own.catch(() => undefined);
    await own;
  }

  async #take(upload: Upload, bytes: Uint8Array): Promise<void> {
    throwFailure(upload);
    upload.hash.update(bytes);
    upload.size += bytes.length;
    let at = 0;
    if (upload.rest.length > 0) {
      at = Math.min(bytes.length, upload.chunkBytes - upload.rest.length);
      upload.rest = Buffer.concat([upload.rest, bytes.subarray(0, at)]);
      if (upload.rest.length === upload.chunkBytes) {
        publishChunk(upload, upload.rest);
        upload.rest = Buffer.alloc(0);
      }
    }
    for (; bytes.length - at >= upload.chunkBytes; at += upload.chunkBytes) {
      await room(upload);
      publishChunk(upload, bytes.subarray(at, at + upload.chunkBytes));
    }
    if (at < bytes.length) upload.rest = Buffer.from(bytes.subarray(at));
    await room(upload);
  }

  async end(id: number): Promise<ObjectInfo> {
    const upload = this.#get(id);
    clearTimeout(upload.idle);
    try {
      await upload.before;
      if (upload.rest.length > 0) publishChunk(upload, upload.rest);
      await Promise.all(upload.acks);
      throwFailure(upload);
      const info = await upload.objects.complete(upload.described, {
        nuid: upload.id,
        size: upload.size,
        chunks: upload.chunks,
        chunkBytes: upload.chunkBytes,
        digest: digestOf(upload.hash.digest()),
      });
      this.#uploads.delete(id);
      return info;
    } catch (error) {
      await this.cancel(id).catch(() => undefined);
      throw error;
    }
  }

  async cancel(id: number): Promise<void> {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return;
    this.#uploads.delete(id);
    clearTimeout(upload.idle);
    upload.failure ??= new BucketError('unknown-upload', 'This upload was cancelled.');
    // A chunk that is stored after the purge would stay for good.
    await upload.before;
    await Promise.all(upload.acks);
    if (upload.chunks > 0) await upload.objects.purgeUpload(upload.id);
  }

  dispose(): void {
    for (const upload of this.#uploads.values()) clearTimeout(upload.idle);
    this.#uploads.clear();
  }

  #get(id: number): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined) {
      throw new BucketError('unknown-upload', 'This upload was cancelled or given up. Begin it anew.');
    }
    return upload;
  }

  #awake(id: number): void {
    const upload = this.#get(id);
    clearTimeout(upload.idle);
    upload.idle = setTimeout(() => void this.cancel(id).catch(() => undefined), uploadIdleMilliseconds);
  }
}

function publishChunk(upload: Upload, bytes: Uint8Array): void {
  const { objects } = upload;
  const { length } = bytes;
  upload.chunks++;
  upload.ahead += length;
  // The link copies what it sends before it returns; the part may be used again.
  const ack = objects.store
    .publish(chunkSubject(objects.store.bucket, upload.id), bytes)
    .then(() => undefined)
    .catch((error: unknown) => void (upload.failure ??= error))
    .finally(() => {
      upload.ahead -= length;
      upload.acks.delete(ack);
    });
  upload.acks.add(ack);
}

/** Until there is room for another chunk; throws why one was not stored. */
async function room(upload: Upload): Promise<void> {
  while (upload.ahead > uploadBytesAhead && upload.failure === null) await Promise.race(upload.acks);
  throwFailure(upload);
}

function throwFailure({ failure }: Upload): void {
  if (failure !== null) throw failure as Error;
}
