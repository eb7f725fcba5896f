import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { MONITORED } from '../conformance/cases/monitoring-config.ts';
import { deadline } from '../support/deadline.ts';
import { newestCompared } from '../support/real-servers.ts';
import { natscopeServer, startServer, type ServerProcess } from '../support/server-process.ts';

const real = newestCompared(inject('realServers'));
const scratch = await mkdtemp(join(tmpdir(), 'natscope-monitoring-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A server with people in its accounts who have done the same on every server. */
class Watched implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly system: NatsConnection;
  readonly #people: NatsConnection[];

  private constructor(server: ServerProcess, system: NatsConnection, people: NatsConnection[]) {
    this.#server = server;
    this.system = system;
    this.#people = people;
  }

  static async start(command: readonly string[]): Promise<Watched> {
    const config = join(scratch, 'watched.conf');
    await writeFile(config, MONITORED);
    const server = await startServer(command, ['-c', config]);
    const as = (user: string, name: string): Promise<NatsConnection> =>
      connect({ servers: `127.0.0.1:${server.port}`, user, pass: user, name, reconnect: false });
    // One after the other, so that they have the same order everywhere.
    const system = await as('sys', 'observer');
    const one = await as('a', 'one');
    const two = await as('b', 'two');
    const gone = await as('a', 'gone');
    one.subscribe('orders.*', { callback: () => {} });
    one.subscribe('work', { queue: 'workers', max: 5, callback: () => {} });
    one.subscribe('echo', { callback: (_, message) => void message.respond(message.data) });
    await one.flush();
    for (const subject of ['orders.new', 'orders.old', 'work', 'nobody']) gone.publish(subject, 'payload');
    await gone.request('echo', 'payload');
    await gone.flush();
    await gone.close();
    two.subscribe('own.>', { callback: () => {} });
    await two.flush();
    return new Watched(server, system, [one, two]);
  }

  get serverId(): string {
    return this.system.info?.server_id ?? '';
  }

  async http(target: string): Promise<string> {
    const port = /Starting http monitor on \S+:(\d+)/.exec(this.#server.stderr)?.[1];
    const response = await fetch(`http://127.0.0.1:${port}${target}`);
    return `${response.status} ${response.headers.get('content-type')}\n${await response.text()}`;
  }

  async request(subject: string, payload: string): Promise<string> {
    const name = subject.replace('<id>', this.serverId);
    return (await this.system.request(name, payload, { timeout: 5_000 })).string();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const person of [this.system, ...this.#people]) await person.close();
    await this.#server.stop();
  }
}

/** What may differ from server to server and from moment to moment. */
const VOLATILE = new Set(
  'port go start now last_activity stop rtt uptime idle mem cpu cores gomaxprocs seq time update_time config_load_time config_digest cid sid total_connections subscriptions num_subscriptions num_cache num_inserts num_removes num_matches cache_hit_rate max_fanout avg_fanout http_req_stats version memstats cmdline id timestamp'.split(
    ' ',
  ),
);

/** Counters of the connection that asks. */
const COUNTERS = new Set(
  'in_msgs out_msgs in_bytes out_bytes in_client_msgs in_client_bytes out_client_msgs out_client_bytes msgs bytes'.split(
    ' ',
  ),
);

/** The same text for answers that say the same: keys in their order, lists of maps sorted, what is volatile told by its kind. */
function normalised(text: string): string {
  const [head, json] = text.startsWith('{')
    ? ['', text]
    : [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n') + 1)];
  let value: unknown;
  try {
    value = JSON.parse(json ?? '');
  } catch {
    return unnamed(text);
  }
  const layout = /^\{\n( +)"/.exec(json ?? '')?.[1] ?? 'one line';
  return unnamed(`${head} ${layout}\n${JSON.stringify(told(value, ''), null, 1)}`);
}

/** Names that are drawn at random. */
function unnamed(text: string): string {
  return text.replace(/N[A-Z2-7]{55}/g, '<id>').replace(/_INBOX\.\w+/g, '_INBOX.<id>');
}

function told(value: unknown, key: string, volatile = false): unknown {
  if (VOLATILE.has(key) || (volatile && COUNTERS.has(key))) return typeof value;
  if (Array.isArray(value)) {
    const items = value.map((item) => JSON.stringify(told(item, '', volatile)));
    return (key === 'connections' ? items : items.toSorted()).map((item) => JSON.parse(item) as unknown);
  }
  if (typeof value !== 'object' || value === null) return value;
  // The observer's own traffic differs by the length of what it was told; so do the sums.
  const observed = 'name' in value && value.name === 'observer';
  const sums = key === '' || key === 'data' || key === 'statsz' || ('acc' in value && value.acc === 'SYS');
  const entries = Object.entries(value).filter(([name]) => name !== 'natscope' && name !== 'git_commit');
  return Object.fromEntries(entries.map(([name, field]) => [name, told(field, name, volatile || observed || sums)]));
}

const TARGETS = [
  '/varz',
  '/connz',
  '/connz?auth=1&subs=1',
  '/connz?auth=1&subs=detail',
  '/connz?state=closed&auth=1&subs=detail',
  '/connz?state=all&sort=uptime',
  '/connz?acc=A',
  '/connz?user=b&auth=true',
  '/connz?limit=1&offset=1',
  '/subsz',
  '/subsz?subs=1&acc=A',
  '/subsz?subs=1&test=orders.new',
  '/accountz',
  '/accountz?acc=A',
  '/accountz?acc=B',
  '/accountz?acc=$G',
  '/accountz?acc=SYS',
  '/accstatz?unused=1',
  '/routez?subs=detail',
  '/gatewayz?accs=1',
  '/leafz?subs=1',
  '/jsz?accounts=1&config=1',
  '/healthz',
  '/healthz?details=1',
  '/healthz?stream=S',
  '/ipqueuesz?all=1',
  '/raftz',
  '/debug/vars',
  '/connz?sort=nothing',
  '/connz?limit=x',
  '/nothing',
];

const REQUESTS: [subject: string, payload: string][] = [
  ...[
    'IDZ',
    'STATSZ',
    'VARZ',
    'SUBSZ',
    'CONNZ',
    'ROUTEZ',
    'GATEWAYZ',
    'LEAFZ',
    'ACCOUNTZ',
    'JSZ',
    'HEALTHZ',
    'EXPVARZ',
    'IPQUEUESZ',
    'RAFTZ',
  ].map((name): [string, string] => [`$SYS.REQ.SERVER.<id>.${name}`, '']),
  ['$SYS.REQ.SERVER.PING', ''],
  ['$SYS.REQ.SERVER.PING.CONNZ', '{"auth":true,"subscriptions_detail":true}'],
  ['$SYS.REQ.SERVER.PING.CONNZ', '{"state":2,"sort":"cid","auth":true}'],
  ['$SYS.REQ.SERVER.PING.CONNZ', '{"sort":"nothing"}'],
  ['$SYS.REQ.SERVER.PING.CONNZ', '{"limit":"x"}'],
  ['$SYS.REQ.SERVER.PING.ACCOUNTZ', '{"account":"A"}'],
  ['$SYS.REQ.SERVER.PING.HEALTHZ', '{"consumer":"C","details":true}'],
  ['$SYS.REQ.ACCOUNT.A.CONNZ', ''],
  ['$SYS.REQ.ACCOUNT.A.SUBSZ', ''],
  ['$SYS.REQ.ACCOUNT.A.INFO', ''],
  ['$SYS.REQ.ACCOUNT.A.LEAFZ', ''],
  ['$SYS.REQ.ACCOUNT.A.JSZ', ''],
  ['$SYS.REQ.ACCOUNT.A.STATZ', ''],
  ['$SYS.REQ.ACCOUNT.A.CONNS', ''],
  ['$SYS.REQ.ACCOUNT.PING.STATZ', ''],
  ['$SYS.REQ.ACCOUNT.nobody.INFO', ''],
  ['$SYS.REQ.USER.INFO', ''],
];

describe('side by side with the real server', () => {
  let ours: Watched;
  let theirs: Watched | undefined;
  beforeAll(async () => {
    ours = await Watched.start(natscopeServer);
    theirs = real && (await Watched.start([real.path]));
  });
  afterAll(async () => {
    await ours[Symbol.asyncDispose]();
    await theirs?.[Symbol.asyncDispose]();
  });

  test.skipIf(real === undefined).each(TARGETS)('GET %s', async (target) => {
    expect(normalised(await ours.http(target))).toBe(normalised((await theirs?.http(target)) ?? ''));
  });

  test.skipIf(real === undefined).each(REQUESTS)('%s %s', async (subject, payload) => {
    expect(normalised(await ours.request(subject, payload))).toBe(
      normalised((await theirs?.request(subject, payload)) ?? ''),
    );
  });
});

describe('nats.js in the system account', () => {
  async function next(subscription: Subscription): Promise<Record<string, unknown>> {
    const first = async (): Promise<Record<string, unknown>> => {
      for await (const message of subscription) return message.json<Record<string, unknown>>();
      throw new Error('the subscription ended');
    };
    return deadline(first(), 5_000, () => `no event on ${subscription.getSubject()}`);
  }

  test('watches people come and go, and sends them away', async () => {
    await using watched = await Watched.start(natscopeServer);
    const { system, serverId } = watched;
    const came = system.subscribe('$SYS.ACCOUNT.B.CONNECT');
    const went = system.subscribe('$SYS.ACCOUNT.B.DISCONNECT');
    await system.flush();
    const guest = await connect({ servers: system.getServer(), name: 'guest', reconnect: false });
    const { client } = (await next(came)) as { client: { id: number; name: string; user: string } };
    expect(client).toMatchObject({ name: 'guest', user: 'b', acc: 'B', client_type: 'nats' });
    await system.request(`$SYS.REQ.SERVER.${serverId}.KICK`, JSON.stringify({ cid: client.id }));
    await guest.closed();
    expect(await next(went)).toMatchObject({ client: { id: client.id }, reason: 'Kicked' });
  });

  test('asks all servers at once', async () => {
    await using watched = await Watched.start(natscopeServer);
    const answers: unknown[] = [];
    for await (const message of await watched.system.requestMany('$SYS.REQ.SERVER.PING.VARZ', '', { maxWait: 300 })) {
      answers.push(message.json());
    }
    expect(answers).toMatchObject([{ server: { name: 'watched' }, data: { server_name: 'watched', connections: 3 } }]);
  });
});
