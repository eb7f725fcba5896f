import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrokerError } from '../../../../broker/base/broker-error.ts';
import type { TlsOptions } from '../../../../broker/options/tls.ts';
import { loadTls } from '../../../../broker/transport/tls-terms.ts';
import { isInsecureSuite, opensslCurve, opensslSuite } from '../../../../broker/transport/tls-names.ts';
import { Authority, type Certificate } from '../../../support/certificates.ts';

let folder: string;
let ca: string;
let server: Certificate;
let other: Certificate;
let rsa: Certificate;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-tls-terms-'));
  const authority = await Authority.create(folder, 'Test CA');
  if (authority === undefined) throw new Error('openssl is needed for these tests');
  ca = authority.ca;
  [server, other, rsa] = await Promise.all([
    authority.issue({ name: 'server' }),
    authority.issue({ name: 'other' }),
    authority.issue({ name: 'rsa', key: 'rsa' }),
  ]);
  mkdirSync(file('folder'));
  writeFileSync(file('text'), 'hello\n');
  writeFileSync(file('empty'), '');
  writeFileSync(file('bad.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  writeFileSync(file('bad.key'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
  writeFileSync(file('public.pem'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
  const run = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  run('pkcs8', '-topk8', '-in', server.key, '-passout', 'pass:abc', '-out', file('encrypted.key'));
  const curve = ['-pkeyopt', 'ec_paramgen_curve:secp256k1'];
  run(
    'req',
    '-x509',
    '-newkey',
    'ec',
    ...curve,
    '-nodes',
    '-keyout',
    file('k1.key'),
    '-out',
    file('k1.pem'),
    '-subj',
    '/CN=x',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function problem(options: TlsOptions): string {
  try {
    loadTls(options);
  } catch (error) {
    expect(error).toBeInstanceOf(BrokerError);
    expect((error as BrokerError).code).toBe('invalid-option');
    return (error as BrokerError).message;
  }
  throw new Error('the options were taken');
}

describe('a certificate and its key', () => {
  const before = 'error parsing X509 certificate/key pair: ';
  test.each<[name: string, cert: () => string, key: () => string, words: () => string]>([
    [
      'no certificate file',
      () => file('nope'),
      () => server.key,
      () => `open ${file('nope')}: no such file or directory`,
    ],
    ['no key file', () => server.cert, () => file('nope'), () => `open ${file('nope')}: no such file or directory`],
    ['a folder', () => file('folder'), () => server.key, () => `read ${file('folder')}: is a directory`],
    [
      'text for a certificate',
      () => file('text'),
      () => server.key,
      () => 'tls: failed to find any PEM data in certificate input',
    ],
    [
      'nothing for a certificate',
      () => file('empty'),
      () => server.key,
      () => 'tls: failed to find any PEM data in certificate input',
    ],
    ['text for a key', () => server.cert, () => file('text'), () => 'tls: failed to find any PEM data in key input'],
    [
      'both the other way round',
      () => server.key,
      () => server.cert,
      () =>
        'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [
      'something else in PEM for a certificate',
      () => file('public.pem'),
      () => server.key,
      () =>
        'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [PUBLIC KEY]',
    ],
    [
      'a certificate for a key',
      () => server.cert,
      () => server.cert,
      () => 'tls: found a certificate rather than a key in the PEM for the private key',
    ],
    [
      'something else in PEM for a key',
      () => server.cert,
      () => file('public.pem'),
      () =>
        'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [PUBLIC KEY]',
    ],
    ['a certificate that is none', () => file('bad.pem'), () => server.key, () => 'x509: malformed certificate'],
    [
      'a key that is none',
      () => server.cert,
      () => file('bad.key'),
      () => 'tls: failed to parse private key: not a key that can be read',
    ],
    [
      'a key with a passphrase',
      () => server.cert,
      () => file('encrypted.key'),
      () => 'tls: failed to parse private key: it is encrypted, which is of no use to a server',
    ],
    ['a key of another', () => server.cert, () => other.key, () => 'tls: private key does not match public key'],
    [
      'a key of another kind',
      () => server.cert,
      () => rsa.key,
      () => 'tls: private key type does not match public key type',
    ],
    [
      'a curve that Go does not know',
      () => file('k1.pem'),
      () => file('k1.key'),
      () => 'x509: unsupported elliptic curve',
    ],
  ])('%s', (_name, cert, key, words) => {
    expect(problem({ certFile: cert(), keyFile: key() })).toBe(before + words());
  });

  test('need each other', () => {
    expect(problem({ certFile: server.cert })).toBe("missing 'key_file' in TLS configuration");
    expect(problem({ keyFile: server.key })).toBe("missing 'cert_file' in TLS configuration");
  });

  test('say which of several they are', () => {
    const certificates = [
      { certFile: server.cert, keyFile: server.key },
      { certFile: other.cert, keyFile: file('nope') },
    ];
    expect(problem({ certificates })).toBe(
      `error parsing X509 certificate/key pair 2/2: open ${file('nope')}: no such file or directory`,
    );
    expect(problem({ certificates, certFile: server.cert, keyFile: server.key })).toContain('cannot combine');
  });

  test('may be absent, of any kind, and have a chain', () => {
    expect(loadTls({}).expiresAt).toBeUndefined();
    expect(loadTls({ certFile: rsa.cert, keyFile: rsa.key }).expiresAt).toBeGreaterThan(Date.now());
    writeFileSync(
      file('chain.pem'),
      `text in front\n${readFileSync(server.cert, 'utf8')}\n${readFileSync(ca, 'utf8')}`,
    );
    expect(loadTls({ certFile: file('chain.pem'), keyFile: server.key }).context).toBeDefined();
  });

  test('no secret is in what is said of them', () => {
    const key = readFileSync(server.key, 'latin1').split('\n')[1] as string;
    expect(problem({ certFile: other.cert, keyFile: server.key })).not.toContain(key);
  });
});

describe('authorities', () => {
  const withCa = (caFile: string): TlsOptions => ({ certFile: server.cert, keyFile: server.key, caFile });

  test('that are none are an error', () => {
    expect(problem(withCa(file('nope')))).toBe(`open ${file('nope')}: no such file or directory`);
    expect(problem(withCa(file('folder')))).toBe(`read ${file('folder')}: is a directory`);
    for (const name of ['text', 'empty', 'bad.pem', 'bad.key']) {
      expect(problem(withCa(file(name)))).toBe('failed to parse root ca certificate');
    }
  });

  test('are taken beside what cannot be read', () => {
    writeFileSync(file('mixed.pem'), `${readFileSync(file('bad.pem'), 'utf8')}${readFileSync(ca, 'utf8')}`);
    expect(loadTls({ ...withCa(file('mixed.pem')), verify: true }).verify).toBe(true);
  });
});

describe('names of Go', () => {
  test('are understood', () => {
    expect(opensslSuite('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256')).toBe('ECDHE-RSA-CHACHA20-POLY1305');
    expect(opensslSuite('TLS_AES_256_GCM_SHA384')).toBe('TLS_AES_256_GCM_SHA384');
    expect(opensslCurve('CurveP384')).toBe('P-384');
    expect(isInsecureSuite('TLS_RSA_WITH_AES_128_CBC_SHA')).toBe(true);
    expect(isInsecureSuite('TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA')).toBe(false);
  });

  test('that are none are refused', () => {
    expect(problem({ cipherSuites: ['TLS_X'] })).toBe('unrecognized cipher TLS_X');
    expect(problem({ cipherSuites: ['constructor'] })).toBe('unrecognized cipher constructor');
    expect(problem({ curvePreferences: ['P256'] })).toBe('unrecognized curve preference P256');
    expect(problem({ curvePreferences: ['__proto__'] })).toBe('unrecognized curve preference __proto__');
    expect(problem({ pinnedCertificates: ['zz'] })).toContain("error parsing 'pinned_certs' key zz does not look like");
  });

  test.each<[string, TlsOptions]>([
    [
      'every curve',
      { curvePreferences: ['X25519MLKEM768', 'SecP384r1MLKEM1024', 'SecP256r1MLKEM768', 'X25519', 'CurveP521'] },
    ],
    ['a suite of TLS 1.3 only', { cipherSuites: ['TLS_AES_128_GCM_SHA256'] }],
    ['an insecure suite', { cipherSuites: ['TLS_RSA_WITH_AES_256_GCM_SHA384'] }],
    ['a suite that is long gone', { cipherSuites: ['TLS_RSA_WITH_RC4_128_SHA'] }],
    ['a version', { versionMin: '1.3' }],
  ])('%s', (_name, options) => {
    expect(loadTls({ certFile: server.cert, keyFile: server.key, ...options }).context).toBeDefined();
  });
});
