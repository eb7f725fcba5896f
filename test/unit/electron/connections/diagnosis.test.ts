import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis, Profile } from '../../../../electron/bridge/contract.ts';
import { diagnose } from '../../../../electron/connections/diagnosis.ts';
import { Authority, type Certificate } from '../../../support/certificates.ts';
import { FakeServer, infoLine, natsLines } from '../../../support/fake-server.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-diagnosis-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function profileFor(server: string, fields: Partial<Profile> = {}): Profile {
  return {
    id: 'p',
    name: 'p',
    colour: 'grey',
    servers: [server],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: ['>'],
    exclude: [],
    ...fields,
  };
}

async function walk(server: string, fields: Partial<Profile> = {}): Promise<Diagnosis> {
  return diagnose({
    profile: profileFor(server, fields),
    server,
    signal: new AbortController().signal,
    patience: { infoMs: 400, identifyMs: 300 },
  });
}

/** Steps with their states, for short expectations. */
function states(diagnosis: Diagnosis): string {
  return diagnosis.steps.map(({ step, state }) => `${step}:${state}`).join(' ');
}

function failedStep(diagnosis: Diagnosis) {
  return diagnosis.steps.find((step) => step.state === 'failed');
}

const ok = (line: string): string | undefined => (line === 'PING' ? 'PONG\r\n' : undefined);

describe('a server that lets everybody in', () => {
  test('passes every step, with times and the lines of the wire', async () => {
    await using server = await FakeServer.listen(natsLines({}, ok));
    const progress: string[] = [];
    const address = `nats://127.0.0.1:${server.port}`;
    const diagnosis = await diagnose({
      profile: profileFor(address),
      server: address,
      signal: new AbortController().signal,
      onProgress: (seen) => progress.push(states(seen)),
    });
    expect(states(diagnosis)).toBe('dns:skipped tcp:ok info:ok tls:skipped connect:ok permissions:ok');
    expect(diagnosis.failed).toBeUndefined();
    expect(diagnosis.steps[1]).toMatchObject({ text: `127.0.0.1:${server.port}`, milliseconds: expect.any(Number) });
    expect(diagnosis.steps[2]?.text).toBe('fake, 2.15.1');
    expect(diagnosis.wire[0]).toEqual({ direction: 'in', text: infoLine().trimEnd() });
    expect(diagnosis.wire.some((line) => line.direction === 'out' && line.text.startsWith('SUB > '))).toBe(true);
    expect(progress).toContain('dns:skipped tcp:ok info:doing tls:todo connect:todo permissions:todo');
  });

  test('skips messages that arrive meanwhile, also split ones', async () => {
    // The 12 bytes of the payload look like protocol and are none.
    let pings = 0;
    await using server = await FakeServer.listen(
      natsLines({}, (line) => {
        if (line.startsWith('SUB > ')) return 'MSG a 1 12\r\nPONG\r\n-E';
        return line === 'PING' && ++pings === 2 ? 'RR x\r\nPONG\r\n' : ok(line);
      }),
    );
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed).toBeUndefined();
  });
});

