import type { ConfigCase } from './config-case.ts';

const garbled = (type: string): string => `-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`;

/** A pair of files, of which some are made before (in `../certs`). */
function pair(cert: string, key: string, reason: string, files: Record<string, string> = {}): ConfigCase {
  return {
    text: `tls { cert_file: "${cert}", key_file: "${key}" }\n`,
    files,
    says: [`server.conf:1:0: error parsing X509 certificate/key pair: ${reason}`],
  };
}

const cert = '../certs/server.pem';
const key = '../certs/server.key';

/** What is in the files of TLS. */
export const certificates: readonly ConfigCase[] = [
  pair('text', key, 'tls: failed to find any PEM data in certificate input', { text: 'hello\n' }),
  pair(cert, 'text', 'tls: failed to find any PEM data in key input', { text: 'hello\n' }),
  pair('empty', 'empty', 'tls: failed to find any PEM data in certificate input', { empty: '' }),
  pair(
    key,
    cert,
    'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
  ),
  pair(cert, cert, 'tls: found a certificate rather than a key in the PEM for the private key'),
  pair('bad', key, 'x509: malformed certificate', { bad: garbled('CERTIFICATE') }),
  pair(
    'odd',
    key,
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [FOO BAR]',
    { odd: garbled('FOO') + garbled('BAR') },
  ),
  pair(
    cert,
    'odd',
    'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [FOO]',
    { odd: garbled('FOO') },
  ),
  pair(cert, '../certs/client.key', 'tls: private key does not match public key'),
  pair('.', key, 'read .: is a directory'),
  pair('half', key, 'tls: failed to find any PEM data in certificate input', {
    half: '-----BEGIN CERTIFICATE-----\nAAAA\n',
  }),
  pair('signs', key, 'tls: failed to find any PEM data in certificate input', {
    signs: '-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n',
  }),
  {
    text: `tls { ca_file: "text" }\n`,
    files: { text: 'hello\n' },
    says: ['server.conf:1:0: failed to parse root ca certificate'],
  },
  {
    text: `tls { ca_file: "bad" }\n`,
    files: { bad: garbled('CERTIFICATE') },
    says: ['server.conf:1:0: failed to parse root ca certificate'],
  },
  { text: `tls { ca_file: "${key}" }\n`, says: ['server.conf:1:0: failed to parse root ca certificate'] },
  {
    text: `tls { certs: [ { cert_file: "${cert}", key_file: "${key}" }, { cert_file: "${cert}", key_file: "none" } ] }\n`,
    says: ['server.conf:1:0: error parsing X509 certificate/key pair 2/2: open none: no such file or directory'],
  },
  ...[
    ['websocket', 'port: -1'],
    ['mqtt', 'port: -1'],
    ['leafnodes', 'port: -1'],
    ['cluster', 'port: -1'],
    ['gateway', 'name: a'],
  ].map(([block, first]): ConfigCase => ({
    text: `${block} {\n  ${first}\n  tls { cert_file: "none", key_file: "none" }\n}\n`,
    says: ['server.conf:3:3: error parsing X509 certificate/key pair: open none: no such file or directory'],
  })),
];
