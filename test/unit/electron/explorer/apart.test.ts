import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Apart } from '../../../../electron/explorer/apart.ts';
import { createExplorerFixture, SMALL } from '../../../support/explorer-fixture.ts';

test('the others have the indexes of a list without what is apart, whatever was let go of', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 320 }),
      (aparts, first) => {
        let bytes = 0;
        const apart = new Apart((more) => (bytes += more));
        aparts.forEach((is, index) => is && apart.push(index + 1));
        apart.trim(first);
        const kept = aparts
          .map((is, index) => ({ is, sequence: index + 1 }))
          .filter(({ sequence }) => sequence >= first);
        const others = kept.filter(({ is }) => !is).map(({ sequence }) => sequence);
        expect(others.map((_, index) => apart.skipping(index, first))).toEqual(others);
        for (const { is, sequence } of kept) {
          expect(apart.has(sequence)).toBe(is);
          expect(apart.upTo(sequence)).toBe(kept.filter((one) => one.is && one.sequence <= sequence).length);
        }
        expect(apart.length + apart.gone).toBe(aparts.filter(Boolean).length);
        apart.clear();
        expect(bytes).toBe(0);
        expect(apart.gone).toBe(0);
      },
    ),
  );
});

test('a list without the system account keeps its places while old messages go', async () => {
  const fixture = createExplorerFixture({ budgetBytes: 110_000, limits: SMALL });
  fixture.link.tellAccounts('$G', '$SYS');
  const view = await fixture.open();
  let said = 0;
  let evicted = 0;
  for (let round = 0; round < 60; round++) {
    for (let index = 0; index < 20; index++) {
      said++;
      fixture.link.sayIn(said % 3 === 0 ? '$SYS' : '$G', 's', 'x'.repeat(80));
    }
    const { list, counters } = await fixture.pull(view);
    expect(counters.dropped).toBe(0);
    const first = counters.evicted + 1;
    const expected = Array.from({ length: counters.kept }, (_, index) => first + index).filter((one) => one % 3 !== 0);
    expect(list!.rows.map(({ sequence }) => sequence)).toEqual(expected);
    expect(list!.total).toBe(expected.length);
    expect(list!.gone).toBe(
      Array.from({ length: first - 1 }, (_, index) => index + 1).filter((one) => one % 3 !== 0).length,
    );
    evicted = counters.evicted;
  }
  expect(evicted).toBeGreaterThan(0);
});
