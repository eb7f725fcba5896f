/**
 * Messages that cross accounts, beside those that do not: `node test/bench/accounts.ts [--rounds 3] [--messages 400000]
 * [--server PATH]`. natscope-server and nats-server take turns; what counts is the time on the processor per message, which
 * other work on the machine moves little. Exit code 1 when ours takes more than nats-server in a case.
 */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findRealServers, newestCompared } from '../support/real-servers.ts';
import { natscopeServer, type ServerProcess, startServer } from '../support/server-process.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    messages: { type: 'string', default: '400000' },
    /** Another nats-server than the newest one here. */
    server: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const messages = Number(values.messages);

/** A request is several messages. */
const requests = Math.ceil(messages / 8);
const window = 32;
const batchBytes = 64 * 1024;
const payload = 'x'.repeat(128);

const configuration = `accounts {
  A {
    users: [ { user: a }, { user: few, permissions: { publish: { allow: ["s.>"] } } } ]
    exports: [ { stream: "s.>" }, { service: "q.>" } ]
    mappings: { mapped: s.here, half: [ { destination: s.here, weight: 50 }, { destination: s.there, weight: 50 } ] }
  }
  B {
    users: [ { user: b } ]
    imports: [ { stream: { account: A, subject: "s.>" }, prefix: from }, { service: { account: A, subject: "q.>" }, to: "ask.>" } ]
  }
}`;

interface Measured {
  /** Per second. */
  readonly rate: number;
  readonly cpuMicros: number;
}

type Run = (server: ServerProcess) => Promise<number>;

const headers = 'NATS/1.0\r\nKind: measurement\r\nTrace-Parent: 7\r\n\r\n';

const cases: readonly [name: string, run: Run][] = [
  ['publish', stream('a', pub('s.here'), 'a', 's.here')],
  ['publish with permissions', stream('few', pub('s.here'), 'a', 's.here')],
  ['publish with headers', stream('a', hpub('s.here'), 'a', 's.here')],
  ['mapping', stream('a', pub('mapped'), 'a', 's.here')],
  ['mapping by weight', stream('a', pub('half'), 'a', 's.*')],
  ['stream import', stream('a', pub('s.here'), 'b', 'from.s.here')],
  ['stream import, 1,000 subjects', stream('a', (index) => pub(`s.p${index % 1000}`)(0), 'b', 'from.>')],
  ['request', exchange('a', 'q.here', 'q.here')],
  ['service import', exchange('b', 'ask.here', 'q.here')],
];

const real = values.server ?? newestCompared((await findRealServers()).servers)?.path;
if (real === undefined) throw new Error('there is no nats-server to compare with; name one with --server');
const folder = await mkdtemp(join(tmpdir(), 'natscope-bench-'));
const ours: Measured[][] = cases.map(() => []);
const theirs: Measured[][] = cases.map(() => []);
try {
  const file = join(folder, 'server.conf');
  await writeFile(file, configuration);
  for (let round = 0; round < rounds; round++) {
    for (const [command, results] of [
      [natscopeServer, ours],
      [[real], theirs],
    ] as const) {
      await using server = await startServer(command, ['-c', file]);
      for (const [index, [, run]] of cases.entries()) results[index]?.push(await measure(server, run));
    }
  }
} finally {
  await rm(folder, { recursive: true });
}

const rows = cases.map(([name], index) => {
  const one = median(ours[index] ?? []);
  const other = median(theirs[index] ?? []);
  if (one.cpuMicros > other.cpuMicros) process.exitCode = 1;
  return [
    name,
    `${one.cpuMicros.toFixed(2)} µs`,
    `${other.cpuMicros.toFixed(2)} µs`,
    (one.cpuMicros / other.cpuMicros).toFixed(2),
    Math.round(one.rate).toLocaleString('en'),
    Math.round(other.rate).toLocaleString('en'),
    (one.rate / other.rate).toFixed(2),
  ];
});
printTable(['', 'CPU ours', 'CPU theirs', 'ratio', 'rate ours', 'rate theirs', 'ratio'], rows);

async function measure(server: ServerProcess, run: Run): Promise<Measured> {
  const before = cpuSeconds(server.pid);
  const startedAt = performance.now();
  const count = await run(server);
  const seconds = (performance.now() - startedAt) / 1000;
  return { rate: count / seconds, cpuMicros: ((cpuSeconds(server.pid) - before) * 1e6) / count };
}

