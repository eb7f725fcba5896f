/**
 * One connection into several accounts of one server, as the local broker lets the app into all of its own: a connector
 * for each account and one link over them. What is subscribed to is subscribed to in every account, also in those that
 * come later. While no accounts are told it is one plain connection.
 */

import type { Profile } from '../bridge/contract.ts';
import { LinkError } from '../link.ts';
import type { Link, LinkAccount, LinkSubscription, LinkTrouble, RawMessage } from '../link.ts';
import { createConnector } from './connector.ts';
import type { Connector, ConnectorOptions } from './connector.ts';
import type { LinkState } from './link-state.ts';
import type { LocalAccess } from './messages.ts';

export interface AccountConnector extends Connector {
  /** The accounts that there are, and what lets the app into them. Connections to those that are new are made at once. */
  setAccess(access: LocalAccess): void;
}

interface Member {
  /** From 1; 0 for the one connection without an account. */
  readonly number: number;
  readonly connector: Connector;
  readonly subscriptions: Map<Wanted, LinkSubscription>;
}

interface Wanted {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly onMessage: (message: RawMessage) => void;
  readonly onError: (text: string) => void;
  /** 0: all. */
  readonly account: number;
}

export function createAccountConnector(options: Omit<ConnectorOptions, 'account'>): AccountConnector {
  let { profile } = options;
  let token = '';
  let opened = false;
  /** By number; there is no member for an account that is gone. */
  const members = new Map<number, Member>();
  const accounts: LinkAccount[] = [];
  /** As the broker has them now. */
  let told: LocalAccess['accounts'] = [];
  const wanted = new Set<Wanted>();
  const listeners = new Set<() => void>();
  const troubled = new Set<(trouble: LinkTrouble) => void>();
  let closing: Promise<unknown> = Promise.resolve();

  function profileFor(name: string | undefined): Profile {
    if (name === undefined) return profile;
    return { ...profile, authentication: { method: 'user', user: name, password: token } };
  }

  function addMember(number: number): Member {
    const name = accounts[number - 1]?.name;
    const member: Member = {
      number,
      subscriptions: new Map(),
      connector: createConnector({
        ...options,
        account: number,
        profile: profileFor(name),
        onState: () => tell(),
        onFailure(server, failure) {
          // One failure is shown: that of the account whose state is.
          if (member === home()) options.onFailure(server, failure);
        },
        log(level, text) {
          // What is said of the first account is true of all of them.
          if (member === home() || level === 'warn' || level === 'error') options.log(level, text);
        },
      }),
    };
    members.set(number, member);
    member.connector.link.onTrouble((trouble) => {
      for (const listener of [...troubled]) listener(trouble);
    });
    for (const one of wanted) subscribeIn(member, one);
    if (opened) member.connector.open();
    return member;
  }

  function dropMember(member: Member): void {
    members.delete(member.number);
    for (const subscription of member.subscriptions.values()) subscription.unsubscribe();
    closing = Promise.all([closing, member.connector.close()]);
  }

  function subscribeIn(member: Member, one: Wanted): void {
    if (one.account !== 0 && one.account !== member.number) return;
    const { subject, queue, onMessage, onError } = one;
    member.subscriptions.set(one, member.connector.link.subscribe(subject, queue, onMessage, onError));
  }

  /** The member whose state stands for all: that of the first account that is there. */
  function home(): Member {
    const [first] = [...members.values()].toSorted((a, b) => a.number - b.number);
    if (first === undefined) throw new Error('a connection has a member at any time');
    return first;
  }

  function memberOf(account: number | undefined): Member {
    const member = account === undefined || account === 0 ? home() : members.get(account);
    if (member !== undefined) return member;
    throw new LinkError('no-account', 'The broker does not have this account any more. Choose another one.');
  }

  function state(): LinkState {
    const first = home().connector.state;
    const all = [...members.values()].map(({ connector }) => connector.state);
    return {
      ...first,
      rate: all.reduce((sum, { rate }) => sum + rate, 0),
      clientIds: all.flatMap(({ clientIds = [] }) => clientIds),
      ...(told.length === 0 ? {} : { accounts: [...told] }),
    };
  }

  function tell(): void {
    if (members.size > 0) options.onState(state());
  }

  const link: Link = {
    accounts,
    get connected() {
      return home().connector.link.connected;
    },
    get maxPayload() {
      return home().connector.link.maxPayload;
    },
    get headers() {
      return home().connector.link.headers;
    },
    get pendingBytes() {
      return [...members.values()].reduce((sum, { connector }) => sum + connector.link.pendingBytes, 0);
    },
    get readOnly() {
      return home().connector.link.readOnly;
    },
    get jetstreamPrefix() {
      return home().connector.link.jetstreamPrefix;
    },
    onTrouble(listener) {
      troubled.add(listener);
      return () => void troubled.delete(listener);
    },
    createInbox: () => home().connector.link.createInbox(),
    onAccounts(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    subscribe(subject, queue, onMessage, onError, account = 0) {
      const one: Wanted = { subject, queue, onMessage, onError, account };
      for (const member of members.values()) subscribeIn(member, one);
      // After the first: a subject that cannot be subscribed to is refused and not kept.
      wanted.add(one);
      return {
        unsubscribe() {
          wanted.delete(one);
          for (const { subscriptions } of members.values()) {
            subscriptions.get(one)?.unsubscribe();
            subscriptions.delete(one);
          }
        },
      };
    },
    publish(subject, payload, { account, ...publishOptions } = {}) {
      memberOf(account).connector.link.publish(subject, payload, publishOptions);
    },
    async flush() {
      const connected = [...members.values()].filter(({ connector }) => connector.link.connected);
      await Promise.all((connected.length > 0 ? connected : [home()]).map(({ connector }) => connector.link.flush()));
    },
  };

  function takeAccounts(given: LocalAccess['accounts']): void {
    told = given;
    for (const [index, account] of accounts.entries()) {
      const now = given.find(({ name }) => name === account.name);
      accounts[index] = { name: account.name, system: now?.system ?? account.system, gone: now === undefined };
    }
    for (const { name, system } of given) {
      if (!accounts.some((account) => account.name === name)) accounts.push({ name, system, gone: false });
    }
    const plain = accounts.length === 0;
    for (const member of [...members.values()]) {
      const account = accounts[member.number - 1];
      if (member.number === 0 ? !plain : account === undefined || account.gone) dropMember(member);
    }
    for (const [index, account] of accounts.entries()) {
      if (!account.gone && !members.has(index + 1)) addMember(index + 1);
    }
    if (members.size === 0) addMember(0);
  }

  addMember(0);

  return {
    link,
    get state() {
      return state();
    },
    open() {
      opened = true;
      for (const { connector } of members.values()) connector.open();
    },
    async close() {
      opened = false;
      await Promise.all([closing, ...[...members.values()].map(({ connector }) => connector.close())]);
    },
    setProfile(next) {
      profile = next;
      for (const { number, connector } of members.values())
        connector.setProfile(profileFor(accounts[number - 1]?.name));
    },
    setAccess(access) {
      token = access.token;
      for (const { number, connector } of members.values())
        connector.setProfile(profileFor(accounts[number - 1]?.name));
      takeAccounts(access.accounts);
      for (const listener of [...listeners]) listener();
      tell();
    },
  };
}
