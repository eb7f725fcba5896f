import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * A configuration of some 300 lines as a team may have it: accounts with users, permissions, exports, imports and mappings,
 * certificates, monitoring and WebSocket. Writes the certificates into the folder with the program openssl.
 */
export function startUpConfiguration(folder: string): string {
  const cert = join(folder, 'server.pem');
  const key = join(folder, 'server.key');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const teams = Array.from({ length: 12 }, (_, index) => `TEAM_${index}`);
  return [
    'server_name: harbour',
    'http: "127.0.0.1:-1"',
    'max_payload: 2MB',
    'max_pending: 64MB',
    'ping_interval: "30s"',
    'write_deadline: "5s"',
    'lame_duck_duration: "1m"',
    'allow_non_tls: true',
    'tls {',
    `  cert_file: "${cert}"`,
    `  key_file: "${key}"`,
    `  ca_file: "${cert}"`,
    '  timeout: 3',
    '}',
    'websocket {',
    '  listen: "127.0.0.1:-1"',
    '  tls {',
    `    cert_file: "${cert}"`,
    `    key_file: "${key}"`,
    '  }',
    '  same_origin: true',
    '  compression: true',
    '}',
    'mappings {',
    '  "orders.*.created": "orders.created.{{wildcard(1)}}"',
    '  "readings.*": [',
    '    { destination: "readings.new.{{wildcard(1)}}", weight: 20% }',
    '    { destination: "readings.old.{{wildcard(1)}}", weight: 80% }',
    '  ]',
    '}',
    'accounts {',
    ...teams.flatMap(account),
    '  SYS { users: [ { user: admin, password: "$2a$04$PIq3jzbZoZCRRXgNGXRTxOVKnQ9LlVYlFKsQKtJGcjqLAXXgVKdW6" } ] }',
    '}',
    'system_account: SYS',
    'no_auth_user: reader_0',
    '',
  ].join('\n');
}

/** An account that offers something to all and takes from its neighbour. */
function account(name: string, index: number, teams: readonly string[]): string[] {
  const neighbour = teams[(index + 1) % teams.length] ?? name;
  return [
    `  ${name} {`,
    '    exports: [',
    `      { stream: "public.${index}.>" }`,
    `      { service: "api.${index}.*", response_type: singleton, threshold: "2s" }`,
    '    ]',
    '    imports: [',
    `      { stream: { account: ${neighbour}, subject: "public.${(index + 1) % teams.length}.>" }, prefix: "from" }`,
    `      { service: { account: ${neighbour}, subject: "api.${(index + 1) % teams.length}.*" }, to: "ask.*" }`,
    '    ]',
    '    mappings: { "jobs.*.*": "jobs.{{partition(3,1)}}.{{wildcard(2)}}" }',
    '    users: [',
    '      {',
    `        user: writer_${index}, password: secret_${index}`,
    '        permissions {',
    `          publish: { allow: ["orders.${index}.>", "jobs.>", "api.>"], deny: "orders.${index}.secret" }`,
    '          subscribe: ["_INBOX.>", "public.> queue"]',
    '          allow_responses: { max: 3, expires: "1m" }',
    '        }',
    '      }',
    '      {',
    `        user: reader_${index}, password: secret_${index}`,
    '        permissions { subscribe: "public.>", publish: { deny: ">" } }',
    '      }',
    '    ]',
    '  }',
  ];
}
