import type { ApiError } from '../api-error.ts';
import { Alarm } from '../consumer/alarm.ts';
import { apiError } from '../errors.ts';
import type { MessageLog } from '../../store/message-log.ts';
import { type Ageing, Expiry } from './expiry.ts';
import type { LogInput } from './log-input.ts';
import { headersOf, payloadOf, subjectOf } from './message-text.ts';
import { parseTtl } from './message-ttl.ts';
import type { PurgeOrder } from './purge.ts';
import { NO_HEADERS, type PublishHeaders, readPublishHeaders } from './publish-headers.ts';
import { lastMatching } from './publisher.ts';
import { Schedules, type SourceMessage } from './schedule/schedules.ts';
import type { StreamHost } from './stream-host.ts';

/** Whose limits are kept. */
interface Limited extends Ageing {
  readonly host: StreamHost;
  markDirty(): void;
  /** Lets go of messages, and tells consumers when it is over. */
  clear(order: PurgeOrder): number;
}

/** What schedules say does not come faster than that, as with nats-server, so that one that was missed is answered first. */
const PAUSE_MS = 250;

/** What a message takes away when it is safe. */
interface Removal {
  /** The message. */
  readonly sequence: number;
  /** '': all subjects. */
  readonly subject: string;
  /** Messages below it go. */
  readonly below: number;
}

/** Keeps a stream within what it is told: messages, bytes, age, messages of each subject; and does what is due at a time. */
export class Limits {
  readonly #stream: Limited;
  readonly #expiry: Expiry;
  readonly #schedules = new Schedules();
  readonly #alarm: Alarm;
  /** Subjects that got a message since limits were last kept. */
  readonly #touched = new Set<number>();
  #removals: Removal[] = [];
  /** A subject has more than it may. */
  #crowded = false;
  #stopped = false;
  /** Turn in which as many messages went for their age as may go in one. */
  #fullTurn = -1;

  constructor(stream: Limited) {
    this.#stream = stream;
    this.#expiry = new Expiry(stream);
    this.#alarm = new Alarm(stream.host.clock, () => {
      this.#wake();
      stream.host.endTurn();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.stop();
  }

