/**
 * What the inspector shows: one message, what it was understood as, and the message it is compared with. A new message
 * takes the place of the old one only when it is fetched and read whole, so that following a subject does not flicker.
 */

import { bridge } from '../../bridge.ts';
import type { ConnectionId, MessageDetail, NodeId } from '../../../electron/bridge/contract.ts';
import { lineOfSteps, lineSteps, type Step } from '../../ui/code/json-print.ts';
import { inspectorLimits } from './limits.ts';
import { readPayload, type PayloadDocument } from '../../ui/code/payload-document.ts';
import {
  byteDiffRows,
  jsonDiffRows,
  rawRows,
  textDiffRows,
  treeRows,
  type ByteRange,
  type PayloadRows,
} from '../../ui/code/payload-rows.ts';

export type PayloadMode = 'tree' | 'diff' | 'raw';

/** A message with its payload understood. */
export interface Shown {
  detail: MessageDetail;
  document: PayloadDocument;
}

/** What is compared with, or why nothing is. */
export type Base = { shown: Shown } | { missing: 'first' | 'gone' | 'partial' | 'too-long' | 'too-different' | 'kind' };

/** What the person chose to look at. */
export interface Target {
  connection: ConnectionId;
  /** A message; null: the newest of `node`. */
  sequence: number | null;
  /** Node of the subject; null when there is nothing to show. */
  node: NodeId | null;
}

/** How the payload is shown outlives the message and the inspector. */
let mode = $state<PayloadMode>('diff');
let bytesOpen = $state(true);
let payloadOpen = $state(true);
let headersOpen = $state(true);

export class InspectorState {
  shown = $state.raw<Shown | null>(null);
  /** Why nothing is shown. */
  problem = $state<string | null>(null);
  /** Bytes that are marked, of the payload. */
  range = $state.raw<ByteRange | null>(null);
  /** Message that others are compared with, chosen by the person. */
  pinned = $state.raw<Shown | null>(null);
  loadingAll = $state(false);
  columns = $state(48);
  #base = $state.raw<Base>({ missing: 'first' });
  /** Way to the chosen field: it stays chosen from message to message. */
  #steps: Step[] | null = null;
  #chosen = $state(-1);
  /** Ways to the folded fields, as JSON. */
  #folds = $state.raw<ReadonlySet<string>>(new Set());
  #work = new AbortController();
  readonly #target: () => Target;

  constructor(target: () => Target) {
    this.#target = target;
  }

  get mode(): PayloadMode {
    return mode;
  }
  set mode(next: PayloadMode) {
    mode = next;
  }
  get bytesOpen(): boolean {
    return bytesOpen;
  }
  set bytesOpen(next: boolean) {
    bytesOpen = next;
  }
  get payloadOpen(): boolean {
    return payloadOpen;
  }
  set payloadOpen(next: boolean) {
    payloadOpen = next;
  }
  get headersOpen(): boolean {
    return headersOpen;
  }
  set headersOpen(next: boolean) {
    headersOpen = next;
  }

  get base(): Base {
    return this.#base;
  }

  /** The mode that this payload can be shown in. */
  readonly shownMode = $derived.by<PayloadMode>(() => {
    const document = this.shown?.document;
    return mode === 'tree' && !document?.json ? 'raw' : mode;
  });

