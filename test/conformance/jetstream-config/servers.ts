import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Socket } from 'node:net';
import { deadline } from '../../support/deadline.ts';
import { ServerProcess } from '../../support/server-process.ts';
import type { AccountLimits, ServerLimits } from '../../../broker/jetstream/resource-limits.ts';
import type { AccountName } from './case.ts';

const ANSWER_MS_MAX = 10_000;
const NANOS_PER_SECOND = 1_000_000_000;
/** Ids of subscriptions. */
const ANSWERS = '1';
const EVENTS = '2';

/** A JetStream that requests are compared on: how the real server is told of it, and what our functions are given. */
export interface AccountTerms {
  readonly server: keyof typeof CONFIGS;
  readonly user: string;
  readonly limits: AccountLimits;
  readonly serverLimits: ServerLimits;
  readonly strict: boolean;
}

const UNLIMITED: AccountLimits = {
  max_memory: -1,
  max_storage: -1,
  max_streams: -1,
  max_consumers: -1,
  max_ack_pending: -1,
  memory_max_stream_bytes: -1,
  storage_max_stream_bytes: -1,
  max_bytes_required: false,
};

const ROOMY: ServerLimits = {
  memoryBytesMax: 2 ** 30,
  storageBytesMax: 2 ** 33,
  memoryBytesReserved: 0,
  storageBytesReserved: 0,
  maxAckPending: 0,
  maxRequestBatch: 0,
  duplicateWindowNanos: 0,
  defaultMaxConsumers: 1000,
};

const NARROW: AccountLimits = {
  max_memory: 1_000_000,
  max_storage: 2_000_000,
  max_streams: 3,
  max_consumers: 2,
  max_ack_pending: 500,
  memory_max_stream_bytes: 400_000,
  storage_max_stream_bytes: 900_000,
  max_bytes_required: true,
};

const LIMITS = `max_mem: ${2 ** 30}, max_file: ${2 ** 33}`;

const ACCOUNTS = `accounts {
  PLAIN { users: [ { user: plain, password: p } ], jetstream: enabled }
  NARROW { users: [ { user: narrow, password: p } ], jetstream {
    max_mem: 1000000, max_file: 2000000, max_streams: 3, max_consumers: 2, max_ack_pending: 500,
    mem_max_stream_bytes: 400000, disk_max_stream_bytes: 900000, max_bytes: true } }
  SYS { users: [ { user: sys, password: p } ] }
}
system_account: SYS`;

const CONFIGS = {
  usual: `jetstream { ${LIMITS} }\n${ACCOUNTS}`,
  bounded: `jetstream { ${LIMITS}, limits { max_ack_pending: 700, max_request_batch: 50, duplicate_window: 90s } }\n${ACCOUNTS}`,
  lax: `jetstream { ${LIMITS}, strict: false }\n${ACCOUNTS}`,
  capped: `jetstream { max_mem: 1000000, max_file: 2000000 }\n${ACCOUNTS}`,
} as const;

export const TERMS: Readonly<Record<AccountName, AccountTerms>> = {
  plain: { server: 'usual', user: 'plain', limits: UNLIMITED, serverLimits: ROOMY, strict: true },
  narrow: { server: 'usual', user: 'narrow', limits: NARROW, serverLimits: ROOMY, strict: true },
  bounded: {
    server: 'bounded',
    user: 'plain',
    limits: UNLIMITED,
    serverLimits: {
      ...ROOMY,
      maxAckPending: 700,
      maxRequestBatch: 50,
      duplicateWindowNanos: 90 * NANOS_PER_SECOND,
    },
    strict: true,
  },
  lax: { server: 'lax', user: 'plain', limits: UNLIMITED, serverLimits: ROOMY, strict: false },
  capped: {
    server: 'capped',
    user: 'plain',
    limits: UNLIMITED,
    serverLimits: { ...ROOMY, memoryBytesMax: 1_000_000, storageBytesMax: 2_000_000 },
    strict: true,
  },
};

/** The real servers that were needed so far, and a connection to each account. */
export class RealAccounts implements AsyncDisposable {
  readonly #command: string;
  readonly #servers = new Map<string, Promise<ServerProcess>>();
  readonly #links = new Map<AccountName, Promise<Link>>();
  readonly #folders: string[] = [];

