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

  #forget(nowMs: number): void {
    for (const [id, { atMs }] of this.#ids) {
      if (nowMs - atMs < this.#windowMs) return;
      this.#ids.delete(id);
    }
  }
}
