import type { ConsumerMessage } from './consumer-host.ts';

const DOT = 46;
const ZERO = 48;
/** Deliveries, stream sequence, consumer sequence, time, pending. */
const NUMBERS = 5;

/** Reads `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>`, where it lies. */
export class AckSubject {
  deliveries = 0;
  sequence = 0;
  consumerSequence = 0;
  readonly #prefixBytes: number;

  constructor(stream: string, consumer: string) {
    this.#prefixBytes = `$JS.ACK.${stream}.${consumer}.`.length;
  }

  /** Returns whether it has as many tokens as it should. A token that is no number is -1, as in nats-server. */
  read({ bytes, subjectStart, subjectEnd }: ConsumerMessage): boolean {
    let at = subjectStart + this.#prefixBytes;
    for (let i = 0; i < NUMBERS; i++) {
      let value = 0;
      const start = at;
      for (; at < subjectEnd && bytes[at] !== DOT; at++) {
        const digit = (bytes[at] as number) - ZERO;
        value = digit < 0 || digit > 9 || value < 0 ? -1 : value * 10 + digit;
      }
      if (at === start || (at === subjectEnd) !== (i === NUMBERS - 1)) return false;
      if (i === 0) this.deliveries = value;
      else if (i === 1) this.sequence = value;
      else if (i === 2) this.consumerSequence = value;
      at++;
    }
    return true;
  }
}