  /**
   * Whether the log still holds what limits or rollups have taken away already, so that it has to go before a message
   * that looks at what is there is judged.
   */
  isBehind(looksAtSubjects: boolean): boolean {
    const { config, log } = this.#stream;
    if (config.discard === 'new' && (this.#crowded || this.#removals.length > 0)) return true;
    if (!looksAtSubjects) return false;
    const { messages, bytes } = log.state;
    return (
      this.#removals.some(
        ({ subject, sequence }) => subject === '' || log.subjects.findText(subject) !== log.subjectOf(sequence),
      ) ||
      (config.max_msgs > 0 && messages > config.max_msgs) ||
      (config.max_bytes > 0 && bytes > config.max_bytes)
    );
  }

  /** Why a message is not taken, where new ones have to go instead of old ones; undefined when there is room. */
  refusal(input: LogInput, rollsUp: boolean): ApiError | undefined {
    const { config, log } = this.#stream;
    if (config.discard !== 'new') return undefined;
    const { state } = log;
    const bytes = log.bytesOf(input.subjectEnd - input.subjectStart, input.headerBytes, input.bodyBytes);
    const refused = (err: string): ApiError => apiError('streamStoreFailed', { err });
    const subjectMax = config.max_msgs_per_subject;
    const subject = log.subjects.find(input.bytes, input.subjectStart, input.subjectEnd, input.hash);
    const ofSubject = subject === -1 ? 0 : log.subjects.messages(subject);
    // A message that takes the place of an old one of its subject adds none.
    const replaces = subjectMax > 0 && ofSubject >= subjectMax;
    if (replaces && config.discard_new_per_subject === true && !rollsUp)
      return refused('maximum messages per subject exceeded');
    if (config.max_msgs > 0 && state.messages >= config.max_msgs && !replaces)
      return refused('maximum messages exceeded');
    if (config.max_bytes > 0 && state.bytes + bytes > config.max_bytes) {
      if (!replaces || bytesOfFirst(log, subject) < bytes) return refused('maximum bytes exceeded');
    }
    return undefined;
  }

  onAppended(sequence: number): void {
    const { config, log } = this.#stream;
    const max = config.max_msgs_per_subject;
    if (max <= 0) return;
    const subject = log.subjectOf(sequence);
    this.#touched.add(subject);
    if (config.discard === 'new' && log.subjects.messages(subject) > max) this.#crowded = true;
  }

  /** A message that says how long it is kept, in seconds, was stored. */
  expire(sequence: number, seconds: number): void {
    this.#expiry.add(sequence, seconds);
  }

  /** A message was stored in a stream that has schedules. */
  schedule(sequence: number, subject: string, headers: PublishHeaders): void {
    const { log, host } = this.#stream;
    const time = log.timeOf(sequence);
    if (time !== undefined) this.#schedules.onStored(sequence, subject, headers, time, nanosOf(host));
  }

  /** Once that message is safe, older ones of a subject go, or of all subjects ('') . `keepsIt`: the message itself stays. */
  removeOlder(sequence: number, subject: string, keepsIt: boolean): void {
    this.#removals.push({ sequence, subject, below: keepsIt ? sequence : sequence + 1 });
  }

  /** Messages above that sequence did not become safe: what was to come of them does not. */
  forgetAbove(sequence: number): void {
    this.#removals = this.#removals.filter((one) => one.sequence <= sequence);
    this.#expiry.forgetAbove(sequence);
    if (this.#stream.config.allow_msg_schedules !== true) return;
    // A schedule that was not replaced after all is good again.
    this.#schedules.clear();
    this.#look(false);
  }

  onRemoved(sequence: number): void {
    if (this.#schedules.count > 0) this.#schedules.onRemoved(sequence);
  }

  /** Finds what is due at some time in the log, and what was to go when the broker ended. */
  recover(): void {
    const { config, log } = this.#stream;
    const max = config.max_msgs_per_subject;
    if (max > 0) {
      for (const subject of log.subjects) if (log.subjects.messages(subject) > max) this.#touched.add(subject);
    }
    this.#schedules.clear();
    this.#expiry.clear();
    this.#look(true);
  }

  /** Lets go of what is too much. `ages`: and of what is too old. */
  enforce(ages = true): void {
    const { config, log } = this.#stream;
    if (this.#removals.length > 0) this.#enforceRemovals();
    if (config.max_msgs_per_subject > 0) this.#enforcePerSubject(config.max_msgs_per_subject);
    if (config.max_msgs > 0) {
      while (log.state.messages > config.max_msgs) log.remove(log.state.firstSequence);
    }
    if (config.max_bytes > 0) {
      while (log.state.bytes > config.max_bytes && log.state.messages > 0) log.remove(log.state.firstSequence);
    }
    const now = this.#stream.host.clock.milliseconds();
    const scheduled = this.#schedules.count === 0 ? Infinity : Math.max(this.#schedules.nextMs, now + PAUSE_MS);
    const next = Math.min(ages ? this.#expireSome(now) : now + PAUSE_MS, scheduled);
    if (!this.#stopped && next !== Infinity) this.#alarm.by(next);
    if (log.dirty) this.#stream.markDirty();
  }

  /** The same after the configuration was changed: every subject may have too much, and ages are others. */
  review(): void {
    this.#expiry.reset();
    for (const subject of this.#stream.log.subjects) this.#touched.add(subject);
    // nats-server, too, lets what has become too old go a little later.
    this.enforce(false);
  }

  /** What is too old goes so much at a time, and then no more in that turn, which goes on because of it. */
  #expireSome(now: number): number {
    const { turn } = this.#stream.host.jetStream;
    if (turn === this.#fullTurn) return now + 1;
    const next = this.#expiry.enforce(now);
    if (this.#expiry.hasMore) this.#fullTurn = turn;
    return next;
  }

  #wake(): void {
    const { clock } = this.#stream.host;
    const now = clock.milliseconds();
    for (const sequence of this.#schedules.due(now)) this.#fire(sequence, now);
    this.enforce();
  }

  #fire(sequence: number, nowMs: number): void {
    const { log, host } = this.#stream;
    const own = sourceMessage(log, sequence);
    if (own === undefined) return this.#schedules.onRemoved(sequence);
    const headers = readPublishHeaders(own.headers);
    const message = this.#schedules.messageOf(sequence, own, headers, nanosOf(host), (subject) =>
      sourceMessage(log, lastMatching(log, subject)),
    );
    if (message === undefined) return;
    const outcome = this.#stream.storeOwn(message.subject, message.headers, message.payload);
    if (outcome !== 'stored') this.#schedules.retry(sequence, nowMs);
  }

  #look(forTimes: boolean): void {
    const { log, config } = this.#stream;
    const hasTimes = forTimes && config.allow_msg_ttl;
    if (!hasTimes && config.allow_msg_schedules !== true) return;
    for (let at = log.next(log.state.firstSequence); at !== 0; at = log.next(at + 1)) {
      const message = log.read(at);
      if (message === undefined) continue;
      if (message.headerBytes === 0) {
        // It says nothing, but it may have taken the place of a schedule.
        if (this.#schedules.count > 0) this.schedule(at, subjectOf(message), NO_HEADERS);
        continue;
      }
      const block = headersOf(message);
      const headers = readPublishHeaders(block);
      const ttl = hasTimes ? (parseTtl(headers.ttl) ?? 0) : 0;
      const subject = subjectOf(message);
      if (ttl > 0) this.expire(at, ttl);
      if (config.allow_msg_schedules !== true) continue;
      this.schedule(at, subject, headers);
      // It was to be taken away when the broker ended.
      if (headers.scheduleNext === 'purge' && headers.scheduler) this.removeOlder(at, headers.scheduler, true);
    }
  }

  #enforceRemovals(): void {
    const { log } = this.#stream;
    const removals = this.#removals;
    this.#removals = [];
    for (const { subject, below } of removals) {
      this.#stream.clear({ filter: subject, sequence: Math.min(below, log.state.lastSequence + 1), keep: 0 });
    }
  }

  #enforcePerSubject(max: number): void {
    const { log } = this.#stream;
    for (const subject of this.#touched) {
      if (subject === -1) continue;
      while (log.subjects.messages(subject) > max) log.remove(log.subjects.first(subject));
    }
    this.#touched.clear();
    this.#crowded = false;
  }
}

function sourceMessage(log: MessageLog, sequence: number): SourceMessage | undefined {
  const message = sequence === 0 ? undefined : log.read(sequence);
  if (message === undefined) return undefined;
  return { subject: subjectOf(message), headers: headersOf(message), payload: payloadOf(message).slice() };
}

function nanosOf({ clock }: StreamHost): bigint {
  return BigInt(Math.floor(clock.milliseconds() * 1000)) * 1000n;
}

function bytesOfFirst(log: MessageLog, subject: number): number {
  const message = log.read(log.subjects.first(subject));
  if (message === undefined) return 0;
  return log.bytesOf(message.subjectEnd - message.subjectStart, message.headerBytes, message.bodyBytes);
}
