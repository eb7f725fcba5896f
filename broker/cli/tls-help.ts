import { DEFAULT_CURVES, DEFAULT_SUITES, TLS_1_3_SUITES } from '../transport/tls-names.ts';

/** The keys of a `tls` block, for `--help_tls`. */
const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['cert_file: "server-cert.pem"', "the server's certificate, with those between it and its authority behind it"],
  ['key_file: "server-key.pem"', 'its private key'],
  ['certs: [ { cert_file, key_file } ]', 'several of them; the client is given the one that fits'],
  ['ca_file: "ca.pem"', 'authorities that may have signed the certificates of clients'],
  ['verify: true', 'clients have to show a certificate'],
  ['verify_and_map: true', 'and are the user that it names'],
  ['pinned_certs: [ "<sha256>" ]', 'and its public key has to be one of these (SHA-256, hexadecimal)'],
  ['timeout: 2', 'seconds that a handshake may take'],
  ['handshake_first: true', 'the handshake comes before INFO; "auto" or "300ms" waits that long for it'],
  ['min_version: "1.3"', '1.2 is the lowest'],
  ['cipher_suites: [ … ]', 'what to agree on, in this order'],
  ['curve_preferences: [ … ]', 'the same for the key exchange'],
  ['connection_rate_limit: 100', 'handshakes that may begin in a second'],
];

/** The text of `--help_tls`. */
export function tlsHelp(program: string): string {
  return [
    '',
    `TLS for clients: ${program} --tls --tlscert <file> --tlskey <file> [--tlsverify --tlscacert <file>]`,
    'or a block of the configuration, which has more to say:',
    '',
    '    tls {',
    ...KEYS.map(([key, meaning]) => `        ${key.padEnd(36)} # ${meaning}`),
    '    }',
    '',
    'Names of files are relative to the folder that the server is started in.',
    'The block websocket has a tls block of its own. allow_non_tls: true, beside the block, also takes clients without TLS.',
    '',
    'Cipher suites:',
    ...[...TLS_1_3_SUITES, ...DEFAULT_SUITES].map((name) => `    ${name}`),
    '',
    'Curves:',
    ...DEFAULT_CURVES.map((name) => `    ${name}`),
    '',
  ].join('\n');
}
