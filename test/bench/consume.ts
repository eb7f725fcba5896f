/**
 * Consumers beside nats-server: `node test/bench/consume.ts [--messages 300000] [--rounds 5] [--storage memory] [--server
 * PATH]`. Pull in fetches of 256 and push, each message acknowledged, 128 B over 100 subjects; and push without acks. The two
 * take turns. Exit code 1 when ours hands out less than 1.5 times as many a second, by the medians.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { comparedPrograms, cpuSeconds, median, type Program } from './compared.ts';
import { StreamClient } from './stream-client.ts';
import { printTable } from './table.ts';

const ratioMin = 1.5;
const fetchBatch = 256;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '5' },
    storage: { type: 'string', default: 'memory' },
    server: { type: 'string' },
  },
});
const messages = Number(values.messages);
const rounds = Number(values.rounds);

const ways = ['pull', 'push', 'push without acks'] as const;
type Way = (typeof ways)[number];

interface Measured {
  /** Messages a second. */
  readonly rate: number;
  /** Of the server's time on the processor, for each message. */
  readonly cpuMicros: number;
}

const programs = await comparedPrograms(values.server);
const results = new Map<string, Measured[]>();
const keyOf = ({ name }: Program, way: Way): string => `${name} ${way}`;

for (let round = 0; round < rounds; round++) {
  for (const program of round % 2 === 0 ? programs : programs.toReversed()) {
    const folder = mkdtempSync(join(tmpdir(), 'natscope-bench-'));
    const server = await startServer(program.command, ['-js', '-sd', folder]);
    try {
      const client = await StreamClient.open(server.port);
      await client.api('STREAM.CREATE.S', { name: 'S', subjects: ['s.>'], storage: values.storage });
      await client.fill(messages, (index) => `s.${index % 100}`, 'x'.repeat(128));
      for (const way of ways) {
        // The first time is for warming up.
        await measure(server, client, way, 'warm');
        const measured = await measure(server, client, way, 'counted');
        results.set(keyOf(program, way), [...(results.get(keyOf(program, way)) ?? []), measured]);
      }
      client.close();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

const [ours, real] = programs;
const rows = ways.map((way) => {
  const [mine, theirs] = [ours, real].map((program) => {
    const all = results.get(keyOf(program, way)) ?? [];
    return { rate: median(all.map(({ rate }) => rate)), cpu: median(all.map(({ cpuMicros }) => cpuMicros)) };
  }) as [{ rate: number; cpu: number }, { rate: number; cpu: number }];
  const ratio = mine.rate / theirs.rate;
  if (ratio < ratioMin) process.exitCode = 1;
  const rate = (value: number): string => `${Math.round(value / 1000)}k`;
  const micros = (value: number): string => `${value.toFixed(1)} µs`;
  return [
    way,
    rate(mine.rate),
    rate(theirs.rate),
    ratio.toFixed(2),
    `≥ ${ratioMin}`,
    micros(mine.cpu),
    micros(theirs.cpu),
  ];
});
printTable(['way', 'ours/s', 'nats-server/s', 'ratio', 'goal', 'ours', 'nats-server'], rows);

async function measure(server: ServerProcess, client: StreamClient, way: Way, name: string): Promise<Measured> {
  const consumer = `${way.replaceAll(' ', '-')}-${name}`;
  const subject = `d.${consumer}`;
  let got = 0;
  let inFetch = 0;
  let out = '';
  const request = JSON.stringify({ batch: fetchBatch, expires: 30e9 });
  const fetch = `PUB $JS.API.CONSUMER.MSG.NEXT.S.${consumer} ${subject} ${request.length}\r\n${request}\r\n`;
  const config = {
    durable_name: consumer,
    ack_policy: way === 'push without acks' ? 'none' : 'explicit',
    ...(way === 'push without acks' ? {} : { max_ack_pending: 10_000 }),
    ...(way === 'pull' ? {} : { deliver_subject: subject }),
  };
  client.write(`SUB ${subject} 9\r\n`);
  await client.flush();
  const cpuBefore = cpuSeconds(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  if (way === 'pull') await client.api(`CONSUMER.DURABLE.CREATE.S.${consumer}`, { stream_name: 'S', config });
  client.onMessage = (line) => {
    const reply = line.indexOf('$JS.ACK.');
    if (reply < 0) return;
    got++;
    if (way !== 'push without acks') out += `PUB ${line.slice(reply, line.indexOf(' ', reply))} 4\r\n+ACK\r\n`;
    if (way === 'pull' && ++inFetch === fetchBatch) {
      inFetch = 0;
      out += fetch;
    }
  };
  client.onRead = () => {
    if (out !== '') client.write(out);
    out = '';
    if (got >= messages) resolve();
  };
  const startedAt = performance.now();
  if (way === 'pull') {
    client.write(fetch);
  } else {
    const text = JSON.stringify({ stream_name: 'S', config });
    client.write(`PUB $JS.API.CONSUMER.DURABLE.CREATE.S.${consumer} r.3 ${text.length}\r\n${text}\r\n`);
  }
  await promise;
  const seconds = (performance.now() - startedAt) / 1000;
  client.onRead = () => {};
  await client.flush();
  const cpuMicros = ((cpuSeconds(server) - cpuBefore) * 1e6) / messages;
  client.write('UNSUB 9\r\n');
  await client.api(`CONSUMER.DELETE.S.${consumer}`);
  return { rate: messages / seconds, cpuMicros };
}
