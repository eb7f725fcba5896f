/** How patterns relate to each other: which one covers which, and whether some subject fits both. */

/**
 * Whether every subject that `subject` stands for fits `pattern` too. `subject` may itself have wildcards: `foo.*` is
 * within `foo.*`, `foo.>` and `*.*`, not within `foo.bar`. As nats-server has it, a token of `pattern` that merely
 * begins with `*` takes any token.
 */
export function isSubset(subject: string, pattern: string): boolean {
  return isSubsetOfTokens(subject.split('.'), pattern.split('.'));
}

/** The same for both split at their dots. */
export function isSubsetOfTokens(tokens: readonly string[], pattern: readonly string[]): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern[i] as string;
    const given = tokens[i];
    if (given === undefined || wanted === '') return false;
    if (wanted === '>') return true;
    if (given === '' || given === '>') return false;
    if (given === '*') {
      if (wanted !== '*') return false;
    } else if (!wanted.startsWith('*') && given !== wanted) {
      return false;
    }
  }
  return tokens.length === pattern.length;
}

/** Whether some subject fits both. */
export function subjectsCollide(one: string, other: string): boolean {
  if (one === other) return true;
  const left = one.split('.');
  const right = other.split('.');
  const leftWild = wildcardsOf(left);
  const rightWild = wildcardsOf(right);
  if (!leftWild.any && !rightWild.any) return false;
  if (!leftWild.any) return isSubsetOfTokens(left, right);
  if (!rightWild.any) return isSubsetOfTokens(right, left);
  const shorter = left.length < right.length ? leftWild : rightWild;
  if (left.length !== right.length && !shorter.rest) return false;
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) if (!tokensCollide(left[i] as string, right[i] as string)) return false;
  return true;
}

function wildcardsOf(tokens: readonly string[]): { any: boolean; rest: boolean } {
  const rest = tokens.includes('>');
  return { any: rest || tokens.includes('*'), rest };
}

function tokensCollide(one: string, other: string): boolean {
  if (one === '' || other === '') return false;
  return /^[*>]/.test(one) || /^[*>]/.test(other) || one === other;
}
