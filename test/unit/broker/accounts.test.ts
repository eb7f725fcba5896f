import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, type BrokerOptions, createBroker } from '../../../broker/index.ts';
import { RawClient } from '../../support/raw-client.ts';

const brokers: Broker[] = [];
const clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client[Symbol.dispose]();
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

async function start(options: BrokerOptions): Promise<Broker> {
  const broker = createBroker({ host: '127.0.0.1', port: -1, ...options });
  brokers.push(broker);
  await broker.start();
  return broker;
}

async function join(port: number, user: string, pass: string): Promise<RawClient> {
  const client = await RawClient.open(port);
  clients.push(client);
  await client.expectMatch(/^INFO [^\n]*\n/);
  client.send(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, headers: true, user, pass })}\r\nPING\r\n`);
  await client.expectText('PONG\r\n');
  return client;
}

async function flush(client: RawClient): Promise<void> {
  client.send('PING\r\n');
  await client.expectText('PONG\r\n');
}

const TWO: BrokerOptions = {
  accounts: [{ name: 'A' }, { name: 'B', limits: { connectionsMax: 1 } }],
  users: [
    { user: 'a', password: 'pa', account: 'A' },
    { user: 'b', password: 'pb', account: 'B' },
  ],
};

describe('accounts', () => {
  it('keep their subjects to themselves', async () => {
    const broker = await start(TWO);
    const [a, a2, b] = [
      await join(broker.address.port, 'a', 'pa'),
      await join(broker.address.port, 'a', 'pa'),
      await join(broker.address.port, 'b', 'pb'),
    ];
    a.send('SUB > 1\r\n');
    b.send('SUB > 1\r\n');
    await Promise.all([flush(a), flush(b)]);
    a2.send('PUB x 2\r\nhi\r\n');
    await a.expectText('MSG x 1 2\r\nhi\r\n');
    b.send('PUB y 2\r\nho\r\n');
    await b.expectText('MSG y 1 2\r\nho\r\n');
    await flush(a);
  });

  it('take so many connections', async () => {
    const broker = await start(TWO);
    await join(broker.address.port, 'b', 'pb');
    const second = await RawClient.open(broker.address.port);
    clients.push(second);
    await second.expectMatch(/^INFO [^\n]*\n/);
    second.send('CONNECT {"user":"b","pass":"pb"}\r\n');
    await second.expectText("-ERR 'maximum account active connections exceeded'\r\n");
    await second.expectClosed();
  });

  it('let their owner into each of them, unseen', async () => {
    const broker = await start({ ...TWO, ownToken: 'a long secret' });
    const own = broker.listeners.own;
    if (own === undefined) throw new Error('there is no listener for the owner');
    const member = await join(broker.address.port, 'a', 'pa');
    const owner = await join(own.port, 'A', 'a long secret');
    owner.send('SUB > 1\r\n');
    await flush(owner);
    member.send('SUB inbox 1\r\nPUB request inbox 2\r\nhi\r\n');
    await owner.expectText('MSG request 1 inbox 2\r\nhi\r\n');
    expect(broker.stats().connections).toBe(1);
    expect(broker.stats().subscriptions).toBe(1);
    expect(broker.accountNames().sort()).toEqual(['$G', '$SYS', 'A', 'B']);

    const stranger = await RawClient.open(own.port);
    clients.push(stranger);
    await stranger.expectMatch(/^INFO [^\n]*\n/);
    stranger.send('CONNECT {"user":"A","pass":"a short guess"}\r\n');
    await stranger.expectText("-ERR 'Authorization Violation'\r\n");
    await stranger.expectClosed();
  });

  it('tell of no responders where only the owner hears a request', async () => {
    const broker = await start({ ownToken: 'secret' });
    const owner = await join(broker.listeners.own?.port ?? 0, '$G', 'secret');
    owner.send('SUB > 1\r\n');
    await flush(owner);
    const client = await RawClient.open(broker.address.port);
    clients.push(client);
    await client.expectMatch(/^INFO [^\n]*\n/);
    client.send('CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\nSUB inbox 1\r\n');
    client.send('PUB nobody inbox 2\r\nhi\r\n');
    await client.expectText('HMSG inbox 1 38 38\r\nNATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n\r\n');
    await owner.expectMatch(/^MSG nobody 1 inbox 2\r\nhi\r\n/);
  });
});

describe('reload', () => {
  it('turns away whoever is no user any more, and keeps the others', async () => {
    const broker = await start(TWO);
    const a = await join(broker.address.port, 'a', 'pa');
    const b = await join(broker.address.port, 'b', 'pb');
    await broker.reload({ host: '127.0.0.1', port: -1, ...TWO, users: (TWO.users ?? []).slice(0, 1) });
    // Without a word, as nats-server does it.
    await b.expectClosed();
    await flush(a);
  });

  it('turns away whoever has another password now, with a word', async () => {
    const broker = await start(TWO);
    const b = await join(broker.address.port, 'b', 'pb');
    const users = (TWO.users ?? []).map((user) => ({ ...user, password: 'other' }));
    await broker.reload({ host: '127.0.0.1', port: -1, ...TWO, users });
    await b.expectText("-ERR 'Authorization Violation'\r\n");
    await b.expectClosed();
  });
});
