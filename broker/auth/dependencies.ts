import type { Account } from '../account/account.ts';
import type { Bus } from '../account/bus.ts';
import type { LogLevel } from '../base/log.ts';
import type { AccountOptions } from '../options/accounts.ts';
import type { NkeyPair } from './nkey.ts';
import type { Passwords } from './passwords.ts';

/** What authentication needs of its broker. */
export interface AuthenticationDependencies {
  readonly accounts: AccountRegistry;
  readonly bus: Bus;
  readonly server: ServerFacts;
  readonly clock: AuthenticationClock;
  /** Outlives a reload, so that who comes again need not wait. */
  readonly passwords: Passwords;
  readonly log: (level: LogLevel, text: string) => void;
  /**
   * Claims have changed or run out: whoever is in that account (its name) has to be looked at again with `review`. Called
   * after the registry has been told. Without a name everybody is meant.
   */
  readonly reviewConnections: (account?: string) => void;
  /** What stands as `server` in answers and events of the system account. Each call counts as one of them. */
  readonly serverInfo: () => object;
}

/** The accounts of the broker, by name. */
export interface AccountRegistry {
  readonly system: Account | undefined;
  get(name: string): Account | undefined;
  list(): readonly Account[];
  /** Makes the account, or changes what is said of it. */
  put(options: AccountOptions): Account;
  /** False when there is none. */
  delete(name: string): boolean;
}

/** Who the server is. */
export interface ServerFacts {
  /** Public key `N…`. */
  readonly id: string;
  readonly name: string;
  /** As INFO gives it, once the broker listens. */
  readonly host: () => string;
  readonly version: string;
  readonly tags: readonly string[];
  /** The pair of `id`: signs what the server asks of an auth callout. */
  readonly keys: NkeyPair;
  /** The curve pair whose public key is `xkey` of INFO. */
  readonly curveKeys: NkeyPair;
}

export interface AuthenticationClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls once, in any number of milliseconds (months too), without keeping the process alive. Returns the way to call it off. */
  after(ms: number, call: () => void): () => void;
}

/** Months are more than a timer can be set to at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The clock on the wall. */
export const systemClock: AuthenticationClock = {
  now: () => Date.now(),
  after(ms, call) {
    const at = Date.now() + ms;
    let timer: NodeJS.Timeout;
    const set = (): void => {
      const left = at - Date.now();
      const whenDue = (): void => (at > Date.now() ? set() : call());
      timer = setTimeout(whenDue, Math.max(0, Math.min(left, TIMER_MS_MAX))).unref();
    };
    set();
    return () => clearTimeout(timer);
  },
};
