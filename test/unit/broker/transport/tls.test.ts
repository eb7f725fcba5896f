import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TlsOptions } from '../../../../broker/options/tls.ts';
import type { OpeningTerms } from '../../../../broker/transport/opening.ts';
import { RateLimit } from '../../../../broker/transport/rate-limit.ts';
import { loadTls, pinOf } from '../../../../broker/transport/tls-terms.ts';
import { Authority, type Certificate } from '../../../support/certificates.ts';
import { listening, type PlainClient } from './recording-owner.ts';

let folder: string;
let authority: Authority;
let server: Certificate;
let client: Certificate;
let stranger: Certificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-tls-'));
  const made = await Authority.create(folder, 'Test CA');
  const other = await Authority.create(join(folder, 'other'), 'Other CA');
  if (made === undefined || other === undefined) throw new Error('openssl is needed for these tests');
  authority = made;
  [server, client, stranger] = await Promise.all([
    authority.issue({ name: 'server', names: 'DNS:localhost,IP:127.0.0.1', usage: 'serverAuth' }),
    authority.issue({ name: 'ada', subject: '/CN=ada/O=Example', usage: 'clientAuth' }),
    other.issue({ name: 'stranger', subject: '/CN=mallory' }),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const own = (): TlsOptions => ({ certFile: server.cert, keyFile: server.key, caFile: authority.ca });

function terms(options: Partial<TlsOptions> = {}, more: Partial<OpeningTerms> = {}): () => OpeningTerms {
  const loaded = loadTls({ ...own(), ...options });
  return () => ({ tls: loaded, allowNonTls: false, proxyProtocol: false, rateLimit: undefined, ...more });
}

function identity({ cert, key }: Certificate): ConnectionOptions {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** Goes on through TLS; resolves when the handshake is over for the client, rejects with its error. */
function upgrade(plain: PlainClient, options: ConnectionOptions = {}): Promise<SecureClient> {
  const socket = connectTls({
    socket: plain.release(),
    servername: 'localhost',
    ca: readFileSync(authority.ca),
    ...options,
  });
  const secure: SecureClient = { socket, text: '', closed: false, sessions: [] };
  socket.on('session', (session: Buffer) => secure.sessions.push(session));
  socket.on('data', (bytes: Buffer) => (secure.text += bytes.toString('latin1')));
  socket.on('close', () => (secure.closed = true));
  return new Promise((resolve, reject) => {
    socket.on('secureConnect', () => resolve(secure));
    socket.on('error', reject);
  });
}

interface SecureClient {
  socket: TLSSocket;
  text: string;
  closed: boolean;
  sessions: Buffer[];
}

const until = { timeout: 5000, interval: 5 } as const;
const alphabetic = (a: string, b: string): number => a.localeCompare(b);

describe('TLS behind INFO', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: INFO in clear, the rest through TLS', async (maxVersion) => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).toMatch(/^INFO tls 127\.0\.0\.1:\d+\r\n$/);
    const secure = await upgrade(plain, { maxVersion });
    const [owner] = listener.owners;
    await expect.poll(() => owner?.opened, until).toBe('tls');
    if (owner) owner.echoes = true;
    secure.socket.write('PING\r\n');
    await expect.poll(() => secure.text, until).toBe('PING\r\n');
    expect(owner?.transport.tls).toEqual({
      version: maxVersion === 'TLSv1.3' ? '1.3' : '1.2',
      cipherSuite: maxVersion === 'TLSv1.3' ? 'TLS_AES_128_GCM_SHA256' : 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      verified: false,
      certificates: [],
    });
    expect(owner?.log_).toEqual([
      'debug Starting TLS client connection handshake',
      'debug TLS handshake complete',
      `debug TLS version ${owner?.transport.tls?.version}, cipher suite ${owner?.transport.tls?.cipherSuite}`,
    ]);
    secure.socket.end();
    await expect.poll(() => owner?.over, until).toBe(true);
    expect(owner?.ended).toBe(true);
  });

  test('takes a handshake that was sent before INFO could be read', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    // INFO has to be taken off before the records; the client sends without waiting for it.
    const upgraded = upgradeSkippingInfo(plain, readFileSync(authority.ca));
    const secure = await upgraded;
    secure.write('hello');
    await expect.poll(() => listener.owners[0]?.received, until).toBe('hello');
  });

  test('never reads plain text as the protocol', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    plain.socket.write('CONNECT {}\r\nPUB a 1\r\nx\r\n');
    await expect.poll(() => plain.closed, until).toBe(true);
    const [owner] = listener.owners;
    expect(owner?.received).toBe('');
    expect(owner?.opened).toBeUndefined();
    expect(plain.text).toMatch(/^INFO tls [^\r]*\r\n$/);
    expect(owner?.log_).toContain('debug TLS handshake error: tls: first record does not look like a TLS handshake');
    expect(owner?.log_.at(-1)).toBe('closed TLS failed');
    expect(owner?.over).toBe(true);
  });

  test('plain text before a handshake spoils the handshake', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    plain.socket.write('PUB injected 1\r\nx\r\n');
    await expect(upgrade(plain)).rejects.toThrow();
    expect(listener.owners[0]?.received).toBe('');
  });

  test('gives up on a client that says nothing', async () => {
    await using listener = await listening(terms({ timeoutMs: 50 }));
    const plain = listener.dial();
    await expect.poll(() => plain.closed, until).toBe(true);
    expect(plain.text).toMatch(/^INFO [^\n]*\n$/);
    const log = listener.owners[0]?.log_ ?? [];
    expect(log).toContain('debug TLS handshake timeout');
    expect(log.join('\n')).toMatch(
      /debug TLS handshake error: read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: i\/o timeout/,
    );
  });

  test('a client that leaves amid the handshake is an EOF', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    plain.socket.end(Buffer.from([0x16, 3, 1, 0]));
    await expect.poll(() => listener.owners[0]?.over, until).toBe(true);
    expect(listener.owners[0]?.log_).toContain('error TLS handshake error: EOF');
  });

  test.each<[string, ConnectionOptions, string]>([
    [
      'versions that are too old',
      { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' },
      'error TLS handshake error: tls: client offered only unsupported versions',
    ],
    [
      'no cipher in common',
      { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' },
      'error TLS handshake error: tls: no cipher suite supported by both client and server',
    ],
  ])('refuses %s', async (_name, options, line) => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    await expect(upgrade(plain, options)).rejects.toThrow();
    await expect.poll(() => listener.owners[0]?.log_, until).toContain(line);
  });

  test('a client that does not trust us says so', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    await expect(upgrade(plain, { ca: readFileSync(join(folder, 'other', 'ca.pem')) })).rejects.toThrow();
    await expect.poll(() => listener.owners[0]?.over, until).toBe(true);
    expect(listener.owners[0]?.received).toBe('');
  });
});

