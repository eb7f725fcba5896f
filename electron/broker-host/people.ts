/**
 * Who is on the broker, as rows: accounts, and below those that are open their connections. Made in the broker's thread
 * when a window asks, for the rows that it draws. Rates are those between this look and one before.
 */

import type { MonitoredAccount, MonitoredConnection, MonitorHost } from '../../broker/index.ts';
import type {
  BrokerClientDetail,
  BrokerPeople,
  BrokerPerson,
  PeopleSort,
  Requests,
  SubjectRules,
} from '../bridge/contract.ts';
import { shownText as text } from './shown-text.ts';

type Params = Requests['broker.people']['params'];
type Client = Extract<BrokerPerson, { kind: 'client' }>;

/** A look that is younger says too little about a rate; two windows that look share the rates. */
const lookMsMin = 900;
/** Subscriptions that a detail lists. */
const subscriptionsMax = 1000;

interface Look {
  at: number;
  /** Messages in and out, by client id and by the name of an account. */
  clients: Map<number, readonly [number, number]>;
  accounts: Map<string, readonly [number, number]>;
}

const noLook: Look = { at: 0, clients: new Map(), accounts: new Map() };

export interface People {
  look(params: Params): BrokerPeople;
  detail(clientId: number): BrokerClientDetail | null;
}

