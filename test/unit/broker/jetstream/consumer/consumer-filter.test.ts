import { describe, expect, test } from 'vitest';
import { ConsumerFilter } from '../../../../../broker/jetstream/consumer/consumer-filter.ts';
import { SubjectTable } from '../../../../../broker/store/subject-table.ts';
import { subjectMatches } from '../../../../../broker/subject/index.ts';

const SUBJECTS = [
  'a',
  'a.b',
  'a.b.c',
  'ab',
  'ab.c',
  'a.bc',
  'b',
  'b.a.x',
  'b.a',
  'a*.x',
  'a.>x',
  '$KV.B.a',
  '$KV.B',
  '$KV.BB.a',
];
const FILTERS = [
  ['>'],
  ['a.>'],
  ['a.b.>'],
  ['*'],
  ['*.>'],
  ['*.b.>'],
  ['a*.>'],
  ['a.>x'],
  ['b'],
  ['$KV.B.>'],
  ['a.b', 'b.>'],
  ['a.*', 'b.>', '$KV.B.>'],
  ['zz.>'],
];

describe('what passes a filter', () => {
  const table = new SubjectTable(
    (bytes, start, end) => bytes.subarray(start, end).reduce((sum, one) => sum * 31 + one, 7) | 0,
  );
  const numbers = SUBJECTS.map((subject) => {
    const bytes = Buffer.from(subject, 'latin1');
    const number = table.take(bytes, 0, bytes.length, table.hashOf(bytes, 0, bytes.length));
    table.counts[number] = 1;
    return number;
  });

  test.each(FILTERS.map((filters) => [filters]))('%j is what matches', (filters) => {
    const filter = new ConsumerFilter(filters, table);
    const expected = SUBJECTS.filter((subject) => filters.some((pattern) => subjectMatches(pattern, subject)));
    const passing = SUBJECTS.filter((_, i) => filter.passes(numbers[i] as number));
    expect(passing).toEqual(expected);
    // What is remembered says the same, and so does a text.
    expect(SUBJECTS.filter((_, i) => filter.passes(numbers[i] as number))).toEqual(expected);
    expect(SUBJECTS.filter((subject) => filter.passesText(subject))).toEqual(expected);
  });
});
