import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { deadline } from '../support/deadline.ts';
import { newestCompared } from '../support/real-servers.ts';
import { connectLine, plain } from './case.ts';
import type { RunningServer } from './runner.ts';
import { natscopeTarget, realTarget } from './target.ts';

// Certificates say who somebody is (`verify_and_map`): the same certificates on both servers, and the same users.

const run = promisify(execFile);

const folder = await mkdtemp(join(tmpdir(), 'natscope-certificates-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function createAuthority(): Promise<void> {
  const files = ['-keyout', join(folder, 'ca.key'), '-out', join(folder, 'ca.pem')];
  const extension = ['-addext', 'basicConstraints=critical,CA:TRUE'];
  await run('openssl', ['req', '-x509', ...newKey, ...files, '-subj', '/CN=ca', '-days', '2', ...extension]);
}

/** A certificate with any subject, whatever attributes it has. */
async function issue(name: string, subject: string, alternatives?: string): Promise<void> {
  const file = (ending: string): string => join(folder, `${name}.${ending}`);
  await run('openssl', ['req', ...newKey, '-utf8', '-keyout', file('key'), '-out', file('csr'), '-subj', subject]);
  const extensions = alternatives === undefined ? 'basicConstraints=CA:FALSE' : `subjectAltName=${alternatives}`;
  await writeFile(file('ext'), `${extensions}\n`);
  const authority = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca.key'), '-set_serial', '7'];
  const files = ['-in', file('csr'), '-out', file('pem'), '-extfile', file('ext')];
  await run('openssl', ['x509', '-req', ...authority, ...files, '-days', '2']);
}

/** Certificates, and whom they stand for; undefined: nobody. */
const people: readonly [name: string, subject: string, alternatives: string | undefined, user: string | undefined][] = [
  [
    'whole',
    '/C=US/ST=CA/L=Los Angeles/O=NATS/OU=One+OU=Two/CN=*.example.com',
    undefined,
    'CN=*.example.com,OU=One+OU=Two,O=NATS,L=Los Angeles,ST=CA,C=US',
  ],
  ['name', '/CN=anything', 'DNS:b.example,DNS:a.example', 'a.example'],
  ['address', '/CN=anything', 'DNS:a.example,email:jo@example.com', 'jo@example.com'],
  ['link', '/CN=anything', 'URI:spiffe://x/y', 'spiffe://x/y'],
  ['other-name', '/CN=plain', 'DNS:nobody.example', 'CN=plain'],
  ['domain', '/DC=com/DC=example/OU=Users/CN=jo,e', undefined, 'CN=jo\\,e,OU=Users,DC=example,DC=com'],
  ['plain', '/CN=plain', undefined, 'CN=plain'],
  ['reordered', '/CN=re/C=US', undefined, 'C=US,CN=re'],
  ['in-order', '/C=US/CN=re', undefined, 'C=US,CN=re'],
  ['utf8', '/CN=Жора/O=Grüße', undefined, 'O=Grüße,CN=Жора'],
  ['unusual', '/emailAddress=x@y/CN=plain', undefined, 'CN=plain'],
  ['unusual-domain', '/DC=org/emailAddress=a@b/CN=dc', undefined, 'CN=dc,DC=org'],
  ['more', '/O=More/CN=plain', undefined, undefined],
  ['upper', '/CN=PLAIN', undefined, undefined],
  ['nobody', '/CN=nobody', undefined, undefined],
  ['password', '/CN=pw', undefined, undefined],
];

function configuration(): string {
  const users = new Set(people.flatMap(([, , , user]) => (user === undefined ? [] : [user])));
  const quoted = [...users, 'CN=dc,DC=org'].map((user) => `"${user.replaceAll('\\', '\\\\')}"`);
  return `
tls {
  cert_file: "${join(folder, 'server.pem')}", key_file: "${join(folder, 'server.key')}", ca_file: "${join(folder, 'ca.pem')}"
  verify_and_map: true
}
authorization { users: [
  ${[...new Set(quoted)].map((user) => `{ user: ${user}, permissions: { publish: allowed } }`).join('\n  ')}
  { user: pw, password: pw }
] }`;
}

beforeAll(async () => {
  await createAuthority();
  await issue('server', '/CN=localhost', 'IP:127.0.0.1');
  for (const [name, subject, alternatives] of people) await issue(name, subject, alternatives);
});

/** What comes back when somebody with this certificate shows these fields and publishes what he may not. */
async function show(port: number, name: string | undefined, fields: object): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  const hello = new Promise<void>((resolve) => void socket.once('data', () => resolve()));
  await hello;
  const own =
    name === undefined
      ? {}
      : { cert: await readFile(join(folder, `${name}.pem`)), key: await readFile(join(folder, `${name}.key`)) };
  const ca = await readFile(join(folder, 'ca.pem'));
  const secure = tls.connect({ socket, ca, host: '127.0.0.1', ...own });
  let received = '';
  const answered = new Promise<void>((resolve) => {
    secure.on('data', (bytes: Buffer) => {
      received += bytes.toString();
      if (received.endsWith('PONG\r\n')) resolve();
    });
    secure.on('error', () => {});
    secure.on('close', () => resolve());
  });
  secure.write(`${connectLine({ ...plain, ...fields })}PUB who 0\r\n\r\nPING\r\n`);
  await deadline(answered, 10_000, () => `no answer but ${JSON.stringify(received)}`);
  secure.destroy();
  return received;
}

const admitted = '-ERR \'Permissions Violation for Publish to "who"\'\r\nPONG\r\n';
const refused = "-ERR 'Authorization Violation'\r\n";

const real = newestCompared(inject('realServers'));
const targets = [natscopeTarget, ...(real === undefined ? [] : [realTarget(real)])];

describe.each(targets)('certificates of users on $name', (target) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await target.start({}, configuration());
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(people)('%s (%s, %s) is %s', async (name, _subject, _alternatives, user) => {
    expect(await show(server.port, name, {})).toBe(user === undefined ? refused : admitted);
    if (user !== undefined) await server.logged(logLine(user));
  });

  test('a name that is shown too counts for nothing, and its password does not help', async () => {
    expect(await show(server.port, 'plain', { user: 'pw', pass: '' })).toBe(admitted);
    expect(await show(server.port, 'plain', { user: 'pw', pass: 'pw' })).toBe(refused);
    await server.logged(/\[WRN\] User "pw" found in connect proto, but user required from cert\n/);
  });

  test('nobody comes in without a certificate', async () => {
    expect(await show(server.port, undefined, { user: 'pw', pass: 'pw' })).toBe('');
  });
});

function logLine(user: string): RegExp {
  const quoted = JSON.stringify(`$G/user:${user}`);
  return new RegExp(`${quoted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} - Publish Violation - Subject "who"\n`);
}
