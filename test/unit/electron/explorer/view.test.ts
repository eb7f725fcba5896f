import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createExplorerFixture, SMALL } from '../../../support/explorer-fixture.ts';
import { bytesOf } from '../../../support/fake-link.ts';

test('a list in scope and filter is what a naive filter gives, also while old messages go', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a.x', 'a.y', 'b'), fc.integer({ min: 0, max: 9 }), fc.boolean()), {
        minLength: 1,
        maxLength: 500,
      }),
      fc.boolean(),
      async (messages, filtered) => {
        const fixture = createExplorerFixture({ budgetBytes: 110_000, limits: SMALL });
        fixture.link.say('a.x', 'number 0');
        const [row] = (await fixture.pull(await fixture.open())).tree!.rows;
        const view = await fixture.open({
          scope: row!.node,
          filter: filtered ? { mode: 'text', text: 'Number 3' } : null,
        });
        const sent: [string, number][] = [['a.x', 0]];
        for (const [subject, number, pulls] of messages) {
          fixture.link.say(subject, `number ${number} ${'.'.repeat(number * 20)}`);
          sent.push([subject, number]);
          if (pulls) await fixture.pull(view);
        }
        const result = await fixture.settle(view);
        const { counters } = result;
        expect(counters.dropped).toBe(0);
        const first = counters.evicted + 1;
        const expected = sent
          .map(([subject, number], index) => ({ subject, number, sequence: index + 1 }))
          .filter(({ sequence, subject, number }) => {
            return sequence >= first && subject.startsWith('a.') && (!filtered || number === 3);
          });
        expect(result.list!.total).toBe(expected.length);
        expect(result.list!.rows.map((one) => one.sequence)).toEqual(expected.map((one) => one.sequence));
        const counted = { hits: expected.length, of: counters.kept, scanning: false };
        expect(result.filter).toEqual(filtered ? counted : null);
        for (const [index, one] of expected.entries()) {
          expect(await fixture.call('explorer.list.index', { view, sequence: one.sequence })).toEqual({ index });
        }
        fixture.explorer.dispose();
        expect(fixture.budget.usedBytes).toBe(0);
        expect(fixture.clock.waiting).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});

test('gone + index is a stable position while messages are evicted', async () => {
  const fixture = createExplorerFixture({ budgetBytes: 75_000, limits: SMALL });
  const view = await fixture.open();
  for (let index = 0; index < 100; index++) fixture.link.say('a', '.'.repeat(60));
  const { list } = await fixture.pull(view, { first: 90, count: 5, tail: false });
  const held = list!.gone + 90;
  const sequence = list!.rows[0]!.sequence;
  while ((await fixture.pull(view)).list!.gone === 0) fixture.link.say('a', '.'.repeat(100));
  const later = await fixture.pull(view, { first: 90, count: 5, tail: false, gone: list!.gone });
  expect(later.list!.gone).toBeGreaterThan(0);
  expect(later.list!.first + later.list!.gone).toBe(held);
  expect(later.list!.rows[0]!.sequence).toBe(sequence);
  for (let index = 0; index < 300; index++) fixture.link.say('a', '.'.repeat(100));
  const gone = await fixture.pull(view, { first: 90, count: 5, tail: false, gone: list!.gone });
  expect(gone.list!.first).toBe(0);
  expect(gone.list!.rows[0]!.sequence).toBe(gone.list!.gone + 1);
  expect(await fixture.call('explorer.list.index', { view, sequence })).toBeNull();
});

test('a scan of the history shows the end of the list first and keeps positions', async () => {
  const fixture = createExplorerFixture();
  for (let index = 0; index < 20_000; index++) fixture.link.say('a', `message ${index}`);
  const view = await fixture.open({ filter: { mode: 'text', text: 'message' } });
  // The clock moves a little with every look, so that slices end.
  const now = fixture.clock.now.bind(fixture.clock);
  let looks = 0;
  fixture.clock.now = () => now() + looks++ * 100;
  const first = await fixture.pull(view, { first: 0, count: 3, tail: true });
  expect(first.filter!.scanning).toBe(true);
  expect(first.filter!.hits).toBe(first.filter!.of);
  expect(first.filter!.of).toBeLessThan(20_000);
  expect(first.list!.rows.map((row) => row.sequence)).toEqual([19_998, 19_999, 20_000]);
  const position = first.list!.gone + first.list!.first;
  fixture.link.say('a', 'message new');
  const second = await fixture.pull(view, { first: first.list!.first, count: 3, tail: false, gone: first.list!.gone });
  expect(second.list!.gone + second.list!.first).toBe(position);
  expect(second.list!.rows[0]!.sequence).toBe(19_998);
  const last = await fixture.settle(view);
  expect(last.filter).toEqual({ hits: 20_001, of: 20_001, scanning: false });
});

