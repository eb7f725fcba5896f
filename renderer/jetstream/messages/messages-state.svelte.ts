/** Messages of one stream in the window: by sequence, or those that were found. */

import { bridge, BridgeError } from '../../bridge.ts';
import type {
  FindProgress,
  JetStreamOf,
  StoredMessage,
  StoredRow,
  StreamGaps,
  StreamRow,
} from '../../../electron/bridge/contract.ts';
import { toasts } from '../../ui/toasts.svelte.ts';
import { isRefused } from '../refusals.ts';
import { SequenceMap } from './sequence-map.ts';

/** Rows that are kept in the window. */
const rowsMax = 20_000;
/** Found messages that one search lists; it can be gone on with. */
const foundMax = 20_000;
/** Gaps are asked for anew no sooner than this while a stream loses messages all the time. */
const gapsMsMin = 3000;
const rangeMax = 500;

export interface Found {
  subject: string;
  content: string;
  rows: StoredRow[];
  scanned: number;
  at: number;
  last: number;
  running: boolean;
  end?: FindProgress['end'];
  error?: string;
}

export class MessagesState {
  readonly stream: string;
  map = $state.raw(new SequenceMap(1, 0, []));
  deleted = $state(0);
  /** Grows when rows came. */
  version = $state(0);
  by = $state<StoredMessage['by'] | ''>('');
  error = $state<string | null>(null);
  follow = $state(true);
  selected = $state<number | null>(null);
  message = $state.raw<StoredMessage | null>(null);
  /** The selected message is not there (any more). */
  missing = $state(false);
  /** Why the selected message could not be read. */
  unreadable = $state<string | null>(null);
  found = $state.raw<Found | null>(null);
  /** Sequence to bring into sight; another object goes there again. */
  place = $state.raw<{ sequence: number } | null>(null);
  readonly #of: () => JetStreamOf;
  readonly #rows = new Map<number, StoredRow | null>();
  #gaps: StreamGaps | null = null;
  #gapsAt = 0;
  #asksGaps = false;
  #wanted = { first: 0, count: 0 };
  #asking = false;
  #search: AbortController | null = null;
  #reading: AbortController | null = null;

  constructor(of: () => JetStreamOf, stream: string) {
    this.#of = of;
    this.stream = stream;
  }

  dispose(): void {
    this.#search?.abort();
    this.#reading?.abort();
  }

  /** What the server said of the stream just now. */
  learn(row: StreamRow): void {
    const gaps = this.#gaps;
    if (gaps === null || gaps.deleted !== row.deleted) {
      if (performance.now() - this.#gapsAt > gapsMsMin || gaps === null) void this.#askGaps();
      if (gaps !== null) this.#setMap(row.firstSequence, row.lastSequence, gaps.runs);
    } else if (Math.max(1, row.firstSequence) !== this.map.first || row.lastSequence !== this.map.last) {
      this.#setMap(row.firstSequence, row.lastSequence, gaps.runs);
    }
  }

  #setMap(first: number, last: number, runs: readonly number[] | null): void {
    this.map = new SequenceMap(first, last, runs);
    this.#ask();
  }

  async #askGaps(): Promise<void> {
    if (this.#asksGaps) return;
    this.#asksGaps = true;
    this.#gapsAt = performance.now();
    try {
      const gaps = await bridge.request('jetstream.gaps', { ...this.#of(), stream: this.stream });
      // What went is no row any more.
      if (this.#gaps !== null && this.#gaps.deleted !== gaps.deleted) this.#rows.clear();
      this.#gaps = gaps;
      this.deleted = gaps.deleted;
      this.#setMap(gaps.firstSequence, gaps.lastSequence, gaps.runs);
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    } finally {
      this.#asksGaps = false;
    }
  }

  /** Rows of the view that are drawn now. */
  want(first: number, count: number): void {
    this.#wanted = { first, count };
    if (this.found === null) this.#ask();
  }

  /** Undefined while it is on its way, null when there is none. */
  rowAt(sequence: number): StoredRow | null | undefined {
    return this.#rows.get(sequence);
  }

  #missingRange(): { first: number; count: number } | null {
    const { first, count } = this.#wanted;
    const end = Math.min(this.map.total, first + count);
    let from = 0;
    let to = 0;
    for (let row = first; row < end; row++) {
      const place = this.map.at(row);
      if (place.gap || this.#rows.has(place.from)) {
        // What lies behind a long gap is asked for by itself.
        if (place.gap && from !== 0 && place.to - from > rangeMax) break;
        continue;
      }
      if (from === 0) from = place.from;
      if (place.from - from >= rangeMax) break;
      to = place.from;
    }
    return from === 0 ? null : { first: from, count: to - from + 1 };
  }

  #ask(): void {
    if (this.#asking) return;
    const range = this.#missingRange();
    if (range === null) return;
    this.#asking = true;
    void this.#load(range).finally(() => {
      this.#asking = false;
      if (this.error === null) this.#ask();
    });
  }

