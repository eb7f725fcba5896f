import { randomBytes, randomInt } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 13;
const SEQUENCE_LENGTH = 9;
/** As far as whole numbers go. */
const SEQUENCE_MAX = Number.MAX_SAFE_INTEGER;
/** Steps between two ids, so that the next one cannot be guessed. */
const STEP_MIN = 33;
const STEP_MAX = 333;

/** Ids of 22 letters and digits, as NATS has them everywhere: a random part and a count that begins and grows at random. */
export class EventIds {
  #prefix = '';
  #sequence = SEQUENCE_MAX;
  readonly #step = randomInt(STEP_MIN, STEP_MAX);

  next(): string {
    this.#sequence += this.#step;
    if (this.#sequence > SEQUENCE_MAX) {
      this.#prefix = Array.from(randomBytes(PREFIX_LENGTH), (byte) => DIGITS[byte % DIGITS.length]).join('');
      this.#sequence = Math.floor(Math.random() * SEQUENCE_MAX);
    }
    let rest = this.#sequence;
    let text = '';
    for (let i = 0; i < SEQUENCE_LENGTH; i++) {
      text = (DIGITS[rest % DIGITS.length] as string) + text;
      rest = Math.floor(rest / DIGITS.length);
    }
    return this.#prefix + text;
  }
}
