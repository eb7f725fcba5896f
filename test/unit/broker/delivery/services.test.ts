import { beforeEach, describe, expect, it } from 'vitest';
import { Accounts } from '../../../../broker/account/accounts.ts';
import type { BusMessage } from '../../../../broker/account/bus.ts';
import type { ClientInfo, Requester } from '../../../../broker/account/requester.ts';
import type { Sink } from '../../../../broker/account/sink.ts';
import { Subscription } from '../../../../broker/account/subscription.ts';
import { Arena } from '../../../../broker/base/arena.ts';
import { BlockAllocator } from '../../../../broker/base/block-allocator.ts';
import { InternalBus } from '../../../../broker/delivery/bus.ts';
import { Delivery, DELIVERY_SCRATCH_BYTES } from '../../../../broker/delivery/delivery.ts';
import { MatchCaches } from '../../../../broker/delivery/match-caches.ts';
import { MessageStack } from '../../../../broker/delivery/message-stack.ts';
import { RequestServices, serverHash } from '../../../../broker/delivery/services.ts';
import { StoredDelivery } from '../../../../broker/delivery/stored-delivery.ts';
import { Tracing } from '../../../../broker/delivery/tracing.ts';
import { Parser } from '../../../../broker/wire/parser.ts';
import { RecordingClient } from '../wire/recording-client.ts';

const STACK_BYTES = 8192;
const SINK_BYTES = 1 << 16;

/** A connection whose bytes are kept. */
class KeepingSink implements Sink {
  readonly requester: Requester;
  readonly #arena: Arena;
  readonly #start: number;
  position: number;
  limit: number;
  closed = false;
  readonly congested = false;
  readonly dropping = false;
  readonly headers = true;
  readonly echo = true;
  readonly observer = false;
  readonly watched = false;
  outMessages = 0;
  outBytes = 0;
  droppedMessages = 0;

  constructor(arena: Arena, account: string) {
    this.#arena = arena;
    this.#start = this.position = arena.carve(SINK_BYTES + 64);
    this.limit = this.#start + SINK_BYTES;
    const info: ClientInfo = { acc: account };
    const json = JSON.stringify(info);
    this.requester = {
      account,
      clientId: 1,
      clientName: '',
      rttNanos: 0,
      briefInfo: json,
      briefBlock: `NATS/1.0\r\nNats-Request-Info: ${json}\r\n\r\n`,
      clientInfo: () => ({ ...info }),
    };
  }

  reserve(bytes: number): boolean {
    return this.position + bytes <= this.limit;
  }

  append(start: number, end: number): void {
    this.#arena.bytes.copyWithin(this.position, start, end);
    this.position += end - start;
  }

  appendBytes(bytes: Uint8Array): void {
    this.#arena.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  onDelivered(): void {}

  /** What came since the last time. */
  take(): string {
    const text = this.#arena.latin1(this.#start, this.position);
    this.position = this.#start;
    return text;
  }
}

class Bench {
  readonly arena = new Arena(1 << 20);
  readonly accounts = new Accounts({
    accounts: [
      {
        name: 'A',
        exports: [
          { type: 'service', subject: 'help', latency: { subject: 'metric', sampling: 100 } },
          { type: 'service', subject: 'loop' },
        ],
      },
      {
        name: 'B',
        imports: [
          { type: 'service', account: 'A', subject: 'help', to: 'please' },
          { type: 'service', account: 'A', subject: 'loop' },
        ],
      },
    ],
  });
  readonly logged: string[] = [];
  readonly bus: InternalBus;
  readonly requester: KeepingSink;
  readonly responder: KeepingSink;
  readonly #caches: MatchCaches;
  readonly #delivery: Delivery;
  readonly #parser: Parser;
  readonly #read: number;

