import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TreeRow } from '../../../../electron/bridge/contract.ts';
import { createExplorerFixture, SMALL } from '../../../support/explorer-fixture.ts';
import type { ExplorerFixture } from '../../../support/explorer-fixture.ts';
import { bytesOf } from '../../../support/fake-link.ts';

async function wholeTree(fixture: ExplorerFixture): Promise<TreeRow[]> {
  const view = await fixture.open();
  await fixture.call('explorer.tree.expand', { view, node: 0, open: true, deep: true });
  return (await fixture.pull(view)).tree!.rows;
}

function labels(rows: readonly TreeRow[]): string[] {
  return rows.map((row) => `${'  '.repeat(row.depth)}${row.label}`);
}

test('counts, bytes and subjects of every branch are those of a naive count', async () => {
  const token = fc.constantFrom('a', 'b', 'cc', '10', '9', '');
  const subject = fc
    .array(token, { minLength: 1, maxLength: 4 })
    .map((tokens) => tokens.join('.'))
    .filter((name) => name !== '');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(subject, fc.integer({ min: 0, max: 50 })), { maxLength: 200 }),
      async (messages) => {
        const fixture = createExplorerFixture({ limits: SMALL });
        const expected = new Map<string, { count: number; bytes: number; subjects: Set<string> }>();
        for (const [name, size] of messages) {
          fixture.link.deliver(bytesOf(name), new Uint8Array(size));
          const tokens = name.split('.');
          for (let depth = 1; depth <= tokens.length; depth++) {
            const prefix = JSON.stringify(tokens.slice(0, depth));
            const branch = expected.get(prefix) ?? { count: 0, bytes: 0, subjects: new Set() };
            branch.count++;
            branch.bytes += size;
            branch.subjects.add(name);
            expected.set(prefix, branch);
          }
        }
        const rows = await wholeTree(fixture);
        const path: string[] = [];
        const found = new Map(
          rows.map((row) => {
            path.length = row.depth;
            path.push(row.label);
            expect(row.subject).toBe(path.join('.'));
            return [JSON.stringify(path), { count: row.count, bytes: row.bytes, subjects: row.subjects }];
          }),
        );
        expect(found).toEqual(
          new Map([...expected].map(([key, value]) => [key, { ...value, subjects: value.subjects.size }])),
        );
        fixture.explorer.dispose();
      },
    ),
    { numRuns: 60 },
  );
});

test('siblings stand in natural order, what the system speaks last', async () => {
  const fixture = createExplorerFixture();
  for (const subject of ['b.10', 'b.9', 'b.a', 'b.010', '_INBOX.x', '$JS.API.INFO', 'a', 'Z', 'b.100', 'b.9a']) {
    fixture.link.say(subject);
  }
  const rows = await wholeTree(fixture);
  expect(labels(rows).filter((label) => !label.startsWith('    '))).toEqual([
    'Z',
    'a',
    'b',
    '  9',
    '  9a',
    '  10',
    '  010',
    '  100',
    '  a',
    '$JS',
    '  API',
    '_INBOX',
    '  x',
  ]);
});

test('children that come later take their place among those that are there', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open();
  const names: string[] = [];
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 50; index++) {
      const name = `s${(index * 7919 + round * 104_729) % 5000}`;
      names.push(name);
      fixture.link.say(name);
    }
    const { tree } = await fixture.pull(view);
    const expected = [...new Set(names)].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    expect(tree!.rows.map((row) => row.label)).toEqual(expected.slice(0, 1000));
    expect(tree!.total).toBe(expected.length);
  }
});

test('hostile subjects are told apart and shown without harm', async () => {
  const fixture = createExplorerFixture();
  const hostile = [
    Uint8Array.of(0x61, 0xff),
    Uint8Array.of(0x61, 0xfe),
    Uint8Array.of(0x61, 0xc3, 0xbc),
    Uint8Array.of(0x61, 0xc3),
    Uint8Array.of(0x61, 0x00, 0x1b),
    bytesOf('<img/src=x>.a'),
    bytesOf('..'),
    bytesOf('\u{1F600}'),
    bytesOf(`${'x'.repeat(3000)}.${'y.'.repeat(400)}z`),
  ];
  for (const subject of hostile) fixture.link.deliver(subject, bytesOf('1'));
  const rows = await wholeTree(fixture);
  const shown = labels(rows).map((label) => label.trim());
  expect(shown).toEqual(
    expect.arrayContaining(['a\\xFF', 'a\\xFE', 'aü', 'a\\xC3', 'a\\x00\\x1B', '<img/src=x>', '\u{1F600}']),
  );
  expect(rows.filter((row) => row.depth === 0).reduce((sum, row) => sum + row.count, 0)).toBe(hostile.length);
  const view = await fixture.open();
  const revealed = await fixture.call('explorer.tree.reveal', { view, subject: 'a\\xFF' });
  expect(rows.find((row) => row.node === revealed!.node)?.subject).toBe('a\\xFF');
  const { list } = await fixture.pull(view);
  const details = await Promise.all(
    list!.rows.map(async (row) => fixture.call('explorer.message', { sequence: row.sequence, payloadBytesMax: 10 })),
  );
  expect(details[0]!.subjectBytes).toEqual(hostile[0]);
  expect(details[5]!.subjectBytes).toBeUndefined();
});

