/** A subject below `prefix` (with its trailing dot) as what may be lost and the leaf that may not. */
export function leafParts(subject: string, prefix: string): { lead: string; leaf: string } {
  const rest = subject.length > prefix.length && subject.startsWith(prefix) ? subject.slice(prefix.length) : subject;
  const dot = rest.lastIndexOf('.');
  return { lead: rest.slice(0, dot + 1), leaf: rest.slice(dot + 1) };
}
