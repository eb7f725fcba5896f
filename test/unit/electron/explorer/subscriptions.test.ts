import { expect, test } from 'vitest';
import { matches, overlaps, subjectProblem } from '../../../../electron/explorer/subject-bytes.ts';
import { createExplorerFixture } from '../../../support/explorer-fixture.ts';
import { bytesOf } from '../../../support/fake-link.ts';

test('a message that several subscriptions receive is kept once and counted at each', async () => {
  const fixture = createExplorerFixture({ subscribe: ['>', 'orders.>', 'orders.*'] });
  const view = await fixture.open();
  expect(fixture.link.say('orders.new', 'x')).toBe(3);
  fixture.link.say('other', 'y');
  const { counters, subscriptions, list } = await fixture.pull(view);
  expect(counters).toMatchObject({ received: 2, kept: 2 });
  expect(subscriptions.map((one) => one.received)).toEqual([2, 1, 1]);
  expect(list!.rows.map((row) => row.subject)).toEqual(['orders.new', 'other']);
  const detail = await fixture.call('explorer.message', { sequence: 1, payloadBytesMax: 1 });
  expect(detail!.subscription).toBe(subscriptions[0]!.id);
});

test('the next subscription takes over when the owner is muted, removed or refused, and nothing is missed', async () => {
  const fixture = createExplorerFixture({ subscribe: ['>', 'a.*'] });
  const view = await fixture.open();
  const [all, some] = (await fixture.pull(view)).subscriptions;
  const kept = async () => (await fixture.pull(view)).counters.kept;
  fixture.link.say('a.b');
  expect(await kept()).toBe(1);
  await fixture.call('subscriptions.mute', { id: all!.id, muted: true });
  fixture.link.say('a.b');
  fixture.link.say('c');
  expect(await kept()).toBe(2);
  await fixture.call('subscriptions.mute', { id: all!.id, muted: false });
  fixture.link.say('a.b');
  expect(await kept()).toBe(3);
  await fixture.call('subscriptions.remove', { id: some!.id });
  fixture.link.say('a.b');
  expect(await kept()).toBe(4);
  await fixture.call('subscriptions.add', { subject: 'a.*', exclude: false });
  [...fixture.link.subscriptions].find((one) => one.subject === '>')!.onError('permissions violation');
  const [, added] = (await fixture.pull(view)).subscriptions;
  expect((await fixture.pull(view)).subscriptions[0]!.error).toBe('permissions violation');
  [...fixture.link.subscriptions]
    .find((one) => one.subject === 'a.*')!
    .onMessage({ subject: bytesOf('a.b'), reply: bytesOf(''), headers: bytesOf(''), payload: bytesOf(''), account: 0 });
  expect(await kept()).toBe(5);
  expect(added!.received).toBe(0);
  // The server has changed its mind: what was refused receives again.
  fixture.link.say('a.b');
  expect((await fixture.pull(view)).subscriptions[0]!.error).toBeUndefined();
  expect(await kept()).toBe(6);
});

test('a queue subscription keeps its part unless a plain one has all', async () => {
  const fixture = createExplorerFixture({ subscribe: [] });
  const view = await fixture.open();
  await fixture.call('subscriptions.add', { subject: 'jobs', queue: 'workers', exclude: false });
  fixture.link.say('jobs');
  expect((await fixture.pull(view)).counters.kept).toBe(1);
  await fixture.call('subscriptions.add', { subject: '>', exclude: false });
  fixture.link.say('jobs');
  const { counters, subscriptions } = await fixture.pull(view);
  expect(counters.kept).toBe(2);
  expect(subscriptions.map((one) => [one.queue, one.received])).toEqual([
    ['workers', 2],
    [undefined, 1],
  ]);
});

test('excluded subjects are counted, not kept and not in the tree; lifting it lets them in', async () => {
  const fixture = createExplorerFixture({ exclude: ['$JS.ACK.>', 'noise'] });
  const view = await fixture.open();
  for (let index = 0; index < 5; index++) fixture.link.say(`$JS.ACK.S.C.1.${index}.${index}.1.0`, 'x');
  fixture.link.say('noise');
  fixture.link.say('a');
  const { counters, subscriptions, tree } = await fixture.pull(view);
  expect(counters).toMatchObject({ received: 7, kept: 1, excluded: 6 });
  expect(tree!.rows.map((row) => row.label)).toEqual(['a']);
  expect(subscriptions.map((one) => [one.subject, one.exclude, one.received])).toEqual([
    ['$JS.ACK.>', true, 5],
    ['noise', true, 1],
    ['>', false, 7],
  ]);
  expect([...fixture.link.subscriptions].map((one) => one.subject)).toEqual(['>']);
  await fixture.call('subscriptions.mute', { id: subscriptions[1]!.id, muted: true });
  fixture.link.say('noise');
  expect((await fixture.pull(view)).counters).toMatchObject({ kept: 2, excluded: 6 });
});

test('rates are of the last two seconds', async () => {
  const fixture = createExplorerFixture();
  const view = await fixture.open();
  for (let index = 0; index < 300; index++) {
    fixture.link.say('a');
    fixture.clock.advance(10);
  }
  const { counters, subscriptions } = await fixture.pull(view);
  expect(counters.rate).toBeCloseTo(100, -1);
  expect(subscriptions[0]!.rate).toBeCloseTo(100, -1);
  expect(fixture.explorer.rate).toBeCloseTo(100, -1);
  fixture.clock.advance(3000);
  expect((await fixture.pull(view)).counters.rate).toBe(0);
});

test.each([
  ['a..b', 'invalid-subject'],
  ['a b', 'invalid-subject'],
  ['', 'invalid-subject'],
  ['>.a', 'invalid-subject'],
  ['>', 'duplicate-subscription'],
])('%j cannot be subscribed to', async (subject, code) => {
  const fixture = createExplorerFixture();
  await expect(fixture.call('subscriptions.add', { subject, exclude: false })).rejects.toMatchObject({ code });
  expect((await fixture.pull(await fixture.open())).subscriptions).toHaveLength(1);
});

test('what was removed is not there any more', async () => {
  const fixture = createExplorerFixture();
  await fixture.call('subscriptions.remove', { id: 1 });
  expect(fixture.link.subscriptions.size).toBe(0);
  await expect(fixture.call('subscriptions.mute', { id: 1, muted: true })).rejects.toMatchObject({
    code: 'unknown-subscription',
  });
});

test.each([
  ['>', 'a', true],
  ['>', 'a.b', true],
  ['a.>', 'a', false],
  ['a.>', 'a.b', true],
  ['a.*', 'a.b', true],
  ['a.*', 'a.b.c', false],
  ['*.b', 'a.b', true],
  ['a*', 'a*', true],
  ['a*', 'ab', false],
  ['a.b', 'a.b', true],
  ['a.b', 'a.bc', false],
  ['*', '', false],
])('%s matches %s: %s', (pattern, subject, expected) => {
  expect(matches(bytesOf(pattern), bytesOf(subject))).toBe(expected);
});

test('patterns overlap when some subject matches both', () => {
  expect(overlaps('a.*', '*.b')).toBe(true);
  expect(overlaps('a.>', 'a.b.c')).toBe(true);
  expect(overlaps('a.b', 'a.c')).toBe(false);
  expect(overlaps('a.*', 'a.b.c')).toBe(false);
  expect(subjectProblem('a.*', false)).toContain('wildcard');
});
