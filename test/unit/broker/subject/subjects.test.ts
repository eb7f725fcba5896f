import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasWildcards,
  isValidPublishSubject,
  isValidSubject,
  subjectMatches,
} from '../../../../broker/subject/index.ts';
import { Interest } from '../../../../broker/subject/interest.ts';

/** A matcher so plain that it is right: token by token, no shortcuts. */
export function plainMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  if (given.includes('')) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === '>') return given.length > i;
    if (given[i] === undefined) return false;
    if (wanted[i] !== '*' && wanted[i] !== given[i]) return false;
  }
  return wanted.length === given.length;
}

const literalToken = fc.constantFrom('a', 'b', 'c', 'a*', '>b', '$S');
const subject = fc.array(literalToken, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join('.'));
const published = fc
  .array(fc.oneof({ weight: 8, arbitrary: literalToken }, fc.constantFrom('*', '>', '')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((tokens) => tokens.join('.'));
const pattern = fc
  .tuple(
    fc.array(fc.oneof(literalToken, fc.constant('*')), { maxLength: 3 }),
    fc.oneof(literalToken, fc.constantFrom('*', '>')),
  )
  .map(([tokens, last]) => [...tokens, last].join('.'));

describe('validity', () => {
  it.each(['a', 'a.b', '*', '>', 'a.*.b', 'a.>', 'a*', 'a>b.c', '$JS.API', '*.>', 'ü.b'])('takes %j', (text) => {
    expect(isValidSubject(text)).toBe(true);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', '>.a', 'a.>.b', 'a b', 'a\tb', 'a\r', 'a\n.b', 'a.\f'])(
    'refuses %j',
    (text) => {
      expect(isValidSubject(text)).toBe(false);
    },
  );

  it.each([
    ['a.*', true],
    ['>', true],
    ['a.>', true],
    ['a*', false],
    ['*a.b', false],
    ['a.b>', false],
    ['a>.b', false],
    ['a.**', false],
  ])('%j has wildcards: %j', (text, expected) => {
    expect(hasWildcards(text)).toBe(expected);
    expect(isValidPublishSubject(text)).toBe(!expected);
  });
});

describe('matching', () => {
  it('agrees with the plain matcher', () => {
    fc.assert(
      fc.property(fc.oneof(pattern, subject), published, (wanted, given) => {
        expect(subjectMatches(wanted, given)).toBe(plainMatches(wanted, given));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['foo.*', 'foo.*', true],
    ['foo.>', 'foo.>', true],
    ['foo.bar', 'foo.*', false],
    ['foo.*', 'foo', false],
    ['foo.>', 'foo', false],
    ['>', 'a..b', false],
  ])('%j takes %j: %j', (wanted, given, expected) => {
    expect(subjectMatches(wanted, given)).toBe(expected);
  });
});

describe('interest', () => {
  const operation = fc.oneof(
    fc.record({ type: fc.constant('add' as const), subject: fc.oneof(pattern, subject) }),
    fc.record({ type: fc.constant('delete' as const), index: fc.nat(20) }),
    fc.record({ type: fc.constant('match' as const), subject: published }),
  );

  it('agrees with a list of subscriptions', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const interest = new Interest<{ subject: string }>();
        const list: { subject: string }[] = [];
        for (const op of operations) {
          if (op.type === 'add') {
            const value = { subject: op.subject };
            list.push(value);
            expect(interest.add(op.subject, value)).toBe(hasWildcards(op.subject));
          } else if (op.type === 'delete') {
            const [value] = list.splice(op.index, 1);
            if (value) interest.delete(value.subject, value);
          } else {
            const found: { subject: string }[] = [];
            interest.match(op.subject, found);
            const expected = list.filter((value) => plainMatches(value.subject, op.subject));
            expect(new Set(found)).toEqual(new Set(expected));
            expect(found.length).toBe(expected.length);
            if (interest.isUniformBeside(op.subject)) {
              const prefix = op.subject.slice(0, op.subject.lastIndexOf('.') + 1);
              for (const last of ['a', 'b', 'zzz', '*']) {
                const beside: { subject: string }[] = [];
                interest.match(prefix + last, beside);
                expect(new Set(beside)).toEqual(new Set(found));
              }
            }
          }
          expect(interest.count).toBe(list.length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('finds inbox subjects uniform under a wildcard and not beside a literal', () => {
    const interest = new Interest<object>();
    interest.add('_INBOX.x.*', {});
    interest.add('orders.eu', {});
    expect(interest.isUniformBeside('_INBOX.x.1')).toBe(true);
    expect(interest.isUniformBeside('orders.us')).toBe(false);
    expect(interest.isUniformBeside('single')).toBe(false);
    expect(interest.isUniformBeside('_INBOX.x.')).toBe(false);
  });

  it('keeps many values of one subject, and forgets them all', () => {
    const interest = new Interest<object>();
    const values = Array.from({ length: 500 }, () => ({}));
    for (const value of values) interest.add('a.b', value);
    for (const value of values) interest.delete('a.b', value);
    const found: object[] = [];
    interest.match('a.b', found);
    expect(found).toEqual([]);
    expect(interest.count).toBe(0);
    interest.delete('a.b', {});
    expect(interest.count).toBe(0);
  });
});
