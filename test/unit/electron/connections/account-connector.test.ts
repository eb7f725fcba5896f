import { afterEach, expect, test, vi } from 'vitest';
import { createAccountConnector } from '../../../../electron/connections/account-connector.ts';
import type { AccountConnector } from '../../../../electron/connections/account-connector.ts';
import { localProfile } from '../../../../electron/connections/profiles.ts';
import { FakeServer, natsLines } from '../../../support/fake-server.ts';

vi.setConfig({ testTimeout: 10_000 });

const text = new TextEncoder();
const open: AccountConnector[] = [];
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
});

function connectorTo(server: FakeServer): AccountConnector {
  const connector = createAccountConnector({
    profile: { ...localProfile(), servers: [`nats://127.0.0.1:${server.port}`] },
    onState: () => undefined,
    onFailure: () => undefined,
    log: () => undefined,
    random: () => 0,
    retryMs: { min: 10, max: 20, afterLoss: 5 },
  });
  open.push(connector);
  return connector;
}

/** A server that lets anybody in, and says each message back into the account that it came from. */
function accountsServer(): { serve: ReturnType<typeof natsLines>; connects: () => { user?: string; pass?: string }[] } {
  const connects: { user?: string; pass?: string }[] = [];
  const serve = natsLines({}, (line) => {
    if (line.startsWith('CONNECT ')) connects.push(JSON.parse(line.slice(8)) as { user?: string; pass?: string });
    return line === 'PING' ? 'PONG\r\n' : undefined;
  });
  return { serve, connects: () => connects };
}

const access = (token: string, ...names: string[]) => ({
  token,
  accounts: names.map((name) => ({ name, system: name === '$SYS', jetstream: name !== '$SYS' })),
});

test('is one connection without credentials while no accounts are told', async () => {
  const { serve, connects } = accountsServer();
  await using server = await FakeServer.listen(serve);
  const connector = connectorTo(server);
  connector.open();
  await vi.waitFor(() => expect(connector.state.phase).toBe('connected'));
  expect(connector.link.accounts).toEqual([]);
  expect(connects().map(({ user }) => user)).toEqual([undefined]);
});

test('connects into each account, and subscribes in all, also in those that come later', async () => {
  const { serve, connects } = accountsServer();
  await using server = await FakeServer.listen(serve);
  const connector = connectorTo(server);
  let told = 0;
  connector.link.onAccounts(() => told++);
  connector.link.subscribe(
    'a.>',
    undefined,
    () => undefined,
    () => undefined,
  );
  connector.setAccess(access('t1', '$G', '$SYS'));
  connector.open();
  await vi.waitFor(() => expect(server.received.match(/SUB a\.>/g)).toHaveLength(2));
  expect(connects()).toMatchObject([
    { user: '$G', pass: 't1' },
    { user: '$SYS', pass: 't1' },
  ]);
  connector.setAccess(access('t1', '$G', '$SYS', 'PLANT'));
  await vi.waitFor(() => expect(server.received.match(/SUB a\.>/g)).toHaveLength(3));
  expect(told).toBe(2);
  expect(connector.link.accounts).toEqual([
    { name: '$G', system: false, gone: false },
    { name: '$SYS', system: true, gone: false },
    { name: 'PLANT', system: false, gone: false },
  ]);
  // For whoever chooses one to look at.
  expect(connector.state.accounts).toEqual([
    { name: '$G', system: false, jetstream: true },
    { name: '$SYS', system: true, jetstream: false },
    { name: 'PLANT', system: false, jetstream: true },
  ]);
});

test('publishes into the account that is named, and says when there is none', async () => {
  const published: string[] = [];
  await using server = await FakeServer.listen((socket) => {
    let user = '';
    natsLines({}, (line) => {
      if (line.startsWith('CONNECT ')) user = String((JSON.parse(line.slice(8)) as { user?: string }).user);
      if (line.startsWith('PUB ')) published.push(`${user} ${line}`);
      return line === 'PING' ? 'PONG\r\n' : undefined;
    })(socket);
  });
  const connector = connectorTo(server);
  connector.setAccess(access('t', '$G', 'PLANT'));
  connector.open();
  await vi.waitFor(() => expect(server.connections).toBe(2));
  await vi.waitFor(() => connector.link.publish('x', text.encode('1'), { account: 2 }));
  await vi.waitFor(() => connector.link.publish('y', text.encode('1')));
  await vi.waitFor(() => expect(published.toSorted()).toEqual(['$G PUB y 1', 'PLANT PUB x 1']));
  connector.setAccess(access('t', '$G'));
  expect(connector.link.accounts[1]).toEqual({ name: 'PLANT', system: false, gone: true });
  expect(() => connector.link.publish('x', text.encode('1'), { account: 2 })).toThrow(
    expect.objectContaining({ code: 'no-account' }),
  );
});

test('takes a new token to the next attempt', async () => {
  const { serve, connects } = accountsServer();
  await using server = await FakeServer.listen(serve);
  const connector = connectorTo(server);
  connector.setAccess(access('old', '$G'));
  connector.open();
  await vi.waitFor(() => expect(connector.state.phase).toBe('connected'));
  connector.setAccess(access('new', '$G'));
  server.cut();
  await vi.waitFor(() => expect(connects().map(({ pass }) => pass)).toEqual(['old', 'new']));
});

test('messages carry the number of their account', async () => {
  await using server = await FakeServer.listen((socket) => {
    let user = '';
    natsLines({}, (line) => {
      if (line.startsWith('CONNECT ')) user = String((JSON.parse(line.slice(8)) as { user?: string }).user);
      const subscribed = /^SUB (\S+) (\S+)/.exec(line);
      if (subscribed !== null) return `MSG ${subscribed[1]} ${subscribed[2]} ${user.length}\r\n${user}\r\n`;
      return line === 'PING' ? 'PONG\r\n' : undefined;
    })(socket);
  });
  const connector = connectorTo(server);
  const seen: string[] = [];
  connector.link.subscribe(
    'a',
    undefined,
    ({ account, payload }) => void seen.push(`${account} ${Buffer.from(payload).toString()}`),
    () => undefined,
  );
  connector.setAccess(access('t', '$G', 'PLANT'));
  connector.open();
  await vi.waitFor(() => expect(seen.toSorted()).toEqual(['1 $G', '2 PLANT']));
});
