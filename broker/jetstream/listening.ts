import type { Account } from '../account/account.ts';
import type { Relay } from '../account/crossing.ts';
import { InternalSink } from '../account/sink.ts';
import { Subscription } from '../account/subscription.ts';

const SINK = new InternalSink();

/**
 * Messages on that subject go to the relay, with `reaching` also those of imported streams. Returns the way to end it.
 */
export function listen(account: Account, subject: string, relay: Relay, reaching = false): () => void {
  const subscription = new Subscription(SINK, subject, undefined, 'js', () => {});
  subscription.relay = relay;
  subscription.reaching = reaching;
  account.subscribe(subscription);
  return () => account.unsubscribe(subscription);
}
