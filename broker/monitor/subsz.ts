import { latin1ToText, textToLatin1 } from '../base/latin1.ts';
import { MONITOR_LIST_LENGTH_DEFAULT } from '../limits.ts';
import { subjectMatches } from '../subject/matching.ts';
import { accountTag } from './account-tag.ts';
import { unlessEmpty } from './go-json.ts';
import type { InterestStatistics, MonitoredAccount, MonitoredSubscription, MonitorHost } from './host.ts';
import { RequestError } from './request-error.ts';
import { timestamp } from './time-text.ts';

export interface SubszOptions {
  readonly subscriptions: boolean;
  readonly offset: number;
  /** 0 or less: 1024. */
  readonly limit: number;
  /** Only those of one account; '' for all. */
  readonly account: string;
  /** Only those that a message on this subject would reach; '' for all. */
  readonly test: string;
}

/** How subjects are looked up, and the subscriptions themselves. Throws a `RequestError`. */
export function subsz(host: MonitorHost, options: SubszOptions, now: number): object {
  const { account, subscriptions, test } = options;
  if (test !== '' && !isLiteral(test)) {
    throw new RequestError(`invalid test subject, must be valid publish subject: ${test}`);
  }
  const accounts = [...host.accounts()].filter(({ name }) => account === '' || name === account);
  const offset = Math.max(0, options.offset);
  const limit = options.limit > 0 ? options.limit : MONITOR_LIST_LENGTH_DEFAULT;
  const details = subscriptions ? accounts.flatMap((each) => matching(each, textToLatin1(test))) : [];
  return {
    server_id: host.serverId,
    now: timestamp(now),
    ...interestStatistics(accounts),
    total: details.length,
    offset,
    limit,
    subscriptions_list: subscriptions ? unlessEmpty(details.slice(offset, offset + limit)) : undefined,
  };
}

function matching(account: MonitoredAccount, test: string): object[] {
  const details: object[] = [];
  for (const subscription of account.subscriptions()) {
    if (test === '' || subjectMatches(subscription.subject, test))
      details.push(subscriptionDetail(subscription, account));
  }
  return details;
}

/** A subject that can be published to; white space is not looked at, as nats-server has it. */
function isLiteral(subject: string): boolean {
  return subject.split('.').every((token) => token !== '' && token !== '*' && token !== '>');
}

/** `account` names its account too. */
export function subscriptionDetail(subscription: MonitoredSubscription, account?: MonitoredAccount): object {
  return {
    account: account?.name,
    account_tag: account && accountTag(account, account.name),
    subject: latin1ToText(subscription.subject),
    qgroup: subscription.queue === undefined ? undefined : latin1ToText(subscription.queue),
    sid: latin1ToText(subscription.sid),
    msgs: subscription.delivered,
    max: unlessEmpty(subscription.max),
    cid: subscription.clientId,
  };
}

/** Of all these accounts together. */
export function interestStatistics(accounts: readonly MonitoredAccount[]): object {
  const sum = (key: keyof InterestStatistics): number =>
    accounts.reduce((total, { interest }) => total + interest[key], 0);
  const cacheEntries = sum('cacheEntries');
  const matches = sum('matches');
  return {
    num_subscriptions: accounts.reduce((total, { subscriptionCount }) => total + subscriptionCount, 0),
    num_cache: cacheEntries,
    num_inserts: sum('inserts'),
    num_removes: sum('removes'),
    num_matches: matches,
    cache_hit_rate: matches === 0 ? 0 : sum('cacheHits') / matches,
    max_fanout: Math.max(0, ...accounts.map(({ interest }) => interest.fanoutMax)),
    avg_fanout: cacheEntries === 0 ? 0 : sum('fanoutTotal') / cacheEntries,
  };
}
