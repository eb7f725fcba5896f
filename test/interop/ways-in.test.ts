import { wsconnect, type ConnectionOptions, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { Authority, type Certificate } from '../support/certificates.ts';
import { newestCompared } from '../support/real-servers.ts';
import { natscopeServer, type ServerProcess, startServer } from '../support/server-process.ts';

const real = newestCompared(inject('realServers'));
const targets: [string, readonly string[]][] = [['natscope-server', natscopeServer]];
// The scenarios themselves are right when they hold on the real server.
if (real !== undefined) targets.push([`nats-server ${real.version}`, [real.path]]);

let folder: string;
let authority: Authority;
let server: Certificate;
let client: Certificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-ways-in-'));
  const made = await Authority.create(folder, 'Interop CA');
  if (made === undefined) throw new Error('these tests need the openssl program');
  authority = made;
  server = await authority.issue({ name: 'server', names: 'DNS:localhost,IP:127.0.0.1' });
  client = await authority.issue({ name: 'ada', names: 'email:ada@example.org' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SIZES = [0, 10, 5000, 200_000];

/** Sizes of the answers to requests of those sizes, which another subscription of the same connection gives. */
async function echoes(connection: NatsConnection): Promise<number[]> {
  const callback = (_error: Error | null, message: Msg): void => void message.respond(message.data);
  const subscription = connection.subscribe('echo', { callback });
  const sizes: number[] = [];
  for (const size of SIZES) {
    const answer = await connection.request('echo', 'x'.repeat(size), { timeout: 10_000 });
    sizes.push(answer.data.length);
  }
  subscription.unsubscribe();
  await connection.close();
  return sizes;
}

describe.each(targets)('nats.js on %s', (_name, command) => {
  async function started(config: string): Promise<ServerProcess> {
    const path = join(folder, `${Math.random()}.conf`);
    await writeFile(path, config.replaceAll('$TLS', `cert_file: "${server.cert}", key_file: "${server.key}"`));
    return startServer(command, ['-c', path]);
  }

  test.each<[string, string, () => NonNullable<ConnectionOptions['tls']>]>([
    ['TLS', 'tls { $TLS }', () => ({})],
    ['TLS first', 'tls { $TLS, handshake_first: true }', () => ({ handshakeFirst: true })],
    ['TLS first, in time', 'tls { $TLS, handshake_first: auto }', () => ({ handshakeFirst: true })],
    ['TLS that may be', 'tls { $TLS }\nallow_non_tls: true', () => ({})],
    [
      'TLS with a certificate that says who it is',
      'tls { $TLS, ca_file: "$CA", verify_and_map: true }\nauthorization { users: [ { user: "ada@example.org" } ] }',
      () => ({ certFile: client.cert, keyFile: client.key }),
    ],
  ])('%s', async (_way, config, tls) => {
    await using running = await started(config.replaceAll('$CA', authority.ca));
    const servers = `127.0.0.1:${running.port}`;
    const connection = await connect({ servers, tls: { caFile: authority.ca, ...tls() }, timeout: 10_000 });
    expect(await echoes(connection)).toEqual(SIZES);
  });

  test('no TLS where it may be', async () => {
    await using running = await started('tls { $TLS }\nallow_non_tls: true');
    const connection = await connect({ servers: `127.0.0.1:${running.port}`, tls: null, timeout: 10_000 });
    expect(await echoes(connection)).toEqual(SIZES);
  });

  test.each([
    ['WebSocket', 'no_tls: true'],
    ['WebSocket with compression', 'no_tls: true, compression: true'],
    ['WebSocket through TLS', 'tls { $TLS }'],
  ])('%s', async (way, options) => {
    await using running = await started(`websocket { host: 127.0.0.1, port: -1, ${options} }`);
    const [, scheme, port] = /Listening for websocket clients on (\w+):\/\/\S+:(\d+)/.exec(running.stderr) ?? [];
    const connection = await wsconnect({
      servers: `${scheme}://127.0.0.1:${port}`,
      timeout: 10_000,
      wsFactory: (url) =>
        Promise.resolve({
          socket: new WebSocket(url, {
            ca: readFileSync(authority.ca),
            perMessageDeflate: way.includes('compression'),
          }) as unknown as globalThis.WebSocket,
          encrypted: scheme === 'wss',
        }),
    });
    expect(await echoes(connection)).toEqual(SIZES);
  });
});
