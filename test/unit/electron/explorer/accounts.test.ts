import { describe, expect, test } from 'vitest';
import type { PullResult } from '../../../../electron/bridge/contract.ts';
import { createExplorerFixture } from '../../../support/explorer-fixture.ts';
import type { ExplorerFixture } from '../../../support/explorer-fixture.ts';
import { bytesOf } from '../../../support/fake-link.ts';

function inAccounts(...names: string[]): ExplorerFixture {
  const fixture = createExplorerFixture();
  fixture.link.tellAccounts(...names);
  return fixture;
}

/** Rows as a person reads them: moved in by depth, account rows in square brackets. */
function outline({ tree }: PullResult): string[] {
  return tree!.rows.map((row) => `${'  '.repeat(row.depth)}${row.root === undefined ? row.label : `[${row.label}]`}`);
}

describe('one account beside the system account', () => {
  test('stands at the top as if there were no accounts, and the system below it once it speaks', async () => {
    const fixture = inAccounts('$G', '$SYS');
    const view = await fixture.open();
    fixture.link.sayIn('$G', 'orders.new');
    fixture.link.sayIn('$G', 'zebra');
    expect(outline(await fixture.pull(view))).toEqual(['orders', 'zebra']);
    fixture.link.sayIn('$SYS', '$SYS.ACCOUNT.$G.CONNECT');
    const pulled = await fixture.pull(view);
    expect(outline(pulled)).toEqual(['orders', 'zebra', '[$SYS]']);
    expect(pulled.tree!.rows[0]).toMatchObject({ account: '$G', subject: 'orders', depth: 0 });
    expect(pulled.tree!.rows[2]).toMatchObject({ account: '$SYS', root: 'system', subject: '', subjects: 1, count: 1 });
  });

  test('fills the list; what the server says of itself is listed where its account is chosen', async () => {
    const fixture = inAccounts('$G', '$SYS');
    const view = await fixture.open();
    const listed = async (): Promise<string[]> =>
      (await fixture.settle(view)).list!.rows.map(({ subject, sequence }) => `${sequence} ${subject}`);
    fixture.link.sayIn('$SYS', '$SYS.a');
    fixture.link.sayIn('$G', 'x');
    fixture.link.sayIn('$SYS', '$SYS.b');
    fixture.link.sayIn('$G', 'y');
    fixture.link.sayIn('$SYS', '$SYS.c');
    expect(await listed()).toEqual(['2 x', '4 y']);
    const pulled = await fixture.pull(view);
    expect(pulled.counters).toMatchObject({ received: 5, kept: 5 });
    await fixture.set(view, { filter: { mode: 'text', text: '$SYS' } });
    expect(await listed()).toEqual([]);
    expect((await fixture.pull(view)).filter).toMatchObject({ hits: 0, of: 2 });
    await fixture.set(view, { filter: null, scope: pulled.tree!.rows.at(-1)!.node });
    expect(await listed()).toEqual(['1 $SYS.a', '3 $SYS.b', '5 $SYS.c']);
    await fixture.set(view, { scope: 0 });
    expect(await listed()).toEqual(['2 x', '4 y']);
    await fixture.set(view, { pausedAt: 5 });
    fixture.link.sayIn('$G', 'z');
    expect(await listed()).toEqual(['2 x', '4 y']);
  });

  test('opens the system account where it stands', async () => {
    const fixture = inAccounts('$G', '$SYS');
    const view = await fixture.open();
    fixture.link.sayIn('$G', 'a.b');
    fixture.link.sayIn('$SYS', '$SYS.SERVER.X.STATSZ');
    const rows = (await fixture.pull(view)).tree!.rows;
    await fixture.call('explorer.tree.expand', { view, node: rows[1]!.node, open: true, deep: false });
    expect(outline(await fixture.pull(view))).toEqual(['a', '[$SYS]', '  $SYS']);
    await fixture.call('explorer.tree.expand', { view, node: rows[1]!.node, open: true, deep: true });
    expect(outline(await fixture.pull(view))).toEqual([
      'a',
      '[$SYS]',
      '  $SYS',
      '    SERVER',
      '      X',
      '        STATSZ',
    ]);
  });
});

