import type { MessageLog } from '../../store/message-log.ts';
import { headerIn } from './header-block.ts';
import { headersOf } from './message-text.ts';

const NANOS_PER_MS = 1_000_000;

/**
 * Ids of messages that were published of late (`Nats-Msg-Id`), so that the same message is not stored twice. In the order
 * they came in, which is that of their times.
 */
export class MessageIds {
  #windowMs: number;
  readonly #ids = new Map<string, { readonly sequence: number; readonly atMs: number }>();

  /** 0 remembers nothing. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get count(): number {
    return this.#ids.size;
  }

  set windowMs(ms: number) {
    this.#windowMs = ms;
  }

  /** Sequence of the message with that id; undefined: there was none within the window. */
  find(id: string, nowMs: number): number | undefined {
    this.#forget(nowMs);
    return this.#ids.get(id)?.sequence;
  }

  add(id: string, sequence: number, atMs: number): void {
    if (this.#windowMs <= 0) return;
    this.#ids.delete(id);
    this.#ids.set(id, { sequence, atMs });
  }

  /** Those above it did not become safe. */
  forgetAbove(sequence: number): void {
    for (const [id, one] of this.#ids) if (one.sequence > sequence) this.#ids.delete(id);
  }

  /** Finds those of the window in the log again. Returns that of the last message, as far as it is within the window. */
  recall(log: MessageLog, nowMs: number): string {
    const { lastSequence } = log.state;
    let last = '';
    if (this.#windowMs <= 0 || lastSequence === 0) return last;
    const fromMs = nowMs - this.#windowMs;
    const seconds = Math.floor(fromMs / 1000);
    const first = log.sequenceAt({ seconds, nanos: Math.floor((fromMs - seconds * 1000) * NANOS_PER_MS) });
    for (let at = log.next(first); at !== 0; at = log.next(at + 1)) {
      const message = log.read(at);
      if (message === undefined || message.headerBytes === 0) continue;
      const id = headerIn(headersOf(message), 'Nats-Msg-Id') ?? '';
      if (id === '') continue;
      this.add(id, at, message.seconds * 1000 + message.nanos / NANOS_PER_MS);
      if (at === lastSequence) last = id;
    }
    return last;
  }

  #forget(nowMs: number): void {
    for (const [id, { atMs }] of this.#ids) {
      if (nowMs - atMs < this.#windowMs) return;
      this.#ids.delete(id);
    }
  }
}
