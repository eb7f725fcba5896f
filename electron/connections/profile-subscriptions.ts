/** Keeps what the explorer is subscribed to in step with the profile; what a person added by hand is left alone. */

import type { Profile } from '../bridge/contract.ts';
import type { CallContext, RequestHandlers } from '../bridge/router.ts';

type Handlers = Pick<RequestHandlers, 'subscriptions.add' | 'subscriptions.remove'>;

export interface ProfileSubscriptions {
  /** Adds what is new in the profile and removes what was there and is not any more. Never rejects. */
  follow(profile: Profile): Promise<void>;
}

export function profileSubscriptions(handlers: Handlers, warn: (text: string) => void): ProfileSubscriptions {
  /** Ids by kind and subject. */
  const made = new Map<string, number>();
  // These calls come from no window, and nothing cancels them.
  const context: CallContext = {
    signal: new AbortController().signal,
    session: { id: 0, signal: new AbortController().signal },
  };
  let queue: Promise<void> = Promise.resolve();

  async function apply({ id: connection, subscribe, exclude }: Profile): Promise<void> {
    const wanted = new Map<string, { subject: string; exclude: boolean }>();
    // Exclusions first: not one message that is excluded shall be kept.
    for (const subject of exclude) wanted.set(`exclude ${subject}`, { subject, exclude: true });
    for (const subject of subscribe) wanted.set(`subscribe ${subject}`, { subject, exclude: false });
    for (const [key, subscription] of made) {
      if (wanted.has(key)) continue;
      made.delete(key);
      await attempt(key, () => handlers['subscriptions.remove']({ connection, id: subscription }, context));
    }
    for (const [key, params] of wanted) {
      if (made.has(key)) continue;
      await attempt(key, async () => {
        const added = await handlers['subscriptions.add']({ connection, ...params }, context);
        made.set(key, added.id);
      });
    }
  }

  async function attempt(what: string, work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      warn(`The profile's "${what}" could not be applied: ${(error as Error).message}`);
    }
  }

  return {
    follow(profile) {
      queue = queue.then(() => apply(profile));
      return queue;
    },
  };
}
