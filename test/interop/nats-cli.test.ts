import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MONITORED } from '../conformance/cases/monitoring-config.ts';
import { natscopeServer, startServer, type ServerProcess } from '../support/server-process.ts';

/** The `nats` program; NATSCOPE_NATS_CLI names another one than that of the search path. */
const program = process.env['NATSCOPE_NATS_CLI'] ?? 'nats';

const run = promisify(execFile);
const present = await run(program, ['--version']).then(
  () => true,
  () => false,
);

const scratch = await mkdtemp(join(tmpdir(), 'natscope-cli-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.skipIf(!present)('the nats CLI', () => {
  let server: ServerProcess;
  let guest: NatsConnection;

  beforeAll(async () => {
    const config = join(scratch, 'watched.conf');
    await writeFile(config, MONITORED);
    server = await startServer(natscopeServer, ['-c', config]);
    guest = await connect({ servers: `127.0.0.1:${server.port}`, user: 'a', pass: 'a', name: 'guest' });
    guest.subscribe('orders.*', { callback: () => {} });
    await guest.flush();
  });
  afterAll(async () => {
    await guest.close();
    await server.stop();
  });

  const nats = async (user: string, ...words: string[]): Promise<string> => {
    const url = `nats://${user}:${user}@127.0.0.1:${server.port}`;
    // No contexts of whoever runs the tests.
    const env = { ...process.env, HOME: scratch, XDG_CONFIG_HOME: scratch, NO_COLOR: '1' };
    const { stdout, stderr } = await run(program, ['--server', url, '--timeout', '5s', ...words], { env });
    return stdout + stderr;
  };

  test.each<[words: string, pattern: RegExp]>([
    ['server list', /watched[^]*2\.15\.1/],
    ['server info', /Version: 2\.15\.1[^]*Messages:/],
    ['server ping 1', /watched\s+rtt=/],
    ['server report connections', /guest[^]*Totals for 2 connections/],
    ['server report connections --account A --subject orders.new', /guest/],
    ['server report accounts', /│ A\s+│ 1/],
    ['server report health', /watched/],
    ['server report cpu', /watched/],
    ['server report mem', /watched/],
    ['server request variables 1', /"server_name":"watched"/],
    ['server request subscriptions 1 --detail', /"subject":"orders\.\*"/],
    ['server request accounts 1 --account A', /"account_name":"A"/],
    ['server request jetstream 1', /"disabled":true/],
    ['server request jetstream-health 1', /"status":"ok"/],
    ['server check connection', /^OK Connection/],
    ['server check server --name watched', /^OK watched/],
    ['server account info A', /information for account A\n[^]*Response Type: Singleton/],
    ['account info', /User: sys[^]*Account: SYS/],
    ['rtt', /nats:\/\/sys:/],
  ])('%s', async (words, pattern) => {
    expect(await nats('sys', ...words.split(' '))).toMatch(pattern);
  });

  test('account info and reports of an ordinary account', async () => {
    expect(await nats('a', 'account', 'info')).toMatch(/User: a\n[^]*Account: A\n/);
    expect(await nats('a', 'account', 'report', 'connections')).toMatch(/guest/);
    expect(await nats('a', 'account', 'report', 'statistics')).toMatch(/zone:one, second/);
  });
});