  readonly #folded = $derived.by<ReadonlySet<number>>(() => {
    const json = this.shown?.document.json;
    const lines = new Set<number>();
    if (!json) return lines;
    for (const fold of this.#folds) {
      const line = lineOfSteps(json, JSON.parse(fold) as Step[]);
      if (line >= 0 && json.opens(line)) lines.add(line);
    }
    return lines;
  });

  /** The payload as rows, and what was compared or why not. */
  readonly view = $derived.by<{ rows: PayloadRows; base: Base | null }>(() => {
    const document = this.shown?.document;
    if (!document) return { rows: rawRows(new Uint8Array(), this.columns), base: null };
    const plain = (): PayloadRows =>
      document.json && mode !== 'raw'
        ? treeRows(document.json, this.#folded, this.#chosen, this.columns)
        : rawRows(document.bytes, this.columns, document.problem?.offset ?? -1);
    if (mode !== 'diff') return { rows: plain(), base: null };
    const base = this.#base;
    if (!('shown' in base)) return { rows: plain(), base };
    const before = base.shown.document;
    if (before.partial || document.partial) return { rows: plain(), base: { missing: 'partial' } };
    if (before.json && document.json) return { rows: jsonDiffRows(before.json, document.json), base };
    if (before.kind === 'empty' || document.kind === 'empty') return { rows: plain(), base };
    const binary = before.kind === 'binary' || document.kind === 'binary';
    const rows = binary
      ? byteDiffRows(before.bytes, document.bytes, this.columns)
      : textDiffRows(before.bytes, document.bytes);
    return typeof rows === 'string' ? { rows: plain(), base: { missing: rows } } : { rows, base };
  });

  /** Row of the chosen field, or of the first marked byte. */
  readonly selectedRow = $derived.by<number>(() => {
    const { rows } = this.view;
    if (this.#chosen >= 0) {
      const index = rows.indexOf(this.#chosen);
      if (index >= 0) return index;
    }
    return this.range && rows.count > 0 ? rows.indexAt(this.range.start) : -1;
  });

  /** JSON line of the chosen row, -1 when there is none. */
  get chosenLine(): number {
    return this.#chosen;
  }

  /** Follows what is chosen until the function returned is called. For an effect: it reads the target at once. */
  follow(): () => void {
    const target = this.#target();
    const work = new AbortController();
    this.#work.abort();
    this.#work = work;
    const shown = this.shown?.detail;
    if (target.sequence === null && target.node === null) {
      this.shown = null;
      this.problem = null;
    } else if (target.sequence !== null) {
      if (shown?.sequence !== target.sequence) void this.#load(target.connection, target.sequence, work.signal);
    } else void this.#followLatest(target.connection, target.node!, work.signal);
    return () => work.abort();
  }

  /** The connection is another one: nothing of the old one means anything. */
  reset(): void {
    this.#work.abort();
    this.shown = null;
    this.pinned = null;
    this.problem = null;
    this.#choose(null, -1, null);
    this.#folds = new Set();
    this.#base = { missing: 'first' };
  }

  select(index: number): void {
    const { rows } = this.view;
    if (index < 0 || index >= rows.count) return;
    let line = rows.lineOf(index);
    // Below the first row of a long value: on to the next field.
    if (line >= 0 && line === this.#chosen && index > this.selectedRow) {
      while (index < rows.count && rows.lineOf(index) === line) index++;
      if (index >= rows.count) return;
      line = rows.lineOf(index);
    }
    const json = this.shown?.document.json;
    this.#choose(line >= 0 && json ? lineSteps(json, line) : null, line, rows.bytesOf(index));
  }

  /** Marks bytes, and with them the field they are of. */
  selectBytes(range: ByteRange): void {
    const json = this.shown?.document.json;
    const line = json && mode !== 'raw' ? json.lineAt(range.start) : -1;
    this.#choose(line >= 0 && json ? lineSteps(json, line) : null, line, range);
  }

  fold(index: number): void {
    const json = this.shown?.document.json;
    const line = this.view.rows.lineOf(index);
    if (!json || line < 0 || !json.opens(line)) return;
    const step = JSON.stringify(lineSteps(json, line));
    const folds = new Set(this.#folds);
    if (!folds.delete(step)) folds.add(step);
    this.#folds = folds;
  }

  /** Makes this message the one that others are compared with; the same again undoes it. */
  pin(): void {
    if (!this.shown) return;
    this.pinned = this.pinned?.detail.sequence === this.shown.detail.sequence ? null : this.shown;
    mode = 'diff';
    void this.refreshBase();
  }

  /** Pins any message by its sequence. */
  async pinSequence(sequence: number): Promise<void> {
    const { connection } = this.#target();
    const shown = await this.#fetch(connection, sequence, this.#work.signal);
    if (!shown) return;
    this.pinned = shown;
    mode = 'diff';
    await this.refreshBase();
  }

  unpin(): void {
    this.pinned = null;
    void this.refreshBase();
  }

  async refreshBase(): Promise<void> {
    const shown = this.shown;
    if (!shown) return;
    const base = await this.#baseOf(shown.detail, this.#target().connection, this.#work.signal);
    if (base && this.shown === shown) this.#base = base;
  }

  /** Fetches what is missing of a long payload. */
  async loadAll(): Promise<Shown | null> {
    const shown = this.shown;
    if (!shown) return null;
    if (!shown.document.partial) return shown;
    this.loadingAll = true;
    try {
      const { connection } = this.#target();
      const whole = await this.#fetch(
        connection,
        shown.detail.sequence,
        this.#work.signal,
        inspectorLimits.payloadBytesMax,
      );
      if (!whole || this.shown !== shown) return whole;
      const base = await this.#baseOf(whole.detail, connection, this.#work.signal);
      if (base && this.shown === shown) this.#show(whole, base);
      return whole;
    } finally {
      this.loadingAll = false;
    }
  }

  async #followLatest(connection: ConnectionId, node: NodeId, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const latest = await bridge.request('explorer.latest', { connection, node }, { signal });
        if (signal.aborted) return;
        const shown = this.shown?.detail;
        if (latest && shown?.sequence !== latest.sequence) await this.#load(connection, latest.sequence, signal);
        else if (!latest && this.shown) {
          this.shown = null;
          this.problem = null;
        }
      } catch (error) {
        if (!signal.aborted && !this.shown) this.problem = messageOf(error);
      }
      await new Promise((resolve) => setTimeout(resolve, inspectorLimits.followMs));
    }
  }

  async #load(connection: ConnectionId, sequence: number, signal: AbortSignal): Promise<void> {
    try {
      const shown = await this.#fetch(connection, sequence, signal);
      if (signal.aborted) return;
      if (!shown) {
        this.shown = null;
        this.problem = `Message ${sequence} is no longer kept`;
        return;
      }
      const base = await this.#baseOf(shown.detail, connection, signal);
      if (signal.aborted || !base) return;
      this.#show(shown, base);
    } catch (error) {
      if (signal.aborted) return;
      this.shown = null;
      this.problem = messageOf(error);
    }
  }

  #show(shown: Shown, base: Base): void {
    const before = this.shown?.detail;
    this.problem = null;
    this.#base = base;
    this.shown = shown;
    const { json, bytes } = shown.document;
    if (before?.subject !== shown.detail.subject) {
      this.#choose(null, -1, null);
      this.#folds = new Set();
      return;
    }
    // The chosen field of the next message on this subject is the field at the same place.
    if (this.#steps) {
      const line = json ? lineOfSteps(json, this.#steps) : -1;
      const steps = line >= 0 ? this.#steps : null;
      this.#choose(steps, line, line >= 0 && json ? { start: json.start(line), end: json.end(line) } : null);
    } else if (this.range && this.range.end > bytes.length) this.#choose(null, -1, null);
  }

  #choose(steps: Step[] | null, line: number, range: ByteRange | null): void {
    this.#steps = steps;
    this.#chosen = line;
    this.range = range;
  }

  async #fetch(
    connection: ConnectionId,
    sequence: number,
    signal: AbortSignal,
    payloadBytesMax: number = inspectorLimits.payloadBytesFirst,
  ): Promise<Shown | null> {
    const detail = await bridge.request('explorer.message', { connection, sequence, payloadBytesMax }, { signal });
    if (!detail || signal.aborted) return null;
    const document = await readPayload(detail, signal);
    return document && { detail, document };
  }

  async #baseOf(detail: MessageDetail, connection: ConnectionId, signal: AbortSignal): Promise<Base | null> {
    const pinned = this.pinned;
    // A payload that was fetched whole is compared with the whole of the other.
    const bytesMax =
      detail.payload.length > inspectorLimits.payloadBytesFirst
        ? inspectorLimits.payloadBytesMax
        : inspectorLimits.payloadBytesFirst;
    if (pinned && pinned.detail.sequence !== detail.sequence) {
      if (!pinned.document.partial || bytesMax === inspectorLimits.payloadBytesFirst) return { shown: pinned };
      const whole = await this.#fetch(connection, pinned.detail.sequence, signal, bytesMax);
      return whole ? { shown: whole } : signal.aborted ? null : { missing: 'gone' };
    }
    if (detail.previous === null) return { missing: detail.subjectCount > 1 ? 'gone' : 'first' };
    const shown = this.shown;
    // While following, the message before is the one that is on the screen.
    if (shown?.detail.sequence === detail.previous && !shown.document.partial) return { shown };
    const before = await this.#fetch(connection, detail.previous, signal, bytesMax);
    return before ? { shown: before } : signal.aborted ? null : { missing: 'gone' };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
