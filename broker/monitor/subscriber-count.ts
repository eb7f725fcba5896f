import { subjectMatches } from '../subject/matching.ts';
import { isSubset } from '../subject/subset.ts';
import { hasWildcards } from '../subject/validity.ts';
import type { MonitoredAccount } from './host.ts';

/**
 * Subscriptions of clients in an account that a message on this subject would reach; with wildcards, those that are within
 * it. With a queue name only members of that group count. Subject and queue are latin1.
 */
export function subscriberCount(account: MonitoredAccount, subject: string, queue?: string): number {
  const within = hasWildcards(subject);
  let count = 0;
  for (const subscription of account.subscriptions()) {
    if (subscription.clientId === 0) continue;
    if (queue !== undefined && subscription.queue !== queue) continue;
    const counts = within ? isSubset(subscription.subject, subject) : subjectMatches(subscription.subject, subject);
    if (counts) count++;
  }
  return count;
}
