import { goDuration } from '../../base/go-duration.ts';
import { ACCOUNT_FETCH_SLOW_MS, ACCOUNT_UPDATE_GAP_MS } from '../../limits.ts';
import type { OperatorDependencies } from './dependencies.ts';
import type { AccountClaims, UserScope } from '../jwt/claims.ts';
import { decodeAccountClaims } from '../jwt/decode.ts';
import { isBlocking } from '../jwt/issues.ts';
import { validateAccount } from '../jwt/validation.ts';
import { isPublicKey } from '../nkey.ts';
import { AccountError } from './account-error.ts';
import { accountOptions } from './account-options.ts';
import type { TrustedOperators } from './operators.ts';
import type { AccountResolver } from './resolvers/resolver.ts';

/** An account that was asked for, with what its JWT says now. */
export interface KnownAccount {
  readonly name: string;
  /** Undefined while it is only there for its own users to bring its first JWT (`allowUnknown`). */
  readonly claims: AccountClaims | undefined;
  readonly jwt: string;
  /** Keys that sign its users and activation tokens, with their scope. */
  readonly signingKeys: ReadonlyMap<string, UserScope | undefined>;
  /** Its time is over, or it was deleted. */
  readonly expired: boolean;
  /** An account that it imports from cannot be had. */
  readonly incomplete: boolean;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

type Entry = { -readonly [Field in keyof KnownAccount]: KnownAccount[Field] } & { cancelExpiry: () => void };

/** Accounts of operator mode: looked up where they are unknown, kept as their claims say, told to the registry. */
export class AccountBook {
  readonly #dependencies: OperatorDependencies;
  readonly #operators: TrustedOperators;
  readonly #resolver: AccountResolver;
  readonly #entries = new Map<string, Entry>();
  /** What is being fetched. Whoever asks meanwhile gets the same answer. */
  readonly #fetching = new Map<string, Promise<KnownAccount>>();
  /** Accounts on the way in, which those that they import from may import from in turn. */
  readonly #arriving = new Set<string>();
  #disposed = false;

  constructor(dependencies: OperatorDependencies, operators: TrustedOperators, resolver: AccountResolver) {
    this.#dependencies = dependencies;
    this.#operators = operators;
    this.#resolver = resolver;
  }

  /** The account as it is known; undefined when nobody has asked for it. */
  known(name: string): KnownAccount | undefined {
    return this.#entries.get(name);
  }

