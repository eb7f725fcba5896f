import { createUser } from '@nats-io/nkeys';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { deadline } from '../support/deadline.ts';
import { TestOperator } from '../support/operator-tree.ts';
import { newestCompared } from '../support/real-servers.ts';
import { connectLine, plain } from './case.ts';
import type { RunningServer } from './runner.ts';
import { natscopeTarget, realTarget, type Target } from './target.ts';

// Who comes in by WebSocket: credentials of its own listener, cookies, types of connections.

const real = newestCompared(inject('realServers'));
const targets = [natscopeTarget, ...(real === undefined ? [] : [realTarget(real)])];

const webSocket = (more = ''): string => `websocket { host: 127.0.0.1, port: -1, no_tls: true, ${more} }`;
const users = `authorization { users: [
  { user: ada, password: a, permissions: { publish: ada } }
  { user: ben, password: b, permissions: { publish: ben } }
  { user: plain, password: p, allowed_connection_types: [STANDARD] }
  { user: socket, password: s, allowed_connection_types: [WEBSOCKET], permissions: { publish: socket } }
] }`;
const pair = createUser();

const open = new Set<WebSocket>();
afterEach(() => {
  for (const socket of open) socket.terminate();
  open.clear();
});

class SocketClient {
  info: Record<string, unknown> = {};
  received = '';
  closed = false;
  readonly #socket: WebSocket;
  #changed: () => void = () => {};

  constructor(port: number, cookie: string | undefined) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: cookie === undefined ? {} : { cookie } });
    open.add(this.#socket);
    this.#socket.on('message', (data: Buffer) => {
      this.received += data.toString();
      this.#changed();
    });
    this.#socket.on('close', () => {
      this.closed = true;
      this.#changed();
    });
    this.#socket.on('error', () => {});
  }

  static async open(port: number, cookie?: string): Promise<SocketClient> {
    const client = new SocketClient(port, cookie);
    const [line] = await client.until(/^INFO (.*) \r\n/);
    client.info = JSON.parse(line.slice('INFO '.length)) as Record<string, unknown>;
    client.received = client.received.slice(line.length);
    return client;
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text));
  }

  /** Waits until what was received matches, or the connection is closed. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const wait = async (): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(this.received);
        if (match !== null) return match;
        if (this.closed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    };
    return deadline(wait(), 10_000, () => `nothing like ${pattern} in ${JSON.stringify(this.received)}`);
  }

  /** CONNECT, a message that few may publish, and what comes of it. */
  async connect(fields: object): Promise<string> {
    this.send(`${connectLine({ ...plain, ...fields })}PUB who 0\r\n\r\nPING\r\n`);
    await this.until(/PONG\r\n|Violation'\r\n/);
    if (this.received.startsWith("-ERR 'Authorization")) return this.received;
    await this.until(/PONG\r\n/);
    return this.received;
  }
}

const refused = "-ERR 'Authorization Violation'\r\n";
const free = 'PONG\r\n';
const bound = '-ERR \'Permissions Violation for Publish to "who"\'\r\nPONG\r\n';

