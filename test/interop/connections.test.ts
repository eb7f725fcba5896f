import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest';
import type { Diagnosis, Profile } from '../../electron/bridge/contract.ts';
import { createConnector } from '../../electron/connections/connector.ts';
import type { Connector } from '../../electron/connections/connector.ts';
import { diagnose } from '../../electron/connections/diagnosis.ts';
import type { LinkState } from '../../electron/connections/link-state.ts';
import { Authority } from '../support/certificates.ts';
import { deadline } from '../support/deadline.ts';
import { createJwtWorld } from '../support/jwt.ts';
import { newestCompared } from '../support/real-servers.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = newestCompared(inject('realServers'));
const scratch = await mkdtemp(join(tmpdir(), 'natscope-interop-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const certificates = server === undefined ? undefined : await makeCertificates();

/** Undefined when there is no openssl to make them with. */
async function makeCertificates() {
  const authority = await Authority.create(join(scratch, 'ca'), 'Interop CA');
  const other = await Authority.create(join(scratch, 'other'), 'Other CA');
  if (authority === undefined || other === undefined) return undefined;
  return {
    ca: authority.ca,
    localhost: await authority.issue({ name: 'localhost', names: 'DNS:localhost,IP:127.0.0.1' }),
    client: await authority.issue({ name: 'client' }),
    stranger: await other.issue({ name: 'stranger' }),
  };
}

let configs = 0;
/** A real nats-server with these lines of configuration, on free ports. */
async function startReal(config: string, args: string[] = []): Promise<ServerProcess> {
  const file = join(scratch, `${++configs}.conf`);
  await writeFile(file, `listen: "127.0.0.1:-1"\nserver_name: real\n${config}`);
  const started = new ServerProcess([server?.path ?? ''], ['-c', file, ...args]);
  return started.ready();
}

function profileFor(url: string, fields: Partial<Profile> = {}): Profile {
  return {
    id: 'p',
    name: 'p',
    colour: 'grey',
    servers: [url],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: ['>'],
    exclude: [],
    ...fields,
  };
}

const open: Connector[] = [];
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
});

/** Connects, publishes to itself, and resolves with the state; rejects with the problem when the first attempt fails. */
async function roundTrip(profile: Profile): Promise<LinkState> {
  const settled = Promise.withResolvers<LinkState>();
  const connector = createConnector({
    profile,
    onState: (state) => {
      if (state.phase === 'connected') settled.resolve(state);
      if (state.phase === 'failed') settled.reject(new Error(state.problem));
    },
    onFailure: () => {},
    log: () => {},
  });
  open.push(connector);
  connector.open();
  const state = await deadline(settled.promise, 10_000, () => 'no connection and no failure');
  const { link } = connector;
  const got = Promise.withResolvers<string>();
  link.subscribe(
    'echo.*',
    undefined,
    (message) => got.resolve(Buffer.from(message.payload).toString('latin1')),
    got.reject,
  );
  link.publish('echo.x', Buffer.from('\x00\xff', 'latin1'), { headers: [{ name: 'A', value: '1' }] });
  expect(await deadline(got.promise, 5000, () => 'nothing came back')).toBe('\x00\xff');
  return state;
}

const walk = (profile: Profile): Promise<Diagnosis> =>
  diagnose({ profile, server: profile.servers[0] ?? '', signal: new AbortController().signal });