function median(results: readonly Measured[]): Measured {
  const middle = (pick: (result: Measured) => number): number =>
    results.map(pick).toSorted((a, b) => a - b)[Math.floor(results.length / 2)] ?? 0;
  return { rate: middle(({ rate }) => rate), cpuMicros: middle(({ cpuMicros }) => cpuMicros) };
}

/** Time on the processor of all threads of a process, as Linux's scheduler counts it. */
function cpuSeconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => {
    const nanos = Number(readFileSync(join(tasks, task, 'schedstat'), 'latin1').split(' ')[0]);
    return sum + nanos / 1e9;
  }, 0);
}

/** One connection publishes as fast as the server reads, another one counts what it gets. */
function stream(publisher: string, message: (index: number) => string, subscriber: string, subject: string): Run {
  return async (server) => {
    const sender = await open(server, publisher);
    const receiver = await open(server, subscriber);
    await command(receiver, `SUB ${subject} 1\r\n`);
    let seen = 0;
    const received = new Promise<void>((resolve) => {
      let before = '';
      receiver.on('data', (bytes: Buffer) => {
        // A message ends with its payload, which has no other line.
        const text = before + bytes.toString('latin1');
        let at = 0;
        for (let end = text.indexOf(`${payload}\r\n`); end !== -1; end = text.indexOf(`${payload}\r\n`, at)) {
          seen++;
          at = end + payload.length + 2;
        }
        before = text.slice(Math.max(at, text.length - payload.length - 2));
        if (seen >= messages) resolve();
      });
    });
    const frames = Array.from({ length: 1000 }, (_, index) => message(index));
    for (let sent = 0; sent < messages;) {
      let batch = '';
      while (batch.length < batchBytes && sent < messages) batch += frames[sent++ % frames.length];
      if (!sender.write(batch, 'latin1')) await once(sender, 'drain');
    }
    await received;
    sender.destroy();
    receiver.destroy();
    return messages;
  };
}

/** One connection asks, with some requests under way at a time, and another one answers. */
function exchange(requester: string, subject: string, service: string): Run {
  return async (server) => {
    const asking = await open(server, requester);
    const answering = await open(server, 'a');
    await command(answering, `SUB ${service} 1\r\n`);
    await command(asking, 'SUB inbox.x.* 1\r\n');
    let line = '';
    answering.on('data', (bytes: Buffer) => {
      line += bytes.toString('latin1');
      let answers = '';
      let at = 0;
      for (const match of line.matchAll(/MSG \S+ 1 (\S+) [^\r]*\r\n[^]*?x{128}\r\n/g)) {
        answers += `PUB ${match[1]} 2\r\nok\r\n`;
        at = match.index + match[0].length;
      }
      line = line.slice(at);
      if (answers !== '') answering.write(answers, 'latin1');
    });
    let asked = 0;
    let answered = 0;
    const ask = (count: number): void => {
      let batch = '';
      for (; count > 0 && asked < requests; count--) {
        batch += `PUB ${subject} inbox.x.${asked++} ${payload.length}\r\n${payload}\r\n`;
      }
      if (batch !== '') asking.write(batch, 'latin1');
    };
    const done = new Promise<void>((resolve) => {
      let before = '';
      asking.on('data', (bytes: Buffer) => {
        const parts = (before + bytes.toString('latin1')).split('\r\nok\r\n');
        before = parts.pop() ?? '';
        answered += parts.length;
        ask(parts.length);
        if (answered >= requests) resolve();
      });
    });
    ask(window);
    await done;
    asking.destroy();
    answering.destroy();
    return requests;
  };
}

function pub(subject: string): (index: number) => string {
  return () => `PUB ${subject} ${payload.length}\r\n${payload}\r\n`;
}

function hpub(subject: string): (index: number) => string {
  const sizes = `${headers.length} ${headers.length + payload.length}`;
  return () => `HPUB ${subject} ${sizes}\r\n${headers}${payload}\r\n`;
}

async function open(server: ServerProcess, user: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: server.port, noDelay: true });
  await once(socket, 'connect');
  const fields = { user, verbose: false, headers: true, no_responders: true };
  await command(socket, `CONNECT ${JSON.stringify(fields)}\r\n`);
  return socket;
}

/** Sends it and waits until the server has taken it. */
async function command(socket: Socket, text: string): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    let received = '';
    const listener = (bytes: Buffer): void => {
      received += bytes.toString('latin1');
      if (!received.includes('PONG\r\n')) return;
      socket.off('data', listener);
      resolve();
    };
    socket.on('data', listener);
  });
  socket.write(`${text}PING\r\n`);
  await answered;
}
