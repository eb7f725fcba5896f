import type { ApiError } from '../api-error.ts';
import { apiError } from '../errors.ts';
import type { MessageLog } from '../../store/message-log.ts';
import type { LogInput } from './log-input.ts';
import type { StreamConfig } from './stream-config.ts';
import type { StreamHost } from './stream-host.ts';

/** Whose limits are kept. */
interface Limited {
  readonly config: StreamConfig;
  readonly log: MessageLog;
  readonly host: StreamHost;
  markDirty(): void;
}

const NANOS_PER_MS = 1_000_000;
/** Messages that are taken out in one go before others get their turn. */
const EXPIRED_PER_TURN = 10_000;

/** Keeps a stream within what it is told: messages, bytes, age, messages of each subject. */
export class Limits {
  readonly #stream: Limited;
  /** Subjects that got a message since limits were last kept. */
  readonly #touched = new Set<number>();
  readonly #rollUps: { readonly sequence: number; readonly what: 'sub' | 'all' }[] = [];
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Infinity;

  constructor(stream: Limited) {
    this.#stream = stream;
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAtMs = Infinity;
  }

  /** Why a message is not taken, where new ones have to go instead of old ones; undefined when there is room. */
  refusal(input: LogInput): ApiError | undefined {
    const { config, log, host } = this.#stream;
    const { state } = log;
    const bytes = log.bytesOf(input.subjectEnd - input.subjectStart, input.headerBytes, input.bodyBytes);
    if (host.limited && !host.hasRoom(config.storage, bytes)) return apiError('insufficientResources');
    if (config.discard !== 'new') return undefined;
    const failed = (err: string): ApiError => apiError('streamStoreFailed', { err });
    const subjectMax = config.max_msgs_per_subject;
    const subject = log.subjects.find(input.bytes, input.subjectStart, input.subjectEnd, input.hash);
    const ofSubject = subject === -1 ? 0 : log.subjects.messages(subject);
    // A message that takes the place of an old one of its subject adds none.
    const replaces = subjectMax > 0 && ofSubject >= subjectMax;
    if (replaces && config.discard_new_per_subject === true) return failed('maximum messages per subject exceeded');
    if (config.max_msgs > 0 && state.messages >= config.max_msgs && !replaces)
      return failed('maximum messages exceeded');
    if (config.max_bytes > 0 && state.bytes + bytes > config.max_bytes) {
      const freed = replaces ? bytesOfFirst(log, subject) : 0;
      if (state.bytes + bytes - freed > config.max_bytes) return failed('maximum bytes exceeded');
    }
    return undefined;
  }

  onAppended(sequence: number): void {
    const { config, log } = this.#stream;
    if (config.max_msgs_per_subject > 0) this.#touched.add(log.subjectOf(sequence));
  }

  /** Lets go of what is too much. */
  enforce(): void {
    const { config, log } = this.#stream;
    if (this.#rollUps.length > 0) this.#enforceRollUps();
    if (config.max_msgs_per_subject > 0) this.#enforcePerSubject(config.max_msgs_per_subject);
    if (config.max_msgs > 0) {
      while (log.state.messages > config.max_msgs) log.remove(log.state.firstSequence);
    }
    if (config.max_bytes > 0) {
      while (log.state.bytes > config.max_bytes && log.state.messages > 0) log.remove(log.state.firstSequence);
    }
    if (config.max_age > 0) this.#enforceAge(config.max_age / NANOS_PER_MS);
    if (log.dirty) this.#stream.markDirty();
  }

  /** The same after limits were changed: every subject may have too much. */
  review(): void {
    for (const subject of this.#stream.log.subjects) this.#touched.add(subject);
    this.enforce();
  }

  /** Once that message is safe, all older ones of its subject, or of all subjects, go. */
  rollUp(sequence: number, what: 'sub' | 'all'): void {
    this.#rollUps.push({ sequence, what });
  }

  #enforceRollUps(): void {
    const { log } = this.#stream;
    for (const { sequence, what } of this.#rollUps) {
      const subject = log.subjectOf(sequence);
      if (subject === -1) continue;
      if (what === 'all') log.removeBelow(sequence);
      else while (log.subjects.first(subject) < sequence) log.remove(log.subjects.first(subject));
    }
    this.#rollUps.length = 0;
  }

  #enforcePerSubject(max: number): void {
    const { log } = this.#stream;
    for (const subject of this.#touched) {
      if (subject === -1) continue;
      while (log.subjects.messages(subject) > max) log.remove(log.subjects.first(subject));
    }
    this.#touched.clear();
  }

  #enforceAge(maxMs: number): void {
    const { log, host } = this.#stream;
    const now = host.clock.milliseconds();
    for (let gone = 0; log.state.messages > 0; gone++) {
      const { firstTime, firstSequence } = log.state;
      const dueMs = firstTime.seconds * 1000 + firstTime.nanos / NANOS_PER_MS + maxMs;
      if (dueMs > now || gone === EXPIRED_PER_TURN) return this.#wakeAt(Math.max(dueMs, now + 1));
      log.remove(firstSequence);
    }
  }

  #wakeAt(ms: number): void {
    if (this.#cancelTimer !== undefined && this.#timerAtMs <= ms) return;
    this.stop();
    const { clock } = this.#stream.host;
    this.#timerAtMs = ms;
    this.#cancelTimer = clock.after(Math.ceil(ms - clock.milliseconds()), () => {
      this.#cancelTimer = undefined;
      this.#timerAtMs = Infinity;
      this.enforce();
      this.#stream.host.endTurn();
    });
  }
}

function bytesOfFirst(log: MessageLog, subject: number): number {
  const message = log.read(log.subjects.first(subject));
  if (message === undefined) return 0;
  return log.bytesOf(message.subjectEnd - message.subjectStart, message.headerBytes, message.bodyBytes);
}
