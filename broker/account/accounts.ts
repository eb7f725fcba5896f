import { BrokerError } from '../base/broker-error.ts';
import { TIMER_MS_MAX } from '../limits.ts';
import type { AccountOptions, ExportOptions, ImportOptions, MappingOptions } from '../options/accounts.ts';
import { isSubset } from '../subject/subset.ts';
import { TransformError } from '../subject/transform.ts';
import { Account, GLOBAL_ACCOUNT, type ServiceSource, type StreamSource, SYSTEM_ACCOUNT } from './account.ts';
import { Passage } from './crossing.ts';
import type { ActivationCheck } from './exports.ts';
import { latin1Mapping, withLatin1Subjects } from './latin1-options.ts';
import { AccountLinkTable, checkLinks, type LinkProblem } from './links.ts';
import { checkMapping, MappingError, SubjectMappings } from './mappings.ts';

/** What the registry needs of the broker's options. */
export interface AccountsOptions {
  readonly accounts?: readonly AccountOptions[] | undefined;
  readonly systemAccount?: string | undefined;
  readonly noSystemAccount?: boolean | undefined;
  /** Those of `$G`. */
  readonly mappings?: readonly MappingOptions[] | undefined;
}

/** What accounts get without asking for it, and who judges activation tokens. */
export interface AccountsRules {
  readonly activation?: ActivationCheck | undefined;
  /** What the system account lets every account have, unless it says something of those subjects itself. */
  readonly systemExports?: readonly ExportOptions[] | undefined;
  /** Under which subjects an account finds that. */
  readonly systemImports?: ((account: string, system: string) => readonly ImportOptions[]) | undefined;
  /** What clients of an account find under other subjects beside what was said of it. */
  readonly systemMappings?: ((account: AccountOptions, system: boolean) => readonly MappingOptions[]) | undefined;
  /** Name of the cluster that this server is in. */
  readonly cluster?: string | undefined;
  /** An account comes up with less than was said of it. `severe`: that is none of its own doing. */
  readonly onProblem?: ((problem: LinkProblem, severe: boolean) => void) | undefined;
}

/** All accounts of a broker by name. `$G` is always there, the system account unless it is turned off. */
export class Accounts {
  /** Where messages go over from one account to another. */
  readonly passage = new Passage();
  readonly global = new Account(GLOBAL_ACCOUNT, { name: GLOBAL_ACCOUNT }, this.passage);
  readonly #rules: AccountsRules;
  readonly #byName = new Map<string, Account>([[GLOBAL_ACCOUNT, this.global]]);
  #links: AccountLinkTable;
  #systemName: string | undefined;
  /** Activation tokens that run out, by the account that has them. */
  readonly #activationTimers = new Map<string, NodeJS.Timeout>();
  /** Hears of every account that came, changed or went. */
  onChanged: ((account: Account, change: 'added' | 'changed' | 'removed') => void) | undefined;

