/** The key that is looked at: its value, its history, what was written and not stored, and a conflict about it. */

import { bridge } from '../bridge.ts';
import type { BridgeErrorShape, JetStreamOf, KvEntry } from '../../electron/bridge/contract.ts';
import { parseBase64, printBase64 } from '../ui/code/byte-text.ts';
import { printJson } from '../ui/code/json-print.ts';
import { scanJson } from '../ui/code/json-scan.ts';
import { isText } from '../ui/code/payload-kind.ts';
import { codeOf, shapeOf } from './errors.ts';
import { mergeJson } from './merge.ts';
import type { Merge } from './merge.ts';

export type DraftFormat = 'text' | 'base64';

/** A value that was written and not stored. It is kept until it is stored or thrown away, wherever one goes. */
export interface Draft {
  text: string;
  format: DraftFormat;
  /** Revision that it was made from; 0: the key had no value. */
  base: number;
  baseValue: Uint8Array;
  ttl: string;
}

export interface Conflict {
  expected: number;
  /** Null when the key has nothing at all now. */
  current: KvEntry | null;
  mine: Uint8Array;
  merge: Merge | null;
  /** What would be stored over the current value; a person may change it. */
  result: string;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/** Keys that something was written about and not stored. */
const kept = new Map<string, KeyState>();

/** A value as it is edited: JSON with a member on each line, other text as it is, bytes as base64. */
export function editable(value: Uint8Array): { text: string; format: DraftFormat } {
  if (!isText(value, false)) return { text: printBase64(value), format: 'base64' };
  const first = value[0];
  if (first === 0x7b || first === 0x5b) {
    const scan = scanJson(value);
    if (scan.problem === null) return { text: printJson(scan.lines()), format: 'text' };
  }
  return { text: decoder.decode(value), format: 'text' };
}

/** Bytes of what was written, or why it is none. */
export function bytesOfDraft({ text, format }: Pick<Draft, 'text' | 'format'>): Uint8Array | string {
  if (format === 'text') return encoder.encode(text);
  const parsed = parseBase64(text);
  return 'problem' in parsed ? parsed.problem.text : parsed.bytes;
}

/** Seconds of `90`, `90s`, `15m`, `2h`, `7d`; 0 for none; null for what is no time. */
export function ttlSeconds(text: string): number | null {
  const given = text.trim();
  if (given === '') return 0;
  const [, number, unit] = /^(\d+)\s*([smhd]?)$/.exec(given) ?? [];
  if (number === undefined) return null;
  const factors: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
  return Number(number) * (factors[unit ?? ''] ?? 1);
}

export class KeyState {
  readonly where: JetStreamOf;
  readonly bucket: string;
  readonly key: string;
  entry = $state.raw<KvEntry | null>(null);
  history = $state.raw<readonly KvEntry[]>([]);
  known = $state(false);
  problem = $state.raw<BridgeErrorShape | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  busy = $state(false);
  /** Revisions that are compared: `from` with `to`, or with the current one when `to` is null. */
  from = $state<number | null>(null);
  to = $state<number | null>(null);
  /** Whole values of revisions whose first bytes the history has only. */
  #whole = $state.raw<ReadonlyMap<number, Uint8Array>>(new Map());
  #draft = $state.raw<Draft | null>(null);
  #reading = false;
  #wanted = -1;

  constructor(where: JetStreamOf, bucket: string, key: string) {
    this.where = where;
    this.bucket = bucket;
    this.key = key;
  }

  get #at() {
    return { ...this.where, bucket: this.bucket, key: this.key };
  }

