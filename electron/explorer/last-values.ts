/**
 * The last value of a subject, as the tree shows it: read from the newest message when its row is drawn, and not before.
 * When that message is evicted its first bytes are set aside here, so that a subject which speaks once an hour keeps its
 * value while a busy one fills the budget. What is set aside counts in the budget and is bounded itself.
 */

import type { ChangedField } from '../bridge/contract.ts';
import type { BudgetShare } from './budget.ts';
import type { Capture } from './capture.ts';
import type { Census } from './census.ts';
import { compare, summarize } from '../payload/fields.ts';
import type { Summary } from '../payload/fields.ts';
import type { ExplorerLimits } from './limits.ts';

/** Messages of a subject that are looked back through to find what changed last. */
const LOOK_BACK = 8;
const CACHED_MAX = 4096;
const ENTRY_BYTES = 160;

interface Cached {
  sequence: number;
  fields: ChangedField[];
  version: number;
  digest: string;
}

interface Aside {
  sequence: number;
  payload: Uint8Array | null;
  fields: ChangedField[];
  bytes: number;
}

export class LastValues {
  readonly #capture: Capture;
  readonly #census: Census;
  readonly #share: BudgetShare;
  readonly #limits: ExplorerLimits;
  readonly #cached = new Map<number, Cached>();
  readonly #aside = new Map<number, Aside>();
  #asideBytes = 0;
  #version = 0;

  constructor(capture: Capture, census: Census, share: BudgetShare, limits: ExplorerLimits) {
    this.#capture = capture;
    this.#census = census;
    this.#share = share;
    this.#limits = limits;
  }

  /**
   * Fields of the message `sequence` at a node, and a version that grows when they change.
   * @param sequence 0 when the node has none
   */
  of(node: number, sequence: number): { fields: ChangedField[]; version: number } {
    if (sequence === 0) return { fields: [], version: 0 };
    const known = this.#cached.get(node);
    if (known?.sequence === sequence) {
      // Asked for last, let go last.
      this.#cached.delete(node);
      this.#cached.set(node, known);
      return known;
    }
    const fields = this.#read(node, sequence, known);
    const digest = fields.map((field) => `${field.key}\0${field.text}`).join('\0');
    const version = known !== undefined && known.digest === digest ? known.version : ++this.#version;
    const entry = { sequence, fields, version, digest };
    this.#cached.delete(node);
    this.#cached.set(node, entry);
    if (this.#cached.size > CACHED_MAX) this.#cached.delete(this.#cached.keys().next().value!);
    return entry;
  }

  /** The same for a view that is paused, whose message need not be the last one. */
  held(node: number, sequence: number): { fields: ChangedField[]; version: number } {
    if (sequence === 0) return { fields: [], version: 0 };
    const known = this.#cached.get(node);
    const fields = known?.sequence === sequence ? known.fields : this.#read(node, sequence, undefined);
    return { fields, version: known?.version ?? 0 };
  }

  /** Sets the values aside whose messages are about to go. */
  keep(from: number, to: number): void {
    const { lastSequence } = this.#census;
    for (let sequence = from; sequence <= to; sequence++) {
      const chunk = this.#capture.chunkOf(sequence);
      const row = this.#capture.rowOf(sequence);
      const node = chunk.node[row]!;
      if (lastSequence[node] !== sequence) continue;
      const payload = this.#capture.payload(chunk, row);
      const known = this.#cached.get(node);
      if (known?.sequence === sequence)
        this.#setAside(node, { sequence, payload: null, fields: known.fields, bytes: ENTRY_BYTES });
      else if (payload.length > this.#limits.lastValueBytesMax) {
        this.#setAside(node, {
          sequence,
          payload: null,
          fields: compare(summarize(payload).fields, null),
          bytes: ENTRY_BYTES,
        });
      } else
        this.#setAside(node, { sequence, payload: payload.slice(), fields: [], bytes: payload.length + ENTRY_BYTES });
    }
  }

  clear(): void {
    this.#cached.clear();
    this.#aside.clear();
    this.#share.give(this.#asideBytes);
    this.#asideBytes = 0;
  }

  #read(node: number, sequence: number, known: Cached | undefined): ChangedField[] {
    const capture = this.#capture;
    if (!capture.has(sequence)) {
      const aside = this.#aside.get(node);
      if (aside === undefined || aside.sequence !== sequence) return known?.fields ?? [];
      return aside.payload === null ? aside.fields : compare(summarize(aside.payload).fields, null);
    }
    const newest = this.#summary(sequence).fields;
    let earlier = capture.previous(sequence);
    for (let step = 0; step < LOOK_BACK && earlier !== 0; step++) {
      const fields = compare(newest, this.#summary(earlier).fields);
      if (fields[0]?.changed === true || step === LOOK_BACK - 1) return fields;
      earlier = capture.previous(earlier);
    }
    return compare(newest, null);
  }

  #summary(sequence: number): Summary {
    const chunk = this.#capture.chunkOf(sequence);
    return summarize(this.#capture.payload(chunk, this.#capture.rowOf(sequence)));
  }

  #setAside(node: number, aside: Aside): void {
    const before = this.#aside.get(node);
    this.#aside.delete(node);
    this.#aside.set(node, aside);
    this.#account(aside.bytes - (before?.bytes ?? 0));
    const most = this.#share.limitBytes * this.#limits.lastValuesBudgetPart;
    while (this.#asideBytes > most) {
      const oldest = this.#aside.entries().next().value;
      if (oldest === undefined) break;
      this.#aside.delete(oldest[0]);
      this.#account(-oldest[1].bytes);
    }
  }

  #account(bytes: number): void {
    this.#asideBytes += bytes;
    this.#share.force(bytes);
  }
}
