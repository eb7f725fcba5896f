import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DisplayFilter, PullResult } from '../../../../electron/bridge/contract.ts';
import { createExplorerFixture, SMALL } from '../../../support/explorer-fixture.ts';
import { bytesOf } from '../../../support/fake-link.ts';

const token = fc.oneof(fc.constantFrom('a', '_INBOX', '$JS', 'ACK', '1', '<b>'), fc.string({ maxLength: 3 }));
const subject = fc.oneof(
  fc.array(token, { minLength: 1, maxLength: 6 }).map((tokens) => bytesOf(tokens.join('.'))),
  fc.uint8Array({ minLength: 1, maxLength: 20 }),
);
const headers = fc.oneof(
  fc.constant(bytesOf('')),
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ maxLength: 20 }).map((text) => bytesOf(`NATS/1.0${text}\r\nA: ${text}\r\n\r\n`)),
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.json({ maxDepth: 3 }).map(bytesOf),
  fc.constantFrom(bytesOf('{"a":{'), bytesOf('['.repeat(500)), new Uint8Array(5000)),
);
const filter = fc.constantFrom<DisplayFilter | null>(
  null,
  { mode: 'text', text: 'a' },
  { mode: 'regex', text: '[a-z]+' },
  { mode: 'expression', text: 'size > 10 or a == 1 and header("A") ~ "x" or $.b[0].c != null' },
);

function checkPull({ counters, list, tree, filter: result }: PullResult): void {
  const { received, kept, evicted, dropped, excluded } = counters;
  expect(kept + evicted + dropped + excluded).toBe(received);
  expect(list!.rows.length).toBeLessThanOrEqual(list!.total);
  expect(list!.total).toBeLessThanOrEqual(kept);
  const sequences = list!.rows.map((row) => row.sequence);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  for (const row of tree!.rows) {
    expect(row.count).toBeGreaterThan(0);
    // Nothing on the screen holds a control character.
    // oxlint-disable-next-line no-control-regex
    expect(row.label).not.toMatch(/[\u0000-\u001f\u007f]/);
  }
  expect(result?.error).toBeUndefined();
}

test('whatever arrives and whoever looks, nothing throws and the counters add up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(subject, fc.oneof(fc.constant(bytesOf('')), subject), headers, payload, fc.nat(9)), {
        minLength: 1,
        maxLength: 150,
      }),
      filter,
      async (messages, display) => {
        const limits = { ...SMALL, nodesMax: 60, inboxChildrenMax: 3 };
        const fixture = createExplorerFixture({ budgetBytes: 150_000, limits, exclude: ['a.>', '*.1'] });
        await fixture.call('subscriptions.add', { subject: '$JS.>', exclude: false });
        const view = await fixture.open({ filter: display, sort: 'rate' });
        await fixture.call('explorer.tree.expand', { view, node: 0, open: true, deep: true });
        const other = await fixture.open({ scope: 0, sort: 'count' });
        for (const [name, reply, block, body, action] of messages) {
          fixture.link.deliver(name, body, reply, block);
          if (action === 0) checkPull(await fixture.pull(view));
          if (action === 1) await fixture.set(other, { pausedAt: 3 });
          if (action === 2) await fixture.set(other, { pausedAt: null });
          if (action === 3) await fixture.call('explorer.tree.expand', { view, node: 0, open: true, deep: true });
          if (action === 4) fixture.clock.advance(700);
          if (action === 5 && body.length === 7) await fixture.call('explorer.clear', {});
        }
        const result = await fixture.settle(view);
        checkPull(result);
        checkPull(await fixture.pull(other));
        for (const { sequence } of result.list!.rows) {
          const detail = await fixture.call('explorer.message', { sequence, payloadBytesMax: 100 });
          expect(detail!.sequence).toBe(sequence);
        }
        for (const { node, subject: text } of result.tree!.rows) {
          await fixture.set(other, { scope: node });
          checkPull(await fixture.pull(other));
          expect(await fixture.call('explorer.tree.reveal', { view, subject: text })).not.toBeNull();
        }
        fixture.explorer.dispose();
        expect(fixture.budget.usedBytes).toBe(0);
        expect(fixture.clock.waiting).toBe(0);
        expect(fixture.link.subscriptions.size).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