  constructor(command: string) {
    this.#command = command;
  }

  link(account: AccountName): Promise<Link> {
    const known = this.#links.get(account);
    if (known !== undefined) return known;
    const { server, user } = TERMS[account];
    const link = this.#server(server).then(({ port }) => Link.open(port, user));
    this.#links.set(account, link);
    return link;
  }

  #server(name: keyof typeof CONFIGS): Promise<ServerProcess> {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const server = this.#start(CONFIGS[name]);
    this.#servers.set(name, server);
    return server;
  }

  async #start(config: string): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'natscope-jetstream-config-'));
    this.#folders.push(folder);
    const file = join(folder, 'server.conf');
    await writeFile(file, config);
    const args = ['-c', file, '-a', '127.0.0.1', '-p', '-1', '-sd', join(folder, 'store')];
    return new ServerProcess([this.#command], args).ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links.values()) (await link).close();
    for (const server of this.#servers.values()) await (await server).stop();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}

/** The parts of an answer, latin1. */
export interface Exchange {
  readonly headers: string;
  readonly body: string;
}

/** A connection that sends requests, one at a time. */
export class Link {
  readonly #socket: Socket;
  #received = '';
  #count = 0;
  #answered: ((answer: Exchange) => void) | undefined;
  /** What came on other subjects, `$JS.EVENT.>` where that was asked for. */
  readonly events: (readonly [subject: string, body: string])[] = [];

  private constructor(socket: Socket, user: string) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#received += bytes.toString('latin1');
      this.#read();
    });
    socket.on('error', () => {});
    socket.write(
      `CONNECT {"verbose":false,"headers":true,"user":"${user}","pass":"p"}\r\nSUB _INBOX.config.* ${ANSWERS}\r\n`,
    );
  }

  static async open(port: number, user: string): Promise<Link> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Link(socket, user);
  }

  /** The body of the answer, latin1. */
  async request(subject: string, body: string, headers = ''): Promise<string> {
    return (await this.exchange(subject, body, headers)).body;
  }

  /** From now on events are kept. */
  hearEvents(): void {
    this.#socket.write(`SUB $JS.EVENT.> ${EVENTS}\r\n`);
  }

  exchange(subject: string, body: string, headers = ''): Promise<Exchange> {
    const reply = `_INBOX.config.${++this.#count}`;
    const answer = new Promise<Exchange>((resolve) => (this.#answered = resolve));
    const block = headers === '' ? '' : `NATS/1.0\r\n${headers}\r\n\r\n`;
    const sizes = block === '' ? `${body.length}` : `${block.length} ${block.length + body.length}`;
    const verb = block === '' ? 'PUB' : 'HPUB';
    this.#socket.write(`${verb} ${subject} ${reply} ${sizes}\r\n${block}${body}\r\n`, 'latin1');
    return deadline(answer, ANSWER_MS_MAX, () => `no answer to ${subject}: ${body}\n${this.#received}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(): void {
    for (;;) {
      const end = this.#received.indexOf('\r\n');
      if (end === -1) return;
      const words = this.#received.slice(0, end).split(' ');
      const isMessage = words[0] === 'MSG' || words[0] === 'HMSG';
      const bytes = isMessage ? Number(words.at(-1)) + 2 : 0;
      if (this.#received.length < end + 2 + bytes) return;
      const content = this.#received.slice(end + 2, end + bytes);
      this.#received = this.#received.slice(end + 2 + bytes);
      if (words[0] === 'PING') this.#socket.write('PONG\r\n');
      if (!isMessage) continue;
      const [, subject = '', subscription = ''] = words;
      const headerBytes = words[0] === 'HMSG' ? Number(words.at(-2)) : 0;
      const answer = { headers: content.slice(0, headerBytes), body: content.slice(headerBytes) };
      // Messages of consumers keep their subject; an answer that comes too late is nobody's.
      const late = subject.startsWith('_INBOX.config.') && subject !== `_INBOX.config.${this.#count}`;
      if (subscription === EVENTS) this.events.push([subject, answer.body]);
      else if (!late) this.#answered?.(answer);
    }
  }
}
