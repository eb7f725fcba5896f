import { GLOBAL_ACCOUNT } from '../account/account.ts';
import { textToLatin1 } from '../base/latin1.ts';
import { ACCOUNT_CONNECTIONS_INTERVAL_MS } from '../limits.ts';
import { accountStatistics } from './accstatz.ts';
import { type MonitorContext, tell } from './context.ts';
import type { MonitoredAccount } from './host.ts';
import { timestamp } from './time-text.ts';

/** Tells how many connections an account has: when that changes, and now and then while it has any. Not of `$G`. */
export class AccountEvents {
  readonly #context: MonitorContext;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  /** A connection came or went. */
  onChanged(name: string): void {
    const { host } = this.#context;
    if (name === GLOBAL_ACCOUNT || host.systemAccount === undefined) return;
    const account = host.account(name);
    if (account === undefined) return this.forget(name);
    clearTimeout(this.#timers.get(name));
    if (account.connections === 0) this.#timers.delete(name);
    else this.#timers.set(name, setTimeout(() => this.onChanged(name), ACCOUNT_CONNECTIONS_INTERVAL_MS).unref());
    this.#tell(account);
  }

  forget(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  stop(): void {
    for (const name of [...this.#timers.keys()]) this.forget(name);
  }

  connectionsOf(account: MonitoredAccount): object {
    const { identity, newEventId, now } = this.#context;
    return {
      type: 'io.nats.server.advisory.v1.account_connections',
      id: newEventId(),
      timestamp: timestamp(now()),
      server: identity.next(),
      ...accountStatistics(account),
    };
  }

  #tell(account: MonitoredAccount): void {
    const context = this.#context;
    const { bus, host } = context;
    const name = textToLatin1(account.name);
    // The first is for those who know the old name.
    const subjects = [`$SYS.SERVER.ACCOUNT.${name}.CONNS`, `$SYS.ACCOUNT.${name}.SERVER.CONNS`];
    const system = host.systemAccount;
    const heard = subjects.filter((subject) => system !== undefined && bus.hasInterest(system, subject));
    if (heard.length === 0) return;
    const event = this.connectionsOf(account);
    for (const subject of heard) tell(context, subject, event);
  }
}