describe('the way to the server', () => {
  test('an address that cannot be read', async () => {
    const diagnosis = await walk('nats://');
    expect(diagnosis.failed).toMatchObject({ step: 'dns', code: 'server-invalid' });
  });

  test('a host that is not there', async () => {
    const diagnosis = await walk('nats://no-such-host.invalid:4222');
    expect(diagnosis.failed?.step).toBe('dns');
    expect(['host-not-found', 'dns-unavailable', 'dns-failed']).toContain(diagnosis.failed?.code);
    expect(diagnosis.remedies.length).toBeGreaterThan(0);
  });

  test('a port that nothing listens on offers the usual one', async () => {
    const server = await FakeServer.listen(() => {});
    const { port } = server;
    await server[Symbol.asyncDispose]();
    const diagnosis = await walk(`nats://127.0.0.1:${port}`);
    expect(diagnosis.failed).toEqual({ step: 'tcp', code: 'refused', text: 'nothing listens on this port' });
    expect(failedStep(diagnosis)?.facts).toContainEqual({ label: 'Port', value: String(port), bad: true });
    expect(diagnosis.remedies.at(-1)?.patch).toEqual({ servers: ['nats://127.0.0.1:4222'] });
    expect(diagnosis.wire).toEqual([{ direction: 'error', text: 'ECONNREFUSED' }]);
  });

  test('ends at once when it is cancelled', async () => {
    await using server = await FakeServer.listen(() => {});
    const cancel = new AbortController();
    const address = `nats://127.0.0.1:${server.port}`;
    const walking = diagnose({ profile: profileFor(address), server: address, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 20);
    expect((await walking).failed).toBeUndefined();
  });
});

describe('INFO', () => {
  const answers: [name: string, words: string, code: string][] = [
    ['an SSH server', 'SSH-2.0-OpenSSH_9.6\r\n', 'not-nats'],
    ['bytes that are no text', '\x00\x01\x02\x03\x04\x05', 'not-nats'],
    ['an HTTP answer', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'http-server'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', 'tls-first-wanted'],
    ['INFO that is no JSON', 'INFO {"a":\r\n', 'info-malformed'],
    ['INFO that is a list', 'INFO []\r\n', 'info-malformed'],
    ['INFO without an end', `INFO {"a":"${'x'.repeat(300_000)}`, 'info-too-long'],
    ['an error instead', "-ERR 'maximum connections exceeded'\r\n", 'connections-exceeded'],
  ];
  test.each(answers)('%s', async (_name, words, code) => {
    await using server = await FakeServer.listen((socket) => socket.write(Buffer.from(words, 'latin1')));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed?.code).toBe(code);
    expect(diagnosis.remedies.length).toBeGreaterThan(0);
    expect(server.received).not.toContain('CONNECT');
  });

  test('a server that closes at once', async () => {
    await using server = await FakeServer.listen((socket) => socket.end());
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed).toMatchObject({ step: 'info', code: 'closed-before-info' });
  });

  test('a server that says nothing, at any port', async () => {
    await using server = await FakeServer.listen(() => {});
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed).toMatchObject({ step: 'info', code: 'info-timeout' });
    expect(diagnosis.remedies[0]).toMatchObject({ patch: { servers: ['nats://127.0.0.1:4222'] } });
  });

  test('an HTTP server that waits for a request, and a monitoring port', async () => {
    for (const [page, code] of [
      ['<html>hello</html>', 'http-server'],
      ['<html><title>NATS</title></html>', 'monitoring-port'],
    ] as const) {
      const http = createHttpServer((_request, response) => response.end(page)).listen(0, '127.0.0.1');
      await once(http, 'listening');
      const diagnosis = await walk(`nats://127.0.0.1:${(http.address() as AddressInfo).port}`);
      expect(diagnosis.failed?.code).toBe(code);
      http.closeAllConnections();
      http.close();
    }
  });
});

