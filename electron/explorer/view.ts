/**
 * One tree and list in a window: what it shows, in which order, and how far its filter has come. A view costs nothing
 * while nobody pulls from it: new messages are looked at when it is pulled, and the history in slices between.
 *
 * A paused view shows the rows up to a sequence and the tree as it was; recording goes on. Rows that are evicted
 * meanwhile are gone from it too.
 */

import type { TreeSort, ViewOptions } from '../bridge/contract.ts';
import type { Apart } from './apart.ts';
import type { Branches } from './branches.ts';
import type { BudgetShare } from './budget.ts';
import type { Capture } from './capture.ts';
import type { Census } from './census.ts';
import type { Clock } from './clock.ts';
import { compileFilter } from './filter/compile.ts';
import type { Filter, FilterFault } from './filter/filter.ts';
import { runWithin } from './filter/guard.ts';
import type { LinkAccount } from '../link.ts';
import { Hits } from './hits.ts';
import type { ExplorerLimits } from './limits.ts';
import { Outline } from './outline.ts';
import { Probe } from './probe.ts';

/** Messages looked at before the results are taken over; what is lost when a filter has to be broken off. */
const BLOCK = 1024;
/** The clock is read after so many messages, or so many bytes. */
const CHECK_ROWS = 16;
const CHECK_BYTES = 64 * 1024;
/** A view that fell behind by more than this, unseen, starts again at the end of the list. */
const BEHIND_MAX = 100_000;
/** Bytes of a `CensusFrame` for one node. */
const FRAME_BYTES = 5 * 8 + 3 * 4 + 80 + 1;

/** What all views of a connection share; made anew when the capture is cleared. */
export interface ViewSource {
  readonly capture: Capture;
  readonly census: Census;
  readonly branches: Branches;
  readonly share: BudgetShare;
  readonly clock: Clock;
  readonly limits: ExplorerLimits;
  readonly apart: Apart;
  isSystem(node: number): boolean;
  readonly accounts: readonly LinkAccount[];
}

export class View {
  outline: Outline;
  /** When it was pulled last; a view that nobody looks at does not scan. */
  pulledAt = 0;
  #source: ViewSource;
  #scope = 0;
  #pausedAt: number | null = null;
  #sort: TreeSort = 'name';
  #filter: Filter | null = null;
  #fault: FilterFault | null = null;
  #hasFilter = false;
  #probe: Probe;
  #hits: Hits | null = null;
  /** Next sequences to look at, upwards and downwards. */
  #forward = 0;
  #backward = 0;
  #frozenBytes = 0;
  #frozenAt = 0;
  readonly #ending = new AbortController();
  readonly #verdicts = new Uint8Array(BLOCK);

  constructor(source: ViewSource) {
    this.#source = source;
    this.#probe = this.#newProbe();
    this.outline = this.#newOutline();
  }

  #newProbe(): Probe {
    const { capture, census, limits } = this.#source;
    return new Probe(capture, census, limits.filterBytesMax, (number) => this.#source.accounts[number - 1]?.name);
  }

  #newOutline(before?: Outline): Outline {
    const { census, branches, limits } = this.#source;
    return new Outline(census, branches, limits.resortMicroseconds, () => this.#source.accounts, before);
  }

  get scope(): number {
    return this.#scope;
  }

  get fault(): FilterFault | null {
    return this.#fault;
  }

  get filtered(): boolean {
    return this.#hasFilter;
  }

  /** @param options `scope` is an index of the census here */
  set(options: Partial<ViewOptions>): void {
    if (options.sort !== undefined) {
      this.#sort = options.sort;
      this.outline.sort = options.sort;
    }
    if (options.pausedAt !== undefined) this.#pause(options.pausedAt);
    if (options.scope !== undefined && options.scope !== this.#scope) {
      this.#scope = options.scope;
      this.#restart();
    }
    if (options.filter !== undefined) this.#setFilter(options.filter);
  }

  /** The capture was cleared: another census, nothing kept. Open branches open again as their subjects come back. */
  reset(source: ViewSource): void {
    this.#pause(null);
    this.#source = source;
    this.#probe = this.#newProbe();
    this.outline = this.#newOutline(this.outline);
    this.outline.sort = this.#sort;
    this.#scope = 0;
    this.#restart();
  }

  /** Aborts when the view is closed. */
  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  /** The time that the tree shows. */
  get shownTime(): number {
    return this.#pausedAt === null ? this.#source.clock.now() : this.#frozenAt;
  }

  dispose(): void {
    this.#ending.abort();
    this.#pause(null);
    this.#hits?.clear();
    this.#hits = null;
  }