  /** Throws a `BrokerError` when exports, imports or mappings make no sense. */
  constructor(options: AccountsOptions = {}, rules: AccountsRules = {}) {
    this.#rules = rules;
    this.#links = this.#newLinks(options);
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

  /**
   * Makes the account, or changes what is said of it. What it imports from accounts that are not there yet it has once
   * they are.
   */
  put(options: AccountOptions): Account {
    const { account, change } = this.#set(options);
    this.#link(account, true);
    for (const name of this.#links.importersOf(account.name)) {
      const importer = this.#byName.get(name);
      if (importer !== undefined && importer !== account) this.#link(importer, true);
    }
    if (account.name === this.#systemName)
      for (const other of this.list()) if (other !== account) this.#link(other, true);
    this.onChanged?.(account, change);
    return account;
  }

  /** False when there is none. Whoever is still connected in it has to be dealt with by the caller. */
  delete(name: string): boolean {
    const account = this.#byName.get(name);
    if (account === undefined || account === this.global) return false;
    this.#byName.delete(name);
    this.#links.delete(name);
    this.#watchActivations(name, undefined);
    account.dispose();
    for (const importer of this.#links.importersOf(name)) {
      const left = this.#byName.get(importer);
      if (left !== undefined) this.#link(left, true);
    }
    this.onChanged?.(account, 'removed');
    return true;
  }

  /**
   * Makes the accounts those of the options. Accounts that are gone from there are removed, unless `kept` says so. Throws a
   * `BrokerError`, and changes nothing, when exports, imports or mappings make no sense.
   */
  apply(options: AccountsOptions, kept: (name: string) => boolean = () => false): void {
    checkAccounts(options);
    const { accounts = [], mappings = [] } = options;
    const wanted = new Map(accounts.map((account) => [account.name, account]));
    this.#systemName = options.noSystemAccount === true ? undefined : (options.systemAccount ?? SYSTEM_ACCOUNT);
    for (const name of [GLOBAL_ACCOUNT, ...(this.#systemName === undefined ? [] : [this.#systemName])]) {
      const present = this.#byName.get(name)?.options;
      if (!wanted.has(name)) wanted.set(name, present?.jwt === undefined ? { name } : present);
    }
    if (mappings.length > 0) {
      const own = wanted.get(GLOBAL_ACCOUNT) as AccountOptions;
      wanted.set(GLOBAL_ACCOUNT, { ...own, mappings: [...mappings, ...(own.mappings ?? [])] });
    }
    for (const name of [...this.#byName.keys()]) if (!wanted.has(name) && !kept(name)) this.delete(name);
    const changed = Array.from(wanted.values(), (account) => this.#set(account));
    this.#links = this.#newLinks(options);
    const all = this.list();
    this.#links.configure(all.map((account) => this.#linkedOptions(account)));
    for (const account of all) this.#link(account, false);
    for (const { account, change } of changed) this.onChanged?.(account, change);
  }

  /** Ends timers. */
  dispose(): void {
    for (const timer of this.#activationTimers.values()) clearTimeout(timer);
    this.#activationTimers.clear();
    for (const account of this.list()) account.dispose();
  }

  #newLinks(options: AccountsOptions): AccountLinkTable {
    return new AccountLinkTable({ events: options.noSystemAccount !== true, activation: this.#rules.activation });
  }

  #set(options: AccountOptions): { account: Account; change: 'added' | 'changed' } {
    const present = this.#byName.get(options.name);
    const account = present ?? new Account(options.name, options, this.passage);
    account.options = options;
    account.mappingOptions = this.#mappingsOf(options);
    account.mappings = new SubjectMappings(account.mappingOptions.map(latin1Mapping), this.#rules.cluster);
    account.updatedAt = Date.now();
    account.forgetMatches();
    this.#byName.set(account.name, account);
    return { account, change: present === undefined ? 'added' : 'changed' };
  }

  /** Connects it with what it imports; `put`: what is said of it may have changed. */
  #link(account: Account, put: boolean): void {
    const { name } = account;
    if (put) {
      const problems = this.#links.put(this.#linkedOptions(account));
      account.incomplete = problems.length > 0;
      for (const problem of problems) this.#rules.onProblem?.(problem, false);
    }
    if (this.#systemName !== undefined) {
      for (const given of this.#rules.systemImports?.(name, this.#systemName) ?? []) {
        const message = this.#links.addInternalImport(name, given);
        if (message !== undefined) this.#rules.onProblem?.({ account: name, message }, true);
      }
    }
    const links = this.#links.of(name);
    const streams: StreamSource[] = [];
    for (const stream of links?.streamImports ?? []) {
      const exporter = this.#byName.get(stream.exporter);
      if (exporter !== undefined) streams.push({ stream, exporter });
    }
    const services: ServiceSource[] = [];
    for (const service of links?.serviceImports ?? []) {
      const exporter = this.#byName.get(service.exporter);
      if (exporter !== undefined) services.push({ service, exporter });
    }
    account.link(streams, services);
    this.#watchActivations(name, links?.activationsEndAt);
  }

  /** What is said of exports and imports, and what the system account has beside. */
  #linkedOptions(account: Account): AccountOptions {
    const options = withLatin1Subjects(account.options);
    if (account.name !== this.#systemName) return options;
    const own = options.exports ?? [];
    const given = (this.#rules.systemExports ?? []).filter(
      ({ subject }) => !own.some((other) => other.type === 'service' && isSubset(subject, other.subject)),
    );
    return { ...options, exports: [...own, ...given] };
  }

  #mappingsOf(options: AccountOptions): MappingOptions[] {
    const valid = (options.mappings ?? []).filter((mapping) => {
      const fault = mappingFault(latin1Mapping(mapping));
      if (fault !== undefined) this.#rules.onProblem?.({ account: options.name, message: fault }, false);
      return fault === undefined;
    });
    return [...valid, ...(this.#rules.systemMappings?.(options, options.name === this.#systemName) ?? [])];
  }

  /** Imports that a token allows end with it. */
  #watchActivations(name: string, endAt: number | undefined): void {
    clearTimeout(this.#activationTimers.get(name));
    this.#activationTimers.delete(name);
    if (endAt === undefined) return;
    const left = Math.max(0, Math.min(endAt - Date.now(), TIMER_MS_MAX));
    const timer = setTimeout(() => {
      const account = this.#byName.get(name);
      if (account !== undefined) this.#link(account, true);
    }, left).unref();
    this.#activationTimers.set(name, timer);
  }
}

/** Throws a `BrokerError` with everything that is wrong about exports, imports and mappings, in nats-server's words. */
export function checkAccounts({ accounts = [], mappings = [], noSystemAccount }: AccountsOptions): void {
  const problems = checkLinks(accounts, { events: noSystemAccount !== true, activation: () => ({ valid: true }) });
  for (const mapping of [...mappings, ...accounts.flatMap((account) => account.mappings ?? [])]) {
    const fault = mappingFault(mapping);
    if (fault !== undefined) problems.push(fault);
  }
  if (problems.length > 0) throw new BrokerError('invalid-option', problems.join('\n'));
}

/** What is wrong with a mapping, in nats-server's words. */
function mappingFault(mapping: MappingOptions): string | undefined {
  try {
    checkMapping(mapping);
    return undefined;
  } catch (error) {
    if (!(error instanceof MappingError || error instanceof TransformError)) throw error;
    return `Error adding mapping for ${JSON.stringify(mapping.source)} : ${error.message}`;
  }
}