describe('CONNECT', () => {
  const refusals: [words: string, code: string][] = [
    ['Authentication Timeout', 'authentication-timeout'],
    ['User Authentication Revoked', 'authentication-revoked'],
    ['Account Authentication Expired', 'account-expired'],
    ['maximum connections exceeded', 'connections-exceeded'],
    ['maximum account active connections exceeded', 'account-connections-exceeded'],
    ['Connection throttling is active. Please try again later.', 'throttled'],
    ['attempted to connect to route port', 'route-port'],
    ['attempted to connect to leaf node port', 'leafnode-port'],
    ['attempted to connect to gateway port', 'gateway-port'],
    ['Secure Connection - TLS Required', 'tls-wanted'],
    ['Something new in 3.0', 'server-error'],
  ];
  test.each(refusals)('%s', async (words, code) => {
    await using server = await FakeServer.listen(
      natsLines({}, (line, socket) => {
        if (line.startsWith('CONNECT')) socket.end(`-ERR '${words}'\r\n`);
        return undefined;
      }),
    );
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed).toMatchObject({ step: 'connect', code });
    expect(diagnosis.remedies.length).toBeGreaterThan(0);
    const said = diagnosis.wire.filter(({ text }) => text.includes(words));
    expect(said).toEqual([{ direction: 'error', text: `-ERR '${words}'` }]);
  });

  const refuse = (fields: Record<string, unknown>) =>
    natsLines(fields, (line, socket) => {
      if (line.startsWith('CONNECT')) socket.end("-ERR 'Authorization Violation'\r\n");
      return undefined;
    });

  test('nobody given: says what the server takes', async () => {
    await using server = await FakeServer.listen(refuse({ auth_required: true }));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed?.code).toBe('authentication-wanted');
    expect(failedStep(diagnosis)?.facts).toEqual([{ label: 'Server takes', value: 'user and password, or token' }]);
    expect(diagnosis.remedies[0]?.patch).toEqual({ authenticationMethod: 'user' });
  });

  test('nobody given, and the server sends a nonce: NKeys or creds', async () => {
    await using server = await FakeServer.listen(refuse({ auth_required: true, nonce: 'abc' }));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.remedies.map((remedy) => remedy.patch?.authenticationMethod)).toEqual(['creds', 'nkey']);
  });

  test('a signature where the server sends no nonce', async () => {
    const seed = new TextDecoder().decode(createUser().getSeed());
    await using server = await FakeServer.listen(refuse({ auth_required: true }));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`, { authentication: { method: 'nkey', seed } });
    expect(diagnosis.failed?.code).toBe('method-mismatch');
    expect(JSON.stringify(diagnosis)).not.toContain(seed);
  });

  test('the wrong password is in nothing that is shown', async () => {
    await using server = await FakeServer.listen(refuse({ auth_required: true }));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`, {
      authentication: { method: 'user', user: 'ann', password: 'top-secret' },
    });
    expect(diagnosis.failed?.code).toBe('authorization-violation');
    expect(server.received).toContain('top-secret');
    expect(JSON.stringify(diagnosis)).not.toContain('top-secret');
    expect(diagnosis.wire.find((line) => line.text.startsWith('CONNECT'))?.text).toContain('"pass":"•••"');
  });

  test('a server that never answers CONNECT is told apart from one that closes', async () => {
    await using closing = await FakeServer.listen(
      natsLines({}, (_line, socket) => {
        socket.destroy();
        return undefined;
      }),
    );
    expect((await walk(`nats://127.0.0.1:${closing.port}`)).failed?.code).toBe('closed-by-server');
    await using duck = await FakeServer.listen(
      natsLines({ ldm: true }, (_line, socket) => {
        socket.destroy();
        return undefined;
      }),
    );
    expect((await walk(`nats://127.0.0.1:${duck.port}`)).failed?.code).toBe('lame-duck');
  });

  test('a refusal that the reset of the socket took with it is heard by asking again', async () => {
    let calls = 0;
    await using full = await FakeServer.listen((socket) => {
      calls++;
      socket.write(infoLine());
      if (calls === 1) socket.once('data', () => socket.resetAndDestroy());
      else socket.end("-ERR 'maximum connections exceeded'\r\n");
    });
    const { failed } = await walk(`nats://127.0.0.1:${full.port}`);
    expect(failed).toMatchObject({ step: 'connect', code: 'connections-exceeded' });
    expect(calls).toBe(2);
  });

  test('that a server gives up on silence is not why it closed', async () => {
    let calls = 0;
    await using hasty = await FakeServer.listen((socket) => {
      calls++;
      socket.write(infoLine());
      if (calls === 1) socket.once('data', () => socket.destroy());
      else socket.end("-ERR 'Authentication Timeout'\r\n");
    });
    expect((await walk(`nats://127.0.0.1:${hasty.port}`)).failed?.code).toBe('closed-by-server');
    expect(calls).toBe(2);
  });
});

