import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// One project for each kind of test, so that each can be run alone (`vitest run --project unit`) and each has the
// time-outs its kind needs. What a kind is for stands in test/README.md.
/**
 * Tests with processes, sockets and timers may fail where the machine stands still for a moment. They are tried once more,
 * which is printed beside the test; a second failure counts.
 */
const RETRY = 1;

export default defineConfig({
  test: {
    // Half of the time goes by in waiting, so two files at a time are not too much for two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          retry: RETRY,
          include: ['test/unit/**/*.test.ts'],
          exclude: ['test/unit/renderer/**'],
          environment: 'node',
        },
      },
      {
        // State logic in `.svelte.ts` files is compiled by the plugin; the browser condition makes Svelte resolve to the
        // client runtime, where `$state` and `$effect` react, although there is no document here.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'renderer',
          include: ['test/unit/renderer/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/support/real-servers-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Some cases wait for timers, which costs nothing; others start a process, of which two cores carry only a few.
          maxConcurrency: 6,
          retry: RETRY,
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'interop',
          retry: RETRY,
          include: ['test/interop/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/support/real-servers-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'architecture',
          include: ['test/architecture/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
        },
      },
    ],
  },
});
