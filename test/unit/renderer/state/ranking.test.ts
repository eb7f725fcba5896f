import { describe, expect, it } from 'vitest';
import { pieces, rank } from '../../../../renderer/state/ranking.ts';

const scoreOf = (query: string, text: string): number => rank(query, text)?.score ?? -Infinity;

describe('rank', () => {
  it('prefers the start of the text, then of a word, then any place, then initials', () => {
    const scores = ['Publish', 'Copy as nats pub', 'republish', 'Pause until break'].map((text) =>
      scoreOf('pub', text),
    );
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(scores).size).toBe(4);
  });

  it('wants every word of the query, in any order', () => {
    expect(rank('nats copy', 'Copy as nats pub')).not.toBeNull();
    expect(rank('nats paste', 'Copy as nats pub')).toBeNull();
  });

  it('tells where it matched, joined and in order', () => {
    expect(rank('pub', 'Publish')?.ranges).toEqual([[0, 3]]);
    expect(rank('nats copy', 'Copy as nats pub')?.ranges).toEqual([
      [0, 4],
      [8, 12],
    ]);
    expect(rank('can', 'Copy as nats')?.ranges).toEqual([
      [0, 1],
      [5, 6],
      [8, 9],
    ]);
    expect(rank('pu ubl', 'publish')?.ranges).toEqual([[0, 4]]);
  });

  it('takes all for an empty query', () => {
    expect(rank('  ', 'Anything')).toEqual({ score: 0, ranges: [] });
  });

  it('keeps its places in a text whose lower case is longer', () => {
    expect(rank('i', 'İstanbul')).toBeNull();
    expect(rank('stan', 'İstanbul')).toEqual({ score: 1, ranges: [] });
  });
});

it('cuts a text at what matched and loses nothing', () => {
  const text = 'Copy as nats pub';
  const cut = pieces(text, rank('nats copy', text)?.ranges ?? []);
  expect(cut.map((piece) => piece.text).join('')).toBe(text);
  expect(cut.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(['Copy', 'nats']);
});
