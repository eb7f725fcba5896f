import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, expect, test } from 'vitest';
import { natscopeServer, type ServerProcess, startServer } from '../support/server-process.ts';

/** Sets limits of processes on Linux; that of the size of files stands for a disk without room. */
const hasLimits = spawnSync('prlimit', ['--version']).status === 0;
const FILE_BYTES_MAX = 1_000_000;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'natscope-faulty-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(
  command: readonly string[],
  folder: string,
): Promise<{ server: ServerProcess; nc: NatsConnection }> {
  const server = await startServer(command, ['-js', '-sd', folder]);
  endings.push(() => server.stop());
  const nc = await connect({ servers: `127.0.0.1:${server.port}`, reconnect: false });
  endings.push(() => nc.close());
  return { server, nc };
}

interface Answer {
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string };
  readonly seq?: number;
  readonly state?: { readonly messages: number; readonly last_seq: number; readonly num_deleted?: number };
  readonly num_ack_pending?: number;
}

async function ask(nc: NatsConnection, subject: string, body: object | Uint8Array | string = ''): Promise<Answer> {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return (await nc.request(subject, bytes, { timeout: 10_000 })).json<Answer>();
}

async function directGet(nc: NatsConnection, sequence: number): Promise<string> {
  const message = await nc.request('$JS.API.DIRECT.GET.S', JSON.stringify({ seq: sequence }), { timeout: 10_000 });
  return message.headers?.code ? `${message.headers.code}` : message.string();
}

test.runIf(hasLimits)(
  'a disk without room refuses, is read from, and takes more when there is room again',
  async () => {
    const folder = newFolder();
    const { server, nc } = await start(['prlimit', `--fsize=${FILE_BYTES_MAX}:unlimited`, ...natscopeServer], folder);
    await ask(nc, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'], allow_direct: true });
    await ask(nc, '$JS.API.STREAM.CREATE.M', { name: 'M', subjects: ['m'], storage: 'memory' });
    const config = { durable_name: 'C', ack_policy: 'explicit' };
    await ask(nc, '$JS.API.CONSUMER.DURABLE.CREATE.S.C', { stream_name: 'S', config });

    const payload = Buffer.alloc(100_000, 'x');
    let taken = 0;
    let refused: Answer = {};
    while (refused.error === undefined && taken < 100) {
      refused = await ask(nc, 's', payload);
      if (refused.error === undefined) taken++;
    }
    expect(taken).toBe(9);
    expect(refused.error).toEqual({ code: 503, err_code: 10077, description: 'no space left on device' });
    expect((await ask(nc, 's', payload)).error?.err_code).toBe(10077);
    await server.logged(/stream '\$G > S': there is no room on the disk for ".*" \(EFBIG\): make some, then go on/);

    // All else goes on: reading, consumers, and what is in memory.
    expect(await directGet(nc, 3)).toHaveLength(payload.length);
    expect(await ask(nc, 'm', payload)).toMatchObject({ stream: 'M', seq: 1 });
    const message = await nc.request('$JS.API.CONSUMER.MSG.NEXT.S.C', '1', { noMux: true, timeout: 10_000 });
    expect(message.data).toHaveLength(payload.length);
    await nc.request(message.reply ?? '', '+ACK', { timeout: 10_000 });
    expect((await ask(nc, '$JS.API.STREAM.INFO.S')).state).toMatchObject({ messages: taken, last_seq: taken });

    execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited']);
    expect(await ask(nc, 's', payload)).toEqual({ stream: 'S', seq: taken + 1 });
    await server.stop();

    const again = await start(natscopeServer, folder);
    expect((await ask(again.nc, '$JS.API.STREAM.INFO.S')).state).toMatchObject({ messages: taken + 1 });
    expect(await ask(again.nc, '$JS.API.CONSUMER.INFO.S.C')).toMatchObject({
      ack_floor: { stream_seq: 1 },
      num_pending: taken,
    });
    expect(again.server.stderr).not.toContain('damaged');
  },
);

test('a record that is spoilt is told of and never served, and those around it are', async () => {
  const folder = newFolder();
  const before = await start(natscopeServer, folder);
  await ask(before.nc, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'], allow_direct: true });
  for (let i = 1; i <= 5; i++) await ask(before.nc, 's', `message number ${i}`);
  await before.server.stop();

  const path = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.log'));
  const file = join(folder, path ?? '');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('number 3');
  bytes[at] = (bytes[at] as number) ^ 4;
  writeFileSync(file, bytes);

  const { server, nc } = await start(natscopeServer, folder);
  expect(server.stderr).toMatch(/\[WRN\] .*0000000001\.log" is damaged at \d+: records that do not hold; lost: 3/);
  expect(await directGet(nc, 2)).toBe('message number 2');
  expect(await directGet(nc, 3)).toBe('404');
  expect(await directGet(nc, 4)).toBe('message number 4');
  expect((await ask(nc, '$JS.API.STREAM.MSG.GET.S', { seq: 3 })).error).toMatchObject({ err_code: 10037 });
  const { state } = await ask(nc, '$JS.API.STREAM.INFO.S');
  expect(state).toMatchObject({ messages: 4, last_seq: 5, num_deleted: 1 });
  expect(await ask(nc, 's', 'one more')).toMatchObject({ seq: 6 });
});

test('what a loss of power left of a consumer is told of, and all else is there', async () => {
  const folder = newFolder();
  const before = await start(natscopeServer, folder);
  await ask(before.nc, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'] });
  for (const durable_name of ['LOST', 'KEPT']) {
    const config = { durable_name, ack_policy: 'explicit' };
    await ask(before.nc, `$JS.API.CONSUMER.DURABLE.CREATE.S.${durable_name}`, { stream_name: 'S', config });
  }
  await ask(before.nc, 's', 'one');
  await before.server.stop();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  writeFileSync(join(folder, paths.find((name) => name.includes('documents/consumer%2elost')) ?? ''), '');

  const { server, nc } = await start(natscopeServer, folder);
  expect(server.stderr).toContain('"consumer.LOST.json" is no description of a consumer');
  expect((await ask(nc, '$JS.API.CONSUMER.INFO.S.LOST')).error).toMatchObject({ err_code: 10014 });
  expect(await ask(nc, '$JS.API.CONSUMER.INFO.S.KEPT')).toMatchObject({ num_pending: 1 });
  expect((await ask(nc, '$JS.API.STREAM.INFO.S')).state).toMatchObject({ messages: 1 });
});
