/** Headers of a message, read as Go reads them. */

/** Values by name in canonical form, in order; empty when the block is malformed. `block` is latin1, with its first line. */
export function canonicalHeaders(block: string): Record<string, string[]> {
  const values: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  let last: string[] | undefined;
  for (const line of block.split(/\r?\n/).slice(1)) {
    if (line === '') return values;
    // A line that begins with white space goes on with the value before it.
    if (/^[ \t]/.test(line)) {
      if (last === undefined) return {};
      last.push(`${last.pop() ?? ''} ${line.trim()}`.trim());
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon <= 0 || !TOKEN.test(name)) return {};
    const key = canonicalName(name);
    last = values[key] ??= [];
    last.push(line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  return {};
}

const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

/** `x-b3-traceid` is `X-B3-Traceid`. */
function canonicalName(name: string): string {
  return name
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
}