describe('certificates of clients', () => {
  async function attempt(options: Partial<TlsOptions>, shown: Certificate | undefined, maxVersion?: 'TLSv1.2') {
    await using listener = await listening(terms(options));
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    const secure = await upgrade(plain, {
      ...(shown === undefined ? {} : identity(shown)),
      ...(maxVersion === undefined ? {} : { maxVersion }),
    }).catch(() => undefined);
    const [owner] = listener.owners;
    await expect.poll(() => owner?.opened ?? owner?.over, until).toBeTruthy();
    secure?.socket.destroy();
    return { opened: owner?.opened, facts: owner?.transport.tls, log: owner?.log_ ?? [], received: owner?.received };
  }

  test('are taken when an authority stands for them', async () => {
    const { opened, facts } = await attempt({ verify: true }, client);
    expect(opened).toBe('tls');
    expect(facts?.verified).toBe(true);
    // The client sends its issuer along, which it finds among the authorities it trusts.
    const subjects = facts?.certificates.map((der) => new X509Certificate(der).subject);
    expect(subjects).toEqual(['CN=ada\nO=Example', 'CN=Test CA']);
  });

  test('verify_and_map asks for them too', async () => {
    expect((await attempt({ verifyAndMap: true }, client)).facts?.certificates).toHaveLength(2);
    expect((await attempt({ verifyAndMap: true }, undefined)).opened).toBeUndefined();
  });

  test.each(['TLSv1.2', undefined] as const)('are needed with verify (%s)', async (maxVersion) => {
    const { opened, log } = await attempt({ verify: true }, undefined, maxVersion);
    expect(opened).toBeUndefined();
    expect(log).toContain("error TLS handshake error: tls: client didn't provide a certificate");
  });

  test.each(['TLSv1.2', undefined] as const)('of strangers are refused (%s)', async (maxVersion) => {
    const { opened, log, received } = await attempt({ verify: true }, stranger, maxVersion);
    expect(opened).toBeUndefined();
    expect(received).toBe('');
    const digest = new X509Certificate(readFileSync(stranger.cert)).fingerprint256.replaceAll(':', '').toLowerCase();
    expect(log).toContain(
      'error TLS handshake error: tls: failed to verify certificate: ' +
        `x509: certificate signed by unknown authority (CN=mallory SHA-256: ${digest})`,
    );
  });

  test('for servers are no certificates for clients', async () => {
    const { opened, log } = await attempt({ verify: true }, server);
    expect(opened).toBeUndefined();
    expect(log.join()).toContain('x509: certificate specifies an incompatible key usage');
  });

  test('that are over are refused', async () => {
    const old = await authority.issue({ name: 'old', validDays: [-9, -1] });
    expect((await attempt({ verify: true }, old)).log.join()).toContain('x509: certificate has expired');
  });

  test('are not asked for without verify', async () => {
    expect((await attempt({}, client)).facts?.certificates).toEqual([]);
  });

  test('must be pinned where pins are given', async () => {
    const pin = pinOf(new X509Certificate(readFileSync(client.cert)));
    expect((await attempt({ verify: true, pinnedCertificates: [pin.toUpperCase()] }, client)).opened).toBe('tls');
    const other = await attempt({ verify: true, pinnedCertificates: ['a'.repeat(64)] }, client);
    expect(other.opened).toBeUndefined();
    expect(other.log).toContain(`debug Failed pinned cert test for key id: ${pin}`);
    expect(other.log).toContain('error TLS handshake error: certificate not pinned');
    const none = await attempt({ pinnedCertificates: [pin] }, client);
    expect(none.log).toContain('debug Failed pinned cert test as client did not provide a certificate');
  });

  test('are checked again when a session is resumed', async () => {
    await using listener = await listening(terms({ verify: true }));
    const dial = async (session?: Buffer): Promise<SecureClient> => {
      const plain = listener.dial();
      await expect.poll(() => plain.text, until).not.toBe('');
      const secure = await upgrade(plain, { ...identity(client), ...(session ? { session } : {}) });
      const owner = listener.owners.at(-1);
      await expect.poll(() => owner?.opened, until).toBe('tls');
      expect(new X509Certificate(owner?.transport.tls?.certificates[0] as Buffer).subject).toContain('CN=ada');
      return secure;
    };
    const { sessions } = await dial();
    await expect.poll(() => sessions, until).not.toHaveLength(0);
    expect((await dial(sessions[0])).socket.isSessionReused()).toBe(true);
  });
});

