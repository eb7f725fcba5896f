import type { AccountOptions } from '../options/accounts.ts';
import { Interest } from '../subject/interest.ts';
import type { Subscription } from './subscription.ts';

/** Who hears when the interest in an account changes. */
export interface InterestListener {
  /** A literal subject got or lost a subscription. Patterns are told by `interest.generation`. */
  onLiteralChanged(subject: string): void;
}

/** The account that connections are in when nothing else is said. */
export const GLOBAL_ACCOUNT = '$G';
/** The account of the server itself, unless another is named. */
export const SYSTEM_ACCOUNT = '$SYS';

/** A subject space: messages published in it reach the subscriptions in it. */
export class Account {
  readonly name: string;
  /** What is said of it now; taken over anew when the configuration is reloaded or its JWT changes. */
  options: AccountOptions;
  readonly interest = new Interest<Subscription>();
  /** Client connections in it now, and since the start. */
  connections = 0;
  connectionsEver = 0;
  leafNodes = 0;
  /** Subscriptions of connections. */
  subscriptions = 0;
  inMessages = 0;
  inBytes = 0;
  /** Of connections that are gone or changed account; those in it count for themselves. */
  outMessagesLeft = 0;
  outBytesLeft = 0;
  slowConsumers = 0;
  /** Subscriptions that ever were, the broker's own included. */
  inserts = 0;
  /** Subscriptions of the broker itself. */
  readonly internal = new Set<Subscription>();
  /** When its options were last changed, in milliseconds since the epoch. */
  updatedAt = Date.now();
  readonly #listeners = new Set<InterestListener>();

  constructor(name: string, options: AccountOptions = { name }) {
    this.name = name;
    this.options = options;
  }

  listen(listener: InterestListener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: InterestListener): void {
    this.#listeners.delete(listener);
  }

  subscribe(subscription: Subscription): void {
    this.inserts++;
    if (subscription.handler !== undefined) this.internal.add(subscription);
    const pattern = this.interest.add(subscription.subject, subscription);
    if (!pattern) this.#onLiteralChanged(subscription.subject);
  }

  unsubscribe(subscription: Subscription): void {
    if (subscription.closed) return;
    subscription.closed = true;
    if (subscription.handler !== undefined) this.internal.delete(subscription);
    const pattern = this.interest.delete(subscription.subject, subscription);
    if (!pattern) this.#onLiteralChanged(subscription.subject);
  }

  /** Makes every match cache of it ask again. */
  forgetMatches(): void {
    this.interest.generation++;
  }

  #onLiteralChanged(subject: string): void {
    for (const listener of this.#listeners) listener.onLiteralChanged(subject);
  }
}
