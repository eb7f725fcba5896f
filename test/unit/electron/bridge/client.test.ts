import { expect, test } from 'vitest';
import { createClient } from '../../../../electron/bridge/client.ts';
import { createRouter } from '../../../../electron/bridge/router.ts';
import { bridgePair } from '../../../support/bridge-pair.ts';

test('a signal ends a loop that waits, and the core stops', async () => {
  let ended = false;
  const router = createRouter({
    requests: {},
    streams: {
      async *'commands.watch'(_, { signal }) {
        try {
          yield { command: 'first' };
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        } finally {
          ended = true;
        }
      },
    },
  });
  const [window, core] = bridgePair();
  router.serve(core);
  const work = new AbortController();
  const seen: string[] = [];
  for await (const { command } of createClient(window).stream('commands.watch', {}, { signal: work.signal })) {
    seen.push(command);
    // Aborted while the loop waits for an item that never comes.
    setImmediate(() => work.abort());
  }
  expect(seen).toEqual(['first']);
  await expect.poll(() => ended).toBe(true);
});

test('a signal that was given up before ends the loop before its first item', async () => {
  const router = createRouter({ requests: {}, streams: { 'commands.watch': () => (async function* () {})() } });
  const [window, core] = bridgePair();
  router.serve(core);
  const items: unknown[] = [];
  const stream = createClient(window).stream('commands.watch', {}, { signal: AbortSignal.abort() });
  for await (const item of stream) items.push(item);
  expect(items).toEqual([]);
});
