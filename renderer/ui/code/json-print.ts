import { kinds, type JsonLines } from './json-lines.ts';

const decoder = new TextDecoder();

/** The document with one member a line and two spaces a level. Numbers, escapes and doubled keys stay as they are. */
export function printJson(lines: JsonLines): string {
  const printed: string[] = [];
  for (let line = 0; line < lines.count; line++) {
    let text = '  '.repeat(lines.depth(line));
    if (lines.hasKey(line)) text += `${slice(lines, lines.keyStart(line), lines.keyEnd(line))}: `;
    text += value(lines, line);
    if (lines.comma(line)) text += ',';
    printed.push(text);
  }
  return printed.join('\n');
}

/** One line of the document, or the whole of what it opens, exactly as it was sent. */
export function sourceText(lines: JsonLines, line: number): string {
  return slice(lines, lines.start(line), lines.end(line));
}

/** A step from a container to what is in it: a key, in quotes as it was sent, or a place in a list. */
export type Step = string | number;

/** The way from the whole document to a line. What closes stands where it was opened. */
export function lineSteps(lines: JsonLines, line: number): Step[] {
  let at = lines.closes(line) ? lines.partner(line) : line;
  const steps: Step[] = [];
  while (lines.depth(at) > 0) {
    const parent = parentOf(lines, at);
    if (lines.hasKey(at)) steps.push(slice(lines, lines.keyStart(at), lines.keyEnd(at)));
    else steps.push(indexOf(lines, parent, at));
    at = parent;
  }
  return steps.toReversed();
}

/** The line that a way leads to in another document; -1 when it leads nowhere. */
export function lineOfSteps(lines: JsonLines, steps: readonly Step[]): number {
  if (lines.count === 0) return -1;
  let at = 0;
  for (const step of steps) {
    if (!lines.opens(at)) return -1;
    const last = lines.partner(at) < 0 ? lines.count : lines.partner(at);
    let index = 0;
    let child = at + 1;
    for (; child < last; child = lines.after(child), index++) {
      if (step === index) break;
      if (lines.hasKey(child) && step === slice(lines, lines.keyStart(child), lines.keyEnd(child))) break;
    }
    if (child >= last) return -1;
    at = child;
  }
  return at;
}

/** Where a line stands in the document: `customer.tags[2]`, empty for the whole. */
export function linePath(lines: JsonLines, line: number): string {
  return lineSteps(lines, line)
    .map((step) => (typeof step === 'number' ? `[${step}]` : keyStep(step)))
    .join('')
    .replace(/^\./, '');
}

function value(lines: JsonLines, line: number): string {
  switch (lines.kind(line)) {
    case kinds.emptyObject:
      return '{}';
    case kinds.emptyArray:
      return '[]';
    case kinds.openObject:
      return '{';
    case kinds.openArray:
      return '[';
    case kinds.closeObject:
      return '}';
    case kinds.closeArray:
      return ']';
    default:
      return slice(lines, lines.start(line), lines.end(line));
  }
}

function keyStep(quoted: string): string {
  let key: string;
  try {
    key = JSON.parse(quoted) as string;
  } catch {
    return `[${quoted}]`;
  }
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function parentOf(lines: JsonLines, line: number): number {
  const depth = lines.depth(line);
  let at = line - 1;
  while (at >= 0) {
    // What closes leads over all that it closed.
    if (lines.closes(at)) at = lines.partner(at);
    else if (lines.depth(at) < depth) return at;
    at--;
  }
  return 0;
}

function indexOf(lines: JsonLines, parent: number, line: number): number {
  let index = 0;
  for (let at = parent + 1; at < line; at = lines.after(at)) index++;
  return index;
}

function slice(lines: JsonLines, start: number, end: number): string {
  return decoder.decode(lines.bytes.subarray(start, end));
}
