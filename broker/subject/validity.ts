/**
 * Which strings are subjects. Tokens are separated by dots; `*` and `>` are wildcards only when they are a whole token,
 * and `>` only as the last one. `foo*` and `a>b` are plain tokens.
 */

/** Whether it can be subscribed to: no empty token, no white space, nothing behind `>`. */
export function isValidSubject(subject: string): boolean {
  if (subject === '') return false;
  let tokenStart = 0;
  for (let i = 0; i <= subject.length; i++) {
    const code = i === subject.length ? DOT : subject.charCodeAt(i);
    if (code === DOT) {
      if (i === tokenStart) return false;
      if (i < subject.length && i - tokenStart === 1 && subject.charCodeAt(tokenStart) === GREATER) return false;
      tokenStart = i + 1;
    } else if (code === 32 || (code >= 9 && code <= 13 && code !== 11)) {
      return false;
    }
  }
  return true;
}

/** Whether it can be published to without a complaint of a pedantic connection: valid, and no token is a wildcard. */
export function isValidPublishSubject(subject: string): boolean {
  return isValidSubject(subject) && !hasWildcards(subject);
}

/** Whether a token of it is `*` or `>`. */
export function hasWildcards(subject: string): boolean {
  for (let i = 0; i < subject.length; i++) {
    const code = subject.charCodeAt(i);
    if (code !== STAR && code !== GREATER) continue;
    const aloneBefore = i === 0 || subject.charCodeAt(i - 1) === DOT;
    const aloneAfter = i === subject.length - 1 || subject.charCodeAt(i + 1) === DOT;
    if (aloneBefore && aloneAfter) return true;
  }
  return false;
}

const DOT = 46;
const STAR = 42;
const GREATER = 62;