describe.each(targets)('WebSocket users on $name', (target) => {
  describe('of the general list', () => {
    const server = started(target, `${webSocket()}\n${users}`);

    test.each([
      [{ user: 'ada', pass: 'a' }, bound],
      [{ user: 'ada', pass: 'x' }, refused],
      [{ user: 'socket', pass: 's' }, bound],
      [{ user: 'plain', pass: 'p' }, refused],
      [{}, refused],
    ])('%j', async (fields, expected) => {
      const client = await SocketClient.open(server.port());
      expect(client.info['auth_required']).toBe(true);
      expect(await client.connect(fields)).toBe(expected);
    });

    test('something else than CONNECT is refused', async () => {
      const client = await SocketClient.open(server.port());
      client.send('PING\r\n');
      const [answer] = await client.until(/^[^\n]*\n/);
      expect(answer).toBe(refused);
    });
  });

  describe('with a user of its own', () => {
    const server = started(target, webSocket('authorization { user: wes, password: w, timeout: 1 }'));

    test.each([
      [{ user: 'wes', pass: 'w' }, free],
      [{ user: 'wes', pass: 'x' }, refused],
      [{}, refused],
    ])('%j', async (fields, expected) => {
      const client = await SocketClient.open(server.port());
      expect(client.info['auth_required']).toBe(true);
      expect(await client.connect(fields)).toBe(expected);
    });

    test('and a time-out of its own', async () => {
      const client = await SocketClient.open(server.port());
      const [answer] = await client.until(/^[^\n]*\n/);
      expect(answer).toBe("-ERR 'Authentication Timeout'\r\n");
    });
  });

  describe('with a token of its own beside a general one', () => {
    const server = started(target, `${webSocket('authorization { token: own }')}\nauthorization { token: general }`);

    test.each([
      [{ auth_token: 'own' }, free],
      [{ auth_token: 'general' }, refused],
    ])('%j', async (fields, expected) => {
      expect(await (await SocketClient.open(server.port())).connect(fields)).toBe(expected);
    });
  });

  describe('with somebody of its own for those who show nothing', () => {
    const server = started(target, `${webSocket('no_auth_user: ben')}\n${users}`);

    test.each([
      [{}, bound],
      [{ user: 'ada', pass: 'a' }, bound],
      [{ user: 'ada', pass: 'x' }, refused],
    ])('%j', async (fields, expected) => {
      const client = await SocketClient.open(server.port());
      expect(client.info['auth_required']).toBe(true);
      expect(await client.connect(fields)).toBe(expected);
    });

    test('also without CONNECT', async () => {
      const client = await SocketClient.open(server.port());
      client.send('PUB who 0\r\n\r\nPUB ben 0\r\n\r\nPING\r\n');
      const [answers] = await client.until(/^[^]*PONG\r\n/);
      expect(answers).toBe('-ERR \'Permissions Violation for Publish to "who"\'\r\n+OK\r\nPONG\r\n');
    });
  });

  describe('with the general somebody for those who show nothing', () => {
    const server = started(target, `no_auth_user: ben\n${webSocket()}\n${users}`);

    test('who shows nothing is he', async () => {
      const client = await SocketClient.open(server.port());
      expect(client.info['auth_required']).toBe(true);
      expect(await client.connect({})).toBe(bound);
    });
  });

  describe('with cookies', () => {
    const cookies = 'user_cookie: u, pass_cookie: p, token_cookie: t';
    const server = started(target, `${webSocket(cookies)}\n${users}`);

    test.each([
      ['u=ada; p=a', {}, bound],
      ['u=ada; p=x', {}, refused],
      ['u=nobody; p=x', { user: 'ada', pass: 'a' }, bound],
      ['p=a', { user: 'ada' }, bound],
      ['other=1', {}, refused],
    ])('%s and %j', async (cookie, fields, expected) => {
      expect(await (await SocketClient.open(server.port(), cookie)).connect(fields)).toBe(expected);
    });
  });

  describe('with a token in a cookie', () => {
    const server = started(target, `${webSocket('token_cookie: t')}\nauthorization { token: tok }`);

    test.each([
      ['t=tok', {}, free],
      ['t=x', {}, refused],
      ['t=x', { auth_token: 'tok' }, free],
    ])('%s and %j', async (cookie, fields, expected) => {
      expect(await (await SocketClient.open(server.port(), cookie)).connect(fields)).toBe(expected);
    });
  });

  describe('with a user JWT in a cookie', () => {
    const operator = new TestOperator();
    const account = operator.account('A');
    const bearer = account.user('bearer', { bearer_token: true, pub: { allow: ['x'] } });
    const signing = account.user('signing');
    const server = started(target, operator.config([account], 'MEMORY', webSocket('jwt_cookie: j')));

    test('it is enough when it is a bearer token', async () => {
      const client = await SocketClient.open(server.port(), `j=${bearer.jwt}`);
      expect(await client.connect({})).toBe(bound);
    });

    test('it is not enough when the nonce has to be signed', async () => {
      const client = await SocketClient.open(server.port(), `j=${signing.jwt}`);
      expect(await client.connect({})).toBe(refused);
    });
  });

  describe('with keys', () => {
    const server = started(target, `${webSocket()}\nauthorization { users: [ { nkey: ${pair.getPublicKey()} } ] }`);

    test('who signs the nonce is let in', async () => {
      const client = await SocketClient.open(server.port());
      const nonce = Buffer.from(String(client.info['nonce']));
      const sig = Buffer.from(pair.sign(nonce)).toString('base64url');
      expect(await client.connect({ nkey: pair.getPublicKey(), sig })).toBe(free);
    });

    test('who does not is not', async () => {
      const client = await SocketClient.open(server.port());
      expect(await client.connect({ nkey: pair.getPublicKey() })).toBe(refused);
    });
  });
});

/** A server for the tests of a group. */
function started(target: Target, config: string): { port(): number } {
  let server: RunningServer | undefined;
  let port = 0;
  beforeAll(async () => {
    server = await target.start({}, config);
    const [, found] = await server.logged(/Listening for websocket clients on ws:\/\/127\.0\.0\.1:(\d+)/);
    port = Number(found);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return { port: () => port };
}
