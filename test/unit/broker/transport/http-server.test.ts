import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpListenOptions, listenHttp } from '../../../../broker/transport/http-server.ts';
import { Authority, type Certificate } from '../../../support/certificates.ts';
import { PlainClient } from './recording-owner.ts';

const until = { timeout: 5000, interval: 5 } as const;
const answer = (body: string): ReturnType<HttpListenOptions['handle']> => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body,
});

async function serving(options: Partial<HttpListenOptions> = {}) {
  const log: string[] = [];
  const listener = await listenHttp({
    host: '127.0.0.1',
    port: -1,
    log: (level, text) => log.push(`${level} ${text}`),
    handle: ({ method, target }) => answer(`${method} ${target}`),
    ...options,
  });
  const dialled: PlainClient[] = [];
  return {
    listener,
    log,
    say(text: string) {
      const client = new PlainClient(listener.port);
      dialled.push(client);
      client.socket.write(text, 'latin1');
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of dialled) socket.destroy();
      await listener.close();
    },
  };
}

/** An answer without its date. */
const dateless = (text: string): string => text.replaceAll(/Date: [^\r]*\r\n/g, '');

test('answers one request after another on one connection', async () => {
  await using server = await serving();
  const client = server.say('GET /varz?x=%20y HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect
    .poll(() => dateless(client.text), until)
    .toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\nGET /varz?x=%20y' +
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n',
    );
  expect(client.closed).toBe(false);
});

test('counts bytes, not characters', async () => {
  await using server = await serving({ handle: () => answer('é') });
  const client = server.say('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await expect.poll(() => client.closed, until).toBe(true);
  expect(client.text).toContain('Content-Length: 2\r\n');
  expect(client.text.endsWith('\r\n\r\n\xc3\xa9')).toBe(true);
});

test('survives what the answering throws, and says no more than that', async () => {
  await using server = await serving({
    handle: () => {
      throw new Error('inside');
    },
  });
  const client = server.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => client.text, until).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\nInternal Server Error\n$/);
  expect(client.text).not.toContain('inside');
  expect(server.log).toEqual(['error monitoring: inside']);
});

test('does not read bodies', async () => {
  await using server = await serving();
  const client = server.say('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
  await expect.poll(() => client.closed, until).toBe(true);
  expect(client.text).toContain('Connection: close\r\n');
  expect(client.text.endsWith('POST /x')).toBe(true);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n[^]*400 Bad Request$/],
  ['another version', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n', /^HTTP\/1\.1 505 HTTP Version Not Supported/],
  ['a header that is none', 'GET / HTTP/1.1\r\nHost: a\r\nfoo bar\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n/],
  [
    'too much',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/,
  ],
  ['a path without end', `GET /${'x'.repeat(70_000)}`, /^HTTP\/1\.1 431 /],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n/],
])('refuses %s', async (_name, text, pattern) => {
  await using server = await serving();
  const client = server.say(text);
  await expect.poll(() => client.closed, until).toBe(true);
  expect(client.text).toMatch(pattern);
  const other = server.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => other.text, until).toContain('200 OK');
});

test('closes connections that are kept or half said', async () => {
  const server = await serving();
  const kept = server.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const half = server.say('GET / HT');
  await expect.poll(() => kept.text, until).toContain('200 OK');
  const { port } = server.listener;
  await server[Symbol.asyncDispose]();
  await expect.poll(() => kept.closed && half.closed, until).toBe(true);
  const refused = await new Promise((resolve) => {
    connect(port, '127.0.0.1').on('error', ({ message }) => resolve(message));
  });
  expect(refused).toContain('ECONNREFUSED');
});

test('says why it cannot have its port', async () => {
  await using server = await serving();
  const { port } = server.listener;
  await expect(serving({ port })).rejects.toMatchObject({
    code: 'address-in-use',
    message: `Can't start monitoring: can't listen to the monitor port: listen tcp 127.0.0.1:${port}: bind: address already in use`,
  });
});

describe('with TLS', () => {
  let folder: string;
  let authority: Authority;
  let certificate: Certificate;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'natscope-https-'));
    authority = (await Authority.create(folder, 'Test CA')) as Authority;
    certificate = await authority.issue({ name: 'first', names: 'IP:127.0.0.1' });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const tls = ({ cert, key }: Certificate) => ({ certFile: cert, keyFile: key, caFile: authority.ca, verify: true });

  function get(port: number): Promise<{ body: string; subject: string | undefined }> {
    return new Promise((resolve, reject) => {
      const request = requestHttps(
        { host: '127.0.0.1', port, ca: readFileSync(authority.ca), agent: false },
        (response) => {
          let body = '';
          const { socket } = response as unknown as { socket: TLSSocket };
          const subject = socket.getPeerX509Certificate()?.subject;
          response.on('data', (piece: Buffer) => (body += piece.toString()));
          response.on('end', () => resolve({ body, subject }));
        },
      );
      request.on('error', reject);
      request.end();
    });
  }

  test('answers, asks for no certificate, and takes new ones of its own', async () => {
    await using server = await serving({ tls: tls(certificate) });
    expect(await get(server.listener.port)).toEqual({ body: 'GET /', subject: 'CN=first' });
    const renewed = await authority.issue({ name: 'second', names: 'IP:127.0.0.1' });
    server.listener.replaceTls(tls(renewed));
    expect((await get(server.listener.port)).subject).toBe('CN=second');
    expect(() => server.listener.replaceTls({ certFile: 'nope', keyFile: 'nope' })).toThrow('open nope');
    expect((await get(server.listener.port)).subject).toBe('CN=second');
  });

  test('tells who speaks plain HTTP', async () => {
    await using server = await serving({ tls: tls(certificate) });
    const client = server.say('GET /varz HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => client.closed, until).toBe(true);
    expect(client.text).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  });

  test('ends what is neither', async () => {
    await using server = await serving({ tls: tls(certificate) });
    const client = server.say('hello, is this TLS?\r\n');
    await expect.poll(() => client.closed, until).toBe(true);
    expect(server.log.join()).toMatch(
      /^error monitoring: TLS handshake error from 127\.0\.0\.1:\d+: tls: first record does not look like a TLS handshake$/,
    );
  });

  test('rejects files that are none', async () => {
    await expect(serving({ tls: { certFile: 'nope', keyFile: 'nope' } })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });
});
