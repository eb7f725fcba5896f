import type { Time } from '../../../store/message-log.ts';
import { DueHeap } from '../due-heap.ts';
import { withoutHeader, withoutHeaders } from '../header-block.ts';
import { withHeaders } from '../message-text.ts';
import { parseTtl } from '../message-ttl.ts';
import type { PublishHeaders } from '../publish-headers.ts';
import { dueText, exactTime, nextDue } from './pattern.ts';
import { isTimeZone } from './zoned-time.ts';

/** `Nats-Schedule-Next` of a message that ends its schedule. */
export const PURGE = 'purge';
/** A message that could not be stored is tried again after so long. */
const RETRY_MS = 10_000;
const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MS = 1e6;

interface Schedule {
  readonly subject: string;
  readonly sequence: number;
  /** Nanoseconds since the epoch. */
  at: bigint;
}

/** What is published when a schedule is due. latin1. */
export interface ScheduledMessage {
  readonly subject: string;
  readonly headers: string;
  readonly payload: Uint8Array;
}

/** A message with its parts as texts. latin1. */
export interface SourceMessage {
  readonly subject: string;
  readonly headers: string;
  readonly payload: Uint8Array;
}

/** The schedules of a stream (ADR-51): one for each subject, the message that was stored there last. */
export class Schedules {
  readonly #bySubject = new Map<string, Schedule>();
  readonly #bySequence = new Map<number, Schedule>();
  readonly #heap = new DueHeap();

  get count(): number {
    return this.#bySubject.size;
  }

  /** Milliseconds since the epoch; Infinity: nothing is due. */
  get nextMs(): number {
    return this.#heap.nextMs;
  }

  clear(): void {
    this.#bySubject.clear();
    this.#bySequence.clear();
    this.#heap.clear();
  }

  /** A message was stored, at that time. `now`: nanoseconds since the epoch. */
  onStored(sequence: number, subject: string, headers: PublishHeaders, stored: Readonly<Time>, now: bigint): void {
    const { schedule = '', scheduler = '', scheduleNext = '' } = headers;
    const after = BigInt(stored.seconds) * NANOS_PER_SECOND + BigInt(stored.nanos);
    const zone = zoneOf(headers);
    const due = schedule === '' || zone === 'invalid' ? undefined : nextDue(schedule, zone, after, now);
    if (due !== undefined) this.#add({ subject, sequence, at: due.at });
    else if (scheduler === '') this.#remove(this.#bySubject.get(subject));
    if (scheduleNext === '' || scheduler === '') return;
    const made = this.#bySubject.get(scheduler);
    if (made === undefined) return;
    if (scheduleNext === PURGE) return this.#remove(made);
    const next = exactTime(scheduleNext);
    if (next !== undefined) this.#move(made, next);
  }

  onRemoved(sequence: number): void {
    this.#remove(this.#bySequence.get(sequence));
  }

  /** Sequences of the messages whose time has come, lowest first. They come again unless something is stored for them. */
  due(nowMs: number): number[] {
    const found = new Set<number>();
    for (let sequence = this.#heap.take(nowMs); sequence !== 0; sequence = this.#heap.take(nowMs)) {
      const schedule = this.#bySequence.get(sequence);
      if (schedule !== undefined && toMs(schedule.at) <= nowMs) found.add(sequence);
    }
    return [...found].sort((one, other) => one - other);
  }

  /** It could not be done: it is due again some time later. */
  retry(sequence: number, nowMs: number): void {
    if (this.#bySequence.has(sequence)) this.#heap.add(nowMs + RETRY_MS, sequence);
  }

  /** What a schedule that is due has published. Undefined: its message says nothing sensible, and it is forgotten. */
  messageOf(
    sequence: number,
    own: SourceMessage,
    headers: PublishHeaders,
    now: bigint,
    lastOf: (subject: string) => SourceMessage | undefined,
  ): ScheduledMessage | undefined {
    const schedule = this.#bySequence.get(sequence);
    if (schedule === undefined) return undefined;
    const { scheduleTarget: target = '', scheduleSource: source = '', scheduleTtl: ttl = '' } = headers;
    const zone = zoneOf(headers);
    const due = zone === 'invalid' ? undefined : nextDue(headers.schedule ?? '', zone, schedule.at, now);
    if (due === undefined || target === '' || parseTtl(ttl) === undefined) {
      this.#remove(schedule);
      return undefined;
    }
    const content = (source === '' ? undefined : lastOf(source)) ?? own;
    let block = content.headers;
    for (const prefix of ['Nats-Schedule', 'Nats-Expected-']) block = withoutHeaders(block, prefix);
    for (const name of ['Nats-Msg-Id', 'Nats-TTL', 'Nats-Rollup']) block = withoutHeader(block, name);
    const more: [string, string][] = [
      ['Nats-Scheduler', schedule.subject],
      ['Nats-Schedule-Next', due.repeats ? dueText(due.at, zone) : PURGE],
    ];
    if (ttl !== '') more.push(['Nats-TTL', ttl]);
    if (headers.scheduleRollup) more.push(['Nats-Rollup', headers.scheduleRollup]);
    return { subject: target, headers: withHeaders(block, more), payload: content.payload };
  }

  #add(schedule: Schedule): void {
    this.#remove(this.#bySubject.get(schedule.subject));
    this.#bySubject.set(schedule.subject, schedule);
    this.#bySequence.set(schedule.sequence, schedule);
    this.#wait(schedule);
  }

  #move(schedule: Schedule, at: bigint): void {
    schedule.at = at;
    this.#wait(schedule);
  }

  #remove(schedule: Schedule | undefined): void {
    if (schedule === undefined) return;
    this.#bySubject.delete(schedule.subject);
    this.#bySequence.delete(schedule.sequence);
    if (this.#heap.size > STALE_MIN + 2 * this.#bySequence.size) this.#heap.keep((one) => this.#bySequence.has(one));
  }

  #wait({ at, sequence }: Schedule): void {
    this.#heap.add(toMs(at), sequence);
  }
}

const STALE_MIN = 1000;

/** `'invalid'`: there is none of that name. */
function zoneOf({ scheduleTimeZone: zone }: PublishHeaders): string | undefined {
  if (zone === undefined) return undefined;
  return isTimeZone(zone) ? zone : 'invalid';
}

function toMs(nanos: bigint): number {
  return Number(nanos) / NANOS_PER_MS;
}