describe('credentials', () => {
  const claims = (fields: object): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(fields)}.c2ln`;
  };
  const credsText = (jwt: string, seed: string): string =>
    `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;

  test.each([
    ['creds-missing', { method: 'creds', file: '/nonexistent/a.creds' }],
    ['seed-file-missing', { method: 'nkey', seedFile: '/nonexistent/a.nk' }],
    ['seed-missing', { method: 'nkey' }],
    ['seed-malformed', { method: 'nkey', seed: 'SUABC' }],
    ['jwt-malformed', { method: 'jwt', jwt: 'abc' }],
  ] as [string, Profile['authentication']][])('%s', async (code, authentication) => {
    await using server = await FakeServer.listen(natsLines({ nonce: 'n' }, ok));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`, { authentication });
    expect(diagnosis.failed).toMatchObject({ step: 'connect', code });
    expect(server.received).toBe('');
  });

  test('a creds file that holds something else', async () => {
    const file = join(folder, 'not.creds');
    await writeFile(file, 'hello');
    await using server = await FakeServer.listen(natsLines({ nonce: 'n' }, ok));
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`, { authentication: { method: 'creds', file } });
    expect(diagnosis.failed?.code).toBe('creds-malformed');
  });

  test('creds that have expired are named when the server refuses, and tried all the same', async () => {
    const user = createUser();
    const jwt = claims({ name: 'ann', sub: user.getPublicKey(), iss: 'A', exp: 1_700_000_000 });
    const file = join(folder, 'old.creds');
    await writeFile(file, credsText(jwt, new TextDecoder().decode(user.getSeed())));
    await using server = await FakeServer.listen(
      natsLines({ nonce: 'n', auth_required: true }, (line, socket) => {
        if (line.startsWith('CONNECT')) socket.end("-ERR 'Authorization Violation'\r\n");
        return undefined;
      }),
    );
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`, { authentication: { method: 'creds', file } });
    expect(diagnosis.failed?.code).toBe('creds-expired');
    expect(failedStep(diagnosis)?.facts).toContainEqual({
      label: 'Expired',
      value: '2023-11-14 22:13:20 UTC',
      bad: true,
    });
    expect(server.received).toContain(jwt);
    expect(JSON.stringify(diagnosis)).not.toContain(jwt);
  });
});

describe('permissions', () => {
  test('subjects that are refused are named, and those that are not', async () => {
    await using server = await FakeServer.listen(
      natsLines({}, (line) =>
        line.startsWith('SUB > ') ? `-ERR 'Permissions Violation for Subscription to ">"'\r\n` : ok(line),
      ),
    );
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`, { subscribe: ['>', 'orders.>'] });
    expect(diagnosis.failed).toMatchObject({ step: 'permissions', code: 'subscription-refused' });
    expect(failedStep(diagnosis)?.facts).toEqual([
      { label: 'Refused', value: '>', bad: true },
      { label: 'Allowed', value: 'orders.>' },
    ]);
  });

  test('an inbox that is refused', async () => {
    await using server = await FakeServer.listen(
      natsLines({}, (line) => {
        const subject = /^SUB (_INBOX\S+)/.exec(line)?.[1];
        return subject === undefined ? ok(line) : `-ERR 'Permissions Violation for Subscription to "${subject}"'\r\n`;
      }),
    );
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed?.code).toBe('inbox-refused');
    expect(failedStep(diagnosis)?.facts).toContainEqual({ label: 'Replies at', value: '_INBOX.>', bad: true });
  });
});

