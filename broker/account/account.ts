import { Interest } from '../subject/interest.ts';
import type { Subscription } from './subscription.ts';

/** Who hears when the interest in an account changes. */
export interface InterestListener {
  /** A literal subject got or lost a subscription. Patterns are told by `interest.generation`. */
  onLiteralChanged(subject: string): void;
}

/** The account that connections are in when nothing else is said. */
export const GLOBAL_ACCOUNT = '$G';

/** A subject space: messages published in it reach the subscriptions in it. */
export class Account {
  readonly name: string;
  readonly interest = new Interest<Subscription>();
  listener: InterestListener | undefined;

  constructor(name: string) {
    this.name = name;
  }

  subscribe(subscription: Subscription): void {
    const pattern = this.interest.add(subscription.subject, subscription);
    if (!pattern) this.listener?.onLiteralChanged(subscription.subject);
  }

  unsubscribe(subscription: Subscription): void {
    if (subscription.closed) return;
    subscription.closed = true;
    const pattern = this.interest.delete(subscription.subject, subscription);
    if (!pattern) this.listener?.onLiteralChanged(subscription.subject);
  }
}
