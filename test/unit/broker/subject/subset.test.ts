import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjectMatches } from '../../../../broker/subject/matching.ts';
import { isSubset, subjectsCollide } from '../../../../broker/subject/subset.ts';

const pattern = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 3 }), fc.constantFrom('a', 'b', '*', '>'))
  .map(([tokens, last]) => [...tokens, last].join('.'));

/** All subjects of up to five tokens: enough for patterns of up to four. */
const subjects = ['a', 'b', 'c'].flatMap((one) => extend(one, 4));

function extend(subject: string, more: number): string[] {
  return more === 0
    ? [subject]
    : [subject, ...['a', 'b', 'c'].flatMap((next) => extend(`${subject}.${next}`, more - 1))];
}

describe('relations of patterns', () => {
  it('a subset is what leaves no subject out', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const within = subjects.every((subject) => !subjectMatches(one, subject) || subjectMatches(other, subject));
        expect(isSubset(one, other)).toBe(within);
      }),
    );
  });

  it('two collide when some subject fits both', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const common = subjects.some((subject) => subjectMatches(one, subject) && subjectMatches(other, subject));
        expect(subjectsCollide(one, other)).toBe(common);
      }),
    );
  });

  it('has an odd case of nats-server: a pattern token that begins with a star takes any', () => {
    expect(isSubset('a.b', 'a.*x')).toBe(true);
    expect(isSubset('a.', 'a.*')).toBe(false);
    expect(isSubset('a.b', 'a.')).toBe(false);
  });
});