  get draft(): Draft | null {
    return this.#draft;
  }
  #setDraft(draft: Draft | null): void {
    this.#draft = draft;
    const place = placeOf(this.where, this.bucket, this.key);
    if (draft === null) kept.delete(place);
    else kept.set(place, this);
  }

  /** The key has a value now. */
  get alive(): boolean {
    return this.entry !== null && this.entry.operation === 'put';
  }

  /** Reads the key when it has not been read at this revision. */
  async follow(revision: number): Promise<void> {
    this.#wanted = revision;
    if (this.#reading || (this.known && this.entry?.revision === revision)) return;
    await this.load();
  }

  async load(): Promise<void> {
    this.#reading = true;
    try {
      const [entry, history] = await Promise.all([
        bridge.request('kv.entry', { ...this.#at, revision: null }),
        bridge.request('kv.history', this.#at),
      ]);
      this.entry = entry;
      this.history = history;
      this.problem = null;
      if (this.from !== null && !history.some(({ revision }) => revision === this.from)) this.from = null;
      if (this.to !== null && !history.some(({ revision }) => revision === this.to)) this.to = null;
    } catch (error) {
      this.problem = shapeOf(error);
    } finally {
      this.#reading = false;
      this.known = true;
    }
    // It changed while it was read.
    if (this.problem === null && this.#wanted > (this.entry?.revision ?? 0))
      setTimeout(() => void this.follow(this.#wanted), 200);
  }

  edit(): void {
    if (this.#draft !== null) return;
    const { entry } = this;
    const value = entry === null || entry.operation !== 'put' ? noBytes : entry.value;
    this.#setDraft({ ...editable(value), base: entry?.revision ?? 0, baseValue: value, ttl: '' });
  }

  write(change: Partial<Pick<Draft, 'text' | 'ttl'>>): void {
    if (this.#draft !== null) this.#setDraft({ ...this.#draft, ...change });
  }

  discard(): void {
    this.#setDraft(null);
    this.conflict = null;
    this.problem = null;
  }

  /** Stores the draft if nobody else was faster. True when it was stored. */
  async put(): Promise<boolean> {
    const draft = this.#draft;
    if (draft === null) return false;
    const mine = bytesOfDraft(draft);
    if (typeof mine === 'string') {
      this.problem = { code: 'invalid-settings', message: mine };
      return false;
    }
    return await this.#store(mine, draft.base, draft);
  }

  /** Stores the result of a conflict over the value that was faster. */
  async putResult(): Promise<boolean> {
    const { conflict } = this;
    const draft = this.#draft;
    if (conflict === null || draft === null) return false;
    const result = bytesOfDraft({ text: conflict.result, format: draft.format });
    if (typeof result === 'string') {
      this.problem = { code: 'invalid-settings', message: result };
      return false;
    }
    return await this.#store(result, conflict.current?.revision ?? 0, draft);
  }

  /** Stores what one wrote, whatever is there. */
  async overwrite(): Promise<boolean> {
    const { conflict } = this;
    const draft = this.#draft;
    return conflict !== null && draft !== null && (await this.#store(conflict.mine, null, draft));
  }

  writeResult(text: string): void {
    if (this.conflict !== null) this.conflict = { ...this.conflict, result: text };
  }

  /** @param ttlSeconds how long its marker stays; 0: as long as the bucket keeps it */
  async remove(purge: boolean, expected: number | null, ttlSeconds: number): Promise<boolean> {
    return await this.#attempt(async () => {
      await bridge.request('kv.remove', { ...this.#at, expected, purge, ttlSeconds });
    });
  }

  /** Stores the value of an earlier revision anew, if the key is still as it is shown. */
  async revert(revision: number): Promise<boolean> {
    const value = await this.valueOf(revision);
    if (value === null) return false;
    const base = this.entry?.revision ?? 0;
    return await this.#store(value, base, {
      ...editable(value),
      base,
      baseValue: this.entry?.value ?? noBytes,
      ttl: '',
    });
  }

  /** The whole value of a revision of the history; null when it is gone. */
  async valueOf(revision: number): Promise<Uint8Array | null> {
    const known = this.shownValue(revision);
    if (known !== null) return known;
    const entry = await bridge.request('kv.entry', { ...this.#at, revision }).catch(() => null);
    if (entry === null) {
      this.problem = { code: 'not-found', message: `Revision ${String(revision)} is not kept any more.` };
      return null;
    }
    this.#whole = new Map([...this.#whole, [revision, entry.value]]);
    return entry.value;
  }

  /** The same, when it is here already. */
  shownValue(revision: number): Uint8Array | null {
    if (this.entry?.revision === revision) return this.entry.value;
    const found = this.history.find((entry) => entry.revision === revision);
    if (found !== undefined && found.value.length === found.valueBytes) return found.value;
    return this.#whole.get(revision) ?? null;
  }

  async #store(value: Uint8Array, expected: number | null, draft: Draft): Promise<boolean> {
    const seconds = ttlSeconds(draft.ttl);
    if (seconds === null) {
      this.problem = { code: 'invalid-settings', message: `"${draft.ttl}" is no time. Write 90s, 15m, 2h or 7d.` };
      return false;
    }
    return await this.#attempt(
      async () => {
        await bridge.request('kv.put', { ...this.#at, value, expected, ttlSeconds: seconds });
        this.#setDraft(null);
        this.conflict = null;
      },
      async () => {
        const current = await bridge.request('kv.entry', { ...this.#at, revision: null });
        const merge =
          current !== null && current.operation === 'put' && draft.format === 'text'
            ? mergeJson(draft.baseValue, value, current.value)
            : null;
        const result = merge?.text ?? editable(value).text;
        if (this.#draft === null) this.#setDraft({ ...draft, ...editable(value) });
        this.conflict = { expected: expected ?? 0, current, mine: value, merge, result };
      },
    );
  }

  async #attempt(work: () => Promise<void>, onconflict?: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
      await this.load();
      return true;
    } catch (error) {
      if (codeOf(error) === 'conflict' && onconflict !== undefined) {
        try {
          await onconflict();
          await this.load();
        } catch (later) {
          this.problem = shapeOf(later);
        }
      } else this.problem = shapeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

const placeOf = ({ connection, account = '' }: JetStreamOf, bucket: string, key: string): string =>
  `${connection} ${account} ${bucket} ${key}`;

/** The state of a key, with what was written about it earlier. */
export function keyOf(where: JetStreamOf, bucket: string, key: string): KeyState {
  return kept.get(placeOf(where, bucket, key)) ?? new KeyState(where, bucket, key);
}

/** Whether something was written about a key and not stored. */
export function hasDraft(where: JetStreamOf, bucket: string, key: string): boolean {
  return kept.has(placeOf(where, bucket, key));
}
