import { quoteText } from './encoding.ts';
import type { Issues } from './issues.ts';

/** A subject as claims want it: not empty, no blanks, no empty tokens. */
export function checkSubject(subject: string, issues: Issues): void {
  if (subject === '') return issues.error('subject cannot be empty');
  const quoted = quoteText(subject);
  if (subject.includes(' ')) issues.error(`subject ${quoted} cannot have spaces`);
  if (subject.startsWith('.') || subject.endsWith('.'))
    issues.error(`subject ${quoted} cannot start or end with a \`.\``);
  if (subject.includes('..')) issues.error(`subject ${quoted} cannot contain consecutive \`.\``);
}

/** The subject that an import has here, which may refer to the wildcards of `from` by `$1` and so on. */
export function checkLocalSubject(subject: string, from: string, issues: Issues): void {
  checkSubject(subject, issues);
  if (from === '') issues.error('subject cannot be empty');
  if (subject.includes(' ')) issues.error(`subject ${quoteText(subject)} cannot have spaces`);
  if (endsOpen(subject) !== endsOpen(from)) {
    issues.error('both, renaming subject and subject, need to end or not end in >');
  }
  const wildcards = from.split('.').filter((token) => token === '*').length;
  let references = 0;
  for (const token of subject.split('.')) {
    const reference = referenceOf(token);
    if (reference !== undefined && reference > wildcards) {
      const where = `${quoteText(subject)} reference * in ${quoteText(from)}`;
      issues.error(`Reference $${reference} in ${where} that do not exist`);
    } else if (token === '*' || reference !== undefined) references++;
  }
  if (references !== wildcards) issues.error('subject does not contain enough * or reference wildcards $[0-9]');
}

/** References to wildcards as wildcards. */
export function withoutReferences(subject: string): string {
  if (!subject.includes('$')) return subject;
  return subject
    .split('.')
    .map((token) => (referenceOf(token) === undefined ? token : '*'))
    .join('.');
}

export function hasWildcards(subject: string): boolean {
  const tokens = subject.split('.');
  return tokens.includes('*') || tokens.at(-1) === '>';
}

/** Whether everything that `inner` matches is matched by `outer`, as claims count it: token by token. */
export function isContained(inner: string, outer: string): boolean {
  const innerTokens = inner.split('.');
  const outerTokens = outer.split('.');
  if (innerTokens.length < outerTokens.length) return false;
  if (innerTokens.length > outerTokens.length && outerTokens.at(-1) !== '>') return false;
  for (const [index, token] of outerTokens.entries()) {
    if (index === outerTokens.length - 1 && token === '>') return true;
    if (token !== innerTokens[index] && token !== '*') return false;
  }
  return true;
}

function endsOpen(subject: string): boolean {
  return subject === '>' || subject.endsWith('.>');
}

function referenceOf(token: string): number | undefined {
  return /^\$[+-]?\d+$/.test(token) ? Number(token.slice(1)) : undefined;
}