export function createPeople(host: MonitorHost, now: () => number = () => performance.now()): People {
  let before = noLook;
  let latest = noLook;

  /** Remembers the counters of now, at most about once a second. */
  function remember(): void {
    const at = now();
    if (at - latest.at < lookMsMin && latest !== noLook) return;
    before = latest;
    latest = {
      at,
      clients: new Map(Array.from(host.connections(), (one) => [one.clientId, [one.inMessages, one.outMessages]])),
      accounts: new Map(Array.from(host.accounts(), (one) => [one.name, [one.inMessages, one.outMessages]])),
    };
  }

  function rates(then: readonly [number, number] | undefined, last: readonly [number, number] | undefined) {
    const seconds = (latest.at - before.at) / 1000;
    const per = (index: 0 | 1): number =>
      then === undefined || last === undefined || before === noLook || seconds <= 0
        ? 0
        : Math.max(0, (last[index] - then[index]) / seconds);
    return { inRate: per(0), outRate: per(1) };
  }

  function clientRow(one: MonitoredConnection): Client {
    const { tls } = one;
    return {
      kind: 'client',
      account: text(one.account),
      clientId: one.clientId,
      user: text(one.user),
      name: text(one.name),
      language: text(one.language),
      version: text(one.version),
      type: one.type === 'websocket' ? 'websocket' : one.type === 'nats' ? 'nats' : 'mqtt',
      tls: tls === undefined ? '' : `TLS ${tls.version} ${tls.cipherSuite}`,
      ip: one.ip,
      port: one.port,
      ...(one.rttMicros === undefined ? {} : { roundTrip: one.rttMicros }),
      subscriptions: one.subscriptionCount,
      pendingBytes: one.pendingBytes,
      ...rates(before.clients.get(one.clientId), latest.clients.get(one.clientId)),
      inMessages: one.inMessages,
      outMessages: one.outMessages,
      since: one.startedAt * 1000,
    };
  }

  /** @param members its connections, all of them */
  function accountRow(one: MonitoredAccount, members: readonly MonitoredConnection[], open: boolean): BrokerPerson {
    const { displayName } = one.options;
    // Those of the broker itself would only puzzle.
    const subscriptions = members.reduce((sum, { subscriptionCount }) => sum + subscriptionCount, 0);
    return {
      kind: 'account',
      account: text(one.name),
      ...(displayName === undefined ? {} : { title: displayName }),
      system: one.account === host.systemAccount,
      open,
      connections: members.length,
      subscriptions,
      ...rates(before.accounts.get(one.name), latest.accounts.get(one.name)),
      inMessages: one.inMessages,
      outMessages: one.outMessages,
      slowConsumers: one.slowConsumers,
      ...(one.expired ? { trouble: 'expired' as const } : one.incomplete ? { trouble: 'incomplete' as const } : {}),
    };
  }

  function look({ open, filter, sort, first, count }: Params): BrokerPeople {
    remember();
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const byAccount = Map.groupBy(host.connections(), ({ account }) => account);
    let connections = 0;
    for (const members of byAccount.values()) connections += members.length;
    const fits = (one: MonitoredConnection): boolean =>
      holds(words, one.account, one.user, one.name, one.nameTag, one.language, one.version, one.ip);
    const accounts = [...host.accounts()].toSorted(
      (a, b) => rank(a, host) - rank(b, host) || compare(titleOf(a), titleOf(b)),
    );
    const isOpen = open === null ? () => true : (name: string) => open.includes(name);
    const rows: BrokerPerson[] = [];
    let total = 0;
    const within = (): boolean => total >= first && total < first + count;
    for (const account of accounts) {
      const members = byAccount.get(account.name) ?? [];
      const list = words.length === 0 ? members : members.filter(fits);
      if (words.length > 0 && list.length === 0 && !holds(words, account.name, titleOf(account))) continue;
      const opened = isOpen(text(account.name));
      if (within()) rows.push(accountRow(account, members, opened));
      total++;
      if (!opened) continue;
      // Only what is drawn is sorted into rows, but all of an account is sorted.
      for (const one of list.toSorted((a, b) => order(a, b, sort))) {
        if (within()) rows.push(clientRow(one));
        total++;
      }
    }
    return { rows, first, total, accounts: accounts.length, connections };
  }

  function order(a: MonitoredConnection, b: MonitoredConnection, sort: PeopleSort): number {
    const rate = (one: MonitoredConnection) =>
      rates(before.clients.get(one.clientId), latest.clients.get(one.clientId));
    const by = {
      name: () => compare(a.name || a.user, b.name || b.user),
      since: () => 0,
      subscriptions: () => b.subscriptionCount - a.subscriptionCount,
      in: () => rate(b).inRate - rate(a).inRate || b.inMessages - a.inMessages,
      out: () => rate(b).outRate - rate(a).outRate || b.outMessages - a.outMessages,
      pending: () => b.pendingBytes - a.pendingBytes,
      roundTrip: () => (b.rttMicros ?? -1) - (a.rttMicros ?? -1),
    };
    return by[sort]() || a.clientId - b.clientId;
  }

  function detail(clientId: number): BrokerClientDetail | null {
    const one = host.connection(clientId);
    if (one === undefined) return null;
    const all = [...one.subscriptions()];
    const { permissions } = one;
    const responses = permissions?.allowResponses;
    return {
      person: clientRow(one),
      permissions:
        permissions === undefined
          ? null
          : {
              publish: rules(permissions.publish),
              subscribe: rules(permissions.subscribe),
              responses:
                responses === undefined ? null : { messages: responses.messagesMax, milliseconds: responses.expiresMs },
            },
      ...(one.jwt === ''
        ? {}
        : {
            jwt: {
              name: one.nameTag,
              tags: [...one.tags],
              issuer: one.issuerKey,
              ...(one.expiresAt === undefined ? {} : { expiresAt: one.expiresAt * 1000 }),
            },
          }),
      inBytes: one.inBytes,
      outBytes: one.outBytes,
      lastActivityAt: one.lastActivityAt * 1000,
      subscriptions: all
        .slice(0, subscriptionsMax)
        .map(({ subject, queue, delivered, max }) => ({
          subject: text(subject),
          ...(queue === undefined ? {} : { queue: text(queue) }),
          delivered,
          max,
        }))
        .toSorted((a, b) => compare(a.subject, b.subject)),
      more: Math.max(0, all.length - subscriptionsMax),
    };
  }

  return { look, detail };
}

function rules(
  given: { allow?: readonly string[] | undefined; deny?: readonly string[] | undefined } | undefined,
): SubjectRules {
  return { allow: given?.allow === undefined ? null : given.allow.map(text), deny: (given?.deny ?? []).map(text) };
}

function holds(words: readonly string[], ...texts: readonly string[]): boolean {
  if (words.length === 0) return true;
  // Each for itself: bytes that are no text in one of them do not make the others unreadable.
  const all = texts.map(text).join(' ').toLowerCase();
  return words.every((word) => all.includes(word));
}

function titleOf(account: MonitoredAccount): string {
  return account.options.displayName ?? account.name;
}

/** The account of those who name none comes first, the system's last. */
function rank(account: MonitoredAccount, host: MonitorHost): number {
  return account.account === host.systemAccount ? 2 : account.name === '$G' ? 0 : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