test('inboxes fold: memory stays bounded and every message is counted', async () => {
  const fixture = createExplorerFixture({ limits: { inboxChildrenMax: 8 } });
  for (let index = 0; index < 1000; index++) fixture.link.say(`_INBOX.client.${index}`, `{"n":${index}}`);
  const rows = await wholeTree(fixture);
  const client = rows.find((row) => row.label === 'client')!;
  const fold = rows.find((row) => row.label === '…')!;
  expect(rows).toHaveLength(2 + 8 + 1);
  expect(client.count).toBe(1000);
  expect(client.folded).toBe(992);
  expect(fold.count).toBe(992);
  expect(fold.kind).toBe('reply');
  expect(fold.fields[0]?.text).toBe('999');
  const view = await fixture.open({ scope: fold.node });
  const { list } = await fixture.pull(view);
  expect(list!.rows.at(-1)!.subject).toBe('_INBOX.client.999');
  const history = await fixture.call('explorer.history', { node: fold.node, before: 0, limit: 2 });
  expect(history.map((row) => row.subject)).toEqual(['_INBOX.client.999', '_INBOX.client.998']);
});

test('rows of a subject without a node find each other', async () => {
  const fixture = createExplorerFixture({ limits: { inboxChildrenMax: 1 } });
  for (const name of ['a', 'b', 'c', 'b', 'b']) fixture.link.say(`_INBOX.client.${name}`);
  const detail = await fixture.call('explorer.message', { sequence: 4, payloadBytesMax: 0 });
  expect(detail).toMatchObject({ subject: '_INBOX.client.b', previous: 2, next: 5, subjectCount: 3 });
});

test('JetStream acknowledgements fold at their consumer', async () => {
  const fixture = createExplorerFixture();
  for (let index = 0; index < 100; index++)
    fixture.link.say(`$JS.ACK.ORDERS.worker.1.${index}.${index}.17000.0`, '+ACK');
  const rows = await wholeTree(fixture);
  expect(labels(rows)).toEqual(['$JS', '  ACK', '    ORDERS', '      worker', '        …']);
  expect(rows[0]!.folded).toBe(100);
});

test('beyond its limit the tree names no more subjects and still counts them', async () => {
  const fixture = createExplorerFixture({ limits: { nodesMax: 50 } });
  for (let index = 0; index < 200; index++) fixture.link.say(`s.${index}`);
  const rows = await wholeTree(fixture);
  expect(rows.length).toBeLessThanOrEqual(51);
  expect(rows[0]!.count).toBe(200);
  expect(rows.slice(1).reduce((sum, row) => sum + row.count, 0)).toBe(200);
});

test('rates and bars follow time', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open();
  for (let tick = 0; tick < 100; tick++) {
    for (let index = 0; index < 10; index++) fixture.link.say('fast');
    if (tick % 50 === 0) fixture.link.say('slow');
    fixture.clock.advance(100);
  }
  const [fast, slow] = (await fixture.pull(view)).tree!.rows;
  expect(fast!.rate).toBeGreaterThan(90);
  expect(fast!.rate).toBeLessThan(110);
  expect(slow!.rate).toBeGreaterThan(0);
  expect(slow!.rate).toBeLessThan(0.5);
  expect(fast!.spark).toHaveLength(20);
  expect(Math.max(...fast!.spark)).toBe(255);
  fixture.clock.advance(10_000);
  const [silent] = (await fixture.pull(view)).tree!.rows;
  expect(silent!.rate).toBeLessThan(0.5);
  fixture.clock.advance(120_000);
  const [old] = (await fixture.pull(view)).tree!.rows;
  expect(old!.rate).toBe(0);
  expect(Math.max(...old!.spark)).toBe(0);
  expect(old!.count).toBe(1000);
});
