import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LOCAL_CONNECTION, SECRET_KEPT } from '../../../../electron/bridge/contract.ts';
import type { ConnectionState, Diagnosis, Profile } from '../../../../electron/bridge/contract.ts';
import { createClient } from '../../../../electron/bridge/client.ts';
import { messagePortTransport } from '../../../../electron/bridge/transports.ts';
import { createConnections } from '../../../../electron/connections/host.ts';
import type { Connections, ConnectionsOptions } from '../../../../electron/connections/host.ts';
import { openPersistence } from '../../../../electron/persistence/persistence.ts';
import { createBudget } from '../../../../electron/explorer/budget.ts';
import { deadline } from '../../../support/deadline.ts';
import { FakeServer, natsLines } from '../../../support/fake-server.ts';

const threadFile = new URL('../../../../electron/thread.ts', import.meta.url);
const ok = (line: string): string | undefined => (line === 'PING' ? 'PONG\r\n' : undefined);

let folder = '';
let log: string[] = [];
const started: Connections[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-host-'));
  log = [];
});
afterEach(async () => {
  for (const connections of started.splice(0)) await connections.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<ConnectionsOptions> = {}): Promise<Connections> {
  const persistence = await openPersistence({ folder, log: (level, text) => log.push(`${level} ${text}`) });
  const connections = createConnections({
    persistence,
    secrets: persistence.secrets,
    budget: createBudget(64 * 1024 * 1024),
    log: (level, source, text) => log.push(`${level} ${source}: ${text}`),
    threadFile,
    contextPlaces: { home: folder, configHome: join(folder, 'config') },
    ...options,
  });
  started.push(connections);
  return connections;
}

function typed(fields: Partial<Profile> = {}): Profile {
  return {
    id: '',
    name: 'remote',
    colour: 'red',
    servers: ['nats://127.0.0.1:1'],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: [],
    exclude: [],
    ...fields,
  };
}

function stateOf(connections: Connections, id: string): ConnectionState | undefined {
  return connections.states.value.find((state) => state.id === id);
}

async function until(connections: Connections, id: string, wanted: (state: ConnectionState) => boolean) {
  const end = new AbortController();
  const search = async (): Promise<ConnectionState> => {
    for await (const states of connections.states.watch(end.signal)) {
      const state = states.find((candidate) => candidate.id === id);
      if (state !== undefined && wanted(state)) return state;
    }
    throw new Error('the states ended');
  };
  try {
    return await deadline(
      search(),
      8000,
      () => `not reached: ${JSON.stringify(stateOf(connections, id))}\n${log.join('\n')}`,
    );
  } finally {
    end.abort();
  }
}

/** A window's client for one connection. */
function attach(connections: Connections, id: string) {
  const { port1, port2 } = new MessageChannel();
  const attached = connections.attach(id, port2);
  return { attached, client: createClient(messagePortTransport(port1)), close: () => port1.close() };
}

describe('profiles', () => {
  test('the local one is there without a file, cannot be removed, and keeps its server', async () => {
    const connections = await start();
    expect(connections.states.value.map((state) => state.id)).toEqual([LOCAL_CONNECTION]);
    await expect(connections.remove(LOCAL_CONNECTION)).rejects.toMatchObject({ code: 'local-connection' });
    const [local] = connections.states.value;
    await connections.save({
      ...(local as ConnectionState).profile,
      servers: ['nats://elsewhere'],
      exclude: ['$JS.ACK.>'],
    });
    const again = await start();
    expect(again.states.value[0]?.profile).toMatchObject({
      servers: ['nats://127.0.0.1:4222'],
      exclude: ['$JS.ACK.>'],
    });
  });

  test('are kept between starts, secrets apart and never in the clear', async () => {
    const connections = await start();
    const saved = await connections.save(typed({ servers: ['nats://ann:S3CRET@h'] }));
    expect(saved.authentication).toEqual({ method: 'user', user: 'ann', password: SECRET_KEPT });
    // Saving what the window has keeps what is stored.
    await connections.save({ ...saved, name: 'other' });
    for (const file of ['profiles.json', 'secrets.json']) {
      expect(await readFile(join(folder, file), 'utf8')).not.toContain('S3CRET');
    }
    const again = await start();
    const state = stateOf(again, saved.id);
    expect(state?.profile).toEqual({ ...saved, name: 'other' });
    expect(JSON.stringify([again.states.value, log])).not.toContain('S3CRET');
    // Another method: the password has no place any more.
    await again.save({ ...saved, authentication: { method: 'token', token: 'T0KEN' } });
    await again.save({ ...saved, authentication: { method: 'user', user: 'ann', password: SECRET_KEPT } });
    expect(stateOf(again, saved.id)?.profile.authentication).toMatchObject({ password: '' });
    await again.remove(saved.id);
    expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toContain(saved.id);
    expect(stateOf(again, saved.id)).toBeUndefined();
  });

  test('every way of authentication comes back after a start', async () => {
    const ways: Profile['authentication'][] = [
      { method: 'token', token: 'S' },
      { method: 'nkey', seed: 'S' },
      { method: 'nkey', seedFile: '/x' },
      { method: 'creds', file: '/x' },
      { method: 'jwt', jwt: 'S', seed: 'S' },
    ];
    const connections = await start();
    const shown: Profile[] = [];
    for (const authentication of ways) shown.push(await connections.save(typed({ authentication })));
    const again = await start();
    expect(again.states.value.slice(1).map((state) => state.profile)).toEqual(shown);
  });

  test('one that cannot be read is told and stays in the file', async () => {
    const strange = { id: 'strange', name: 'from tomorrow', servers: 7 };
    await writeFile(join(folder, 'profiles.json'), JSON.stringify({ version: 1, data: { profiles: [strange] } }));
    const connections = await start();
    expect(log.join('\n')).toContain('from tomorrow');
    await connections.save(typed());
    expect(await readFile(join(folder, 'profiles.json'), 'utf8')).toContain('from tomorrow');
  });

  test('a wrong one is refused with a sentence for each field', async () => {
    const connections = await start();
    await expect(connections.save(typed({ servers: ['http://x'] }))).rejects.toMatchObject({
      code: 'invalid-profile',
      details: { 'servers.0': expect.stringContaining('no NATS address') },
    });
    expect(connections.states.value).toHaveLength(1);
  });
});

describe('diagnose', () => {
  test('takes what is stored where the window has a mark, and nothing where it was emptied', async () => {
    await using server = await FakeServer.listen(natsLines({}, ok));
    const connections = await start();
    const authentication = { method: 'user', user: 'ann', password: 'S3CRET' } as const;
    const saved = await connections.save(typed({ servers: [`nats://127.0.0.1:${server.port}`], authentication }));
    const marked = await connections.diagnose(saved);
    expect(marked.failed).toBeUndefined();
    expect(server.received).toContain('"pass":"S3CRET"');
    expect(JSON.stringify(marked)).not.toContain('S3CRET');
    await connections.diagnose({ ...saved, authentication: { ...authentication, password: '' } });
    expect(server.received).toContain('"pass":""');
    await connections.diagnose({ ...saved, id: '', authentication: { ...authentication, password: 'other' } });
    expect(server.received).toContain('"pass":"other"');
  });
});

// Each starts threads from the sources, which takes its time on a busy machine.
describe('connections', { timeout: 30_000 }, () => {
  test('several at once, each in a thread, subscribed to what the profile says', async () => {
    await using one = await FakeServer.listen(natsLines({ server_name: 'one' }, ok));
    await using two = await FakeServer.listen(natsLines({ server_name: 'two' }, ok));
    const connections = await start();
    const a = await connections.save(typed({ servers: [`nats://127.0.0.1:${one.port}`], subscribe: ['a.>'] }));
    const b = await connections.save(typed({ servers: [`nats://127.0.0.1:${two.port}`] }));
    connections.open(a.id);
    connections.open(b.id);
    expect((await until(connections, a.id, (state) => state.phase === 'connected')).serverName).toBe('one');
    expect((await until(connections, b.id, (state) => state.phase === 'connected')).serverName).toBe('two');
    await until(connections, a.id, (state) => state.roundTrip !== undefined);
    expect(one.received).toMatch(/SUB a\.> \d+\r\n/);
    expect(two.received).not.toContain('SUB');
    connections.close(b.id);
    await until(connections, b.id, (state) => state.phase === 'closed');
    expect(stateOf(connections, a.id)?.phase).toBe('connected');
  });

  test('an offline connection keeps its capture browsable', async () => {
    await using server = await FakeServer.listen(
      natsLines({}, (line) => (line.startsWith('SUB') ? 'MSG shop.order 1 2\r\nhi\r\n' : ok(line))),
    );
    const connections = await start();
    const { id } = await connections.save(typed({ servers: [`nats://127.0.0.1:${server.port}`], subscribe: ['>'] }));
    connections.open(id);
    await until(connections, id, (state) => state.roundTrip !== undefined);
    connections.close(id);
    await until(connections, id, (state) => state.phase === 'closed');
    const { client, attached, close } = attach(connections, id);
    expect(attached).toBe(true);
    const found = await client.request('explorer.search', { connection: id, text: 'order', limit: 5 });
    expect(found).toMatchObject([{ subject: 'shop.order', count: 1 }]);
    close();
  });

  test('a change of the address connects anew, a change of the name does not', async () => {
    await using one = await FakeServer.listen(natsLines({ server_name: 'one' }, ok));
    await using two = await FakeServer.listen(natsLines({ server_name: 'two' }, ok));
    const connections = await start();
    const saved = await connections.save(typed({ servers: [`nats://127.0.0.1:${one.port}`] }));
    connections.open(saved.id);
    await until(connections, saved.id, (state) => state.serverName === 'one');
    await connections.save({ ...saved, name: 'renamed', subscribe: ['b'] });
    await until(connections, saved.id, (state) => state.profile.name === 'renamed');
    await connections.save({ ...saved, servers: [`nats://127.0.0.1:${two.port}`] });
    await until(connections, saved.id, (state) => state.serverName === 'two');
    expect(one.connections).toBe(1);
    expect(one.received).toContain('SUB b');
  });

  test('one that fails says why, in its state and step by step', async () => {
    await using server = await FakeServer.listen((socket) => socket.write('SSH-2.0-x\r\n'));
    const connections = await start();
    const { id } = await connections.save(typed({ servers: [`nats://127.0.0.1:${server.port}`] }));
    connections.open(id);
    const failed = await until(connections, id, (state) => state.phase === 'failed');
    expect(failed).toMatchObject({ attempt: 1, problem: 'not a NATS server' });
    expect(failed.nextAttemptAt).toBeGreaterThan(Date.now() * 1000);
    const end = new AbortController();
    const context = { signal: end.signal, session: { id: 1, signal: end.signal } };
    let last: Diagnosis | undefined;
    for await (const diagnosis of connections.streams['diagnosis.watch']({ connection: id }, context)) {
      last = diagnosis;
      if (diagnosis.failed !== undefined) break;
    }
    expect(last?.failed).toMatchObject({ step: 'info', code: 'not-nats' });
    end.abort();
  });

  test('a thread that crashes is a failed connection that can be opened again', async () => {
    const source = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', (m) => { if (m.type === 'open') setTimeout(() => { throw new Error('out of luck'); }, 5); });`;
    const reclaimed: number[] = [];
    const { buffer } = createBudget(1 << 20);
    const connections = await start({
      threadFile: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
      budget: { buffer, reclaim: (threadId) => reclaimed.push(threadId) },
    });
    const { id } = await connections.save(typed());
    connections.open(id);
    const failed = await until(connections, id, (state) => state.phase === 'failed');
    expect(failed.problem).toContain('out of luck');
    expect(reclaimed).toHaveLength(1);
    expect(attach(connections, id).attached).toBe(false);
    connections.open(id);
    expect(stateOf(connections, id)?.phase).toBe('connecting');
    await until(connections, id, (state) => state.phase === 'failed');
    expect(reclaimed).toHaveLength(2);
  });

  test('follows the local broker: opens with it, moves with it, closes with it', async () => {
    await using one = await FakeServer.listen(natsLines({ server_name: 'one' }, ok));
    await using two = await FakeServer.listen(natsLines({ server_name: 'two' }, ok));
    const connections = await start();
    const local = ({ port }: FakeServer, ...names: string[]) => ({
      server: `nats://127.0.0.1:${port}`,
      shown: 'nats://127.0.0.1:4222',
      token: `token of ${port}`,
      accounts: names.map((name) => ({ name, system: name === '$SYS', jetstream: name !== '$SYS' })),
    });
    connections.setLocal(local(one, '$G'));
    await until(connections, LOCAL_CONNECTION, (state) => state.serverName === 'one');
    expect(stateOf(connections, LOCAL_CONNECTION)).toMatchObject({ server: 'nats://127.0.0.1:4222' });
    expect(one.received).toContain(`"user":"$G"`);
    connections.setLocal(local(two, '$G', '$SYS'));
    await until(connections, LOCAL_CONNECTION, (state) => state.serverName === 'two');
    await until(connections, LOCAL_CONNECTION, (state) => state.roundTrip !== undefined);
    expect(two.received).toMatch(/SUB > \d+/);
    await vi.waitFor(() => expect(two.received).toContain(`"user":"$SYS"`));
    expect(two.received).toContain(`"pass":"token of ${two.port}"`);
    expect(JSON.stringify(stateOf(connections, LOCAL_CONNECTION))).not.toContain('token of');
    connections.setLocal(null);
    await until(connections, LOCAL_CONNECTION, (state) => state.phase === 'closed');
  });

  test('what does not exist is refused, whatever is asked', async () => {
    const connections = await start();
    expect(() => connections.open('x')).toThrow(expect.objectContaining({ code: 'no-connection' }));
    expect(() => connections.close('x')).toThrow(expect.objectContaining({ code: 'no-connection' }));
    await expect(connections.remove('x')).rejects.toMatchObject({ code: 'no-connection' });
    expect(attach(connections, 'x').attached).toBe(false);
  });
});

describe('contexts', () => {
  test('are listed, imported with their secrets apart, and imported again into the same profile', async () => {
    const contextFolder = join(folder, 'config', 'nats', 'context');
    await mkdir(contextFolder, { recursive: true });
    await writeFile(
      join(contextFolder, 'dev.json'),
      JSON.stringify({ url: 'nats://dev', user: 'ann', password: 'S3CRET' }),
    );
    await writeFile(join(contextFolder, 'bad.json'), '{');
    const connections = await start();
    const end = new AbortController();
    const context = { signal: end.signal, session: { id: 1, signal: end.signal } };
    const list = () => connections.requests['contexts.list']({}, context);
    expect((await list()).map(({ name, imported }) => [name, imported])).toEqual([
      ['bad', undefined],
      ['dev', undefined],
    ]);
    const first = await connections.requests['contexts.import']({ names: ['dev', 'bad', 'gone'] }, context);
    expect(first.imported).toMatchObject([{ name: 'dev', servers: ['nats://dev'] }]);
    expect(first.problems).toEqual([expect.stringContaining('no JSON'), 'There is no context "gone" any more.']);
    expect(JSON.stringify([first, await list()])).not.toContain('S3CRET');
    expect((await list())[1]?.imported).toBe(first.imported[0]?.id);
    const second = await connections.requests['contexts.import']({ names: ['dev'] }, context);
    expect(second.imported[0]?.id).toBe(first.imported[0]?.id);
    await connections.remove(first.imported[0]?.id ?? '');
    expect((await list())[1]?.imported).toBeUndefined();
  });
});