test('a scan goes on between pulls while somebody looks, and rests when nobody does', async () => {
  const fixture = createExplorerFixture();
  for (let index = 0; index < 50_000; index++) fixture.link.say('a', 'x');
  const view = await fixture.open({ filter: { mode: 'text', text: 'x' } });
  const now = fixture.clock.now.bind(fixture.clock);
  let looks = 0;
  fixture.clock.now = () => now() + looks++ * 500;
  const { filter } = await fixture.pull(view);
  fixture.clock.advance(100);
  const later = await fixture.pull(view);
  expect(later.filter!.of).toBeGreaterThan(filter!.of * 2);
});

test('pause freezes list and tree while recording goes on', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open();
  fixture.link.say('a.one', '{"n":1}');
  fixture.link.say('a.one', '{"n":2}');
  const before = await fixture.pull(view);
  await fixture.call('explorer.tree.expand', { view, node: before.tree!.rows[0]!.node, open: true, deep: false });
  await fixture.set(view, { pausedAt: before.newest });
  const paused = await fixture.pull(view);
  fixture.clock.advance(10_000);
  fixture.link.say('a.one', '{"n":3}');
  fixture.link.say('a.two', '{"n":4}');
  fixture.link.say('a.one.deep', '{"n":5}');
  fixture.link.say('new', '{"n":6}');
  const still = await fixture.pull(view);
  expect(still.tree).toEqual(paused.tree);
  expect(still.tree!.rows.map((row) => [row.label, row.count, row.fields[0]?.text, row.branch])).toEqual([
    ['a', 2, undefined, true],
    ['one', 2, '2', false],
  ]);
  expect(still.list!.rows.map((row) => row.sequence)).toEqual([1, 2]);
  expect(still.counters.received).toBe(6);
  expect(still.newest - 2).toBe(4);
  const other = await fixture.pull(await fixture.open());
  expect(other.list!.total).toBe(6);
  await fixture.set(view, { pausedAt: null });
  const resumed = await fixture.pull(view);
  expect(resumed.list!.total).toBe(6);
  expect(resumed.tree!.rows.map((row) => row.label)).toEqual(['a', 'one', 'two', 'new']);
});

test('a paused view under a filter counts only what it shows; evicted rows are gone from it', async () => {
  const fixture = createExplorerFixture({ budgetBytes: 100_000, limits: SMALL });
  for (let index = 0; index < 50; index++) fixture.link.say('a', `keep ${index % 2}`);
  const view = await fixture.open({ filter: { mode: 'text', text: 'keep 1' } });
  await fixture.set(view, { pausedAt: 50 });
  for (let index = 0; index < 50; index++) fixture.link.say('a', 'keep 1');
  expect((await fixture.settle(view)).filter).toEqual({ hits: 25, of: 50, scanning: false });
  for (let index = 0; index < 2000; index++) fixture.link.say('b', '.'.repeat(100));
  const gone = await fixture.pull(view);
  expect(gone.counters.evicted).toBeGreaterThan(50);
  expect(gone.list).toMatchObject({ total: 0, rows: [] });
  expect(gone.filter).toEqual({ hits: 0, of: 0, scanning: false });
});

test('a blink is a version that grows with the value and not with the message', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open();
  const look = async () => (await fixture.pull(view)).tree!.rows[0]!;
  fixture.link.say('a', '{"state":"new","n":1}');
  const one = await look();
  fixture.link.say('a', '{"state":"new","n":1}');
  const two = await look();
  expect(two.version).toBe(one.version);
  fixture.link.say('a', '{"state":"paid","n":1}');
  const three = await look();
  expect(three.version).toBeGreaterThan(two.version);
  expect(three.fields).toEqual([
    { key: 'state', text: 'paid', changed: true },
    { key: 'n', text: '1', changed: false },
  ]);
});

test('a value that is held by a pause does not blink while others watch it change', async () => {
  const fixture = createExplorerFixture();
  const live = await fixture.open();
  const paused = await fixture.open();
  fixture.link.say('a', '1');
  fixture.link.say('a', '2');
  const look = async (view: number) => (await fixture.pull(view)).tree!.rows[0]!;
  const before = await look(paused);
  await fixture.set(paused, { pausedAt: 2 });
  for (const value of ['3', '4', '5']) {
    fixture.link.say('a', value);
    const now = await look(live);
    expect(now.fields[0]!.text).toBe(value);
    expect(await look(paused)).toMatchObject({ version: before.version, fields: before.fields });
    expect((await look(live)).version).toBe(now.version);
  }
  await fixture.set(paused, { pausedAt: null });
  expect((await look(paused)).version).toBeGreaterThan(before.version);
});

test('a subject keeps its last value when its message is evicted', async () => {
  const fixture = createExplorerFixture({ budgetBytes: 100_000, limits: SMALL });
  const view = await fixture.open();
  fixture.link.say('config', '{"mode":"blue"}');
  for (let index = 0; index < 3000; index++) fixture.link.say('noise', '.'.repeat(100));
  const rows = (await fixture.pull(view)).tree!.rows;
  expect(rows[0]).toMatchObject({ label: 'config', fields: [{ key: 'mode', text: 'blue', changed: false }] });
  expect(await fixture.call('explorer.latest', { node: rows[0]!.node })).toBeNull();
});