describe('when TLS begins', () => {
  test('first: nothing is said in clear', async () => {
    await using listener = await listening(terms({ handshakeFirst: true }));
    const plain = listener.dial();
    const secure = await upgrade(plain);
    await expect.poll(() => secure.text, until).toMatch(/^INFO tls /);
    expect(listener.owners[0]?.opened).toBe('tls-first');
    expect(plain.text).toBe('');
  });

  test('first: plain text is no handshake', async () => {
    await using listener = await listening(terms({ handshakeFirst: true }));
    const plain = listener.dial();
    plain.socket.write('PING\r\n');
    await expect.poll(() => plain.closed, until).toBe(true);
    expect(plain.text).toBe('');
  });

  test('first for a while: who begins in time gets INFO through TLS', async () => {
    await using listener = await listening(terms({ handshakeFirst: { fallbackMs: 3000 } }));
    const secure = await upgrade(listener.dial());
    await expect.poll(() => secure.text, until).toMatch(/^INFO tls /);
    expect(listener.owners[0]?.opened).toBe('tls-first');
  });

  test('first for a while: who waits gets INFO in clear', async () => {
    await using listener = await listening(terms({ handshakeFirst: { fallbackMs: 30 } }));
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).toMatch(/^INFO tls /);
    await upgrade(plain);
    await expect.poll(() => listener.owners[0]?.opened, until).toBe('tls');
  });

  test('first for a while, or not at all', async () => {
    await using listener = await listening(terms({ handshakeFirst: { fallbackMs: 30 } }, { allowNonTls: true }));
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).toMatch(/^INFO plain /);
    plain.socket.write('PING\r\n');
    await expect.poll(() => listener.owners[0]?.received, until).toBe('PING\r\n');
  });

  test('both are welcome: the first byte tells', async () => {
    await using listener = await listening(terms({}, { allowNonTls: true }));
    const [plain, toSecure] = [listener.dial(), listener.dial()];
    await expect.poll(() => plain.text + toSecure.text, until).toMatch(/^(INFO plain [^\n]*\n){2}$/);
    for (const byte of 'PING\r\n') plain.socket.write(byte);
    const secure = await upgrade(toSecure);
    secure.socket.write('SUB');
    await expect
      .poll(() => listener.owners.map(({ opened }) => String(opened)).toSorted(alphabetic), until)
      .toEqual(['plain', 'tls']);
    await expect
      .poll(() => listener.owners.map(({ received }) => received).toSorted(alphabetic), until)
      .toEqual(['PING\r\n', 'SUB']);
  });

  test('both are welcome: who says nothing goes on in clear', async () => {
    await using listener = await listening(terms({ timeoutMs: 30 }, { allowNonTls: true }));
    const plain = listener.dial();
    await expect.poll(() => listener.owners[0]?.opened, until).toBe('plain');
    plain.socket.write('PING\r\n');
    await expect.poll(() => listener.owners[0]?.received, until).toBe('PING\r\n');
  });

  test('only so many may begin in a second', async () => {
    const rateLimit = new RateLimit(2, () => 0);
    await using listener = await listening(terms({}, { rateLimit }));
    for (let index = 0; index < 2; index++) {
      const plain = listener.dial();
      await expect.poll(() => plain.text, until).not.toBe('');
      await upgrade(plain);
    }
    const third = listener.dial();
    await expect.poll(() => third.closed, until).toBe(true);
    expect(third.text).toMatch(/^INFO [^\n]*\n-ERR throttled\r\n$/);
    expect(rateLimit.takeRefused()).toBe(1);
    expect(rateLimit.takeRefused()).toBe(0);
  });
});

