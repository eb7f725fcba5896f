/**
 * Whether a subscription's subject takes in a message's subject. Wildcards in the message's subject are text: `foo.*`
 * as a subject is matched by `foo.*`, `foo.>` and `>`, not by `foo.bar`. Subjects with empty tokens match nothing.
 */
export function subjectMatches(pattern: string, subject: string): boolean {
  let p = 0;
  let s = 0;
  if (subject === '') return false;
  for (;;) {
    const patternEnd = tokenEnd(pattern, p);
    const subjectEnd = tokenEnd(subject, s);
    if (subjectEnd === s || patternEnd === p) return false;
    const single = patternEnd - p === 1;
    if (single && pattern.charCodeAt(p) === GREATER) return noEmptyToken(subject, subjectEnd);
    if (!(single && pattern.charCodeAt(p) === STAR)) {
      if (patternEnd - p !== subjectEnd - s) return false;
      for (let i = 0; p + i < patternEnd; i++) {
        if (pattern.charCodeAt(p + i) !== subject.charCodeAt(s + i)) return false;
      }
    }
    const patternDone = patternEnd === pattern.length;
    const subjectDone = subjectEnd === subject.length;
    if (patternDone || subjectDone) return patternDone && subjectDone;
    p = patternEnd + 1;
    s = subjectEnd + 1;
  }
}

function tokenEnd(text: string, start: number): number {
  const dot = text.indexOf('.', start);
  return dot === -1 ? text.length : dot;
}

function noEmptyToken(subject: string, from: number): boolean {
  return !subject.endsWith('.') && subject.indexOf('..', from) === -1;
}

const STAR = 42;
const GREATER = 62;
