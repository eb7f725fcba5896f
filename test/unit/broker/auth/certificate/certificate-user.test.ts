import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { readCertificateNames } from '../../../../../broker/auth/certificate/certificate-names.ts';
import { userOfCertificate } from '../../../../../broker/auth/certificate/certificate-user.ts';
import { DerError } from '../../../../../broker/auth/certificate/der.ts';
import {
  domainComponentsText,
  parseDistinguishedName,
  standardSubjectText,
} from '../../../../../broker/auth/certificate/distinguished-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'natscope-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A self-signed certificate, as DER. */
function certificate(subject: string, alternative?: string): Buffer {
  const pem = join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-utf8', '-days', '2']
      .concat(['-keyout', join(folder, 'key.pem'), '-out', pem, '-subj', subject])
      .concat(alternative === undefined ? [] : ['-addext', `subjectAltName=${alternative}`]),
    { stdio: 'ignore' },
  );
  return new X509Certificate(readFileSync(pem)).raw;
}

const plain = certificate('/C=US/ST=CA/L=Los Angeles/O=NATS/OU=One+OU=Two/CN=*.example.com');
const domain = certificate('/DC=com/DC=example/OU=Users/CN=jo,e');
const alternatives = certificate(
  '/CN=client',
  'DNS:a.example,DNS:b.example,email:jo@example.com,URI:spiffe://x/y,IP:::1',
);
const named = (der: Buffer, ...users: string[]): string | undefined =>
  userOfCertificate(readCertificateNames(der), new Set(users));

describe('names of a certificate', () => {
  it('are its alternative names and its subject', () => {
    expect(readCertificateNames(alternatives)).toEqual({
      emails: ['jo@example.com'],
      dnsNames: ['a.example', 'b.example'],
      uris: ['spiffe://x/y'],
      subject: [[{ type: '2.5.4.3', value: 'client' }]],
    });
    expect(readCertificateNames(plain)).toMatchObject({ emails: [], dnsNames: [], uris: [] });
  });

  it('of the subject are text in any script', () => {
    expect(standardSubjectText(readCertificateNames(certificate('/O=Grüße/CN=Жора')).subject)).toBe('CN=Жора,O=Grüße');
  });

  it('of the subject are written as Go writes them, whatever their order', () => {
    const { subject } = readCertificateNames(plain);
    expect(standardSubjectText(subject)).toBe('CN=*.example.com,OU=One+OU=Two,O=NATS,L=Los Angeles,ST=CA,C=US');
    const other = readCertificateNames(certificate('/CN=first/C=US/CN=a#b c/OU= x/OU=#y/O=q"<z')).subject;
    expect(standardSubjectText(other)).toBe('CN=a#b c,OU=\\ x+OU=\\#y,O=q\\"\\<z,C=US');
    expect(domainComponentsText(readCertificateNames(domain).subject)).toBe('DC=com,DC=example');
  });

  it.each([0, 1, 2, 40, 200])(
    'are not read from what is cut to %i bytes, and nothing is thrown but a DerError',
    (bytes) => {
      expect(() => readCertificateNames(plain.subarray(0, bytes))).toThrow(DerError);
    },
  );

  it('are not read from what is spoiled anywhere, other than as an error or as other names', () => {
    for (let at = 0; at < Math.min(plain.length, 300); at++) {
      const spoiled = Buffer.from(plain);
      spoiled[at] = (spoiled[at] as number) ^ 0xff;
      try {
        readCertificateNames(spoiled);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(DerError);
      }
    }
  });
});

describe('the user of a certificate', () => {
  it('is an address, a DNS name or a URI, in that order', () => {
    expect(named(alternatives, 'spiffe://x/y', 'b.example', 'jo@example.com')).toBe('jo@example.com');
    expect(named(alternatives, 'spiffe://x/y', 'b.example')).toBe('b.example');
    expect(named(alternatives, 'spiffe://x/y', 'CN=client')).toBe('spiffe://x/y');
    expect(named(alternatives, 'CN=client')).toBe('CN=client');
    expect(named(alternatives, 'client')).toBeUndefined();
    expect(named(alternatives)).toBeUndefined();
  });

  it('is the subject as a distinguished name', () => {
    expect(named(plain, 'CN=*.example.com,OU=One+OU=Two,O=NATS,L=Los Angeles,ST=CA,C=US')).toBeDefined();
    expect(named(plain, 'cn=*.example.com, ou=Two+ou=One, o=NATS, l=Los Angeles, st=CA, c=US')).toBeDefined();
    expect(named(plain, 'C=US,ST=CA,L=Los Angeles,O=NATS,OU=One+OU=Two,CN=*.example.com')).toBeDefined();
    expect(named(plain, 'CN=*.example.com,OU=One,OU=Two,O=NATS,L=Los Angeles,ST=CA,C=US')).toBeUndefined();
    expect(named(plain, 'CN=*.example.com,O=NATS')).toBeUndefined();
    expect(named(plain, 'CN=*.Example.com,OU=One+OU=Two,O=NATS,L=Los Angeles,ST=CA,C=US')).toBeUndefined();
  });

  it('is preferably in the order of the certificate', () => {
    const inOrder = 'CN=jo\\,e,OU=Users,DC=example,DC=com';
    const reordered = 'DC=com,DC=example,OU=Users,CN=jo\\,e';
    expect(named(domain, reordered, inOrder)).toBe(inOrder);
    expect(named(domain, reordered)).toBe(reordered);
  });

  it('is the text of the subject where an attribute has no short name', () => {
    const unusual = certificate('/emailAddress=jo@example.com/O=NATS/CN=jo');
    expect(named(unusual, 'CN=jo,O=NATS')).toBe('CN=jo,O=NATS');
    expect(named(unusual, 'O=NATS,CN=jo')).toBeUndefined();
    const withDomain = certificate('/DC=com/emailAddress=x@y/CN=jo');
    expect(named(withDomain, 'CN=jo', 'CN=jo,DC=com')).toBe('CN=jo,DC=com');
  });
});

describe('a distinguished name', () => {
  it.each([
    ['CN=a,O=b', [[['CN', 'a']], [['O', 'b']]]],
    [' CN = a b  , O= c ', [[['CN', 'a b']], [['O', 'c']]]],
    [
      'CN=a+OU=b',
      [
        [
          ['CN', 'a'],
          ['OU', 'b'],
        ],
      ],
    ],
    ['CN=a\\,b\\ ', [[['CN', 'a,b ']]]],
    ['CN=\\c3\\a4', [[['CN', 'ä']]]],
    ['CN=', []],
    ['', []],
  ])('is read from %j', (text, expected) => {
    const name = parseDistinguishedName(text);
    expect(name?.map((relative) => relative.map(({ type, value }) => [type, value]))).toEqual(expected);
  });

  it.each(['abc', 'CN=a,b', ',CN=a', 'CN=#04', 'CN=a\\', 'CN=a\\zz', 'CN=a\\1'])('is not %j', (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined();
  });
});