const scratch = await mkdtemp(join(tmpdir(), 'natscope-tls-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));
const certificates = await makeCertificates();

/** Undefined when there is no openssl to make them with. */
async function makeCertificates() {
  const authority = await Authority.create(join(scratch, 'a'), 'Test CA');
  const stranger = await Authority.create(join(scratch, 'b'), 'Stranger CA');
  if (authority === undefined || stranger === undefined) return undefined;
  return {
    ca: authority.ca,
    strangeCa: stranger.ca,
    good: await authority.issue({ name: 'localhost', names: 'DNS:localhost,IP:127.0.0.1' }),
    elsewhere: await authority.issue({ name: 'plant2', names: 'DNS:plant2.edge.internal,DNS:*.wild.internal' }),
    expired: await authority.issue({ name: 'old', names: 'IP:127.0.0.1', validDays: [-10, -2] }),
    early: await authority.issue({ name: 'early', names: 'IP:127.0.0.1', validDays: [5, 10] }),
    client: await authority.issue({ name: 'client' }),
    strangeClient: await stranger.issue({ name: 'client' }),
  };
}

describe.skipIf(certificates === undefined)('TLS (openssl makes the certificates)', () => {
  const none: Certificate = { cert: '', key: '' };
  const absent = { ca: '', strangeCa: '', good: none, elsewhere: none, expired: none, early: none, client: none };
  const { ca, strangeCa, good, elsewhere, expired, early, client, strangeClient } = certificates ?? {
    ...absent,
    strangeClient: none,
  };

  const options = ({ cert, key }: Certificate) => ({ cert: readFileSync(cert), key: readFileSync(key) });
  const listen = (certificate: Certificate, more: object = {}) =>
    FakeServer.listen(natsLines({}, ok), { ...options(certificate), ...more });
  const first = (fields: Partial<Profile['tls']> = {}): Partial<Profile> => ({
    tls: { caFile: ca, first: true, ...fields },
  });

  test('passes, and says whose certificate it was', async () => {
    await using server = await listen(good);
    const diagnosis = await walk(`tls://127.0.0.1:${server.port}`, first());
    expect(states(diagnosis)).toBe('dns:skipped tcp:ok tls:ok info:ok connect:ok permissions:ok');
    expect(diagnosis.steps[2]).toMatchObject({ text: 'TLS 1.3, localhost' });
    expect(diagnosis.steps[2]?.facts).toContainEqual({ label: 'Issuer', value: 'Test CA, trusted' });
    expect(server.received).toContain('"tls_required":true');
  });

  test.each([
    ['tls-name-mismatch', elsewhere],
    ['tls-expired', expired],
    ['tls-not-yet-valid', early],
  ] as const)('%s', async (code, certificate) => {
    await using server = await listen(certificate);
    const diagnosis = await walk(`tls://127.0.0.1:${server.port}`, first());
    expect(diagnosis.failed).toMatchObject({ step: 'tls', code });
    expect(server.received).toBe('');
  });

  test('a name that does not match: facts and remedies as they are drawn', async () => {
    await using server = await listen(elsewhere);
    const diagnosis = await walk(`tls://127.0.0.1:${server.port}`, first());
    expect(failedStep(diagnosis)?.facts?.slice(0, 3)).toEqual([
      { label: 'Asked for', value: '127.0.0.1', bad: true },
      { label: 'Valid for', value: 'plant2.edge.internal, *.wild.internal' },
      { label: 'Issuer', value: 'Test CA, trusted' },
    ]);
    expect(failedStep(diagnosis)?.facts?.[3]?.value).toMatch(/^\d{4}-\d\d-\d\d, in (19|20) d$/);
    const tls = { caFile: ca, first: true };
    expect(diagnosis.remedies).toEqual([
      {
        label: 'Server name',
        value: 'plant2.edge.internal',
        patch: { tls: { ...tls, serverName: 'plant2.edge.internal' } },
      },
      {
        label: 'Connect to',
        value: `tls://plant2.edge.internal:${server.port}`,
        patch: { servers: [`tls://plant2.edge.internal:${server.port}`] },
      },
      {
        label: 'Skip name check on this connection',
        danger: true,
        patch: { tls: { ...tls, skipNameCheck: true } },
      },
    ]);
    expect(diagnosis.wire.at(-1)).toEqual({ direction: 'error', text: 'ERR_TLS_CERT_ALTNAME_INVALID' });

    const named = await walk(`tls://127.0.0.1:${server.port}`, first({ serverName: 'plant2.edge.internal' }));
    expect(named.failed).toBeUndefined();
    const skipped = await walk(`tls://127.0.0.1:${server.port}`, first({ skipNameCheck: true }));
    expect(skipped.failed).toBeUndefined();
  });

  test('skipping the name check still verifies the chain', async () => {
    await using server = await listen(elsewhere);
    const diagnosis = await walk(`tls://127.0.0.1:${server.port}`, {
      tls: { caFile: strangeCa, first: true, skipNameCheck: true },
    });
    expect(diagnosis.failed?.code).toBe('tls-unknown-authority');
    expect(server.received).toBe('');
  });

  test('an authority that this machine does not know', async () => {
    await using server = await listen(good);
    const diagnosis = await walk(`tls://127.0.0.1:${server.port}`, { tls: { first: true } });
    expect(diagnosis.failed?.code).toBe('tls-unknown-authority');
    expect(failedStep(diagnosis)?.facts).toContainEqual({ label: 'Issuer', value: 'Test CA', bad: true });
  });

  test('a client certificate is wanted, and a stranger refused', async () => {
    await using server = await listen(good, { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ca) });
    const address = `tls://127.0.0.1:${server.port}`;
    const none = await walk(address, first());
    expect(none.failed).toMatchObject({ step: 'tls', code: 'tls-client-certificate-wanted' });
    const strange = await walk(address, first({ certFile: strangeClient.cert, keyFile: strangeClient.key }));
    expect(strange.failed?.code).toBe('tls-client-certificate-refused');
    const known = await walk(address, first({ certFile: client.cert, keyFile: client.key }));
    expect(known.failed).toBeUndefined();
  });

  test('TLS wanted where the server has none, in both ways', async () => {
    await using server = await FakeServer.listen(natsLines({}, ok));
    const after = await walk(`tls://127.0.0.1:${server.port}`);
    expect(after.failed).toMatchObject({ step: 'tls', code: 'tls-not-offered' });
    expect(after.remedies[0]).toMatchObject({
      danger: true,
      patch: { servers: [`nats://127.0.0.1:${server.port}`], tls: {} },
    });
    expect(server.received).toBe('');
    const before = await walk(`tls://127.0.0.1:${server.port}`, { tls: { first: true } });
    expect(before.failed?.code).toBe('tls-not-spoken');
    expect(before.remedies[0]).toEqual({ label: 'TLS first', value: 'off', patch: { tls: {} } });
  });

  test('a server that wants TLS first is recognized', async () => {
    await using server = await listen(good, { handshakeTimeout: 3000 });
    const diagnosis = await walk(`nats://127.0.0.1:${server.port}`);
    expect(diagnosis.failed?.code).toBe('tls-first-wanted');
    expect(diagnosis.remedies).toEqual([{ label: 'TLS first', value: 'on', patch: { tls: { first: true } } }]);
  });

  test('files that are missing, malformed or do not belong together', async () => {
    await using server = await listen(good);
    const address = `tls://127.0.0.1:${server.port}`;
    const junk = join(scratch, 'junk.pem');
    await writeFile(junk, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const cases: [Profile['tls'], string, string][] = [
      [{ caFile: '/nonexistent/ca.pem' }, 'file-missing', 'CA file'],
      [{ caFile: junk }, 'file-malformed', 'CA file'],
      [{ caFile: scratch }, 'file-malformed', 'CA file'],
      [{ certFile: client.cert, keyFile: '/nonexistent/key' }, 'file-missing', 'Key file'],
      [{ certFile: client.cert, keyFile: good.key }, 'key-mismatch', 'Key file'],
      [{ certFile: client.key, keyFile: client.key }, 'file-malformed', 'Certificate file'],
      [{ certFile: client.cert }, 'key-without-certificate', 'Key file'],
    ];
    for (const [tls, code, label] of cases) {
      const diagnosis = await walk(address, { tls: { first: true, ...tls } });
      const found = [tls, diagnosis.failed?.step, diagnosis.failed?.code, failedStep(diagnosis)?.facts?.[0]?.label];
      expect(found).toEqual([tls, 'tls', code, label]);
    }
  });
});

describe('WebSocket', () => {
  test('a server that refuses the upgrade', async () => {
    const http = createHttpServer((_request, response) => response.writeHead(403).end('no')).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const diagnosis = await walk(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/nats`);
    expect(diagnosis.failed).toMatchObject({ step: 'info', code: 'ws-refused' });
    expect(failedStep(diagnosis)?.facts).toEqual([{ label: 'Answer', value: '403 Forbidden', bad: true }]);
    http.close();
  });

  test('a plain NATS port', async () => {
    await using server = await FakeServer.listen((socket) => socket.write(infoLine()));
    const diagnosis = await walk(`ws://127.0.0.1:${server.port}`);
    expect(diagnosis.failed?.code).toBe('ws-not-http');
    expect(diagnosis.remedies[0]?.patch).toEqual({ servers: [`nats://127.0.0.1:${server.port}`] });
  });

  test('a port that wants TLS', async () => {
    await using server = await FakeServer.listen((socket) => {
      socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
    });
    const diagnosis = await walk(`ws://127.0.0.1:${server.port}`);
    expect(diagnosis.failed?.code).toBe('ws-tls-wanted');
    expect(diagnosis.remedies[0]?.value).toBe(`wss://127.0.0.1:${server.port}`);
  });
});
