import {
  connect,
  headers,
  NoRespondersError,
  PermissionViolationError,
  RequestError,
  type ConnectionOptions,
  type Msg,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { deadline } from '../support/deadline.ts';
import { newestCompared } from '../support/real-servers.ts';
import { natscopeServer, ServerProcess, startServer } from '../support/server-process.ts';

const text = (message: Msg | undefined): string | undefined => message?.string();

/** The first `count` messages of a subscription. */
async function take(subscription: Subscription, count: number): Promise<Msg[]> {
  const messages: Msg[] = [];
  const collect = async (): Promise<Msg[]> => {
    if (count === 0) return messages;
    for await (const message of subscription) {
      messages.push(message);
      if (messages.length === count) break;
    }
    return messages;
  };
  return deadline(collect(), 5000, () => `${messages.length} of ${count} messages on ${subscription.getSubject()}`);
}

const real = newestCompared(inject('realServers'));
const targets: [string, readonly string[]][] = [['natscope-server', natscopeServer]];
// The scenarios themselves are right when they hold on the real server.
if (real !== undefined) targets.push([`nats-server ${real.version}`, [real.path]]);

describe.each(targets)('nats.js on %s', (_name, command) => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.toReversed()) await close();
    opened.length = 0;
  });

  const started = async (...flags: string[]): Promise<ServerProcess> => {
    const server = await startServer(command, flags);
    opened.push(() => server.stop());
    return server;
  };
  const connected = async (server: ServerProcess, options: ConnectionOptions = {}): Promise<NatsConnection> => {
    const connection = await connect({ servers: `127.0.0.1:${server.port}`, timeout: 5000, ...options });
    opened.push(() => connection.close());
    return connection;
  };

  test('publish and subscribe', async () => {
    const server = await started();
    const [one, two] = [await connected(server), await connected(server)];
    const subscription = two.subscribe('greet');
    await two.flush();
    one.publish('greet', 'hello');
    one.publish('greet', new Uint8Array([0, 255, 13, 10]));
    one.publish('greet');
    const messages = await take(subscription, 3);
    expect(messages.map((message) => [...message.data])).toEqual([[...Buffer.from('hello')], [0, 255, 13, 10], []]);
  });

  test('the server is what it says to be', async () => {
    const connection = await connected(await started('-n', 'harbour'));
    expect(connection.info).toMatchObject({ server_name: 'harbour', proto: 1, headers: true, max_payload: 1048576 });
    expect(await connection.rtt()).toBeGreaterThanOrEqual(0);
  });

  test('wildcards', async () => {
    const connection = await connected(await started());
    const one = connection.subscribe('a.*.c');
    const rest = connection.subscribe('a.>');
    for (const subject of ['a.b.c', 'a.b', 'a', 'a.x.c', 'a.b.c.d']) connection.publish(subject);
    expect((await take(one, 2)).map((message) => message.subject)).toEqual(['a.b.c', 'a.x.c']);
    expect((await take(rest, 4)).map((message) => message.subject)).toEqual(['a.b.c', 'a.b', 'a.x.c', 'a.b.c.d']);
  });

  test('a queue group shares the work', async () => {
    const server = await started();
    const publisher = await connected(server);
    const counts = [0, 0, 0];
    let done = 0;
    const all = Promise.withResolvers<void>();
    for (const index of counts.keys()) {
      const worker = await connected(server);
      worker.subscribe('work', {
        queue: 'workers',
        callback: () => {
          counts[index] = (counts[index] ?? 0) + 1;
          if (++done === 300) all.resolve();
        },
      });
      await worker.flush();
    }
    for (let index = 0; index < 300; index++) publisher.publish('work');
    await deadline(all.promise, 5000, () => `${done} of 300`);
    await publisher.flush();
    expect(done).toBe(300);
    for (const count of counts) expect(count).toBeGreaterThan(30);
  });

  test('request and reply', async () => {
    const server = await started();
    const [asker, answerer] = [await connected(server), await connected(server)];
    answerer.subscribe('double', {
      callback: (_error, message) => void message.respond(String(Number(text(message)) * 2)),
    });
    await answerer.flush();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => asker.request('double', String(n), { timeout: 5000 })),
    );
    expect(answers.map((answer) => Number(text(answer)))).toEqual(Array.from({ length: 50 }, (_, n) => n * 2));
  });

  test('request without the shared inbox', async () => {
    const connection = await connected(await started());
    connection.subscribe('echo', { callback: (_error, message) => void message.respond(message.data) });
    const answer = await connection.request('echo', 'x', { timeout: 5000, noMux: true });
    expect(text(answer)).toBe('x');
  });

  test('many replies to one request', async () => {
    const server = await started();
    const asker = await connected(server);
    for (let index = 0; index < 3; index++) {
      const answerer = await connected(server);
      answerer.subscribe('who', { callback: (_error, message) => void message.respond(String(index)) });
      await answerer.flush();
    }
    const answers: string[] = [];
    for await (const answer of await asker.requestMany('who', '', {
      strategy: 'count',
      maxMessages: 3,
      maxWait: 5000,
    })) {
      answers.push(answer.string());
    }
    expect(answers.toSorted()).toEqual(['0', '1', '2']);
  });

  test('headers', async () => {
    const connection = await connected(await started());
    const subscription = connection.subscribe('h');
    const sent = headers();
    sent.append('Trace', 'one');
    sent.append('Trace', 'two');
    sent.set('Greeting', 'Grüße');
    connection.publish('h', 'body', { headers: sent, reply: 'back' });
    const [message] = await take(subscription, 1);
    expect(message?.headers?.values('Trace')).toEqual(['one', 'two']);
    expect(message?.headers?.get('Greeting')).toBe('Grüße');
    expect([message?.reply, text(message)]).toEqual(['back', 'body']);
  });

  test('no responders', async () => {
    const connection = await connected(await started());
    const failure = await connection.request('nobody', '', { timeout: 5000 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RequestError);
    expect((failure as RequestError).isNoResponders()).toBe(true);
    const unshared = await connection
      .request('nobody', '', { timeout: 5000, noMux: true })
      .catch((error: unknown) => error);
    expect(unshared instanceof NoRespondersError || (unshared as RequestError).isNoResponders()).toBe(true);
  });

  test('max of a subscription', async () => {
    const connection = await connected(await started());
    const subscription = connection.subscribe('few', { max: 2 });
    for (let index = 0; index < 5; index++) connection.publish('few', String(index));
    const messages: string[] = [];
    for await (const message of subscription) messages.push(message.string());
    expect(messages).toEqual(['0', '1']);
    expect(subscription.isClosed()).toBe(true);
  });

  test('drain of a subscription loses nothing', async () => {
    const server = await started();
    const [publisher, consumer] = [await connected(server), await connected(server)];
    let received = 0;
    const subscription = consumer.subscribe('d', { callback: () => void received++ });
    await consumer.flush();
    for (let index = 0; index < 1000; index++) publisher.publish('d');
    await publisher.flush();
    await subscription.drain();
    expect(received).toBe(1000);
    publisher.publish('d');
    await publisher.flush();
    await consumer.flush();
    expect(received).toBe(1000);
  });

  test('drain of a connection closes it in order', async () => {
    const server = await started();
    const [publisher, consumer] = [await connected(server), await connected(server)];
    const last = publisher.subscribe('last');
    let received = 0;
    consumer.subscribe('d', { callback: () => void received++ });
    await consumer.flush();
    for (let index = 0; index < 500; index++) publisher.publish('d');
    await publisher.flush();
    consumer.publish('last', 'words');
    await consumer.drain();
    expect(received).toBe(500);
    expect(consumer.isClosed()).toBe(true);
    expect(text((await take(last, 1))[0])).toBe('words');
  });

  test('reconnect after the server was killed and started again', async () => {
    const server = await started();
    const { port } = server;
    const connection = await connected(server, { reconnectTimeWait: 50, maxReconnectAttempts: -1 });
    const subscription = connection.subscribe('again');
    await connection.flush();
    const reconnected = Promise.withResolvers<void>();
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'reconnect') reconnected.resolve();
    })();
    await server.stop();
    const second = new ServerProcess(command, ['-a', '127.0.0.1', '-p', String(port)]);
    opened.unshift(() => second.stop());
    await second.ready();
    await deadline(reconnected.promise, 10_000, () => 'the client did not reconnect');
    connection.publish('again', 'here');
    expect(text((await take(subscription, 1))[0])).toBe('here');
  });

  test('a server that goes in peace tells its clients', async () => {
    const server = await started();
    const connection = await connected(server, { reconnect: false });
    const told = Promise.withResolvers<string>();
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'ldm') told.resolve('ldm');
    })();
    await connection.flush();
    server.signal('SIGUSR2');
    expect(await deadline(told.promise, 5000, () => 'no lame duck notice')).toBe('ldm');
  });

  test('a payload of the limit passes, a greater one is refused by the client', async () => {
    const connection = await connected(await started());
    const subscription = connection.subscribe('big');
    const payload = new Uint8Array(connection.info?.max_payload ?? 0).fill(7);
    connection.publish('big', payload);
    const [message] = await take(subscription, 1);
    expect(Buffer.compare(Buffer.from(message?.data ?? []), Buffer.from(payload))).toBe(0);
    expect(() => connection.publish('big', new Uint8Array(payload.length + 1))).toThrow(/max_payload/i);
  });

  test('user and password', async () => {
    const server = await started('--user', 'ada', '--pass', 'right');
    const connection = await connected(server, { user: 'ada', pass: 'right' });
    await connection.flush();
    await expect(connected(server, { user: 'ada', pass: 'wrong' })).rejects.toThrow(/authorization violation/i);
    await expect(connected(server)).rejects.toThrow(/authorization violation/i);
  });

  test('token', async () => {
    const server = await started('--auth', 's3cr3t');
    const connection = await connected(server, { token: 's3cr3t' });
    await connection.flush();
    await expect(connected(server, { token: 'other' })).rejects.toThrow(/authorization violation/i);
  });

  test('noEcho keeps own messages away', async () => {
    const server = await started();
    const connection = await connected(server, { noEcho: true });
    const other = await connected(server);
    let own = 0;
    connection.subscribe('e', { callback: () => void own++ });
    await connection.flush();
    connection.publish('e');
    await connection.flush();
    expect(own).toBe(0);
    other.publish('e');
    await other.flush();
    await connection.flush();
    expect(own).toBe(1);
  });

  test('a reserved reply is reported, and the connection stays', async () => {
    const connection = await connected(await started());
    const reported = Promise.withResolvers<unknown>();
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') reported.resolve(status.error);
    })();
    connection.publish('x', '', { reply: '_R_.x' });
    expect(await deadline(reported.promise, 5000, () => 'no error')).toBeInstanceOf(PermissionViolationError);
    expect(await connection.rtt()).toBeGreaterThanOrEqual(0);
  });

  test('verbose and pedantic clients work', async () => {
    const connection = await connected(await started(), { verbose: true, pedantic: true });
    const subscription = connection.subscribe('v');
    connection.publish('v', 'x');
    expect(text((await take(subscription, 1))[0])).toBe('x');
  });
});
