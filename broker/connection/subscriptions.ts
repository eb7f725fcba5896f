import type { Account } from '../account/account.ts';
import { Subscription } from '../account/subscription.ts';
import type { CompiledPermissions } from '../auth/permissions.ts';
import { quoteLatin1 } from '../base/latin1.ts';
import { parseSize } from '../wire/parser.ts';
import { isValidSubject } from '../subject/validity.ts';
import { ERRORS } from '../wire/protocol.ts';
import type { Outbound } from './outbound.ts';

/** Queue group that the server keeps for itself. */
const SYSTEM_QUEUE = '_sys_';

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
  readonly #outbound: Outbound;
  #account: Account | undefined;
  #permissions: CompiledPermissions | undefined;
  /** `Infinity`: no limit. */
  #subscriptionsMax = Infinity;
  /** 0: no limit. */
  #tokensMax = 0;
  readonly #onCount: (change: number) => void;
  readonly #onExhausted: (subscription: Subscription) => void;

  /** `onExhausted` is told of a subscription that got as many messages as it wanted, after it was removed. */
  constructor(
    outbound: Outbound,
    onCount: (change: number) => void,
    onExhausted: (subscription: Subscription) => void,
  ) {
    this.#outbound = outbound;
    this.#onCount = onCount;
    this.#onExhausted = (subscription) => {
      this.remove(subscription);
      onExhausted(subscription);
    };
  }

  get count(): number {
    return this.#bySid.size;
  }

  /** Those there are now. */
  list(): Subscription[] {
    return [...this.#bySid.values()];
  }

  /** Where they count, and what may be subscribed to there. There must be none. */
  belongTo(account: Account, permissions: CompiledPermissions | undefined): void {
    this.#account = account;
    this.#permissions = permissions;
  }

  /** Other permissions: removes what they do not allow, and returns it. */
  allow(permissions: CompiledPermissions | undefined): Subscription[] {
    this.#permissions = permissions;
    const removed: Subscription[] = [];
    for (const subscription of this.#bySid.values()) {
      const { subject, queue } = subscription;
      if (permissions?.maySubscribe(subject, queue) === false) removed.push(subscription);
      else subscription.denies = permissions?.deniesDelivery(subject, queue);
    }
    for (const subscription of removed) this.remove(subscription);
    this.#account?.forgetMatches();
    return removed;
  }

  /** `subscriptionsMax` is `Infinity` and `tokensMax` 0 where there is no limit. */
  setLimits(subscriptionsMax: number, tokensMax: number): void {
    this.#subscriptionsMax = subscriptionsMax;
    this.#tokensMax = tokensMax;
  }

  /** `SUB subject [queue] sid`. */
  subscribe(argument: string): SubscriptionOutcome {
    const words = wordsOf(argument);
    if (words.length !== 2 && words.length !== 3) return { type: 'malformed' };
    const subject = words[0] as string;
    const queue = words.length === 3 ? words[1] : undefined;
    const sid = words.at(-1) as string;
    if (queue === SYSTEM_QUEUE || this.#permissions?.maySubscribe(subject, queue) === false) {
      return violation(subject, queue, sid);
    }
    if (this.#tokensMax > 0 && subject.split('.').length > this.#tokensMax) {
      return {
        type: 'refused',
        error: `Permissions Violation for Subscription to ${quoteLatin1(subject)}, too many tokens`,
        log: `Subscription Violation Too Many Tokens - Subject ${quoteLatin1(subject)}, SID ${sid}`,
      };
    }
    if (this.#bySid.size >= this.#subscriptionsMax) {
      return { type: 'refused', error: ERRORS.subscriptionsExceeded, log: ERRORS.subscriptionsExceeded };
    }
    // A sid that is in use keeps its subscription; the second SUB counts as done.
    if (this.#bySid.has(sid)) return OK;
    if (!isValidSubject(subject)) return { type: 'refused', error: ERRORS.invalidSubject };
    const subscription = new Subscription(this.#outbound, subject, queue, sid, this.#onExhausted);
    subscription.denies = this.#permissions?.deniesDelivery(subject, queue);
    this.#bySid.set(sid, subscription);
    this.#account?.subscribe(subscription);
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
    this.#account?.unsubscribe(subscription);
    this.#onCount(-1);
  }

  clear(): void {
    for (const subscription of this.#bySid.values()) this.#account?.unsubscribe(subscription);
    this.#onCount(-this.#bySid.size);
    this.#bySid.clear();
  }
}

function violation(subject: string, queue: string | undefined, sid: string): SubscriptionOutcome {
  const name = quoteLatin1(subject);
  if (queue === undefined) {
    return {
      type: 'refused',
      error: `Permissions Violation for Subscription to ${name}`,
      log: `Subscription Violation - Subject ${name}, SID ${sid}`,
    };
  }
  return {
    type: 'refused',
    error: `Permissions Violation for Subscription to ${name} using queue ${quoteLatin1(queue)}`,
    log: `Subscription Violation - Subject ${name}, Queue: ${quoteLatin1(queue)}, SID ${sid}`,
  };
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
