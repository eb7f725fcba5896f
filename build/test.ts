/**
 * `npm test`: the check, the tests that start servers, and the browser tests. It brings what they need (Chromium, real
 * nats-servers for comparison) and ends with one line of sums.
 */

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureChromium } from '../test/support/chromium.ts';
import { runStep, runSteps, type Step } from './steps.ts';

const results = resolve('.cache', 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

interface Sums {
  passed: number;
  failed: number;
  skipped: number;
  /** Passed at the second try only. */
  flaky: number;
}

/** Sums of a vitest or Playwright report. A report that is missing counts as one failure: its run never ended. */
function sumsOf(file: string): Sums {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number | undefined> & {
      stats?: { expected: number; unexpected: number; flaky: number; skipped: number };
    };
    if (report.stats) {
      const { expected, unexpected, flaky, skipped } = report.stats;
      return { passed: expected + flaky, failed: unexpected, skipped, flaky };
    }
    return {
      passed: report['numPassedTests'] ?? 0,
      failed: report['numFailedTests'] ?? 0,
      skipped: (report['numPendingTests'] ?? 0) + (report['numTodoTests'] ?? 0),
      flaky: 0,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, flaky: 0 };
  }
}

function vitest(projects: string[], report: string, ...more: string[]): Step {
  return {
    name: projects.join(', '),
    command: 'vitest',
    args: [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...more,
    ],
    live: true,
  };
}

const units = join(results, 'unit.json');
const servers = join(results, 'servers.json');
const browser = join(results, 'browser.json');
const chromium = ensureChromium();

let ok = await runSteps(
  [
    { name: 'check', command: 'node', args: ['build/check.ts'], live: true, env: { NATSCOPE_UNIT_REPORT: units } },
    { name: 'bundle', command: 'node', args: ['build/bundle.ts'] },
    vitest(['architecture', 'fuzz', 'interop'], servers),
    // Its files wait more than they work.
    vitest(['conformance'], join(results, 'conformance.json'), '--maxWorkers=3'),
  ],
  1,
);
const page = await runStep({
  name: 'browser',
  command: 'playwright',
  args: ['test', '--config', 'test/e2e/playwright.config.ts'],
  live: true,
  env: { NATSCOPE_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: browser },
});
ok &&= page.ok;

const sums: Sums = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
for (const file of [units, servers, join(results, 'conformance.json'), browser]) {
  const part = sumsOf(file);
  sums.passed += part.passed;
  sums.failed += part.failed;
  sums.skipped += part.skipped;
  sums.flaky += part.flaky;
}
if (sums.flaky > 0) console.log(`\n${sums.flaky} browser tests passed at the second try only`);
console.log(`\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
if (!ok || sums.failed > 0 || sums.passed === 0) process.exitCode = 1;
