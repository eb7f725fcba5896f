import type { AccountOptions } from '../options/accounts.ts';
import { Account, GLOBAL_ACCOUNT, SYSTEM_ACCOUNT } from './account.ts';

/** What the registry needs of the broker's options. */
export interface AccountsOptions {
  readonly accounts?: readonly AccountOptions[] | undefined;
  readonly systemAccount?: string | undefined;
  readonly noSystemAccount?: boolean | undefined;
}

/** All accounts of a broker by name. `$G` is always there, the system account unless it is turned off. */
export class Accounts {
  readonly global = new Account(GLOBAL_ACCOUNT);
  readonly #byName = new Map<string, Account>([[GLOBAL_ACCOUNT, this.global]]);
  #systemName: string | undefined;
  /** Hears of every account that came, changed or went. */
  onChanged: ((account: Account, change: 'added' | 'changed' | 'removed') => void) | undefined;

  constructor(options: AccountsOptions = {}) {
    this.apply(options);
  }

  get system(): Account | undefined {
    return this.#systemName === undefined ? undefined : this.#byName.get(this.#systemName);
  }

  get(name: string): Account | undefined {
    return this.#byName.get(name);
  }

  list(): Account[] {
    return [...this.#byName.values()];
  }

  /** Makes the account, or changes what is said of it. */
  put(options: AccountOptions): Account {
    const present = this.#byName.get(options.name);
    if (present !== undefined) {
      present.options = options;
      present.updatedAt = Date.now();
      present.forgetMatches();
      this.onChanged?.(present, 'changed');
      return present;
    }
    const account = new Account(options.name, options);
    this.#byName.set(account.name, account);
    this.onChanged?.(account, 'added');
    return account;
  }

  /** False when there is none. Whoever is still connected in it has to be dealt with by the caller. */
  delete(name: string): boolean {
    const account = this.#byName.get(name);
    if (account === undefined || account === this.global) return false;
    this.#byName.delete(name);
    this.onChanged?.(account, 'removed');
    return true;
  }

  /** Makes the accounts those of the options. Accounts that are gone from there are removed, unless `kept` says so. */
  apply(options: AccountsOptions, kept: (name: string) => boolean = () => false): void {
    const wanted = new Map((options.accounts ?? []).map((account) => [account.name, account]));
    this.#systemName = options.noSystemAccount === true ? undefined : (options.systemAccount ?? SYSTEM_ACCOUNT);
    for (const name of [GLOBAL_ACCOUNT, ...(this.#systemName === undefined ? [] : [this.#systemName])]) {
      if (!wanted.has(name))
        wanted.set(name, this.#byName.get(name)?.options.jwt ? (this.#byName.get(name) as Account).options : { name });
    }
    for (const name of [...this.#byName.keys()]) if (!wanted.has(name) && !kept(name)) this.delete(name);
    for (const account of wanted.values()) this.put(account);
  }
}
