import { Account } from '../../../../broker/account/account.ts';
import type { Bus, BusHandler, BusMessage, BusPublishOptions } from '../../../../broker/account/bus.ts';
import type { Sink } from '../../../../broker/account/sink.ts';
import type { MonitoredAccount, MonitoredConnection, MonitorHost } from '../../../../broker/monitor/host.ts';
import type { BrokerOptions } from '../../../../broker/options.ts';
import { subjectMatches } from '../../../../broker/subject/index.ts';

/** A moment that texts can name. */
export const NOW = Date.parse('2026-03-04T05:06:07.890Z');

export interface Published {
  account: string;
  subject: string;
  payload: string;
  bytes: Uint8Array;
  headers: [string, string][];
}

/** Keeps what is published, and lets tests play the ones who ask. */
export class BusDouble implements Bus {
  readonly published: Published[] = [];
  readonly #subscriptions: { account: Account; subject: string; handler: BusHandler | undefined }[] = [];

  publish(account: Account, subject: string, payload: Uint8Array | string, options: BusPublishOptions = {}): number {
    const bytes = Buffer.from(payload);
    const headers = (options.headers ?? []).map(([name, value]): [string, string] => [name, value]);
    this.published.push({ account: account.name, subject, payload: bytes.toString('utf8'), bytes, headers });
    return 1;
  }

  subscribe(account: Account, subject: string, handler: BusHandler): () => void {
    const entry = { account, subject, handler };
    this.#subscriptions.push(entry);
    return () => this.#subscriptions.splice(this.#subscriptions.indexOf(entry), 1);
  }

  request(): Promise<BusMessage> {
    throw new Error('the monitor asks nobody');
  }

  hasInterest(account: Account, subject: string): boolean {
    return this.#subscriptions.some((each) => each.account === account && subjectMatches(each.subject, subject));
  }

  /** Somebody listens, who does nothing. */
  listen(account: Account, subject: string): void {
    this.#subscriptions.push({ account, subject, handler: undefined });
  }

  subjects(account: Account): string[] {
    return this.#subscriptions.filter((each) => each.account === account).map(({ subject }) => subject);
  }

  /** Delivers a request to the handlers; answers come on `reply`. */
  ask(account: Account, subject: string, payload = '', fields: Partial<BusMessage> = {}): void {
    for (const each of this.#subscriptions.filter(
      (one) => one.account === account && subjectMatches(one.subject, subject),
    )) {
      each.handler?.({
        account,
        subject,
        reply: 'answer',
        headers: new Uint8Array(0),
        payload: Buffer.from(payload),
        source: undefined,
        ...fields,
      });
    }
  }
}

export function connection(clientId: number, fields: Partial<MonitoredConnection> = {}): MonitoredConnection {
  return {
    clientId,
    kind: 'Client',
    type: 'nats',
    ip: '127.0.0.1',
    port: 1000 + clientId,
    startedAt: NOW - 61_000,
    lastActivityAt: NOW - 1_000,
    rttMicros: 397,
    pendingBytes: 0,
    inMessages: 0,
    inBytes: 0,
    outMessages: 0,
    outBytes: 0,
    stalls: 0,
    name: '',
    language: '',
    version: '',
    tls: undefined,
    tlsFirst: false,
    user: '',
    account: '$G',
    jwt: '',
    issuerKey: '',
    nameTag: '',
    tags: [],
    permissions: undefined,
    expiresAt: undefined,
    subscriptionCount: 0,
    subscriptions: () => [],
    closedAt: undefined,
    reason: '',
    ...fields,
  };
}

export function account(name: string, fields: Partial<MonitoredAccount> = {}): MonitoredAccount {
  const made = new Account(name);
  made.mappingOptions = fields.options?.mappings ?? [];
  return {
    account: made,
    name,
    options: { name },
    updatedAt: NOW - 90_000,
    expired: false,
    incomplete: false,
    connections: 0,
    subscriptionCount: 0,
    subscriptions: () => [],
    inMessages: 0,
    inBytes: 0,
    outMessages: 0,
    outBytes: 0,
    slowConsumers: 0,
    interest: { cacheEntries: 0, inserts: 0, removes: 0, matches: 0, cacheHits: 0, fanoutMax: 0, fanoutTotal: 0 },
    ...fields,
  };
}

export interface HostFacts {
  options?: BrokerOptions;
  connections?: MonitoredConnection[];
  closed?: MonitoredConnection[];
  accounts?: MonitoredAccount[];
  /** Name of one of `accounts`; '' for none. */
  system?: string;
  sinks?: Map<Sink, number>;
}

/** A host that says what it is given. */
export interface HostDouble extends MonitorHost {
  readonly logged: string[];
  readonly measured: number[];
  readonly kicked: number[];
  facts: HostFacts;
}

export function hostDouble(given: HostFacts = {}): HostDouble {
  const globalAccount = account('$G');
  const systemAccount = account('$SYS');
  const host = {
    facts: given,
    logged: [] as string[],
    measured: [] as number[],
    kicked: [] as number[],
    serverId: 'NSERVER',
    serverName: 'double',
    startedAt: NOW - 3_661_000,
    configLoadedAt: NOW - 3_661_000,
    get options() {
      return host.facts.options ?? {};
    },
    limits: {
      payloadBytesMax: 1_048_576,
      controlLineBytesMax: 4096,
      pendingBytesMax: 67_108_864,
      subscriptionsMax: 0,
      subscriptionTokensMax: 0,
      pingIntervalMs: 120_000,
      pingsOutstandingMax: 2,
      writeDeadlineMs: 10_000,
      authTimeoutMs: 2_000,
      noFastProducerStall: false,
      headerSupport: true,
      maxTracedMessageLength: 0,
    } as MonitorHost['limits'],
    connectionsMax: 65_536,
    clientAddress: { host: '0.0.0.0', port: 4222 },
    authRequired: false,
    authTimeoutMs: 2_000,
    listeners: {},
    certificateEnd: () => undefined,
    counters: {
      connections: 0,
      totalConnections: 0,
      inMessages: 0,
      inBytes: 0,
      outMessages: 0,
      outBytes: 0,
      slowConsumers: 0,
      staleConnections: 0,
      stalls: 0,
      pinnedAccountFails: 0,
    },
    get systemAccount() {
      const { system = '$SYS' } = host.facts;
      return host.account(system)?.account;
    },
    accounts: () => host.facts.accounts ?? [globalAccount, systemAccount],
    account: (name: string) => host.accounts().find((each) => each.name === name),
    connections: () => host.facts.connections ?? [],
    connection: (clientId: number) => host.connections().find((each) => each.clientId === clientId),
    connectionOf: (sink: Sink) => host.connection(host.facts.sinks?.get(sink) ?? -1),
    closedConnections: () => host.facts.closed ?? [],
    jetStream: undefined,
    measureRoundTrip: (clientId: number) => void host.measured.push(clientId),
    kick: (clientId: number) => {
      host.kicked.push(clientId);
      return host.connection(clientId) !== undefined;
    },
    sendLameDuck: (clientId: number): 'sent' | 'unable' | 'unknown' =>
      host.connection(clientId) === undefined ? 'unknown' : 'sent',
    log: (level: string, text: string) => void host.logged.push(`${level} ${text}`),
  };
  return host;
}