describe('several accounts', () => {
  test('are roots, also the silent ones, and open; the system account is the last, and closed', async () => {
    const fixture = inAccounts('$G', '$SYS', 'SHOP', 'PLANT');
    const view = await fixture.open();
    fixture.link.sayIn('SHOP', 'orders.new');
    fixture.link.sayIn('$SYS', '$SYS.x');
    expect(outline(await fixture.pull(view))).toEqual(['[$G]', '[PLANT]', '[SHOP]', '  orders', '[$SYS]']);
  });

  test('come while messages do, without a row of theirs lost', async () => {
    const fixture = inAccounts('$G', '$SYS');
    const view = await fixture.open();
    fixture.link.sayIn('$G', 'a');
    await fixture.pull(view);
    fixture.link.tellAccounts('$G', '$SYS', 'NEW');
    fixture.link.sayIn('NEW', 'a');
    const pulled = await fixture.pull(view);
    expect(outline(pulled)).toEqual(['[$G]', '  a', '[NEW]', '  a', '[$SYS]']);
    expect(pulled.list!.rows.map(({ account, subject }) => `${account} ${subject}`)).toEqual(['$G a', 'NEW a']);
    expect(pulled.counters).toMatchObject({ received: 2, kept: 2 });
  });

  test('stay closed when a person closed them, also over a clearing', async () => {
    const fixture = inAccounts('A', 'B');
    const view = await fixture.open();
    fixture.link.sayIn('A', 'x.y');
    fixture.link.sayIn('B', 'x.y');
    const [a, ax] = (await fixture.pull(view)).tree!.rows;
    await fixture.call('explorer.tree.expand', { view, node: ax!.node, open: true, deep: false });
    const b = (await fixture.pull(view)).tree!.rows.find(({ label }) => label === 'B');
    await fixture.call('explorer.tree.expand', { view, node: b!.node, open: false, deep: false });
    expect(outline(await fixture.pull(view))).toEqual(['[A]', '  x', '    y', '[B]']);
    await fixture.call('explorer.clear', {});
    expect(outline(await fixture.pull(view))).toEqual(['[A]', '[B]']);
    fixture.link.sayIn('A', 'x.y');
    fixture.link.sayIn('B', 'x.y');
    expect(outline(await fixture.pull(view))).toEqual(['[A]', '  x', '    y', '[B]']);
    expect(a!.root).toBe('account');
  });

  test('that went keep what they said, and go when they said nothing', async () => {
    const fixture = inAccounts('A', 'B', 'C');
    const view = await fixture.open();
    fixture.link.sayIn('B', 'x');
    fixture.link.tellAccounts('A');
    expect(outline(await fixture.pull(view))).toEqual(['[A]', '[B]', '  x']);
    await expect(
      fixture.call('subscriptions.add', { subject: 'y', account: 'B', exclude: false }),
    ).rejects.toMatchObject({ code: 'unknown-account' });
  });

  test('keep the same subject apart: counts, values, scope, neighbours', async () => {
    const fixture = inAccounts('A', 'B');
    const view = await fixture.open();
    fixture.link.sayIn('A', 'temp', '{"c":1}');
    fixture.link.sayIn('B', 'temp', '{"c":5}');
    fixture.link.sayIn('A', 'temp', '{"c":2}');
    const rows = (await fixture.pull(view)).tree!.rows;
    expect(rows.map(({ label, count }) => [label, count])).toEqual([
      ['A', 2],
      ['temp', 2],
      ['B', 1],
      ['temp', 1],
    ]);
    expect(rows[3]!.fields).toEqual([{ key: 'c', text: '5', changed: false }]);
    await fixture.set(view, { scope: rows[2]!.node });
    const scoped = await fixture.settle(view);
    expect(scoped.list!.rows.map(({ sequence }) => sequence)).toEqual([2]);
    const message = await fixture.call('explorer.message', { sequence: 3, payloadBytesMax: 100 });
    expect(message).toMatchObject({ account: 'A', previous: 1, subjectCount: 2 });
  });

  test('are searched, revealed and filtered by name', async () => {
    const fixture = inAccounts('A', 'B');
    const view = await fixture.open();
    fixture.link.sayIn('A', 'plant.temp');
    fixture.link.sayIn('B', 'plant.temp');
    const found = await fixture.call('explorer.search', { text: 'temp', limit: 10 });
    expect(found.map(({ account }) => account)).toEqual(['A', 'B']);
    const there = await fixture.call('explorer.tree.reveal', { view, subject: 'plant.temp', account: 'B' });
    expect(there!.node).toBe(found[1]!.node);
    expect(outline(await fixture.pull(view))).toEqual(['[A]', '  plant', '[B]', '  plant', '    temp']);
    await fixture.set(view, { filter: { mode: 'expression', text: 'account == "B"' } });
    expect((await fixture.settle(view)).filter).toMatchObject({ hits: 1, of: 2 });
  });

  test('are told apart by subscriptions and exclusions that name one', async () => {
    const fixture = createExplorerFixture();
    fixture.link.tellAccounts('A', 'B');
    const view = await fixture.open();
    await fixture.call('subscriptions.add', { subject: '>', account: 'B', exclude: true });
    fixture.link.sayIn('A', 'x');
    fixture.link.sayIn('B', 'x');
    const pulled = await fixture.pull(view);
    expect(pulled.counters).toMatchObject({ received: 2, kept: 1, excluded: 1 });
    expect(pulled.subscriptions.map(({ subject, account }) => [subject, account])).toEqual([
      ['>', undefined],
      ['>', 'B'],
    ]);
    expect([...fixture.link.subscriptions].map(({ account }) => account)).toEqual([0]);
  });

  test('take what is published, requested and answered where it belongs', async () => {
    const fixture = inAccounts('A', 'B');
    await fixture.call('responders.add', {
      subject: 'ask',
      account: 'B',
      mode: 'template',
      headers: [],
      body: bytesOf('yes'),
      delayMs: 0,
    });
    const ask = async (account: string): Promise<string[]> => {
      const events: string[] = [];
      const params = { subject: 'ask', headers: [], payload: bytesOf(''), timeoutMs: 20, replies: 1, templates: false };
      const run = fixture.explorer.streams['request.run'](
        { connection: 'local', account, ...params },
        { ...fixture.context, signal: new AbortController().signal },
      );
      const timer = setInterval(() => fixture.clock.advance(30_000), 1);
      for await (const event of run) events.push(event.type === 'end' ? event.reason : event.type);
      clearInterval(timer);
      return events;
    };
    expect(await ask('B')).toEqual(['sent', 'reply', 'replies']);
    expect(await ask('A')).toEqual(['sent', 'timeout']);
    expect(fixture.link.sent.map(({ account }) => account)).toEqual([2, 2, 1]);
  });

  test('fold their inboxes each for itself', async () => {
    const fixture = createExplorerFixture({ limits: { inboxChildrenMax: 2 } });
    fixture.link.tellAccounts('A', 'B');
    const view = await fixture.open();
    for (let index = 0; index < 5; index++) fixture.link.sayIn('A', `_INBOX.c.${index}`);
    fixture.link.sayIn('B', '_INBOX.c.0');
    const rows = (await fixture.pull(view)).tree!.rows;
    expect(rows.map(({ label, folded = 0, count }) => [label, count, folded])).toEqual([
      ['A', 5, 3],
      ['_INBOX', 5, 3],
      ['B', 1, 0],
      ['_INBOX', 1, 0],
    ]);
  });
});
