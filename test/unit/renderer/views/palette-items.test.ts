import { describe, expect, it } from 'vitest';
import { groupsOf, rankEntries, readQuery } from '../../../../renderer/views/palette/palette-items.ts';
import type { PaletteEntry } from '../../../../renderer/views/palette/palette-items.ts';

const entry = (title: string, more: Partial<PaletteEntry> = {}): PaletteEntry => ({
  id: title,
  title,
  hint: '',
  run: () => undefined,
  ...more,
});

it('reads what is asked for', () => {
  expect(readQuery('pub ')).toEqual({ scope: 'all', query: 'pub' });
  expect(readQuery('> pau')).toEqual({ scope: 'actions', query: 'pau' });
  expect(readQuery('#orders.*')).toEqual({ scope: 'subjects', query: 'orders.*' });
  expect(readQuery('@')).toEqual({ scope: 'connections', query: '' });
});

describe('ranking', () => {
  it('puts what cannot be run last, however well it matches', () => {
    const rows = rankEntries([entry('Publish', { reason: 'read-only' }), entry('Copy as nats pub')], 'pub');
    expect(rows.map((row) => row.title)).toEqual(['Copy as nats pub', 'Publish']);
  });

  it('finds by hidden words, behind what matches in sight', () => {
    const rows = rankEntries([entry('staging', { words: 'nats://demo.nats.io' }), entry('demo')], 'demo');
    expect(rows.map((row) => row.title)).toEqual(['demo', 'staging']);
    expect(rows[1]?.parts).toEqual([{ text: 'staging', hit: false }]);
  });

  it('keeps the given order where nothing decides', () => {
    expect(rankEntries([entry('b'), entry('a')], '').map((row) => row.title)).toEqual(['b', 'a']);
  });
});

describe('groups', () => {
  const sources = {
    actions: Array.from({ length: 20 }, (_, index) => entry(`Action ${String(index)}`)),
    subjects: [entry('orders.pub'), entry('$SYS.PUB')],
    connections: [entry('public-demo')],
  };

  it('shows a few of each kind together and all of one kind alone', () => {
    const together = groupsOf({ scope: 'all', query: '' }, sources);
    expect(together.map((group) => group.label)).toEqual(['Actions', 'Subjects', 'Connections']);
    expect(together[0]?.rows.length).toBeLessThan(20);
    expect(groupsOf({ scope: 'actions', query: '' }, sources).map((group) => group.rows.length)).toEqual([20]);
  });

  it('keeps the order of subjects, which is the core\u2019s, and marks the hits', () => {
    const [group] = groupsOf({ scope: 'subjects', query: 'pub' }, sources);
    expect(group?.rows.map((row) => row.title)).toEqual(['orders.pub', '$SYS.PUB']);
    expect(group?.rows[1]?.parts).toEqual([
      { text: '$SYS.', hit: false },
      { text: 'PUB', hit: true },
    ]);
  });

  it('leaves out kinds without an answer', () => {
    expect(
      groupsOf({ scope: 'all', query: 'public' }, { ...sources, subjects: [] }).map((group) => group.label),
    ).toEqual(['Connections']);
  });
});
