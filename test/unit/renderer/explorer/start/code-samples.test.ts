import { describe, expect, it } from 'vitest';
import { codeSamples, colourLine } from '../../../../../renderer/explorer/start/code-samples.ts';

describe.each(codeSamples.map((sample) => [sample.label, sample] as const))('%s', (_, sample) => {
  const lines = sample.text('127.0.0.1:4299').split('\n');

  it('names the address that is listened on', () => {
    expect(sample.text('127.0.0.1:4299')).toContain('127.0.0.1:4299');
  });

  it('fits the card', () => {
    expect(lines.length).toBeLessThanOrEqual(16);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(56);
  });

  it('loses nothing to its colours and begins with how to install', () => {
    for (const line of lines) {
      expect(
        colourLine(line, sample)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(line);
    }
    expect(colourLine(lines[0] ?? '', sample).map((piece) => piece.tone)).toEqual(['cm']);
  });
});

it('colours strings and keywords, and no word inside another', () => {
  const sample = { comment: '//', keywords: ['in', 'const'] };
  expect(colourLine('const inner = "in const";', sample)).toEqual([
    { text: 'const', tone: 'b' },
    { text: ' inner = ', tone: '' },
    { text: '"in const"', tone: 's' },
    { text: ';', tone: '' },
  ]);
});