describe('several certificates', () => {
  test('are chosen by name, the first one by default', async () => {
    const [a, b] = await Promise.all([
      authority.issue({ name: 'a.example', names: 'DNS:a.example' }),
      authority.issue({ name: 'b.example', names: 'DNS:*.b.example' }),
    ]);
    const loaded = loadTls({
      caFile: authority.ca,
      certificates: [a, b].map(({ cert, key }) => ({ certFile: cert, keyFile: key })),
    });
    await using listener = await listening(() => ({
      tls: loaded,
      allowNonTls: false,
      proxyProtocol: false,
      rateLimit: undefined,
    }));
    const shown = async (servername: string): Promise<string | undefined> => {
      const plain = listener.dial();
      await expect.poll(() => plain.text, until).not.toBe('');
      const { socket } = await upgrade(plain, { servername, rejectUnauthorized: false });
      return socket.getPeerX509Certificate()?.subject;
    };
    expect(await shown('x.b.example')).toBe('CN=b.example');
    expect(await shown('a.example')).toBe('CN=a.example');
    expect(await shown('elsewhere.example')).toBe('CN=a.example');
    expect(await shown('')).toBe('CN=a.example');
  });

  test('are taken over by new connections when they are replaced', async () => {
    const other = await authority.issue({ name: 'renewed', names: 'DNS:localhost' });
    let loaded = loadTls(own());
    await using listener = await listening(() => ({
      tls: loaded,
      allowNonTls: false,
      proxyProtocol: false,
      rateLimit: undefined,
    }));
    const dial = async (): Promise<SecureClient> => {
      const plain = listener.dial();
      await expect.poll(() => plain.text, until).not.toBe('');
      return upgrade(plain);
    };
    const before = await dial();
    loaded = loadTls({ ...own(), certFile: other.cert, keyFile: other.key });
    const after = await dial();
    expect(before.socket.getPeerX509Certificate()?.subject).toBe('CN=server');
    expect(after.socket.getPeerX509Certificate()?.subject).toBe('CN=renewed');
    before.socket.write('still here');
    await expect.poll(() => listener.owners[0]?.received, until).toBe('still here');
  });
});

