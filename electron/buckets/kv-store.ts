/** Keys of one bucket: values, histories, and changes that do not go over those of somebody else. */

import type { CompactEvent, HeaderField, KvEntry } from '../bridge/contract.ts';
import { JetStreamError } from '../jetstream-api/errors.ts';
import { BucketError } from './errors.ts';
import { historyBytesMax, historyMax, lastsPerRequest, subjectsPerPage, valueBytesMax } from './limits.ts';
import { checkKey } from './names.ts';
import type { BucketStore } from './store.ts';
import { kvEntry, operationOf } from './values.ts';

/** `wrong last sequence`. */
const wrongLastSequence = 10071;

const nothing = new Uint8Array(0);

export interface Change {
  /** Revision that the key must have; 0: it must have no value; null: whatever it has. */
  expected: number | null;
  /** 0: as long as the bucket keeps values. */
  ttlSeconds: number;
}

export class KvStore {
  readonly #store: BucketStore;

  constructor(store: BucketStore) {
    this.#store = store;
  }

  async entry(key: string, revision: number | null): Promise<KvEntry | null> {
    const subject = await this.#subject(key);
    const stored = await this.#store.stored();
    const message = revision === null ? await stored.last(subject) : await stored.at(revision);
    return message === null || message.subject !== subject ? null : kvEntry(key, message, valueBytesMax);
  }

  async history(key: string): Promise<KvEntry[]> {
    const subject = await this.#subject(key);
    const stored = await this.#store.stored();
    const entries: KvEntry[] = [];
    // One more than there can be: while they are read another may be stored.
    await stored.run(subject, 1, historyMax + 1, (message) => {
      entries.push(kvEntry(key, message, historyBytesMax));
    });
    return entries.toReversed();
  }

  async put(key: string, value: Uint8Array, change: Change): Promise<number> {
    checkKey(key);
    const headers = await this.#ttlHeader(change.ttlSeconds);
    return await this.#change(key, value, headers, change.expected);
  }

  async remove(key: string, purge: boolean, change: Change): Promise<number> {
    const headers: HeaderField[] = [{ name: 'KV-Operation', value: purge ? 'PURGE' : 'DEL' }];
    if (purge) headers.push({ name: 'Nats-Rollup', value: 'sub' });
    headers.push(...(await this.#ttlHeader(change.ttlSeconds)));
    return await this.#change(key, nothing, headers, change.expected);
  }

  /** Takes keys away that have a marker only: whole when it is older than `olderThan` ms, but for the marker else. */
  async *compact(olderThan: number, signal: AbortSignal): AsyncIterable<CompactEvent> {
    const prefix = await this.#store.prefix();
    const stored = await this.#store.stored();
    const subjects: string[] = [];
    for (let offset = 0; !signal.aborted; offset += subjectsPerPage) {
      const info = await this.#store.info({ subjects_filter: `${prefix}>`, offset });
      const page = Object.keys(info.state.subjects ?? {});
      subjects.push(...page);
      if (page.length === 0 || offset + page.length >= (info.total ?? 0)) break;
    }
    const markers: { subject: string; keep: number }[] = [];
    const old = (Date.now() - olderThan) * 1000;
    const step = lastsPerRequest * 4;
    for (let at = 0; at < subjects.length; at += step) {
      const part = subjects.slice(at, at + step);
      await stored.lasts(
        part,
        ({ subject, headers, time }) => {
          if (operationOf(headers) !== 'put') markers.push({ subject, keep: time <= old ? 0 : 1 });
        },
        signal,
      );
      yield { type: 'looked', looked: at + part.length, of: subjects.length, found: markers.length };
    }
    let purged = 0;
    for (const [index, { subject, keep }] of markers.entries()) {
      if (signal.aborted) return;
      purged += await this.#store.purge(subject, keep);
      if (index % 50 === 49) yield { type: 'purged', purged: index + 1, of: markers.length };
    }
    yield { type: 'done', purged };
  }

  async #subject(key: string): Promise<string> {
    return (await this.#store.prefix()) + checkKey(key);
  }

  async #ttlHeader(seconds: number): Promise<HeaderField[]> {
    if (seconds === 0) return [];
    // Servers before 2.11 would store the value for good and say nothing.
    if ((await this.#store.config()).allow_msg_ttl !== true) {
      throw new BucketError(
        'unsupported',
        'Keys of this bucket cannot have a time to live of their own. Give the bucket a time for markers (nats-server 2.11 and later).',
      );
    }
    return [{ name: 'Nats-TTL', value: `${seconds}s` }];
  }

  async #change(
    key: string,
    value: Uint8Array,
    headers: readonly HeaderField[],
    expected: number | null,
  ): Promise<number> {
    const subject = await this.#subject(key);
    try {
      return await this.#publish(subject, value, headers, expected);
    } catch (error) {
      if (!(error instanceof JetStreamError) || error.errCode !== wrongLastSequence) throw error;
      const stored = await this.#store.stored();
      const last = await stored.last(subject);
      // For a key that has only a marker "no value" is true.
      if (expected === 0 && last !== null && operationOf(last.headers) !== 'put') {
        return await this.#publish(subject, value, headers, last.sequence);
      }
      const is = last?.sequence ?? 0;
      throw new BucketError(
        'conflict',
        expected === 0
          ? `The key ${key} has a value already, of revision ${is}.`
          : `The key ${key} was to have revision ${expected ?? 0}, and has ${is === 0 ? 'none' : is}.`,
        { expected, revision: is, errCode: wrongLastSequence },
      );
    }
  }

  async #publish(
    subject: string,
    value: Uint8Array,
    headers: readonly HeaderField[],
    expected: number | null,
  ): Promise<number> {
    const check: HeaderField[] =
      expected === null ? [] : [{ name: 'Nats-Expected-Last-Subject-Sequence', value: String(expected) }];
    return await this.#store.publish(subject, value, [...headers, ...check]);
  }
}
