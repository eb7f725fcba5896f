import { IMPORT_CYCLE_DEPTH_MAX } from '../limits.ts';
import type { AccountOptions, ExportOptions, ImportOptions } from '../options/accounts.ts';
import { isSubset, subjectsCollide } from '../subject/subset.ts';
import { wildcardsForPlaceholders } from '../subject/transform.ts';
import { hasWildcards, isValidSubject } from '../subject/validity.ts';
import { type ActivationCheck, Exports } from './exports.ts';
import { ImportError, ServiceImport, StreamImport } from './imports.ts';

/** Something about exports and imports that cannot be had. It is left out. */
export interface LinkProblem {
  readonly account: string;
  /** In nats-server's words. */
  readonly message: string;
}

/** What one account has to do with others. */
export interface AccountLinks {
  readonly name: string;
  readonly exports: Exports;
  readonly streamImports: readonly StreamImport[];
  readonly serviceImports: readonly ServiceImport[];
  /** The first of its activation tokens to end, in milliseconds since the epoch. */
  readonly activationsEndAt: number | undefined;
}

export interface LinkRules {
  /** Whether the broker has a system account, which metrics are sent by. */
  readonly events: boolean;
  /** Without it no activation token counts. */
  readonly activation?: ActivationCheck | undefined;
}

interface Links extends AccountLinks {
  readonly options: AccountOptions;
  streamImports: StreamImport[];
  serviceImports: ServiceImport[];
  activationsEndAt: number | undefined;
}

/**
 * Who exports what to whom: exports and imports of all accounts, held against each other. Names stand for accounts, so
 * that a configuration can be checked without there being any.
 */
export class AccountLinkTable {
  readonly #rules: LinkRules;
  readonly #byName = new Map<string, Links>();
  /** Who imports from an account, or would if it might. */
  readonly #importers = new Map<string, Set<string>>();

  constructor(rules: LinkRules) {
    this.#rules = rules;
  }

  of(name: string): AccountLinks | undefined {
    return this.#byName.get(name);
  }