describe.skipIf(server === undefined)('with a real nats-server', () => {
  test('user and password, and a wrong one', async () => {
    await using real = await startReal('authorization { user: ann, password: pw }');
    const url = `nats://127.0.0.1:${real.port}`;
    const good = profileFor(url, { authentication: { method: 'user', user: 'ann', password: 'pw' } });
    expect(await roundTrip(good)).toMatchObject({
      serverName: 'real',
      serverVersion: server?.version,
      encrypted: false,
    });
    expect((await walk(good)).failed).toBeUndefined();
    const wrong = profileFor(url, { authentication: { method: 'user', user: 'ann', password: 'nope' } });
    await expect(roundTrip(wrong)).rejects.toThrow('credentials refused');
    expect((await walk(wrong)).failed?.code).toBe('authorization-violation');
    expect((await walk(profileFor(url))).failed?.code).toBe('authentication-wanted');
  });

  test('token', async () => {
    await using real = await startReal('authorization { token: abc }');
    const url = `nats://127.0.0.1:${real.port}`;
    const state = await roundTrip(profileFor(url, { authentication: { method: 'token', token: 'abc' } }));
    expect(state.phase).toBe('connected');
  });

  test('nkey, by seed and by file', async () => {
    const user = createUser();
    const seed = new TextDecoder().decode(user.getSeed());
    const seedFile = join(scratch, 'user.nk');
    await writeFile(seedFile, `# of ann\n${seed}\n`);
    await using real = await startReal(`authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`);
    const url = `nats://127.0.0.1:${real.port}`;
    await roundTrip(profileFor(url, { authentication: { method: 'nkey', seed } }));
    await roundTrip(profileFor(url, { authentication: { method: 'nkey', seedFile } }));
    const stranger = new TextDecoder().decode(createUser().getSeed());
    const diagnosis = await walk(profileFor(url, { authentication: { method: 'nkey', seed: stranger } }));
    expect(diagnosis.failed?.code).toBe('authorization-violation');
  });

  test('creds and JWT, expired ones, and permissions in them', async () => {
    const world = createJwtWorld();
    await using real = await startReal(world.config);
    const url = `nats://127.0.0.1:${real.port}`;
    const credsFile = async (name: string, text: string): Promise<Profile['authentication']> => {
      const file = join(scratch, `${name}.creds`);
      await writeFile(file, text);
      return { method: 'creds', file };
    };
    const ann = world.creds('ann');
    const good = profileFor(url, { authentication: await credsFile('ann', ann) });
    await roundTrip(good);
    const passed = await walk(good);
    expect(passed.failed).toBeUndefined();
    expect(passed.steps.find((step) => step.step === 'connect')?.text).toMatch(
      /^creds U\w{3}…\w{4}, account A\w{3}…\w{4}$/,
    );
    const [jwt = '', seed = ''] = [...ann.matchAll(/-\n([^-\s]\S+)\n-/g)].map((match) => match[1]);
    await roundTrip(profileFor(url, { authentication: { method: 'jwt', jwt, seed } }));

    const old = profileFor(url, {
      authentication: await credsFile('old', world.creds('old', { expiresAt: 1_700_000_000 })),
    });
    expect((await walk(old)).failed?.code).toBe('creds-expired');

    const narrow = world.creds('narrow', { subscribe: ['orders.>', '_INBOX.me.>'] });
    const authentication = await credsFile('narrow', narrow);
    const refused = await walk(
      profileFor(url, { authentication, subscribe: ['>', 'orders.>'], inboxPrefix: '_INBOX.me' }),
    );
    expect(refused.failed).toMatchObject({ step: 'permissions', code: 'subscription-refused' });
    const inbox = await walk(profileFor(url, { authentication, subscribe: ['orders.>'] }));
    expect(inbox.failed?.code).toBe('inbox-refused');
    const fits = await walk(profileFor(url, { authentication, subscribe: ['orders.>'], inboxPrefix: '_INBOX.me' }));
    expect(fits.failed).toBeUndefined();
  });

  test('limits: connections, and the wrong ports', async () => {
    await using full = await startReal('max_connections: 1');
    const url = `nats://127.0.0.1:${full.port}`;
    await roundTrip(profileFor(url));
    expect((await walk(profileFor(url))).failed?.code).toBe('connections-exceeded');

    await using real = await startReal(
      'http: "127.0.0.1:-1"\ncluster { name: c, listen: "127.0.0.1:-1" }\nleafnodes { listen: "127.0.0.1:-1" }',
    );
    const portOf = (pattern: RegExp): number => Number(pattern.exec(real.stderr)?.[1]);
    const monitoring = portOf(/http monitor on \S+:(\d+)/);
    expect((await walk(profileFor(`nats://127.0.0.1:${monitoring}`))).failed?.code).toBe('monitoring-port');
    const route = portOf(/route connections on \S+:(\d+)/);
    expect((await walk(profileFor(`nats://127.0.0.1:${route}`))).failed?.code).toBe('route-port');
    const leaf = portOf(/leafnode connections on \S+:(\d+)/);
    expect((await walk(profileFor(`nats://127.0.0.1:${leaf}`))).failed?.code).toBe('leafnode-port');
  });

  test('comes back when the server does, with its subscriptions', async () => {
    const real = await startReal('');
    const { port } = real;
    const states: LinkState[] = [];
    const back = Promise.withResolvers<void>();
    const connector = createConnector({
      profile: profileFor(`nats://127.0.0.1:${port}`),
      onState(state) {
        const before = states.at(-1);
        states.push(state);
        if (state.phase === 'connected' && before?.phase === 'reconnecting') back.resolve();
      },
      onFailure: () => {},
      log: () => {},
      retryMs: { min: 50, max: 100, afterLoss: 10 },
    });
    open.push(connector);
    const got: string[] = [];
    connector.link.subscribe('a', undefined, (message) => got.push(Buffer.from(message.payload).toString()), got.push);
    connector.open();
    await deadline(
      (async () => {
        while (!connector.link.connected) await new Promise((resolve) => setTimeout(resolve, 5));
      })(),
      5000,
      () => 'never connected',
    );
    connector.link.publish('a', Buffer.from('1'));
    await connector.link.flush();
    await real.stop();
    await using again = await new ServerProcess([server?.path ?? ''], ['-a', '127.0.0.1', '-p', String(port)]).ready();
    await deadline(back.promise, 10_000, () => `not back: ${JSON.stringify(states.at(-1))}\n${again.stderr}`);
    connector.link.publish('a', Buffer.from('2'));
    await connector.link.flush();
    expect(got).toEqual(['1', '2']);
  });

  describe.skipIf(certificates === undefined)('over TLS and WebSocket (openssl makes the certificates)', () => {
    const none = { cert: '', key: '' };
    const { ca, localhost, client, stranger } = certificates ?? {
      ca: '',
      localhost: none,
      client: none,
      stranger: none,
    };
    const { cert, key } = localhost;
    const tlsLines = `cert_file: "${cert}", key_file: "${key}"`;
    const tls = { caFile: ca };

    test('TLS, by address and by name, also when only the server wants it', async () => {
      await using real = await startReal(`tls { ${tlsLines} }`);
      for (const url of [
        `tls://127.0.0.1:${real.port}`,
        `tls://localhost:${real.port}`,
        `nats://127.0.0.1:${real.port}`,
      ]) {
        expect(await roundTrip(profileFor(url, { tls }))).toMatchObject({ encrypted: true });
        expect((await walk(profileFor(url, { tls }))).failed).toBeUndefined();
      }
      const unknown = profileFor(`tls://127.0.0.1:${real.port}`);
      await expect(roundTrip(unknown)).rejects.toThrow('unknown authority');
      expect((await walk(unknown)).failed?.code).toBe('tls-unknown-authority');
    });

    test('TLS first, and how it is found out', async () => {
      await using real = await startReal(`tls { ${tlsLines}, handshake_first: true }`);
      const url = `tls://127.0.0.1:${real.port}`;
      await roundTrip(profileFor(url, { tls: { ...tls, first: true } }));
      const diagnosis = await walk(profileFor(url, { tls }));
      expect(diagnosis.failed?.code).toBe('tls-first-wanted');
      expect(diagnosis.remedies[0]?.patch).toEqual({ tls: { ...tls, first: true } });
    });

    test('client certificates', async () => {
      await using real = await startReal(`tls { ${tlsLines}, ca_file: "${ca}", verify: true }`);
      const url = `tls://127.0.0.1:${real.port}`;
      await roundTrip(profileFor(url, { tls: { ...tls, certFile: client.cert, keyFile: client.key } }));
      const without = profileFor(url, { tls });
      expect((await walk(without)).failed).toMatchObject({ step: 'tls', code: 'tls-client-certificate-wanted' });
      await expect(roundTrip(without)).rejects.toThrow(/client certificate/);
      const refused = profileFor(url, { tls: { ...tls, certFile: stranger.cert, keyFile: stranger.key } });
      expect((await walk(refused)).failed?.code).toBe('tls-client-certificate-refused');
    });

    test('WebSocket, plain and over TLS', async () => {
      await using plain = await startReal('websocket { listen: "127.0.0.1:-1", no_tls: true }');
      await using secure = await startReal(`websocket { listen: "127.0.0.1:-1", tls { ${tlsLines} } }`);
      const portOf = (real: ServerProcess): string =>
        /websocket clients on wss?:\/\/\S+:(\d+)/.exec(real.stderr)?.[1] ?? '';
      const ws = profileFor(`ws://127.0.0.1:${portOf(plain)}`);
      expect(await roundTrip(ws)).toMatchObject({ encrypted: false });
      expect((await walk(ws)).failed).toBeUndefined();
      const wss = profileFor(`wss://localhost:${portOf(secure)}`, { tls });
      expect(await roundTrip(wss)).toMatchObject({ encrypted: true });
      expect((await walk(wss)).steps.map((step) => step.state)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
      expect((await walk(profileFor(`ws://127.0.0.1:${portOf(secure)}`))).failed?.code).toBe('ws-tls-wanted');
      expect((await walk(profileFor(`ws://127.0.0.1:${plain.port}`))).failed?.code).toBe('ws-not-http');
      const wrong = await walk(profileFor(`nats://127.0.0.1:${portOf(plain)}`));
      expect(wrong.failed?.code).toBe('http-server');
      expect(wrong.remedies[0]?.value).toBe(`ws://127.0.0.1:${portOf(plain)}`);
    });
  });
});
