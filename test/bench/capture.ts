/**
 * The capture engine on its own: how fast it takes messages in, how long a pull takes meanwhile, and what memory it
 * holds against its budget.
 *
 *   node test/bench/capture.ts [--rate 50000] [--seconds 10] [--subjects 5000] [--bytes 128] [--budget 256] [--filter text]
 *
 * A rate of 0 is as fast as it goes. Messages come in batches as they do from a socket; between the batches a tree of
 * 40 rows and a list of 40 rows are pulled 60 times a second.
 */

import { parseArgs } from 'node:util';
import type { ConnectionRequests } from '../../electron/bridge/contract.ts';
import { attachBudget, createBudget } from '../../electron/explorer/budget.ts';
import { createSystemClock } from '../../electron/explorer/clock.ts';
import { createExplorer } from '../../electron/explorer/explorer.ts';
import type { RawMessage } from '../../electron/link.ts';
import { FakeLink, bytesOf } from '../support/fake-link.ts';

const BATCH = 512;
const PULL_MILLISECONDS = 1000 / 60;
const MIB = 1024 * 1024;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '10' },
    subjects: { type: 'string', default: '5000' },
    bytes: { type: 'string', default: '128' },
    budget: { type: 'string', default: '256' },
    filter: { type: 'string', default: '' },
    mode: { type: 'string', default: 'text' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const subjects = Array.from({ length: Number(values.subjects) }, (_, index) =>
  bytesOf(`plant.${index % 10}.line.${Math.floor(index / 10) % 20}.sensor-${index}`),
);
const payloads = Array.from({ length: 256 }, (_, index) => {
  const text = `{"id":${index},"state":"${['created', 'paid', 'shipped'][index % 3]}","total":"${index}.50","pad":"`;
  return bytesOf(`${text}${'x'.repeat(Math.max(0, Number(values.bytes) - text.length - 2))}"}`);
});

const link = new FakeLink();
const budget = createBudget(Number(values.budget) * MIB);
const explorer = createExplorer({
  link,
  clock: createSystemClock(),
  budget: attachBudget(budget.buffer, 0),
  subscribe: ['>'],
});
const [subscription] = link.subscriptions;
const capture = subscription!.onMessage;
const session = { id: 1, signal: new AbortController().signal };
const context = { signal: session.signal, session };
const connection = 'bench';

type Name = 'explorer.view.open' | 'explorer.view.set' | 'explorer.tree.expand' | 'explorer.pull';
async function call<N extends Name>(
  name: N,
  params: ConnectionRequests[N]['params'],
): Promise<ConnectionRequests[N]['result']> {
  const handler = explorer.requests[name] as (
    given: typeof params,
    with_: typeof context,
  ) => ConnectionRequests[N]['result'];
  return handler(params, context);
}

const { view } = await call('explorer.view.open', { connection, scope: 0, filter: null, sort: 'name', pausedAt: null });
if (values.filter !== '') {
  const mode = values.mode as 'text' | 'regex' | 'expression';
  await call('explorer.view.set', { connection, view, options: { filter: { mode, text: values.filter } } });
}

const empty = new Uint8Array(0);
// As a parser gives them: views of one buffer, made for each message.
const arena = new Uint8Array(64 * 1024);
let sent = 0;
function batch(count: number, receive: (message: RawMessage) => void): void {
  for (let index = 0; index < count; index++) {
    const subject = subjects[(sent * 7919) % subjects.length]!;
    const payload = payloads[(sent * 31) % payloads.length]!;
    arena.set(subject, 0);
    arena.set(payload, 1024);
    const message: RawMessage = {
      subject: arena.subarray(0, subject.length),
      reply: empty,
      headers: empty,
      payload: arena.subarray(1024, 1024 + payload.length),
      account: 0,
    };
    receive(message);
    sent++;
  }
}

/** Middle of many short measures: those in which the machine did other work fall out. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

/** Microseconds a message of one batch. */
function timed(count: number, receive: (message: RawMessage) => void): number {
  const before = performance.now();
  batch(count, receive);
  return ((performance.now() - before) * 1000) / count;
}

// What making the messages costs, to be taken off.
let made = 0;
const making = median(
  Array.from({ length: 2000 }, () => timed(BATCH, (message) => void (made += message.payload.length))),
);
if (made === 0) throw new Error('no messages were made');
sent = 0;

batch(BATCH, capture);
await call('explorer.tree.expand', { connection, view, node: 1, open: true, deep: true });

const pulls: number[] = [];
const batches: number[] = [];
const processor = process.threadCpuUsage();
let nextPull = performance.now();
const start = performance.now();
while (performance.now() - start < seconds * 1000) {
  const due =
    rate === 0 ? BATCH : Math.min(BATCH * 8, Math.floor(((performance.now() - start) / 1000) * rate) + BATCH - sent);
  if (due > 0) batches.push(timed(due, capture));
  const after = performance.now();
  if (after >= nextPull) {
    nextPull = after + PULL_MILLISECONDS;
    await call('explorer.pull', {
      connection,
      view,
      tree: { first: pulls.length % 200, count: 40 },
      list: { first: 0, count: 40, tail: true },
    });
    pulls.push(performance.now() - after);
  }
  await new Promise<void>((resolve) => (due > 0 ? setImmediate(resolve) : setTimeout(resolve, 1)));
}
const elapsed = (performance.now() - start) / 1000;
const { user, system } = process.threadCpuUsage(processor);
const last = await call('explorer.pull', { connection, view, tree: { first: 0, count: 40 }, list: null });
const { received, kept, evicted, dropped, excluded } = last.counters;
function spread(milliseconds: number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ms`;
}
const memory = process.memoryUsage();
console.log(
  `messages     ${sent} in ${elapsed.toFixed(1)} s = ${Math.round(sent / elapsed)} msg/s over ${subjects.length} subjects`,
);
console.log(
  `ingest       ${(median(batches) - making).toFixed(3)} µs a message, and ${making.toFixed(3)} µs to make it (medians)`,
);
console.log(`pull         ${spread(pulls)}; ${pulls.length} pulls`);
console.log(`thread       ${((user + system) / elapsed / 10_000).toFixed(1)} % of a processor, all in`);
console.log(
  `received     ${received} = kept ${kept} + evicted ${evicted} + dropped ${dropped} + excluded ${excluded}: ${received === kept + evicted + dropped + excluded}`,
);
if (last.filter !== null)
  console.log(`filter       ${last.filter.hits} of ${last.filter.of}, scanning ${last.filter.scanning}`);
console.log(
  `budget       ${(budget.usedBytes / MIB).toFixed(1)} of ${(budget.limitBytes / MIB).toFixed(0)} MiB; buffers ${(memory.arrayBuffers / MIB).toFixed(1)} MiB, heap ${(memory.heapUsed / MIB).toFixed(1)} MiB, process ${(memory.rss / MIB).toFixed(1)} MiB`,
);
explorer.dispose();
