import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLocalSyslog, openRemoteSyslog, rfc3339 } from '../../../../broker/cli/syslog.ts';

let folder: string;
let servers: Server[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-syslog-'));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A syslog that is a stream: keeps what it is told and can hang up. */
async function listen(
  target: string | number,
): Promise<{ text: string; port: number; hangUp(): void; told(): Promise<void> }> {
  const sockets: Socket[] = [];
  let wake = (): void => {};
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding('utf8').on('data', (text: string) => {
      syslog.text += text;
      wake();
    });
  });
  servers.push(server);
  if (typeof target === 'string') server.listen(target);
  else server.listen(target, '127.0.0.1');
  await once(server, 'listening');
  const syslog = {
    text: '',
    port: typeof target === 'string' ? 0 : (server.address() as AddressInfo).port,
    hangUp: () => sockets.splice(0).forEach((socket) => socket.destroy()),
    told: () => new Promise<void>((resolve) => (wake = resolve)),
  };
  return syslog;
}

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`;

test('datagrams carry priority, time, host, program and text', async () => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const sink = await openRemoteSyslog(`udp://127.0.0.1:${server.address().port}`, 'tag');
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    server.on('message', (message) => {
      received.push(message.toString());
      if (received.length === 6) resolve();
    });
  });
  for (const level of ['fatal', 'error', 'warn', 'info', 'trace', 'debug'] as const) sink.write(level, `text ${level}`);
  await sink.flush();
  await all;
  expect(received.map((line) => /^<\d+>/.exec(line)?.[0])).toEqual(['<2>', '<3>', '<4>', '<5>', '<5>', '<7>']);
  expect(received[3]).toMatch(new RegExp(`^<5>${TIME} ${hostname()} tag\\[${process.pid}\\]: text info\\n$`));
  sink.close();
  server.close();
});

test('a stream carries the same lines, and is opened again when it was cut', async () => {
  const syslog = await listen(0);
  const sink = await openRemoteSyslog(`tcp://127.0.0.1:${syslog.port}`, 'tag');
  const first = syslog.told();
  sink.write('info', 'one');
  await first;
  expect(syslog.text).toMatch(new RegExp(`^<5>${TIME} \\S+ tag\\[\\d+\\]: one\\n$`));
  syslog.hangUp();
  const second = syslog.told();
  // The cut is noticed by the loop, not by the call.
  await new Promise((resolve) => setTimeout(resolve, 50));
  sink.write('warn', 'two');
  await second;
  expect(syslog.text).toMatch(/<4>\S+ \S+ tag\[\d+\]: two\n$/);
  sink.close();
});

test('a path is a stream too', async () => {
  const path = join(folder, 'log');
  const syslog = await listen(path);
  const sink = await openRemoteSyslog(`unix://${path}`, 'tag');
  const told = syslog.told();
  sink.write('error', 'text');
  await told;
  expect(syslog.text).toMatch(/^<3>\S+ \S+ tag\[\d+\]: text\n$/);
  sink.close();
});

test("the machine's own syslog is found and told of the facility", async () => {
  const path = join(folder, 'log');
  const syslog = await listen(path);
  const sink = await openLocalSyslog('tag', [join(folder, 'none'), path]);
  const told = syslog.told();
  sink.write('warn', 'text');
  await told;
  expect(syslog.text).toMatch(/^<28>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d tag\[\d+\]: text\n$/);
  sink.close();
});

test('without a syslog it says what to use instead', async () => {
  await expect(openLocalSyslog('tag', [join(folder, 'none')])).rejects.toThrow(
    'error connecting to syslog: "Unix syslog delivery error" (use -r udp://127.0.0.1:514 or -l FILE)',
  );
});

test.each([
  ['foo://x', 'error invalid network type: "foo"'],
  ['localhost', 'error invalid network type: ""'],
  ['udp://127.0.0.1', 'error connecting to syslog: "dial udp: address 127.0.0.1: missing port in address"'],
  ['tcp://127.0.0.1:99999', 'error connecting to syslog: "dial tcp: address 99999: invalid port"'],
  ['unix:///nowhere/log', 'error connecting to syslog: "dial unix /nowhere/log: connect: no such file or directory"'],
])('%s is no address', async (address, message) => {
  await expect(openRemoteSyslog(address, 'tag')).rejects.toThrow(new Error(message));
});

test('a closed port is named', async () => {
  const syslog = await listen(0);
  const closed = once(servers[0] as Server, 'close');
  servers[0]?.close();
  await closed;
  await expect(openRemoteSyslog(`tcp://127.0.0.1:${syslog.port}`, 'tag')).rejects.toThrow(
    `error connecting to syslog: "dial tcp 127.0.0.1:${syslog.port}: connect: connection refused"`,
  );
});

test('times have their zone', () => {
  expect(Date.parse(rfc3339(new Date(1_790_000_000_000)))).toBe(1_790_000_000_000);
});
