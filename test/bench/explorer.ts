/**
 * The window under load, tree and list open: `node test/bench/explorer.ts [--seconds 60] [--rate 50000] [--subjects 5000]
 * [--size 128]`. A process of its own publishes into the local broker; measured are the renderer's main thread, its
 * longest task, memory, and whether every message that was sent is accounted for. Exit code 1 when a goal is missed.
 */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type CDPSession } from 'playwright';
import { Explorer } from '../e2e/explorer-page.ts';
import { App } from '../support/app.ts';
import { ensureChromium } from '../support/chromium.ts';
import { processorSeconds, resourcesOf } from '../support/process-resources.ts';
import { nodePath } from '../support/server-process.ts';
import { printTable } from './table.ts';

const busyPercentMax = 15;
const taskMsMax = 100;
/** Left out of the measure: compilation, the first layout, the tree that grows. */
const warmUpSeconds = 5;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '50000' },
    subjects: { type: 'string', default: '5000' },
    size: { type: 'string', default: '128' },
    /** Run the sources even when there is a bundle. */
    sources: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
if (!(seconds > 0)) throw new Error('--seconds is a number above 0');

/** Tasks of 50 ms and more are the only ones that a page is told of. */
const collectLongTasks = `
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longTasks.push([entry.startTime, entry.duration]);
  }).observe({ type: 'longtask', buffered: true });`;

const app = await App.start({ bundled: !values.sources });
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(collectLongTasks);
  await page.goto(await app.takeAddress());
  const explorer = new Explorer(page);
  await explorer.ready();
  const cdp = await page.context().newCDPSession(page);
  // Time on the processor: another program that takes it away is not work of this thread.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });

  const publisher = publish(seconds + warmUpSeconds);
  await explorer.open('load');
  // Everything below it, so that leaves with their values are what is drawn.
  await page.keyboard.press('*');
  await page.waitForTimeout(warmUpSeconds * 1000);

  const before = await measure(cdp);
  const receivedBefore = (await explorer.counters()).received;
  await page.waitForTimeout((seconds - 1) * 1000);
  const after = await measure(cdp);
  const receivedAfter = (await explorer.counters()).received;
  const longest = await longestTask(before.at, after.at);
  const { sent, late } = await publisher;
  await page.waitForTimeout(1500);
  const counters = await explorer.counters();

  const took = after.at - before.at;
  const busy = ((after.TaskDuration - before.TaskDuration) / took) * 100;
  const share = (name: 'ScriptDuration' | 'LayoutDuration' | 'RecalcStyleDuration'): string =>
    `${(((after[name] - before[name]) / took) * 100).toFixed(1)} %`;
  const accounted = counters.kept + counters.evicted + counters.dropped + counters.excluded;
  const exact = counters.received === sent && accounted === sent;
  printTable(
    ['measure', 'figure', 'goal'],
    [
      ['published', `${grouped(sent)}, at most ${late} ms late`, ''],
      ['captured per second', grouped((receivedAfter - receivedBefore) / took), grouped(Number(values.rate))],
      ['main thread busy', `${busy.toFixed(1)} %`, `< ${busyPercentMax} %`],
      ['  script', share('ScriptDuration'), ''],
      ['  layout', share('LayoutDuration'), ''],
      ['  style', share('RecalcStyleDuration'), ''],
      ['longest task', longest === 0 ? '< 50 ms' : `${longest.toFixed(0)} ms`, `≤ ${taskMsMax} ms`],
      ['JS heap', megabytes(after.JSHeapUsedSize), ''],
      ['core resident set', megabytes(resourcesOf(app.pid).resident), ''],
      ['core processor', `${(((after.core - before.core) / took) * 100).toFixed(0)} % of one`, ''],
      ['received', grouped(counters.received), grouped(sent)],
      ['kept + evicted + dropped + excluded', grouped(accounted), grouped(sent)],
      ['  evicted', grouped(counters.evicted), ''],
      ['  dropped', grouped(counters.dropped), ''],
    ],
  );
  if (busy >= busyPercentMax || longest > taskMsMax || !exact) process.exitCode = 1;

  async function longestTask(from: number, until: number): Promise<number> {
    const tasks = (await page.evaluate('window.longTasks')) as [start: number, duration: number][];
    const origin = (await page.evaluate('performance.timeOrigin')) as number;
    const within = tasks.filter(([start]) => origin + start >= from * 1000 && origin + start <= until * 1000);
    return Math.max(0, ...within.map(([, duration]) => duration));
  }
} finally {
  await browser.close();
  await app.stop();
}

interface Measures {
  /** Seconds since the epoch. */
  at: number;
  /** Seconds of processor time of the core so far. */
  core: number;
  TaskDuration: number;
  ScriptDuration: number;
  LayoutDuration: number;
  RecalcStyleDuration: number;
  JSHeapUsedSize: number;
}

async function measure(cdp: CDPSession): Promise<Measures> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const named = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  return { ...(named as unknown as Measures), at: Date.now() / 1000, core: processorSeconds(app.pid) };
}

async function publish(forSeconds: number): Promise<{ sent: number; late: number }> {
  const { rate, subjects, size } = values;
  const flags = { port: app.brokerPort, rate, subjects, size, seconds: forSeconds };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(nodePath, [join(import.meta.dirname, 'publisher.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the publisher ended with exit code ${String(code)}`);
  return JSON.parse(output) as { sent: number; late: number };
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