  /** What the list of everything leaves out. */
  get #apart(): Apart {
    const { apart, capture } = this.#source;
    apart.trim(capture.first);
    return apart;
  }

  // ── The list ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Newest sequence that the view shows. */
  get #end(): number {
    const { newest } = this.#source.capture;
    return this.#pausedAt === null ? newest : Math.min(this.#pausedAt, newest);
  }

  /** Rows that are kept, in scope and filter. */
  get total(): number {
    if (this.#hits === null) {
      const { first } = this.#source.capture;
      return this.#end < first ? 0 : this.#end - first + 1 - this.#apart.upTo(this.#end);
    }
    return this.#pausedAt === null ? this.#hits.length : this.#hits.upTo(this.#pausedAt);
  }

  get gone(): number {
    return this.#hits === null ? this.#source.capture.first - 1 - this.#apart.gone : this.#hits.gone;
  }

  /** Sequence of the row at an index below `total`. */
  at(index: number): number {
    return this.#hits === null ? this.#apart.skipping(index, this.#source.capture.first) : this.#hits.at(index);
  }

  indexOf(sequence: number): number | null {
    if (sequence > this.#end || !this.#source.capture.has(sequence)) return null;
    if (this.#hits === null) {
      const apart = this.#apart;
      return apart.has(sequence) ? null : sequence - this.#source.capture.first - apart.upTo(sequence);
    }
    this.#hits.trim(this.#source.capture.first);
    const index = this.#hits.upTo(sequence) - 1;
    return index >= 0 && this.#hits.at(index) === sequence ? index : null;
  }

  /** Kept messages that were looked at, less what the list of everything leaves out. */
  get looked(): number {
    if (this.#hits === null) return this.total;
    const newest = Math.min(this.#forward - 1, this.#end);
    const oldest = Math.max(this.#backward + 1, this.#source.capture.first);
    if (newest < oldest) return 0;
    const apart = this.#scope === 0 ? this.#apart.upTo(newest) - this.#apart.upTo(oldest - 1) : 0;
    return newest - oldest + 1 - apart;
  }

  get scanning(): boolean {
    if (this.#hits === null) return false;
    return this.#forward <= this.#end || this.#backward >= this.#source.capture.first;
  }

  /** Looks at messages until the time `until`, the new ones first. */
  scan(until: number): void {
    const { capture, clock } = this.#source;
    if (this.#hits === null) return;
    if (capture.newest - this.#forward > BEHIND_MAX && this.#pausedAt === null) this.#restart();
    this.#forward = Math.max(this.#forward, capture.first);
    const hits = this.#hits;
    hits.trim(capture.first);
    for (;;) {
      if (this.#forward <= this.#end) {
        const looked = this.#look(this.#forward, 1, this.#end, until);
        for (let index = 0; index < looked; index++)
          if (this.#verdicts[index] === 1) hits.append(this.#forward + index);
        this.#forward += looked;
      } else if (this.#backward >= capture.first) {
        const looked = this.#look(this.#backward, -1, capture.first, until);
        for (let index = 0; index < looked; index++) {
          if (this.#verdicts[index] === 1) hits.prepend(this.#backward - index);
        }
        this.#backward -= looked;
      } else return;
      // A filter that had to be switched off has left other hits, or none.
      if (this.#hits !== hits || clock.now() >= until) return;
    }
  }

  /** Decides on messages from `from` to `end`, at most a block. Returns how many it decided on. */
  #look(from: number, step: 1 | -1, end: number, until: number): number {
    const filter = this.#filter;
    const most = Math.min(BLOCK, Math.abs(end - from) + 1);
    if (filter === null || !filter.timed) return this.#decide(from, step, most, until, filter);
    let looked = 0;
    const milliseconds = this.#source.limits.regexMilliseconds;
    const finished = runWithin(milliseconds, () => {
      looked = this.#decide(from, step, most, until, filter);
    });
    if (finished) return looked;
    this.#fault = {
      text: `The regular expression takes longer than ${milliseconds} ms on these messages. It is off; make it simpler.`,
      column: 1,
    };
    this.#filter = null;
    this.#restart();
    return 0;
  }

  #decide(from: number, step: 1 | -1, most: number, until: number, filter: Filter | null): number {
    const source = this.#source;
    const { census, clock } = source;
    const scope = this.#scope;
    const probe = this.#probe;
    let unchecked = 0;
    for (let index = 0; index < most; index++) {
      probe.move(from + index * step);
      let passes = scope === 0 ? !source.isSystem(probe.node) : census.within(probe.node, scope);
      if (passes && filter !== null) {
        passes = filter.test(probe);
        unchecked += probe.size + CHECK_BYTES / CHECK_ROWS;
      } else unchecked += CHECK_BYTES / CHECK_ROWS / 16;
      this.#verdicts[index] = passes ? 1 : 0;
      if (unchecked < CHECK_BYTES) continue;
      unchecked = 0;
      if (clock.now() >= until) return index + 1;
    }
    return most;
  }

  #setFilter(display: ViewOptions['filter']): void {
    const compiled = display === null ? null : compileFilter(display, this.#source.limits.filterTextMax);
    this.#hasFilter = compiled !== null;
    this.#fault = compiled !== null && 'text' in compiled ? compiled : null;
    this.#filter = compiled !== null && 'test' in compiled ? compiled : null;
    this.#restart();
  }

  #restart(): void {
    this.#hits?.clear();
    this.#hits = null;
    if (this.#scope === 0 && this.#filter === null) return;
    const { capture, share } = this.#source;
    this.#hits = new Hits(capture.kept, (bytes) => share.force(bytes));
    this.#backward = capture.newest;
    this.#forward = capture.newest + 1;
  }

  #pause(sequence: number | null): void {
    const { census, clock, share } = this.#source;
    const before = this.#pausedAt;
    this.#pausedAt = sequence;
    if (sequence !== null && before === null) {
      const frame = census.freeze();
      this.#frozenAt = clock.now();
      this.#frozenBytes = frame.nodes * FRAME_BYTES;
      share.force(this.#frozenBytes);
      this.outline.freeze(frame);
    } else if (sequence === null && before !== null) {
      share.force(-this.#frozenBytes);
      this.#frozenBytes = 0;
      this.outline.freeze(null);
    }
  }
}