  async #load({ first, count }: { first: number; count: number }): Promise<void> {
    try {
      const { rows, by } = await bridge.request('jetstream.messages', {
        ...this.#of(),
        stream: this.stream,
        first,
        count,
      });
      if (this.#rows.size + count > rowsMax) this.#rows.clear();
      for (let sequence = first; sequence < first + count; sequence++) this.#rows.set(sequence, null);
      for (const row of rows) this.#rows.set(row.sequence, row);
      this.by = by;
      this.error = null;
      this.version++;
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'cancelled') return;
      this.error = error instanceof Error ? error.message : String(error);
      // What is not allowed is asked for again when somebody says so.
      if (!isRefused(error)) setTimeout(() => this.retry(), 2000);
    }
  }

  retry(): void {
    this.error = null;
    this.#ask();
  }

  /** What there is in the stream is known. */
  get known(): boolean {
    void this.map;
    return this.#gaps !== null;
  }

  /** Nothing was read so far. */
  get unread(): boolean {
    void this.version;
    return this.#rows.size === 0;
  }

  /** Sequences and times at so many places of the stream, for its outline. Empty when they could not be read. */
  async sample(count: number): Promise<{ sequence: number; time: number }[]> {
    const { of, stream } = { of: this.#of(), stream: this.stream };
    try {
      const edges = this.#gaps ?? (await bridge.request('jetstream.gaps', { ...of, stream }));
      const { firstSequence: first, lastSequence: last } = edges;
      const step = (last - first) / count;
      if (step < 2) return [];
      const asked = Array.from({ length: count + 1 }, (_, at) => Math.round(first + at * step));
      const answers = await Promise.all(
        asked.map((sequence) => bridge.request('jetstream.messages', { ...of, stream, first: sequence, count: 1 })),
      );
      return answers.flatMap(({ rows: [row] }) =>
        row === undefined ? [] : [{ sequence: row.sequence, time: row.time }],
      );
    } catch {
      return [];
    }
  }

  /** What was deleted or purged here is asked for anew. */
  reload(): void {
    this.#rows.clear();
    this.#gaps = null;
    this.version++;
    void this.#askGaps();
    if (this.selected !== null) void this.select(this.selected);
  }

  goTo(sequence: number): void {
    this.follow = sequence >= this.map.last;
    this.place = { sequence };
    void this.select(sequence);
  }

  async seek(params: { time?: number; subject?: string }): Promise<void> {
    try {
      const place = await bridge.request('jetstream.seek', { ...this.#of(), stream: this.stream, ...params });
      if (place === null) {
        toasts.show({
          tone: 'ok',
          text: params.time === undefined ? 'No message on this subject' : 'No message since then',
        });
      } else this.goTo(place.sequence);
    } catch (error) {
      toasts.error('The message was not found', error);
    }
  }

  async select(sequence: number | null): Promise<void> {
    this.#reading?.abort();
    this.selected = sequence;
    this.missing = false;
    this.unreadable = null;
    if (sequence === null) {
      this.message = null;
      return;
    }
    const reading = new AbortController();
    this.#reading = reading;
    try {
      const message = await bridge.request(
        'jetstream.message',
        { ...this.#of(), stream: this.stream, sequence },
        { signal: reading.signal },
      );
      if (reading.signal.aborted) return;
      this.message = message;
      this.missing = message === null;
    } catch (error) {
      if (reading.signal.aborted) return;
      this.message = null;
      this.unreadable = error instanceof Error ? error.message : String(error);
    }
  }

  /** Looks for messages by subject and content; what ran before ends. */
  async find(subject: string, content: string, from = this.map.first): Promise<void> {
    this.#search?.abort();
    if (subject === '' && content === '') {
      this.found = null;
      return;
    }
    const search = new AbortController();
    this.#search = search;
    const start = Math.max(1, from);
    const going = this.found !== null && from !== this.map.first;
    const rows: StoredRow[] = going ? [...(this.found?.rows ?? [])] : [];
    const scannedBefore = going ? (this.found?.scanned ?? 0) : 0;
    const common = { subject, content };
    this.found = { ...common, rows, scanned: scannedBefore, at: start - 1, last: this.map.last, running: true };
    try {
      const params = { ...this.#of(), stream: this.stream, subject, content, from: start, limit: foundMax };
      for await (const item of bridge.stream('jetstream.find', params, { signal: search.signal })) {
        rows.push(...item.rows);
        const { at, last, end } = item;
        const scanned = scannedBefore + item.scanned;
        this.found = {
          ...common,
          rows,
          scanned,
          at,
          last,
          running: end === undefined,
          ...(end === undefined ? {} : { end }),
        };
      }
    } catch (error) {
      if (search.signal.aborted) return;
      const text = error instanceof Error ? error.message : String(error);
      this.found = { ...this.found, running: false, error: text };
    }
  }

  stopFinding(): void {
    this.#search?.abort();
    if (this.found !== null) this.found = { ...this.found, running: false };
  }

  async delete(sequence: number, secure: boolean): Promise<void> {
    await bridge.request('jetstream.message.delete', { ...this.#of(), stream: this.stream, sequence, secure });
    this.#rows.set(sequence, null);
    if (this.found !== null) {
      this.found = { ...this.found, rows: this.found.rows.filter((row) => row.sequence !== sequence) };
    }
    this.version++;
    if (this.selected === sequence) {
      this.message = null;
      this.missing = true;
    }
  }
}
