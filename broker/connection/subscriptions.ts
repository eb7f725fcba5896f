import type { Account } from '../account/account.ts';
import { Subscription } from '../account/subscription.ts';
import { quoteLatin1 } from '../base/latin1.ts';
import { parseSize } from '../wire/parser.ts';
import { isValidSubject } from '../subject/validity.ts';
import { ERRORS } from '../wire/protocol.ts';
import type { Outbound } from './outbound.ts';

/** Queue group that the server keeps for itself. */
const SYSTEM_QUEUE = '_sys_';

export interface SubscriptionLimits {
  /** 0: none. */
  readonly subscriptionsMax: number;
  readonly subscriptionTokensMax: number;
}

/** What became of a SUB or UNSUB. */
export type SubscriptionOutcome =
  | { type: 'ok' }
  /** The line makes no sense: the connection goes. */
  | { type: 'malformed' }
  /** The connection is told and stays. `log` is what the log says, if anything. */
  | { type: 'refused'; error: string; log?: string };

const OK: SubscriptionOutcome = { type: 'ok' };

/** The subscriptions of one connection, by sid. */
export class Subscriptions {
  readonly #bySid = new Map<string, Subscription>();
  readonly #account: Account;
  readonly #outbound: Outbound;
  readonly #limits: SubscriptionLimits;
  readonly #onCount: (change: number) => void;
  readonly #onExhausted: (subscription: Subscription) => void;

  /** `onExhausted` is told of a subscription that got as many messages as it wanted, after it was removed. */
  constructor(
    account: Account,
    outbound: Outbound,
    limits: SubscriptionLimits,
    onCount: (change: number) => void,
    onExhausted: (subscription: Subscription) => void,
  ) {
    this.#account = account;
    this.#outbound = outbound;
    this.#limits = limits;
    this.#onCount = onCount;
    this.#onExhausted = (subscription) => {
      this.remove(subscription);
      onExhausted(subscription);
    };
  }

  get count(): number {
    return this.#bySid.size;
  }

  /** `SUB subject [queue] sid`. */
  subscribe(argument: string): SubscriptionOutcome {
    const words = wordsOf(argument);
    if (words.length !== 2 && words.length !== 3) return { type: 'malformed' };
    const subject = words[0] as string;
    const queue = words.length === 3 ? words[1] : undefined;
    const sid = words.at(-1) as string;
    const { subscriptionsMax, subscriptionTokensMax } = this.#limits;
    if (queue === SYSTEM_QUEUE) {
      return {
        type: 'refused',
        error: `Permissions Violation for Subscription to ${quoteLatin1(subject)} using queue ${quoteLatin1(queue)}`,
        log: `Subscription Violation - Subject ${quoteLatin1(subject)}, Queue: ${quoteLatin1(queue)}, SID ${sid}`,
      };
    }
    if (subscriptionTokensMax > 0 && subject.split('.').length > subscriptionTokensMax) {
      return {
        type: 'refused',
        error: `Permissions Violation for Subscription to ${quoteLatin1(subject)}, too many tokens`,
        log: `Subscription Violation Too Many Tokens - Subject ${quoteLatin1(subject)}, SID ${sid}`,
      };
    }
    if (subscriptionsMax > 0 && this.#bySid.size >= subscriptionsMax) {
      return { type: 'refused', error: ERRORS.subscriptionsExceeded, log: ERRORS.subscriptionsExceeded };
    }
    // A sid that is in use keeps its subscription; the second SUB counts as done.
    if (this.#bySid.has(sid)) return OK;
    if (!isValidSubject(subject)) return { type: 'refused', error: ERRORS.invalidSubject };
    const subscription = new Subscription(this.#outbound, subject, queue, sid, this.#onExhausted);
    this.#bySid.set(sid, subscription);
    this.#account.subscribe(subscription);
    this.#onCount(1);
    return OK;
  }

  /** `UNSUB sid [max]`. Returns the subscription that went at once, if one did. */
  unsubscribe(argument: string): { outcome: SubscriptionOutcome; removed?: Subscription } {
    const words = wordsOf(argument);
    if (words.length !== 1 && words.length !== 2) return { outcome: { type: 'malformed' } };
    const subscription = this.#bySid.get(words[0] as string);
    if (subscription === undefined) return { outcome: OK };
    const max = words[1] === undefined ? -1 : sizeOf(words[1]);
    if (max > 0 && max > subscription.delivered) {
      subscription.max = max;
      return { outcome: OK };
    }
    this.remove(subscription);
    return { outcome: OK, removed: subscription };
  }

  remove(subscription: Subscription): void {
    if (!this.#bySid.delete(subscription.sid)) return;
    this.#account.unsubscribe(subscription);
    this.#onCount(-1);
  }

  clear(): void {
    for (const subscription of this.#bySid.values()) this.#account.unsubscribe(subscription);
    this.#onCount(-this.#bySid.size);
    this.#bySid.clear();
  }
}

function sizeOf(word: string): number {
  const bytes = Buffer.from(word, 'latin1');
  return parseSize(bytes, 0, bytes.length);
}

function wordsOf(argument: string): string[] {
  const words = argument.split(' ');
  // As a rule there is one space between two words and nothing else.
  return words.includes('') || /[\t\r\n]/.test(argument)
    ? argument.split(/[ \t\r\n]+/).filter((word) => word !== '')
    : words;
}