  list(): readonly KnownAccount[] {
    return [...this.#entries.values()];
  }

  /** The account, at once where it is known and its time is not over. Throws, or rejects with, an `AccountError`. */
  lookup(name: string): KnownAccount | Promise<KnownAccount> {
    const entry = this.#entries.get(name);
    if (entry !== undefined && !entry.expired) return entry;
    if (entry !== undefined) return this.#renewed(entry);
    const pending = this.#fetching.get(name);
    if (pending !== undefined) return pending;
    const fetched = this.#load(name).finally(() => this.#fetching.delete(name));
    this.#fetching.set(name, fetched);
    return fetched;
  }

  /** The JWT as the resolver has it. Rejects with an `AccountError`. */
  async fetch(name: string): Promise<string> {
    const { log, clock } = this.#dependencies;
    if (!isPublicKey(name, 'account')) throw new AccountError('fetch-failed', 'will only fetch valid account keys');
    const began = clock.now();
    try {
      return await this.#resolver.fetch(name);
    } catch (error) {
      if (error instanceof AccountError) log('warn', `Account fetch failed: ${error.message}`);
      throw error;
    } finally {
      const took = clock.now() - began;
      log(took > ACCOUNT_FETCH_SLOW_MS ? 'warn' : 'debug', `Account [${name}] fetch took ${goDuration(took)}`);
    }
  }

  /**
   * New claims for an account that is known: they count from now on, and whoever is connected is looked at again. Rejects
   * with an `AccountError` or a `JwtError`, and then nothing has changed. Does nothing for an account that is unknown.
   */
  async update(name: string, jwt: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    if (entry.jwt === jwt && !entry.incomplete && !entry.expired) {
      this.#dependencies.log('debug', `Requested account update for [${name}], same claims detected`);
      return;
    }
    const claims = this.#verify(jwt);
    if (claims.sub !== name) throw new AccountError('invalid');
    await this.#apply(entry, claims, jwt);
  }

  /** The account was deleted: nobody gets in any more, and who is in has to go. */
  disable(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#dependencies.log('debug', `Disable account ${name} due to remove`);
    entry.cancelExpiry();
    // The same JWT may come again.
    entry.jwt = '';
    this.#expire(entry);
  }

  /** Lets in users that the account's own key signed although nobody has its JWT yet: how the first one gets here. */
  allowUnknown(name: string): void {
    if (this.#entries.has(name)) return;
    const signingKeys = new Map([[name, undefined]]);
    this.#entries.set(name, { ...this.#blank(name), signingKeys });
    this.#dependencies.accounts.put({ name });
  }

  /** Takes an account over that the registry already has, from before a reload. */
  async adopt(name: string, jwt: string): Promise<void> {
    this.#entries.set(name, this.#blank(name));
    await this.update(name, jwt);
  }

  /** As if nobody had asked for it. */
  forget(name: string): void {
    this.#entries.get(name)?.cancelExpiry();
    this.#entries.delete(name);
  }

  /** Whether a key signs for the account. */
  signs(name: string, key: string): boolean {
    return this.#entries.get(name)?.signingKeys.has(key) === true;
  }

  dispose(): void {
    this.#disposed = true;
    for (const { cancelExpiry } of this.#entries.values()) cancelExpiry();
  }

  /** What is here is over; perhaps the resolver has it anew. */
  async #renewed(entry: Entry): Promise<KnownAccount> {
    const { log, clock } = this.#dependencies;
    log('debug', `Requested account [${entry.name}] has expired`);
    if (!entry.incomplete && clock.now() - entry.updatedAt < ACCOUNT_UPDATE_GAP_MS) {
      log('debug', `Requested account update for [${entry.name}] ignored, too soon`);
      throw new AccountError('expired');
    }
    try {
      await this.update(entry.name, await this.fetch(entry.name));
    } catch {
      // Why it cannot be had anew matters less than that it is over.
      throw new AccountError('expired');
    }
    return entry;
  }

  async #load(name: string): Promise<KnownAccount> {
    const jwt = await this.fetch(name);
    const claims = this.#verify(jwt);
    if (claims.sub !== name) throw new AccountError('invalid');
    const entry = this.#blank(name);
    await this.#apply(entry, claims, jwt);
    return entry;
  }

  /** Throws an `AccountError` or a `JwtError`. */
  #verify(jwt: string): AccountClaims {
    const claims = decodeAccountClaims(jwt);
    const now = Math.floor(this.#dependencies.clock.now() / 1000);
    if (!this.#operators.keys.has(claims.iss)) throw new AccountError('invalid');
    if (isBlocking(validateAccount(claims, now), true)) throw new AccountError('invalid');
    return claims;
  }

  async #apply(entry: Entry, claims: AccountClaims, jwt: string): Promise<void> {
    const { name } = entry;
    this.#arriving.add(name);
    try {
      entry.incomplete = !(await this.#findExporters(claims));
    } finally {
      this.#arriving.delete(name);
    }
    if (this.#disposed) return;
    const label = claims.name === '' ? name : `${name}/${claims.name}`;
    this.#dependencies.log('debug', `Updating account claims: ${label}`);
    const fresh = !this.#entries.has(name);
    this.#entries.set(name, entry);
    entry.claims = claims;
    entry.jwt = jwt;
    entry.signingKeys = this.#signingKeys(claims);
    entry.updatedAt = this.#dependencies.clock.now();
    this.#watchExpiry(entry, claims.exp);
    this.#dependencies.accounts.put(accountOptions(claims, jwt));
    if (fresh) this.#completeImporters(name);
    else this.#dependencies.reviewConnections(name);
  }

  /** Looks up the accounts that it imports from. False when one of them cannot be had. */
  async #findExporters(claims: AccountClaims): Promise<boolean> {
    let complete = true;
    for (const wanted of claims.nats.imports) {
      if (wanted === undefined || this.#arriving.has(wanted.account) || this.#isUsable(wanted.account)) continue;
      try {
        await this.lookup(wanted.account);
      } catch (error) {
        complete = false;
        const reason = error instanceof Error ? error.message : String(error);
        const where = `Can't locate account [${wanted.account}] for import of [${wanted.subject}] ${wanted.type}`;
        this.#dependencies.log('error', `${where} (err=${reason})`);
      }
    }
    return complete;
  }

  #isUsable(name: string): boolean {
    return this.#entries.get(name)?.expired === false;
  }

  /** An account has come that others had been waiting for. */
  #completeImporters(name: string): void {
    for (const entry of this.#entries.values()) {
      if (!entry.incomplete || entry.claims === undefined) continue;
      const imports = entry.claims.nats.imports.filter((wanted) => wanted !== undefined);
      if (!imports.some(({ account }) => account === name)) continue;
      entry.incomplete = !imports.every(({ account }) => this.#isUsable(account));
      this.#dependencies.accounts.put(accountOptions(entry.claims, entry.jwt));
    }
  }

  /** Under an operator that is strict in this, the account's own key does not sign. */
  #signingKeys(claims: AccountClaims): ReadonlyMap<string, UserScope | undefined> {
    const keys = new Map(claims.nats.signing_keys);
    if (!this.#operators.strictKeys.has(claims.iss)) keys.set(claims.sub, undefined);
    return keys;
  }

  #watchExpiry(entry: Entry, exp: number): void {
    const { clock } = this.#dependencies;
    entry.cancelExpiry();
    entry.cancelExpiry = () => {};
    entry.expired = exp !== 0 && exp * 1000 <= clock.now();
    if (exp !== 0 && !entry.expired) {
      entry.cancelExpiry = clock.after(exp * 1000 - clock.now(), () => this.#expire(entry));
    }
  }

  #expire(entry: Entry): void {
    const { accounts, reviewConnections } = this.#dependencies;
    entry.expired = true;
    const options = accounts.get(entry.name)?.options;
    if (options !== undefined) accounts.put({ ...options, expired: true });
    reviewConnections(entry.name);
  }

  #blank(name: string): Entry {
    return {
      name,
      claims: undefined,
      jwt: '',
      signingKeys: new Map(),
      expired: false,
      incomplete: false,
      updatedAt: 0,
      cancelExpiry: () => {},
    };
  }
}
