import type { AccountOptions, MappingOptions } from '../options/accounts.ts';
import type { KeptBlocks } from '../options/kept.ts';
import type { OperatorOptions, TlsClientOptions } from '../options/authentication.ts';
import type { BrokerOptions } from '../options.ts';
import type { ConfigSources, ProgramOptions } from './config.ts';
import type { User } from './blocks/users.ts';
import { quote } from './go/text.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** What the keys that were read so far make of the options. */
export class Draft {
  readonly sources: ConfigSources;
  readonly broker: Writable<BrokerOptions> = {};
  readonly program: Writable<ProgramOptions> = {};
  readonly users: User[] = [];
  readonly accounts: Writable<AccountOptions>[] = [];
  /** Of `$G`; undefined: none were given. */
  mappings: MappingOptions[] | undefined;
  readonly monitoring: {
    host?: string | undefined;
    port?: number | undefined;
    securePort?: number | undefined;
    basePath?: string | undefined;
  } = {};
  readonly jetstream: {
    enabled?: boolean;
    storeDir?: string | undefined;
    maxMemory?: number | undefined;
    maxStore?: number | undefined;
    domain?: string | undefined;
    more: Record<string, unknown>;
  } = { more: {} };
  readonly kept: Writable<KeptBlocks> = {};
  readonly operator: Writable<Partial<OperatorOptions>> = {};
  resolverTls: TlsClientOptions | undefined;

  constructor(sources: ConfigSources) {
    this.sources = sources;
  }

  /** Takes users in; names and keys are unique over all accounts. */
  addUsers(users: readonly User[], complain: (message: string) => void): void {
    const known = new Set(this.users.map(identityOf));
    for (const user of users) {
      const identity = identityOf(user);
      const kind = user.nkey === undefined ? 'user' : 'nkey';
      if (known.has(identity)) complain(`Duplicate ${kind} ${quote(identity)} detected`);
      known.add(identity);
    }
    this.users.push(...users);
  }

  /** The options as they are for everybody else. */
  finish(): { broker: BrokerOptions; program: ProgramOptions } {
    const { broker, users, accounts, mappings, jetstream, kept } = this;
    if (users.length > 0) broker.users = users;
    if (accounts.length > 0) broker.accounts = accounts;
    if (mappings !== undefined) broker.mappings = mappings;
    this.#finishMonitoring();
    this.#finishOperator();
    const { more, enabled, ...fields } = jetstream;
    if (Object.keys(more).length > 0 || enabled !== undefined || Object.keys(fields).length > 0) {
      kept.jetstream = { enabled: enabled ?? false, ...fields, ...(Object.keys(more).length > 0 && { more }) };
    }
    if (Object.keys(kept).length > 0) broker.kept = kept;
    return { broker, program: this.program };
  }

  #finishMonitoring(): void {
    const { host, port = 0, securePort = 0, basePath } = this.monitoring;
    if (port === 0 && securePort === 0) {
      // A flag may ask for the port.
      if (host === undefined && basePath === undefined) return;
    }
    this.broker.monitoring = {
      port: port || securePort,
      ...(host !== undefined && { host }),
      ...(port === 0 && securePort !== 0 && { secure: true }),
      ...(port !== 0 && securePort !== 0 && { conflictingPort: securePort }),
      ...(basePath !== undefined && { basePath }),
    };
  }

  #finishOperator(): void {
    const { operator, resolverTls } = this;
    if (operator.resolver?.type === 'url' && resolverTls !== undefined) {
      operator.resolver = { ...operator.resolver, tls: resolverTls };
    }
    if (Object.keys(operator).length > 0) this.broker.operator = { operators: [], ...operator };
  }
}

function identityOf(user: User): string {
  return user.nkey ?? user.user ?? '';
}