  /** Names of the accounts that import something from this one, or would if they might. */
  importersOf(name: string): string[] {
    return [...(this.#importers.get(name) ?? [])];
  }

  /** All accounts at once, as a configuration has them: exports of all come before imports of any. */
  configure(accounts: readonly AccountOptions[]): LinkProblem[] {
    const problems: LinkProblem[] = [];
    this.#byName.clear();
    this.#importers.clear();
    const all = accounts.map((options) => this.#insert(options));
    for (const type of ['stream', 'service'] as const) {
      for (const links of all) this.#addExports(links, type, problems, true);
    }
    for (const type of ['stream', 'service'] as const) {
      for (const links of all) this.#addImports(links, type, problems);
    }
    return problems;
  }

  /**
   * One account, new or changed. Its importers have to be put again, for what they may have depends on it. Problems are no
   * reason to refuse it: the accounts that it names may come later.
   */
  put(options: AccountOptions): LinkProblem[] {
    const problems: LinkProblem[] = [];
    const links = this.#insert(options);
    for (const type of ['stream', 'service'] as const) this.#addExports(links, type, problems, false);
    for (const type of ['stream', 'service'] as const) this.#addImports(links, type, problems);
    return problems;
  }

  delete(name: string): void {
    const links = this.#byName.get(name);
    this.#byName.delete(name);
    for (const { account } of links?.options.imports ?? []) {
      const importers = this.#importers.get(account);
      importers?.delete(name);
      if (importers?.size === 0) this.#importers.delete(account);
    }
  }

  /**
   * One more import, which no export has to admit: what the broker gives to every account of its own accord. Returns why it
   * cannot be had, in nats-server's words: the name of an account need not fit into a subject.
   */
  addInternalImport(name: string, options: ImportOptions): string | undefined {
    const links = this.#byName.get(name);
    const exporter = this.#byName.get(options.account);
    if (links === undefined || exporter === undefined) return undefined;
    const { to: local = options.subject, subject } = options;
    if (links.serviceImports.some(({ from, exporter: other }) => from === local && other === exporter.name)) {
      return undefined;
    }
    try {
      links.serviceImports.push(new ServiceImport(options, exporter.exports.service(subject)));
      return undefined;
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      return `Error setting up system service import ${local} -> ${subject} for account: ${error.message}`;
    }
  }

  #insert(options: AccountOptions): Links {
    const { name } = options;
    this.delete(name);
    for (const { account } of options.imports ?? []) {
      const importers = this.#importers.get(account);
      if (importers === undefined) this.#importers.set(account, new Set([name]));
      else importers.add(name);
    }
    const links: Links = {
      name,
      options,
      exports: new Exports(name),
      streamImports: [],
      serviceImports: [],
      activationsEndAt: undefined,
    };
    this.#byName.set(name, links);
    return links;
  }

  /** `strict`: accounts that an export is for have to be there. */
  #addExports({ name, options, exports }: Links, type: Kind, problems: LinkProblem[], strict: boolean): void {
    const complain = (message: string): void => void problems.push({ account: name, message });
    for (const given of options.exports ?? []) {
      if (given.type !== type) continue;
      const quoted = JSON.stringify(given.subject);
      const accounts = given.accounts?.filter((account) => {
        const known = !strict || this.#byName.has(account);
        if (!known) complain(`${JSON.stringify(account)} account not defined for ${type} export`);
        return known;
      });
      const exported: ExportOptions = accounts === undefined ? given : { ...given, accounts };
      if (type === 'stream') {
        const fault = exports.addStream(exported);
        if (fault !== undefined) complain(`Error adding stream export ${quoted}: ${fault}`);
        continue;
      }
      const { latency, ...plain } = exported;
      const fault = exports.addService(plain);
      if (fault !== undefined) {
        complain(`Error adding service export ${quoted}: ${fault}`);
      } else if (latency !== undefined && !this.#rules.events) {
        complain(`Error adding service latency sampling for ${quoted}: system account not setup`);
      } else if (latency !== undefined) {
        const reason = exports.addService(exported);
        const where = `${quoted} on subject ${JSON.stringify(latency.subject)}`;
        if (reason !== undefined) complain(`Error adding service latency sampling for ${where}: ${reason}`);
      }
    }
  }

  #addImports(links: Links, type: Kind, problems: LinkProblem[]): void {
    const { name, options } = links;
    for (const wanted of options.imports ?? []) {
      if (wanted.type !== type) continue;
      const exporter = this.#byName.get(wanted.account);
      if (exporter === undefined) {
        const message = `${JSON.stringify(wanted.account)} account not defined for ${type} import`;
        problems.push({ account: name, message });
        continue;
      }
      try {
        if (type === 'stream') this.#addStreamImport(links, exporter, wanted);
        else this.#addServiceImport(links, exporter, wanted);
      } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        const message = `Error adding ${type} import ${JSON.stringify(wanted.subject)}: ${error.message}`;
        problems.push({ account: name, message });
      }
    }
  }

  #addStreamImport(links: Links, exporter: Links, wanted: ImportOptions): void {
    this.#admit(links, exporter, wanted);
    const added = new StreamImport(wanted);
    for (const subject of [added.options.to || added.to, added.from]) {
      this.#checkStreamCycle(exporter, subject, new Set([links.name]));
    }
    const { streamImports } = links;
    if (streamImports.some(({ exporter: other, from }) => other === exporter.name && from === added.from)) {
      throw new ImportError('stream import already exists');
    }
    streamImports.push(added);
  }

  #addServiceImport(links: Links, exporter: Links, wanted: ImportOptions): void {
    const { subject } = wanted;
    const local = wanted.to || subject;
    if (!isValidSubject(local) || !isValidSubject(subject)) throw new ImportError('sublist: invalid subject');
    this.#admit(links, exporter, wanted);
    const from = hasWildcards(subject) ? wildcardsForPlaceholders(local) : local;
    this.#checkServiceCycle(exporter, from, new Set([links.name]));
    // Compared as it is written, as nats-server does.
    const same = links.serviceImports.find((other) => other.exporter === exporter.name && other.from === local);
    if (same !== undefined) {
      const before = `account ${JSON.stringify(exporter.name)}, subject ${JSON.stringify(same.to)}`;
      throw new ImportError(
        `duplicate service import subject ${JSON.stringify(local)}, previously used in import for ${before}`,
      );
    }
    links.serviceImports.push(new ServiceImport(wanted, exporter.exports.service(subject)));
  }

  #admit(links: Links, exporter: Links, wanted: ImportOptions): void {
    const { valid, expiresAt } = exporter.exports.admits(links.name, wanted, this.#rules.activation ?? REFUSAL);
    if (!valid) throw new ImportError(`${wanted.type} import not authorized`);
    if (expiresAt !== undefined) links.activationsEndAt = Math.min(expiresAt, links.activationsEndAt ?? Infinity);
  }

  /** Follows services that the exporter imports in turn. Their subjects are compared as nats-server compares them. */
  #checkServiceCycle(links: Links, from: string, visited: Set<string>): void {
    if (visited.size >= IMPORT_CYCLE_DEPTH_MAX) throw new ImportError('search cycle depth exhausted');
    for (const next of links.serviceImports) {
      if (!subjectsCollide(from, next.to)) continue;
      if (visited.has(next.exporter)) throw new ImportError('import forms a cycle');
      visited.add(links.name);
      const exporter = this.#byName.get(next.exporter);
      if (exporter !== undefined)
        this.#checkServiceCycle(exporter, isSubset(next.from, from) ? next.from : from, visited);
    }
  }

  #checkStreamCycle(links: Links, to: string, visited: Set<string>): void {
    if (visited.size >= IMPORT_CYCLE_DEPTH_MAX) throw new ImportError('search cycle depth exhausted');
    if (!links.exports.coversStream(to)) return;
    for (const next of links.streamImports) {
      if (!subjectsCollide(to, next.to)) continue;
      if (visited.has(next.exporter)) throw new ImportError('import forms a cycle');
      visited.add(links.name);
      const exporter = this.#byName.get(next.exporter);
      if (exporter !== undefined) this.#checkStreamCycle(exporter, isSubset(next.to, to) ? next.to : to, visited);
    }
  }
}

type Kind = 'stream' | 'service';

const REFUSAL: ActivationCheck = () => ({ valid: false });

/** What is wrong with exports and imports of a configuration, in nats-server's words and order. */
export function checkLinks(accounts: readonly AccountOptions[], rules: LinkRules): string[] {
  return new AccountLinkTable(rules).configure(accounts).map(({ message }) => message);
}