test('sorting by count holds for two seconds, then sorts again', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open({ sort: 'count' });
  const order = async () => (await fixture.pull(view)).tree!.rows.map((row) => row.label).join();
  for (const name of ['a', 'b', 'b', 'c', 'c', 'c']) fixture.link.say(name);
  expect(await order()).toBe('c,b,a');
  for (let index = 0; index < 5; index++) fixture.link.say('a');
  fixture.link.say('d');
  fixture.clock.advance(1000);
  expect(await order()).toBe('c,b,a');
  fixture.clock.advance(1100);
  expect(await order()).toBe('a,c,b,d');
  await fixture.set(view, { sort: 'last' });
  fixture.clock.advance(1);
  fixture.link.say('b');
  await fixture.set(view, { sort: 'name' });
  expect(await order()).toBe('a,b,c,d');
});

test('history, latest and neighbours of one subject', async () => {
  const fixture = createExplorerFixture();
  for (let index = 0; index < 30; index++) {
    fixture.link.say(index % 3 === 0 ? 'a' : 'b', `{"n":${index}}`);
    fixture.clock.advance(1);
  }
  const [a] = (await fixture.pull(await fixture.open())).tree!.rows;
  const node = a!.node;
  const sequences = async (before: number, limit: number) =>
    (await fixture.call('explorer.history', { node, before, limit })).map((row) => row.sequence);
  expect(await sequences(0, 3)).toEqual([28, 25, 22]);
  expect(await sequences(22, 2)).toEqual([19, 16]);
  expect(await sequences(24, 2)).toEqual([22, 19]);
  expect(await sequences(1, 2)).toEqual([]);
  expect(await fixture.call('explorer.latest', { node })).toEqual({ sequence: 28 });
  expect(await fixture.call('explorer.message', { sequence: 25, payloadBytesMax: 4 })).toMatchObject({
    subject: 'a',
    gap: 3000,
    previous: 22,
    next: 28,
    subjectCount: 10,
    payload: bytesOf('{"n"'),
    payloadBytes: 8,
  });
  await expect(fixture.call('explorer.history', { node, before: 0, limit: 0 })).rejects.toMatchObject({
    code: 'out-of-range',
  });
});

test('reveal opens the branches above; search finds the busiest first', async () => {
  const fixture = createExplorerFixture();
  for (let index = 0; index < 20; index++) fixture.link.say(`orders.eu.${index}`);
  for (let index = 0; index < 5; index++) fixture.link.say('orders.us.7');
  const view = await fixture.open();
  expect((await fixture.pull(view)).tree!.total).toBe(1);
  const revealed = await fixture.call('explorer.tree.reveal', { view, subject: 'orders.eu.7' });
  const { tree } = await fixture.pull(view);
  expect(tree!.rows[revealed!.index]).toMatchObject({ subject: 'orders.eu.7', node: revealed!.node });
  expect(await fixture.call('explorer.tree.reveal', { view, subject: 'orders.eu.77' })).toBeNull();
  const found = async (text: string) =>
    (await fixture.call('explorer.search', { text, limit: 3 })).map((one) => one.subject);
  expect(await found('.7')).toEqual(['orders.us.7', 'orders.eu.7']);
  expect(await found('ORDERS.US')).toEqual(['orders.us.7']);
  expect(await found('orders.*.7')).toEqual(['orders.us.7', 'orders.eu.7']);
  expect(await found('nothing')).toEqual([]);
  await fixture.call('explorer.tree.pin', { node: revealed!.node, pinned: true });
  expect((await fixture.pull(view)).tree!.rows[revealed!.index]!.pinned).toBe(true);
});

test('clear forgets and starts to count anew; open branches open again, old names mean nothing', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open();
  fixture.link.say('a.b.c', '1');
  await fixture.call('explorer.tree.reveal', { view, subject: 'a.b.c' });
  const { tree, newest } = await fixture.pull(view);
  expect(tree!.total).toBe(3);
  await fixture.call('explorer.clear', {});
  const cleared = await fixture.pull(view);
  expect(cleared).toMatchObject({ tree: { total: 0 }, list: { total: 0 }, counters: { received: 0, kept: 0 } });
  expect(cleared.subscriptions[0]!.received).toBe(0);
  await expect(fixture.set(view, { scope: tree!.rows[0]!.node })).rejects.toMatchObject({ code: 'unknown-node' });
  fixture.link.say('a.b.c', '2');
  const again = await fixture.pull(view);
  expect(again.tree!.rows.map((row) => row.label)).toEqual(['a', 'b', 'c']);
  expect(again.list!.rows[0]!.sequence).toBe(newest + 1);
  expect(await fixture.call('explorer.message', { sequence: newest, payloadBytesMax: 1 })).toBeNull();
});

test('views end with their window; one that ended says so', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open({ pausedAt: 0, filter: { mode: 'text', text: 'x' } });
  fixture.window.abort();
  await expect(fixture.pull(view)).rejects.toMatchObject({ code: 'unknown-view' });
});
