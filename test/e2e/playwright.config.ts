import { defineConfig } from '@playwright/test';
import { findChromium } from '../support/chromium.ts';

const report = process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'];
const executablePath = findChromium();

/**
 * Tests of the whole: the app as a process, its window in Chromium, and real NATS clients and servers around it. What fails
 * is tried once more, since a machine may stand still for longer than a test waits; what passed then only is counted in the
 * last line of `npm test`, and is to be looked at.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../.cache/e2e',
  globalSetup: './setup.ts',
  workers: 2,
  fullyParallel: true,
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 60_000,
  globalTimeout: 900_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ...(report ? ([['json', { outputFile: report }]] as const) : [])],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's own sandbox refuses to run as root, which is what containers mostly are.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