describe('bytes through TLS', () => {
  test('are those that were written, though their memory was used again', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    const secure = await upgrade(plain);
    await expect.poll(() => listener.owners[0]?.opened, until).toBe('tls');
    const transport = listener.owners[0]?.transport;
    if (transport === undefined) throw new Error('no connection');
    const memory = Buffer.alloc(9000);
    let written = 0;
    let direct = 0;
    const expected: string[] = [];
    const piece = async (): Promise<void> => {
      const letter = String.fromCharCode(97 + (written % 26));
      memory.fill(letter);
      expected.push(letter.repeat(memory.length));
      written++;
      const free =
        written % 3 === 0
          ? transport.writeAll([memory.subarray(0, 4000), memory.subarray(4000)])
          : transport.write(memory);
      if (free) direct++;
      else await new Promise<void>((resolve) => transport.onDrained(resolve));
      memory.fill('!');
    };
    for (let index = 0; index < 200; index++) await piece();
    await expect.poll(() => secure.text.length, until).toBe(200 * memory.length);
    expect(secure.text === expected.join('')).toBe(true);
    expect(direct).toBeGreaterThan(0);
  });

  test('come in whole, however small the read region is', async () => {
    await using listener = await listening(terms(), 1000);
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    const secure = await upgrade(plain);
    const sent = Array.from({ length: 40_000 }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');
    secure.socket.write(sent);
    await expect.poll(() => listener.owners[0]?.received.length, until).toBe(sent.length);
    expect(listener.owners[0]?.received === sent).toBe(true);
  });

  test('wait while reading is paused', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    const secure = await upgrade(plain);
    await expect.poll(() => listener.owners[0]?.opened, until).toBe('tls');
    const [owner] = listener.owners;
    owner?.transport.pause();
    secure.socket.write('later');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(owner?.received).toBe('');
    owner?.transport.resume();
    await expect.poll(() => owner?.received, until).toBe('later');
  });

  test('that were written go out before the end', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    const secure = await upgrade(plain);
    await expect.poll(() => listener.owners[0]?.opened, until).toBe('tls');
    const transport = listener.owners[0]?.transport;
    transport?.write(Buffer.alloc(300_000, 'z'));
    transport?.end();
    await expect.poll(() => secure.closed, until).toBe(true);
    expect(secure.text.length).toBe(300_000);
  });

  test('that are spoilt end the connection', async () => {
    await using listener = await listening(terms());
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).not.toBe('');
    await upgrade(plain);
    await expect.poll(() => listener.owners[0]?.opened, until).toBe('tls');
    plain.socket.write(Buffer.from([0x17, 3, 3, 0, 32, ...Array.from({ length: 32 }, () => 7)]));
    await expect.poll(() => listener.owners[0]?.over, until).toBe(true);
    expect(listener.owners[0]?.received).toBe('');
    expect(listener.owners[0]?.error).toBeDefined();
  });
});

/** A client that sends its handshake at once, and takes INFO off the front of what it reads. */
async function upgradeSkippingInfo(plain: PlainClient, ca: Buffer): Promise<TLSSocket> {
  const { Duplex } = await import('node:stream');
  const raw = plain.release();
  let skipping = true;
  let head = Buffer.alloc(0);
  const tunnel = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      raw.write(bytes, done);
    },
  });
  raw.on('data', (bytes: Buffer) => {
    if (!skipping) return void tunnel.push(bytes);
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n');
    if (end === -1) return;
    skipping = false;
    if (head.length > end + 2) tunnel.push(head.subarray(end + 2));
  });
  raw.resume();
  const socket = connectTls({ socket: tunnel, servername: 'localhost', ca });
  return new Promise((resolve, reject) => {
    socket.on('secureConnect', () => resolve(socket));
    socket.on('error', reject);
  });
}
