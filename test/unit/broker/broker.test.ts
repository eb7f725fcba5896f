import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, type BrokerOptions, createBroker } from '../../../broker/index.ts';
import { subjectMatches } from '../../../broker/subject/index.ts';

const brokers: Broker[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

async function start(options: BrokerOptions = {}): Promise<Broker> {
  const broker = createBroker({ host: '127.0.0.1', port: -1, ...options });
  brokers.push(broker);
  await broker.start();
  return broker;
}

const QUIET = 'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"protocol":0}\r\n';

const PING = 'PING\r\n';

/** A socket that keeps all it gets as latin1, but for the broker's pings. */
class Talker {
  readonly socket: Socket;
  heard = '';
  ended = false;
  /** Set while a message is being sent in pieces: an answer to a ping would fall into its payload. */
  amidMessage = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    sockets.push(socket);
    socket.on('data', (bytes) => {
      this.heard += bytes.toString('latin1');
      // The broker measures round trips some 2 s after CONNECT, which on a busy machine is amid a test.
      if (this.heard.includes(PING)) {
        this.heard = this.heard.replaceAll(PING, '');
        if (!this.amidMessage) socket.write('PONG\r\n');
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => (this.ended = true));
  }

  static async open(broker: Broker, hello = QUIET): Promise<Talker> {
    const talker = new Talker(connect({ port: broker.address.port, host: '127.0.0.1', noDelay: true }));
    await talker.until(() => talker.heard.endsWith('\r\n'));
    talker.heard = '';
    if (hello !== '') {
      talker.say(`${hello}PING\r\n`);
      await talker.until(() => talker.heard === 'PONG\r\n');
      talker.heard = '';
    }
    return talker;
  }

  say(text: string): void {
    this.socket.write(text, 'latin1');
  }

  async until(done: () => boolean, what = 'what was expected'): Promise<void> {
    const give = performance.now() + 8000;
    while (!done()) {
      if (performance.now() > give) throw new Error(`no ${what}; heard ${JSON.stringify(this.heard.slice(-300))}`);
      await pause(1);
    }
  }

  /** Everything that the broker has said once it has worked off what was said to it. */
  async settled(): Promise<string> {
    this.say('PING\r\n');
    await this.until(() => this.heard.endsWith('PONG\r\n'), 'PONG');
    const heard = this.heard.slice(0, -6);
    this.heard = '';
    return heard;
  }
}

describe('streams', () => {
  const subject = fc.constantFrom('a', 'a.b', 'a.c', 'a.b.c', 'x.y');
  const message = fc.record({
    subject,
    reply: fc.option(fc.constantFrom('r', 'in.box.1'), { nil: '' }),
    headers: fc.option(fc.constantFrom('NATS/1.0\r\n\r\n', 'NATS/1.0\r\nA: b\r\n\r\n'), { nil: '' }),
    bytes: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
      { weight: 1, arbitrary: fc.integer({ min: 10_000, max: 120_000 }) },
    ),
  });

  it('are byte for byte what a plain model says, in pieces of any size', { timeout: 30_000 }, async () => {
    const broker = await start();
    const patterns = ['a', 'a.*', 'a.>', '>', '*.b', 'x.y'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 20 }),
        async (messages, cuts) => {
          // One connection for each pattern: the order between subscriptions of one connection is nobody's promise.
          const listeners = await Promise.all(patterns.map(() => Talker.open(broker)));
          const plain = await Talker.open(
            broker,
            QUIET.replace('"headers":true,"no_responders":true', '"headers":false'),
          );
          listeners.forEach((listener, i) => listener.say(`SUB ${patterns[i]} s${i}\r\n`));
          plain.say('SUB > p\r\n');
          await Promise.all([...listeners, plain].map((listener) => listener.settled()));
          const publisher = await Talker.open(broker);

          const expected = patterns.map(() => '');
          let expectedPlain = '';
          let bytes = '';
          messages.forEach(({ subject: to, reply, headers, bytes: length }, n) => {
            const body = `${n}:`.padEnd(length, 'payload\r\n').slice(0, length);
            const tail = `${reply === '' ? '' : `${reply} `}${headers === '' ? '' : `${headers.length} `}${headers.length + length}\r\n${headers}${body}\r\n`;
            bytes += `${headers === '' ? 'PUB' : 'HPUB'} ${to} ${tail}`;
            patterns.forEach((pattern, i) => {
              if (subjectMatches(pattern, to)) expected[i] += `${headers === '' ? 'MSG' : 'HMSG'} ${to} s${i} ${tail}`;
            });
            expectedPlain += `MSG ${to} p ${reply === '' ? '' : `${reply} `}${length}\r\n${body}\r\n`;
          });
          let at = 0;
          publisher.amidMessage = true;
          for (let i = 0; at < bytes.length; i++) {
            const cut = cuts[i % cuts.length] as number;
            publisher.say(bytes.slice(at, at + cut));
            at += cut;
            if (i % 3 === 0) await pause(0);
          }
          publisher.amidMessage = false;
          await publisher.settled();
          const heard = await Promise.all([...listeners, plain].map((listener) => listener.settled()));
          expect(heard.slice(0, -1)).toEqual(expected);
          expect(heard.at(-1)).toBe(expectedPlain);
          for (const talker of [...listeners, plain, publisher]) talker.socket.destroy();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('go through a queue group once, whoever is in it', async () => {
    const broker = await start();
    const members = await Promise.all([Talker.open(broker), Talker.open(broker), Talker.open(broker)]);
    members[0]?.say('SUB foo.* q 1\r\n');
    members[1]?.say('SUB foo.bar q 2\r\n');
    members[2]?.say('SUB > q 3\r\nSUB foo.bar other 4\r\n');
    await Promise.all(members.map((member) => member.settled()));
    const publisher = await Talker.open(broker);
    publisher.say('PUB foo.bar 1\r\nx\r\n'.repeat(300));
    await publisher.settled();
    const heard = await Promise.all(members.map((member) => member.settled()));
    const count = (text: string | undefined, sid: number): number =>
      (text ?? '').split(`MSG foo.bar ${sid} `).length - 1;
    const counts = [count(heard[0], 1), count(heard[1], 2), count(heard[2], 3)];
    expect(counts.reduce((a, b) => a + b)).toBe(300);
    for (const one of counts) expect(one).toBeGreaterThan(50);
    expect(count(heard[2], 4)).toBe(300);
    // Who has left gets nothing more, and nothing is lost with them.
    members[0]?.socket.destroy();
    await untilConnections(broker, 3);
    publisher.say('PUB foo.bar 1\r\nx\r\n'.repeat(100));
    await publisher.settled();
    const later = await Promise.all(members.slice(1).map((member) => member.settled()));
    expect(count(later[0], 2) + count(later[1], 3)).toBe(100);
  });
});

async function untilConnections(broker: Broker, connections: number): Promise<void> {
  while (broker.stats().connections !== connections) await pause(1);
}

describe('slow consumers', () => {
  it(
    'hold their publisher back, lose nothing while they read, and hold up nobody else',
    { timeout: 30_000 },
    async () => {
      const broker = await start({ maxPending: 32 * 1024 * 1024 });
      const slow = await Talker.open(broker);
      slow.say('SUB data 1\r\n');
      await slow.settled();
      slow.socket.pause();
      const other = await Talker.open(broker);
      const publisher = await Talker.open(broker);
      const count = 24_000;
      publisher.say(`PUB data 1000\r\n${'x'.repeat(1000)}\r\n`.repeat(count));
      publisher.say('PING\r\n');
      while (broker.stats().stalledPublishers === 0) await pause(1);
      await other.settled();
      let bytes = 0;
      slow.socket.removeAllListeners('data');
      slow.socket.on('data', (part) => (bytes += part.length));
      slow.socket.resume();
      await publisher.until(() => publisher.heard.endsWith('PONG\r\n'));
      const expected = count * ('MSG data 1 1000\r\n'.length + 1002);
      await slow.until(() => bytes >= expected, 'all bytes');
      // Pings may have come between.
      expect((bytes - expected) % PING.length).toBe(0);
      expect(bytes - expected).toBeLessThanOrEqual(3 * PING.length);
      expect(broker.stats()).toMatchObject({ slowConsumers: 0, pendingBytes: 0 });
    },
  );

  it('are cut without a word above max_pending, and what they left is free', { timeout: 30_000 }, async () => {
    const lines: string[] = [];
    const broker = await start({ maxPending: 2 * 1024 * 1024, log: (level, text) => lines.push(`${level} ${text}`) });
    const slow = await Talker.open(broker);
    slow.say('SUB data 1\r\n');
    await slow.settled();
    slow.socket.pause();
    const publisher = await Talker.open(broker);
    const block = `PUB data 10000\r\n${'x'.repeat(10_000)}\r\n`.repeat(100);
    const events: string[] = [];
    broker.onEvent = (event) => events.push(event.type);
    for (let i = 0; i < 60 && broker.stats().slowConsumers === 0; i++) {
      publisher.say(block);
      await publisher.settled();
    }
    expect(broker.stats()).toMatchObject({ slowConsumers: 1, connections: 1, pendingBytes: 0, subscriptions: 0 });
    expect(broker.closedConnections().at(-1)?.reason).toBe('Slow Consumer (Pending Bytes)');
    expect(events).toEqual(expect.arrayContaining(['slow-consumer', 'close']));
    expect(lines.some((line) => /cid:1 - .*Slow Consumer Detected: MaxPending of 2097152 Exceeded/.test(line))).toBe(
      true,
    );
    slow.socket.resume();
    await slow.until(() => slow.ended);
    expect(slow.heard).not.toContain('-ERR');
  });

  it('are cut when a write takes longer than the deadline', { timeout: 30_000 }, async () => {
    const broker = await start({ writeDeadlineMs: 150 });
    const slow = await Talker.open(broker);
    slow.say('SUB data 1\r\n');
    await slow.settled();
    slow.socket.pause();
    const publisher = await Talker.open(broker);
    publisher.say(`PUB data 10000\r\n${'x'.repeat(10_000)}\r\n`.repeat(1200));
    while (broker.stats().slowConsumers === 0) await pause(5);
    expect(broker.closedConnections().at(-1)?.reason).toBe('Slow Consumer (Write Deadline)');
    await publisher.settled();
  });

  it('lose messages, counted, where publishers must not be held back', { timeout: 30_000 }, async () => {
    const broker = await start({ maxPending: 4 * 1024 * 1024, noFastProducerStall: true });
    const slow = await Talker.open(broker);
    slow.say('SUB data 1\r\n');
    await slow.settled();
    slow.socket.pause();
    const publisher = await Talker.open(broker);
    for (let i = 0; i < 40 && broker.stats().droppedMessages === 0; i++) {
      publisher.say(`PUB data 1000\r\n${'x'.repeat(1000)}\r\n`.repeat(500));
      await publisher.settled();
    }
    expect(broker.stats().droppedMessages).toBeGreaterThan(0);
    expect(broker.stats()).toMatchObject({ stalledPublishers: 0, slowConsumers: 0 });
  });
});

describe('hostile clients', () => {
  it('come and go by the hundred with half a line each', { timeout: 30_000 }, async () => {
    const broker = await start();
    const halves = ['PUB foo 1000\r\nabc', 'SUB fo', 'CONN', `PUB ${'x'.repeat(4000)}`, 'PUB big 1000000\r\nx'];
    const talkers = await Promise.all(Array.from({ length: 300 }, () => Talker.open(broker, '')));
    talkers.forEach((talker, i) => talker.say(halves[i % halves.length] as string));
    const witness = await Talker.open(broker);
    await witness.settled();
    for (const talker of talkers) talker.socket.resetAndDestroy();
    await untilConnections(broker, 1);
    witness.say('SUB a 1\r\nPUB a 2\r\nok\r\n');
    expect(await witness.settled()).toBe('MSG a 1 2\r\nok\r\n');
    expect(broker.stats().pendingBytes).toBe(0);
  });

  it('may have a hundred thousand subscriptions and leave them all at once', { timeout: 60_000 }, async () => {
    const broker = await start();
    const greedy = await Talker.open(broker);
    let lines = '';
    for (let i = 0; i < 100_000; i++) lines += `SUB ${i % 2 ? `w.${i}.*` : `l.${i}`} ${i}\r\n`;
    greedy.say(lines);
    await greedy.settled();
    expect(broker.stats().subscriptions).toBe(100_000);
    greedy.socket.destroy();
    await untilConnections(broker, 0);
    expect(broker.stats().subscriptions).toBe(0);
  });

  it('may use sids and subjects of any bytes', async () => {
    const broker = await start();
    const odd = await Talker.open(broker);
    const sid = 's'.repeat(3000);
    odd.say(`SUB \x01\xff.\xc3\xbc ${sid}\r\nPUB \x01\xff.\xc3\xbc 2\r\n\x00\xff\r\n`);
    expect(await odd.settled()).toBe(`MSG \x01\xff.\xc3\xbc ${sid} 2\r\n\x00\xff\r\n`);
  });

  it('are told what they did before they are closed, also amid other bytes', async () => {
    const broker = await start();
    for (let i = 0; i < 20; i++) {
      const rude = await Talker.open(broker);
      rude.say(`PUB foo 1048577\r\n${'x'.repeat(200_000)}`);
      await rude.until(() => rude.ended);
      expect(rude.heard).toBe("-ERR 'Maximum Payload Violation'\r\n");
    }
    expect(broker.closedConnections().every(({ reason }) => reason === 'Maximum Message Payload Exceeded')).toBe(true);
  });
});

describe('life', () => {
  it('leaves neither socket nor timer behind', async () => {
    const broker = await start({ token: 't' });
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap');
    const talkers = await Promise.all(Array.from({ length: 5 }, () => Talker.open(broker, '')));
    talkers[0]?.say('CONNECT {"auth_token":"t","verbose":false}\r\nSUB a 1\r\n');
    talkers[1]?.say('nonsense\r\n');
    talkers[2]?.say('PUB a 10');
    await pause(20);
    await broker.stop();
    await Promise.all(talkers.map((talker) => talker.until(() => talker.ended)));
    await pause(5);
    const after = process.getActiveResourcesInfo();
    const count = (list: string[], name: string): number => list.filter((entry) => entry === name).length;
    expect(count(after, 'TCPSocketWrap')).toBe(0);
    expect(count(after, 'TCPServerWrap')).toBeLessThan(Math.max(1, count(before, 'TCPServerWrap')));
    expect(count(after, 'Timeout')).toBeLessThanOrEqual(count(before, 'Timeout'));
    expect(broker.stats()).toMatchObject({ connections: 0, subscriptions: 0 });
    // The port is free at once.
    const again = createBroker({ host: '127.0.0.1', port: broker.address.port });
    brokers.push(again);
    await again.start();
  });

  it('is twice in one process without either knowing of the other', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const a = await Talker.open(one);
    const b = await Talker.open(two);
    a.say('SUB > 1\r\n');
    b.say('SUB > 1\r\n');
    await Promise.all([a.settled(), b.settled()]);
    a.say('PUB only.a 1\r\nx\r\n');
    expect(await a.settled()).toBe('MSG only.a 1 1\r\nx\r\n');
    expect(await b.settled()).toBe('');
    expect(one.serverId).not.toBe(two.serverId);
  });

  it('says which address is taken', async () => {
    const broker = await start();
    const { port } = broker.address;
    const second = createBroker({ host: '127.0.0.1', port });
    await expect(second.start()).rejects.toMatchObject({
      code: 'address-in-use',
      message: `Error listening on port: 127.0.0.1:${port}, "listen tcp 127.0.0.1:${port}: bind: address already in use"`,
    });
    await second.stop();
  });

  it.each([
    [{ port: 70_000 }, /port must be/],
    [{ maxPayload: 100, maxPending: 50 }, /max_payload \(100\) cannot be higher than max_pending \(50\)/],
    [{ maxControlLine: 1 }, /maxControlLine must be/],
    [{ password: 'x' }, /password needs user/],
    [{ users: [{ user: 'a', password: '' }], noAuthUser: 'b' }, /no_auth_user/],
    [{ pingIntervalMs: Number.NaN, maxSubscriptions: 1.5 }, /maxSubscriptions/],
  ])('refuses %j', (options, words) => {
    expect(() => createBroker(options)).toThrow(words);
  });

  it('tells what its connections are', async () => {
    const broker = await start();
    const talker = await Talker.open(broker, QUIET.replace('{', '{"name":"me","lang":"x","version":"1",'));
    talker.say('SUB a 1\r\nPUB a 5\r\nhello\r\n');
    await talker.settled();
    const [state] = broker.connections();
    expect(state).toMatchObject({
      name: 'me',
      language: 'x',
      version: '1',
      inMessages: 1,
      outMessages: 1,
      inBytes: 5,
      outBytes: 5,
      subscriptions: 1,
    });
    expect(broker.client(state?.clientId ?? 0)).toMatchObject({ ip: '127.0.0.1', pendingBytes: 0 });
    expect(broker.stats()).toMatchObject({
      inMessages: 1,
      outMessages: 1,
      inBytes: 5,
      outBytes: 5,
      totalConnections: 1,
    });
    expect(broker.kick(state?.clientId ?? 0)).toBe(true);
    await talker.until(() => talker.ended);
    expect(broker.closedConnections().at(-1)).toMatchObject({ name: 'me', reason: 'Kicked', subscriptions: 1 });
    expect(broker.stats()).toMatchObject({ outMessages: 1, outBytes: 5 });
    expect(broker.kick(99)).toBe(false);
  });

  it('goes lame: tells, waits, closes one by one, stops', async () => {
    const broker = await start({ lameDuckDurationMs: 200, lameDuckGracePeriodMs: 50 });
    const talkers = await Promise.all(Array.from({ length: 3 }, () => Talker.open(broker, '')));
    for (const talker of talkers) {
      talker.say('CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n');
      await talker.until(() => talker.heard.includes('connect_info'));
    }
    const done = broker.lameDuck();
    expect(broker.lameDuck()).toBe(done);
    await Promise.all(talkers.map((talker) => talker.until(() => talker.heard.includes('"ldm":true'))));
    await done;
    await Promise.all(talkers.map((talker) => talker.until(() => talker.ended)));
  });

  it('traces in the words of nats-server when it is told to', async () => {
    const lines: string[] = [];
    const broker = await start({
      log: (level, text) => level === 'trace' && lines.push(text.replace(/^.* - cid:\d+ (- "[^"]*" )?- /, '')),
      maxTracedMessageLength: 3,
    });
    const talker = await Talker.open(broker);
    broker.setLogging({ debug: false, trace: true });
    talker.say('SUB foo 1\r\nPUB foo bar 5\r\nhello\r\nHPUB foo 12 12\r\nNATS/1.0\r\n\r\n\r\nUNSUB 1\r\n');
    await talker.settled();
    expect(lines.filter((line) => line !== '->> [PING]' && line !== '<<- [PONG]')).toEqual([
      '<<- [SUB foo 1]',
      '<<- [PUB foo bar 5]',
      '<<- MSG_PAYLOAD: ["hel..."]',
      '->> [MSG foo 1 bar 5]',
      '->> MSG_PAYLOAD: ["hel..."]',
      '<<- [HPUB foo 12 12]',
      '<<- MSG_PAYLOAD: ["NAT..."]',
      '->> [HMSG foo 1 12 12]',
      '->> MSG_PAYLOAD: ["NAT..."]',
      '<<- [UNSUB 1]',
      '<-> [DELSUB 1]',
      '<<- [PING]',
      '->> [PONG]',
    ]);
  });
});

describe('an observer', () => {
  it('gets every message and is no responder, unless it is one of a queue group', async () => {
    const broker = await start();
    const observer = await Talker.open(broker);
    observer.say('SUB > all\r\nSUB _INBOX.own.* inbox\r\n');
    await observer.settled();
    const { clientId } = broker.connections()[0]!;
    expect(broker.observe(clientId)).toBe(true);
    expect(broker.observe(clientId + 100)).toBe(false);

    const requester = await Talker.open(broker);
    requester.say('SUB r 1\r\nPUB ask r 2\r\nhi\r\n');
    expect(await requester.settled()).toBe('HMSG r 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: ask\r\n\r\n\r\n');
    expect(await observer.settled()).toBe('MSG ask all r 2\r\nhi\r\n');

    // Its own requests end at its inbox, not at the subscription that sees everything.
    observer.say('PUB ask _INBOX.own.1 0\r\n\r\n');
    const told = await observer.settled();
    expect(told).toContain('MSG ask all _INBOX.own.1 0\r\n\r\n');
    expect(told).toContain('HMSG _INBOX.own.1 inbox 35 35\r\nNATS/1.0 503\r\n');

    observer.say('SUB ask mine 2\r\n');
    await observer.settled();
    requester.say('PUB ask r 2\r\nhi\r\n');
    expect(await requester.settled()).toBe('');
  });
});
