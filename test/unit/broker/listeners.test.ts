import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { createBroker, type BrokerOptions } from '../../../broker/index.ts';
import { Authority, type Certificate } from '../../support/certificates.ts';
import { startBroker } from '../../support/in-process-broker.ts';
import { RawClient } from '../../support/raw-client.ts';

const until = { timeout: 5000, interval: 5 } as const;
const CONNECT = 'CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n';

let folder: string;
let authority: Authority;
let server: Certificate;
let other: Certificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-listeners-'));
  authority = (await Authority.create(folder, 'Test CA')) as Authority;
  server = await authority.issue({ name: 'server', names: 'DNS:localhost,IP:127.0.0.1' });
  other = await authority.issue({ name: 'other', names: 'DNS:localhost,IP:127.0.0.1' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tls = (more = {}): NonNullable<BrokerOptions['tls']> => ({
  certFile: server.cert,
  keyFile: server.key,
  caFile: authority.ca,
  ...more,
});
const trust = (): ConnectionOptions => ({ ca: readFileSync(authority.ca), servername: 'localhost' });

interface Heard {
  text: string;
  closed: boolean;
}

/** What a socket through TLS says. */
function listen(socket: TLSSocket): Heard {
  const heard: Heard = { text: '', closed: false };
  socket.on('data', (bytes: Buffer) => (heard.text += bytes.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => (heard.closed = true));
  return heard;
}

const infoOf = (text: string): Record<string, unknown> =>
  JSON.parse(/^INFO (\{.*\}) \r\n/.exec(text)?.[1] ?? 'null') as Record<string, unknown>;

async function upgrade(port: number, options: ConnectionOptions = trust()) {
  const raw = await RawClient.open(port);
  const [line] = await raw.expectMatch(/^INFO [^\n]*\n/);
  raw.socket.removeAllListeners('data');
  const socket = connectTls({ ...options, socket: raw.socket });
  const heard = listen(socket);
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return { socket, heard, info: infoOf(line), [Symbol.dispose]: () => raw.socket.destroy() };
}

describe('TLS of the client listener', () => {
  test('comes after INFO, and carries messages both ways', async () => {
    const log: string[] = [];
    await using running = await startBroker({
      tls: tls(),
      debug: true,
      log: (level, text) => log.push(`${level} ${text}`),
    });
    using a = await upgrade(running.port);
    using b = await upgrade(running.port);
    expect(a.info).toMatchObject({ tls_required: true });
    expect(a.info).not.toHaveProperty('tls_available');
    expect(a.info).not.toHaveProperty('tls_verify');
    a.socket.write(`${CONNECT}SUB big 1\r\nPING\r\n`);
    await expect.poll(() => a.heard.text, until).toBe('PONG\r\nPONG\r\n');
    const payload = 'x'.repeat(900_000);
    b.socket.write(`${CONNECT}PUB big ${payload.length}\r\n${payload}\r\nPING\r\n`);
    await expect.poll(() => b.heard.text, until).toBe('PONG\r\nPONG\r\n');
    await expect.poll(() => a.heard.text.length, until).toBe(12 + `MSG big 1 900000\r\n${payload}\r\n`.length);
    expect(a.heard.text.endsWith(`MSG big 1 900000\r\n${payload}\r\n`)).toBe(true);
    expect(log.some((line) => /^debug 127\.0\.0\.1:\d+ - cid:1 - TLS handshake complete$/.test(line))).toBe(true);
  });

  test('a refused handshake is a closed connection like others', async () => {
    await using running = await startBroker({ tls: tls({ timeoutMs: 50 }) });
    using raw = await RawClient.open(running.port);
    await raw.expectMatch(/^INFO [^\n]*\n/);
    await raw.expectClosed();
    await expect
      .poll(() => running.broker.closedConnections(), until)
      .toMatchObject([{ clientId: 1, reason: 'TLS Handshake Failure' }]);
    expect(running.broker.connections()).toEqual([]);
  });

  test('one connection too many is told in clear', async () => {
    await using running = await startBroker({ tls: tls(), maxConnections: 1 });
    using first = await upgrade(running.port);
    using raw = await RawClient.open(running.port);
    await raw.expectMatch(/^INFO [^\n]*\n/);
    await raw.expectText("-ERR 'maximum connections exceeded'\r\n");
    await raw.expectClosed();
    expect(first.heard.closed).toBe(false);
  });

  test('too many handshakes at once are told in clear', async () => {
    await using running = await startBroker({ tls: tls({ connectionRateLimit: 1 }) });
    using first = await upgrade(running.port);
    using raw = await RawClient.open(running.port);
    await raw.expectMatch(/^INFO [^\n]*\n/);
    await raw.expectText("-ERR 'Connection throttling is active. Please try again later.'\r\n");
    await raw.expectClosed();
    expect(first.heard.closed).toBe(false);
  });

  test('may be left out where that is allowed', async () => {
    await using running = await startBroker({ tls: tls({ verify: true }), allowNonTls: true });
    using raw = await RawClient.open(running.port);
    const [line] = await raw.expectMatch(/^INFO [^\n]*\n/);
    expect(infoOf(line)).toMatchObject({ tls_available: true, tls_verify: true });
    expect(infoOf(line)).not.toHaveProperty('tls_required');
    raw.send(CONNECT);
    await raw.expectText('PONG\r\n');
    using secure = await upgrade(running.port, {
      ...trust(),
      cert: readFileSync(other.cert),
      key: readFileSync(other.key),
    });
    secure.socket.write(CONNECT);
    await expect.poll(() => secure.heard.text, until).toBe('PONG\r\n');
  });

  test('new certificates and terms hold for new connections', async () => {
    await using running = await startBroker({ tls: tls() });
    using before = await upgrade(running.port);
    const base = { host: '127.0.0.1', port: -1 };
    await expect(running.broker.reload({ ...base, tls: tls({ certFile: 'nope' }) })).rejects.toThrow(
      'error parsing X509 certificate/key pair: open nope: no such file or directory',
    );
    await running.broker.reload({ ...base, tls: tls({ certFile: other.cert, keyFile: other.key }) });
    using after = await upgrade(running.port);
    expect(before.socket.getPeerX509Certificate()?.subject).toBe('CN=server');
    expect(after.socket.getPeerX509Certificate()?.subject).toBe('CN=other');
    await running.broker.reload(base);
    using plain = await RawClient.open(running.port);
    expect(infoOf((await plain.expectMatch(/^INFO [^\n]*\n/))[0])).not.toHaveProperty('tls_required');
    for (const { socket, heard } of [before, after]) {
      socket.write(CONNECT);
      await expect.poll(() => heard.text, until).toBe('PONG\r\n');
    }
  });

  test('a broker stops amid handshakes', async () => {
    const running = await startBroker({ tls: tls() });
    using silent = await RawClient.open(running.port);
    await silent.expectMatch(/^INFO [^\n]*\n/);
    using open = await upgrade(running.port);
    await running[Symbol.asyncDispose]();
    await silent.expectClosed();
    await expect.poll(() => open.heard.closed, until).toBe(true);
  });

  test('files that are none are no broker', () => {
    expect(() => createBroker({ tls: { certFile: 'nope', keyFile: 'nope' } })).toThrow('open nope');
    expect(() => createBroker({ webSocket: { port: -1 } })).toThrow('websocket requires TLS configuration');
  });
});

test('behind a proxy, INFO says where the client is once the proxy has said it', async () => {
  await using running = await startBroker({ proxyProtocol: true });
  using raw = await RawClient.open(running.port);
  expect(infoOf((await raw.expectMatch(/^INFO [^\n]*\n/))[0])).not.toHaveProperty('client_ip');
  raw.send('PROXY TCP4 192.0.2.1 127.0.0.1 5555 4222\r\nCONNECT {"verbose":false,"protocol":1}\r\nPING\r\n');
  const [, second] = await raw.expectMatch(/^PONG\r\n(INFO [^\n]*\n)/);
  expect(infoOf(second ?? '')).toMatchObject({ client_ip: '192.0.2.1', connect_info: true });
  expect(running.broker.connections()).toMatchObject([{ ip: '192.0.2.1', port: 5555 }]);
});

describe('WebSocket', () => {
  async function dial(running: { broker: ReturnType<typeof createBroker> }, options: ClientOptions = {}, path = '') {
    const { webSocket } = running.broker.listeners;
    const scheme = webSocket?.secure ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://127.0.0.1:${webSocket?.port}/${path}`, {
      perMessageDeflate: false,
      ...options,
    });
    const heard = { text: '', close: undefined as [number, string] | undefined };
    socket.on('message', (bytes: Buffer) => (heard.text += bytes.toString('latin1')));
    socket.on('close', (code, reason) => (heard.close = [code, reason.toString()]));
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    await expect.poll(() => heard.text, until).toMatch(/^INFO [^\n]*\n/);
    const info = infoOf(heard.text);
    heard.text = '';
    return { socket, heard, info, [Symbol.dispose]: () => socket.terminate() };
  }

  test('speaks to TCP', async () => {
    const log: string[] = [];
    await using running = await startBroker({
      webSocket: { host: '127.0.0.1', port: -1, noTls: true },
      debug: true,
      log: (level, text) => log.push(`${level} ${text}`),
    });
    const { webSocket } = running.broker.listeners;
    expect(webSocket).toEqual({ host: '127.0.0.1', port: expect.any(Number) as number, secure: false });
    using client = await dial(running, { headers: { 'X-Forwarded-For': '2001:db8::1' } });
    expect(client.info).toMatchObject({ host: '127.0.0.1', port: webSocket?.port, client_ip: '127.0.0.1' });
    expect(client.info).not.toHaveProperty('tls_required');
    using raw = await RawClient.open(running.port);
    await raw.expectMatch(/^INFO [^\n]*\n/);
    client.socket.send(`${CONNECT}SUB a 1\r\nPING\r\n`);
    await expect.poll(() => client.heard.text, until).toBe('PONG\r\nPONG\r\n');
    raw.send(`${CONNECT}SUB b 2\r\nPUB a 2\r\nhi\r\n`);
    await expect.poll(() => client.heard.text, until).toBe('PONG\r\nPONG\r\nMSG a 1 2\r\nhi\r\n');
    client.socket.send('PUB b 3\r\nhey\r\n');
    await raw.expectText('PONG\r\nMSG b 2 3\r\nhey\r\n');
    expect(log.some((line) => /^debug \[2001:db8::1\]\/127\.0\.0\.1:\d+ - wid:1 - Client/.test(line))).toBe(true);
    client.socket.close();
    await expect.poll(() => running.broker.closedConnections(), until).toMatchObject([{ reason: 'Client Closed' }]);
  });

  test('through TLS says so in INFO', async () => {
    await using running = await startBroker({ webSocket: { host: '127.0.0.1', port: -1, tls: tls() } });
    using client = await dial(running, { ca: readFileSync(authority.ca) });
    expect(client.info).toMatchObject({ tls_required: true, tls_available: true });
    client.socket.send(CONNECT);
    await expect.poll(() => client.heard.text, until).toBe('PONG\r\n');
  });

  test('closes with the reason', async () => {
    await using running = await startBroker({
      webSocket: { host: '127.0.0.1', port: -1, noTls: true },
      user: 'a',
      password: 'b',
    });
    using client = await dial(running);
    client.socket.send(CONNECT);
    await expect.poll(() => client.heard.close, until).toEqual([1008, 'Authentication Failure']);
    expect(client.heard.text).toBe("-ERR 'Authorization Violation'\r\n");
    using kicked = await dial(running);
    running.broker.kick(kicked.info['client_id'] as number);
    await expect.poll(() => kicked.heard.close, until).toEqual([1011, 'Kicked']);
  });

  test('takes credentials from cookies, those of CONNECT first', async () => {
    await using running = await startBroker({
      webSocket: { host: '127.0.0.1', port: -1, noTls: true, userCookie: 'who', passwordCookie: 'secret' },
      users: [
        { user: 'ada', password: 'one' },
        { user: 'bob', password: 'two' },
      ],
    });
    using byCookie = await dial(running, { headers: { Cookie: 'who=ada; secret=one' } });
    byCookie.socket.send(CONNECT);
    await expect.poll(() => byCookie.heard.text, until).toBe('PONG\r\n');
    using byConnect = await dial(running, { headers: { Cookie: 'who=ada; secret=one' } });
    byConnect.socket.send('CONNECT {"verbose":false,"user":"bob","pass":"two"}\r\nPING\r\n');
    await expect.poll(() => byConnect.heard.text, until).toBe('PONG\r\n');
    expect(running.broker.connections().map(({ user }) => user)).toEqual(['ada', 'bob']);
    using nobody = await dial(running);
    nobody.socket.send(CONNECT);
    await expect.poll(() => nobody.heard.close?.[0], until).toBe(1008);
  });

  test('has pings of its own', async () => {
    await using running = await startBroker({
      webSocket: { host: '127.0.0.1', port: -1, noTls: true, pingIntervalMs: 40 },
    });
    using client = await dial(running);
    using raw = await RawClient.open(running.port);
    await raw.expectMatch(/^INFO [^\n]*\n/);
    await expect.poll(() => client.heard.text, until).toMatch(/^PING\r\n/);
    await raw.expectQuiet(60);
  });

  test('is reloaded for new connections, but not moved', async () => {
    const webSocket = { host: '127.0.0.1', port: -1, noTls: true };
    await using running = await startBroker({ webSocket });
    using before = await dial(running, { origin: 'http://elsewhere' });
    const base = { host: '127.0.0.1', port: -1 };
    await running.broker.reload({ ...base, webSocket: { ...webSocket, allowedOrigins: ['http://here'] } });
    await expect(dial(running, { origin: 'http://elsewhere' })).rejects.toThrow('403');
    using after = await dial(running, { origin: 'http://here' });
    for (const { socket, heard } of [before, after]) {
      socket.send(CONNECT);
      await expect.poll(() => heard.text, until).toBe('PONG\r\n');
    }
    await expect(running.broker.reload(base)).rejects.toThrow('the WebSocket listener can be set at the start only');
  });

  test('is an attempt less when its port is taken', async () => {
    await using running = await startBroker({ webSocket: { host: '127.0.0.1', port: -1, noTls: true } });
    const port = running.broker.listeners.webSocket?.port ?? 0;
    await expect(startBroker({ webSocket: { host: '127.0.0.1', port, noTls: true } })).rejects.toMatchObject({
      code: 'address-in-use',
      message: `Unable to listen for websocket connections: listen tcp 127.0.0.1:${port}: bind: address already in use`,
    });
  });
});
