import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PASSWORDS_REMEMBERED_MAX } from '../limits.ts';
import { bcryptMatches, isBcrypt } from './bcrypt.ts';

/**
 * Holds passwords and tokens against what is configured. Checks of bcrypt hashes run one after another, a same one that
 * is under way is waited for, and what was found right is remembered by a keyed hash, so that clients that come again
 * (or a hundred of them at once) cost one check.
 */
export class Passwords {
  readonly #key = randomBytes(32);
  /** Keyed hashes of a bcrypt hash and its password, the one used last at the end. */
  readonly #right = new Set<string>();
  readonly #underWay = new Map<string, Check>();
  #last: Promise<unknown> = Promise.resolve();

  /** `expected` is plain text or a bcrypt hash. Two empty ones match, as in nats-server. Never rejects. */
  matches(expected: string, shown: string, signal?: AbortSignal): boolean | Promise<boolean> {
    if (!isBcrypt(expected)) return timingSafeEqual(this.#digest(expected), this.#digest(shown));
    const id = this.#digest(`${expected}\n${shown}`).toString('latin1');
    if (this.#right.delete(id)) {
      this.#right.add(id);
      return true;
    }
    const check = this.#underWay.get(id) ?? this.#begin(id, expected, shown);
    check.waiting++;
    const leave = (): void => {
      if (--check.waiting > 0) return;
      check.abort.abort();
      this.#end(id, check);
    };
    signal?.addEventListener('abort', leave, { once: true });
    return check.outcome;
  }

  #begin(id: string, hash: string, shown: string): Check {
    const abort = new AbortController();
    const run = async (): Promise<boolean> => {
      const right = !abort.signal.aborted && (await bcryptMatches(shown, hash, abort.signal));
      this.#end(id, check);
      if (right) this.#remember(id);
      return right;
    };
    const check: Check = { outcome: this.#last.then(run), waiting: 0, abort };
    this.#last = check.outcome;
    this.#underWay.set(id, check);
    return check;
  }

  #end(id: string, check: Check): void {
    if (this.#underWay.get(id) === check) this.#underWay.delete(id);
  }

  #remember(id: string): void {
    this.#right.add(id);
    if (this.#right.size <= PASSWORDS_REMEMBERED_MAX) return;
    for (const oldest of this.#right) {
      this.#right.delete(oldest);
      return;
    }
  }

  /** Of one length and keyed, so that comparing takes the same time wherever texts differ and memory tells nothing. */
  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

interface Check {
  readonly outcome: Promise<boolean>;
  /** Who waits for it and has not gone. When nobody does, it is given up. */
  waiting: number;
  readonly abort: AbortController;
}