  constructor() {
    const { arena, accounts } = this;
    this.#read = arena.carve(1 << 14);
    const scratch = arena.carve(1 << 14);
    this.#parser = new Parser(arena.bytes, scratch, 3);
    const blocks = new BlockAllocator(arena.carve(1 << 18), 1 << 18);
    this.#caches = new MatchCaches({ arena, blocks }, this.#parser);
    this.#delivery = new Delivery(arena, this.#caches, arena.carve(DELIVERY_SCRATCH_BYTES), 3);
    const messages = new MessageStack(arena, arena.carve(STACK_BYTES), STACK_BYTES, scratch, 3);
    const [caches, delivery] = [this.#caches, this.#delivery];
    this.bus = new InternalBus(messages, caches, delivery, () => {});
    const { bus } = this;
    const encode = (json: string) => ({ payload: json });
    const tracing = new Tracing({ arena, delivery, bus, accounts, serverInfo: () => ({}), encode });
    const stored = new StoredDelivery(arena, caches, messages, delivery);
    const services = new RequestServices({
      ...{ arena, caches, delivery, messages, stored, bus, accounts, tracing },
      serverName: 'server',
      serverHash: serverHash('server'),
      log: (_level, text) => void this.logged.push(text),
    });
    accounts.passage.services = services;
    bus.apart = (run) => services.apart(run);
    this.requester = new KeepingSink(arena, 'B');
    this.responder = new KeepingSink(arena, 'A');
  }

  subscribe(account: string, sink: Sink, subject: string): Subscription {
    const subscription = new Subscription(sink, subject, undefined, '1', () => {});
    this.accounts.get(account)?.subscribe(subscription);
    return subscription;
  }

  handle(account: string, subject: string, handler: (message: BusMessage) => void): void {
    const found = this.accounts.get(account);
    if (found !== undefined) this.bus.subscribe(found, subject, handler);
  }

  /** Bytes that a connection of that account sends. Returns how many got each message. */
  send(account: string, source: Sink, bytes: string): number[] {
    const found = this.accounts.get(account);
    if (found === undefined) throw new Error(`no account ${account}`);
    const delivered: number[] = [];
    const client = new RecordingClient(this.arena.bytes);
    client.onPublish = (message) =>
      delivered.push(this.#delivery.deliver(this.#caches.of(found).lookup(message), message, source));
    const length = this.arena.buffer.write(bytes, this.#read, 'latin1');
    this.#parser.parse(this.#read, this.#read + length, client);
    this.#caches.settle();
    return delivered;
  }

  /** Replies that a connection was asked to answer to. */
  replies(received: string): string[] {
    return Array.from(received.matchAll(/MSG \S+ 1 (_R_\S+) /g), (match) => match[1] as string);
  }
}

let bench: Bench;
beforeEach(() => (bench = new Bench()));

describe('requests that cross accounts', () => {
  it('leave nothing behind once they are answered', () => {
    const { requester, responder } = bench;
    bench.subscribe('B', requester, 'inbox.*');
    bench.subscribe('A', responder, 'help');
    const [a, b] = [bench.accounts.get('A'), bench.accounts.get('B')];
    for (let i = 0; i < 100; i++) {
      expect(bench.send('B', requester, `PUB please inbox.${i} 2\r\nhi\r\n`)).toEqual([1]);
      const [reply = ''] = bench.replies(responder.take());
      expect(a?.responsesPending).toBe(1);
      expect(bench.send('A', responder, `PUB ${reply} 2\r\nok\r\n`)).toEqual([1]);
      expect(requester.take()).toBe(`MSG inbox.${i} 1 2\r\nok\r\n`);
    }
    expect([a?.responsesPending, b?.awaited.count]).toEqual([0, 0]);
  });

  it('leave nothing behind when nobody is there, or nobody waits any more', () => {
    const { requester, responder } = bench;
    const inbox = bench.subscribe('B', requester, 'inbox');
    expect(bench.send('B', requester, 'PUB please inbox 2\r\nhi\r\n')).toEqual([0]);
    bench.subscribe('A', responder, 'help');
    bench.send('B', requester, 'PUB please inbox 2\r\nhi\r\nPUB please inbox 2\r\nhi\r\n');
    const [a, b] = [bench.accounts.get('A'), bench.accounts.get('B')];
    expect([a?.responsesPending, b?.awaited.count]).toEqual([2, 1]);
    b?.unsubscribe(inbox);
    expect([a?.responsesPending, b?.awaited.count]).toEqual([0, 0]);
  });

  it('may be answered by the broker, within the request', () => {
    const { requester } = bench;
    const heard: BusMessage[] = [];
    bench.subscribe('B', requester, 'inbox');
    bench.handle('A', 'help', (message) => {
      heard.push(message);
      bench.bus.publish(message.account, message.reply, 'ok');
    });
    expect(bench.send('B', requester, 'PUB please inbox 2\r\nhi\r\n')).toEqual([1]);
    expect(requester.take()).toBe('MSG inbox 1 2\r\nok\r\n');
    expect(heard[0]?.source).toBe(requester);
    expect(Buffer.from(heard[0]?.headers ?? '').toString()).toBe('NATS/1.0\r\nNats-Request-Info: {"acc":"B"}\r\n\r\n');
    expect(bench.accounts.get('A')?.responsesPending).toBe(0);
  });

  it('may be answered with more than fits into the arena', () => {
    const { requester } = bench;
    bench.subscribe('B', requester, 'inbox');
    const big = 'x'.repeat(STACK_BYTES * 2);
    bench.handle(
      'A',
      'help',
      ({ account, reply }) => void bench.bus.publish(account, reply, big, { headers: [['K', 'v']] }),
    );
    bench.send('B', requester, 'PUB please inbox 2\r\nhi\r\n');
    const block = 'NATS/1.0\r\nK: v\r\n\r\n';
    expect(requester.take()).toBe(`HMSG inbox 1 ${block.length} ${block.length + big.length}\r\n${block}${big}\r\n`);
    expect(bench.accounts.get('A')?.responsesPending).toBe(0);
  });

  it('may come from the broker itself', async () => {
    const { responder, accounts } = bench;
    bench.subscribe('A', responder, 'help');
    const b = accounts.get('B');
    if (b === undefined) throw new Error('no account B');
    const answer = bench.bus.request(b, 'please', 'hi', { timeoutMs: 1000 });
    const received = responder.take();
    expect(received).toContain('Nats-Request-Info: {"acc":"B"}\r\n');
    bench.send('A', responder, `PUB ${bench.replies(received)[0]} 2\r\nok\r\n`);
    expect(Buffer.from((await answer).payload).toString()).toBe('ok');
    await expect(bench.bus.request(b, 'loop', 'hi', { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'no-responders',
    });
  });

  it('are measured in the account of the service, behind the answer', () => {
    const { requester, responder } = bench;
    bench.subscribe('B', requester, 'inbox');
    bench.subscribe('A', responder, 'help');
    const metrics: { status: number }[] = [];
    bench.handle('A', 'metric', ({ payload }) => void metrics.push(JSON.parse(Buffer.from(payload).toString())));
    bench.send('B', requester, 'PUB please inbox 2\r\nhi\r\nPUB please 2\r\nhi\r\n');
    const [reply = ''] = bench.replies(responder.take());
    expect(reply).toMatch(new RegExp(`\\.${serverHash('server')}\\.T$`));
    bench.send('A', responder, `PUB ${reply} 2\r\nok\r\n`);
    expect(metrics.map(({ status }) => status)).toEqual([400, 200]);
  });

  it('end where they have come through already', () => {
    const { requester, accounts } = bench;
    accounts.apply({
      accounts: [
        {
          name: 'A',
          exports: [{ type: 'service', subject: '>' }],
          imports: [{ type: 'service', account: 'A', subject: '>', to: '>' }],
        },
      ],
    });
    expect(bench.send('A', requester, 'PUB round 2\r\nhi\r\n')).toEqual([0]);
  });

  it('say so when they are too big for where they go', () => {
    const { requester, responder } = bench;
    bench.subscribe('A', responder, 'help');
    const payload = 'x'.repeat(STACK_BYTES);
    expect(bench.send('B', requester, `PUB please ${payload.length}\r\n${payload}\r\n`)).toEqual([0]);
    expect(bench.logged).toEqual(['A message on "help" went through too many imports for its size']);
  });
});

it('names a server by eight letters and digits', () => {
  expect(serverHash('server')).toMatch(/^[0-9A-Za-z]{8}$/);
  expect(serverHash('server')).not.toBe(serverHash('other'));
});
