/**
 * The store alone, without a network: appends in batches, reads, a start: `node test/bench/store.ts [--messages 1000000]
 * [--subjects 100000] [--sizes 128,1024] [--rounds 3] [--memory] [--compression] [--cipher aes]`. Memory is that of the process.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../../broker/store/store.ts';
import { printTable } from './table.ts';
import type { MessageLog } from '../../broker/store/message-log.ts';
import type { Store } from '../../broker/store/store.ts';

const batch = 256;
const reads = 200_000;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    subjects: { type: 'string', default: '100000' },
    sizes: { type: 'string', default: '128,1024' },
    rounds: { type: 'string', default: '3' },
    memory: { type: 'boolean', default: false },
    compression: { type: 'boolean', default: false },
    cipher: { type: 'string' },
  },
});
const messages = Number(values.messages);
const subjectCount = Number(values.subjects);

/** As the parser does it. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0x811c9dc5;
  for (let i = start; i < end; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  return sum ^ (sum >>> 15);
}

/** Subjects one behind the other, then a payload. */
const arena = Buffer.alloc(8 * 1024 * 1024, 'payload ');
const starts = new Int32Array(subjectCount + 1);
const hashes = new Int32Array(subjectCount);
for (let i = 0; i < subjectCount; i++) {
  const start = starts[i] as number;
  const end = start + arena.write(`bench.subject.${i}`, start, 'latin1');
  starts[i + 1] = end;
  hashes[i] = hash(arena, start, end);
}

let seed = 1;
function draw(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 0x1_0000_0000) * below);
}

/** Milliseconds by the clock, and of work: they differ where others use the machine as well. */
interface Spent {
  readonly ms: number;
  readonly workMs: number;
}

function workMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function fill(log: MessageLog, bodyBytes: number): Spent {
  const message = {
    bytes: arena as Uint8Array,
    subjectStart: 0,
    subjectEnd: 0,
    bodyStart: (starts[subjectCount] as number) + 1,
    headerBytes: 0,
    bodyBytes,
  };
  const time = { seconds: 1_700_000_000, nanos: 0 };
  const begin = performance.now();
  const workBegin = workMs();
  for (let i = 1; i <= messages; i++) {
    const subject = draw(subjectCount);
    message.subjectStart = starts[subject] as number;
    message.subjectEnd = starts[subject + 1] as number;
    time.nanos = i % 1_000_000_000;
    log.append(message, hashes[subject] as number, time);
    if (i % batch !== 0) continue;
    log.commit();
    // What the broker does when it has nothing else to do.
    if (i % (64 * batch) === 0) log.tidy(1);
  }
  log.commit();
  return { ms: performance.now() - begin, workMs: workMs() - workBegin };
}

function readAtRandom(log: MessageLog): number {
  const begin = performance.now();
  for (let i = 0; i < reads; i++)
    if (log.read(1 + draw(messages)) === undefined) throw new Error('a message is missing');
  return performance.now() - begin;
}

function readLast(log: MessageLog): number {
  const begin = performance.now();
  for (let i = 0; i < reads; i++) {
    const subject = draw(subjectCount);
    const start = starts[subject] as number;
    const found = log.subjects.find(arena, start, starts[subject + 1] as number, hashes[subject] as number);
    if (found >= 0 && log.read(log.subjects.last(found)) === undefined) throw new Error('a message is missing');
  }
  return performance.now() - begin;
}

function readInOrder(log: MessageLog): number {
  const begin = performance.now();
  for (let at = log.next(0); at !== 0; at = log.next(at + 1)) log.read(at);
  return performance.now() - begin;
}

function open(folder: string): Store {
  const encryption =
    values.cipher === 'aes' || values.cipher === 'chacha'
      ? ({ cipher: values.cipher, key: 'bench' } as const)
      : undefined;
  return openStore({ folder, hash, encryption, log: (_, text) => console.error(text) });
}

const perSecond = (count: number, ms: number): string => `${Math.round(count / ms).toLocaleString('en')}k`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const rows: string[][] = [];
for (const size of values.sizes.split(',').map(Number)) {
  for (let round = 0; round < Number(values.rounds); round++) {
    const folder = mkdtempSync(join(tmpdir(), 'natscope-bench-'));
    try {
      const options = {
        storage: values.memory ? 'memory' : 'file',
        compression: values.compression ? 's2' : 'none',
      } as const;
      let store = open(folder);
      let { log } = store.openStream('BENCH', 'bench', options);
      const filled = fill(log, size);
      const memory = process.memoryUsage().rss;
      const random = readAtRandom(log);
      const last = readLast(log);
      const order = readInOrder(log);
      let recovery = '';
      if (!values.memory) {
        while (log.tidy(100));
        store.close();
        const begin = performance.now();
        const workBegin = workMs();
        store = open(folder);
        ({ log } = store.openStream('BENCH', 'bench', options));
        recovery = `${Math.round(performance.now() - begin)} ms, ${Math.round(workMs() - workBegin)} of work`;
        if (log.state.messages !== messages) throw new Error(`${log.state.messages} messages`);
      }
      store.close();
      rows.push([
        `${size} B`,
        perSecond(messages, filled.ms),
        perSecond(messages, filled.workMs),
        perSecond(reads, random),
        perSecond(reads, last),
        perSecond(messages, order),
        recovery,
        megabytes(memory),
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
printTable(
  ['size', 'append/s', 'append/s of work', 'random read/s', 'last by subject/s', 'in order/s', 'start', 'memory'],
  rows,
);
