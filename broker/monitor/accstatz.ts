import { accountTag } from './account-tag.ts';
import type { MonitoredAccount, MonitorHost } from './host.ts';
import { timestamp } from './time-text.ts';

export interface AccountStatisticsOptions {
  /** Names; empty for all. */
  readonly accounts: readonly string[];
  /** Those without a connection, too. */
  readonly unused: boolean;
}

/** Accounts with their connections and counters. */
export function accstatz(host: MonitorHost, options: AccountStatisticsOptions, now: number): AccountStatistics {
  const named = options.accounts.map((name) => host.account(name)).filter((account) => account !== undefined);
  const accounts = options.accounts.length === 0 ? [...host.accounts()] : named;
  return {
    server_id: host.serverId,
    now: timestamp(now),
    account_statz: accounts.filter(({ connections }) => options.unused || connections > 0).map(accountStatistics),
  };
}

export interface AccountStatistics {
  readonly server_id: string;
  readonly now: string;
  readonly account_statz: readonly object[];
}

/** Of one account, as it stands in events too. */
export function accountStatistics(account: MonitoredAccount): object {
  return {
    acc: account.name,
    name: accountTag(account, account.name),
    conns: account.connections,
    leafnodes: 0,
    total_conns: account.connections,
    num_subscriptions: account.subscriptionCount,
    sent: byOrigin(account.outMessages, account.outBytes),
    received: byOrigin(account.inMessages, account.inBytes),
    slow_consumers: account.slowConsumers,
  };
}

/** All of it comes from clients, or goes to them. */
function byOrigin(msgs: number, bytes: number): object {
  const none = { msgs: 0, bytes: 0 };
  return { msgs, bytes, gateways: none, routes: none, leafs: none };
}
