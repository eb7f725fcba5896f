import { describe, expect, it } from 'vitest';
import { KeyList, nameFilter } from '../../../../electron/buckets/key-list.ts';

function listOf(...names: string[]): KeyList<number> {
  const list = new KeyList<number>();
  for (const name of names) list.add(name, name);
  return list;
}

/** `+a.` an open branch, `-a.` a closed one, with how many names are below. */
function shown(list: KeyList<number>): string[] {
  return Array.from({ length: list.total }, (_, index) => {
    const row = list.row(index)!;
    const indent = '  '.repeat(row.depth);
    return row.kind === 'name' ? indent + row.entry.name : `${indent}${row.open ? '+' : '-'}${row.prefix} ${row.names}`;
  });
}

describe('KeyList', () => {
  it('keeps names in order, however they came and went', () => {
    const list = listOf('b', 'a.c', 'a-b', 'a', 'a.b');
    expect(shown(list)).toEqual(['a', 'a-b', 'a.b', 'a.c', 'b']);
    list.remove('a-b');
    list.add('a.a', 'a.a');
    expect(shown(list)).toEqual(['a', 'a.a', 'a.b', 'a.c', 'b']);
    expect(list.indexOf('a.b')).toBe(2);
    expect(list.indexOf('a-b')).toBe(-1);
    expect(list.remove('nothing')).toBe(false);
  });

  it('shows a tree of closed branches and of opened ones', () => {
    const list = listOf('a', 'a-b.c', 'a.b.x', 'a.b.y', 'a.c', 'z');
    list.tree = true;
    expect(shown(list)).toEqual(['a', '-a-b. 1', '-a. 3', 'z']);
    list.setOpen('a.', true);
    expect(shown(list)).toEqual(['a', '-a-b. 1', '+a. 3', '  -a.b. 2', '  a.c', 'z']);
    list.reveal('a.b.y');
    expect(shown(list)).toEqual(['a', '-a-b. 1', '+a. 3', '  +a.b. 2', '    a.b.x', '    a.b.y', '  a.c', 'z']);
    expect(list.indexOf('a.b.y')).toBe(5);
    list.setOpen('a.', false);
    expect(list.indexOf('a.b.y')).toBe(-1);
  });

  it('opens what a filter found', () => {
    const list = listOf('a.b.x', 'a.b.y', 'c.x');
    list.tree = true;
    list.filter = 'x';
    expect(shown(list)).toEqual(['+a. 1', '  +a.b. 1', '    a.b.x', '+c. 1', '  c.x']);
    expect(list.hits).toBe(2);
    list.filter = '';
    expect(list.hits).toBe(3);
  });

  it('takes another sign between the parts', () => {
    const list = new KeyList<number>('/');
    for (const name of ['a/b.c', 'a/b/c', 'a0', 'a.x']) list.add(name, name);
    list.tree = true;
    list.setOpen('a/', true);
    expect(shown(list)).toEqual(['a.x', '+a/ 2', '  a/b.c', '  -a/b/ 1', 'a0']);
  });

  it('is the same as sorting, whatever comes and goes', () => {
    const list = new KeyList<number>();
    const names = new Set<string>();
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
    for (let step = 0; step < 3000; step++) {
      const name = `n${random(300)}`;
      if (random(3) === 0) {
        expect(list.remove(name)).toBe(names.delete(name));
      } else {
        list.add(name, name);
        names.add(name);
      }
      if (random(10) === 0) expect(shown(list)).toEqual([...names].sort());
    }
  });

  it('adds a name once', () => {
    const list = listOf('a');
    const entry = list.get('a')!;
    entry.facts = 7;
    expect(list.add('a', 'a')).toBe(entry);
    expect(list.size).toBe(1);
  });

  it('is quick with a hundred thousand names', () => {
    const list = new KeyList<number>();
    for (let at = 0; at < 100_000; at++) list.add(`k.${at % 100}.${at}`, '');
    const started = performance.now();
    expect(list.row(50_000)?.kind).toBe('name');
    list.tree = true;
    expect(list.total).toBe(1);
    list.setOpen('k.', true);
    expect(list.total).toBe(101);
    // Far above what it takes, and far below what a walk over every name for every branch would.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('nameFilter', () => {
  const cases: [filter: string, name: string, passes: boolean][] = [
    ['tax', 'checkout.tax.de', true],
    ['TAX de', 'checkout.tax.de', true],
    ['tax us', 'checkout.tax.de', false],
    ['checkout.*.de', 'checkout.tax.de', true],
    ['checkout.*', 'checkout.tax.de', false],
    ['checkout.>', 'checkout.tax.de', true],
    ['checkout.>', 'checkout', false],
    ['>', 'a', true],
    ['*', 'a.b', false],
    ['a*b', 'a*b', true],
  ];
  it.each(cases)('%j on %j: %j', (filter, name, passes) => {
    expect(nameFilter(filter)(name)).toBe(passes);
  });
});
