import { codeLimits } from './limits.ts';
import { kinds, type JsonLines } from './json-lines.ts';

export type Mark = ' ' | '~' | '+' | '-';

/**
 * One line of a comparison. `line` counts in the new document, or in the old one when the mark is `-`; `was` is the line
 * of the old document whose value `~` took the place of.
 */
export interface DiffLine {
  mark: Mark;
  line: number;
  was: number;
}

export interface JsonDiff {
  lines: DiffLine[];
  changed: number;
  added: number;
  removed: number;
}

/**
 * Compares two documents by structure: members of objects by key, elements of lists by place after what is equal at both
 * ends. The new document is printed whole, and what is gone stands where it was.
 */
export function diffJson(before: JsonLines, after: JsonLines): JsonDiff {
  const walk = new Walk(before, after);
  walk.value(0, 0, 0);
  return walk.result;
}

class Walk {
  readonly result: JsonDiff = { lines: [], changed: 0, added: 0, removed: 0 };
  readonly #before: JsonLines;
  readonly #after: JsonLines;

  constructor(before: JsonLines, after: JsonLines) {
    this.#before = before;
    this.#after = after;
  }

  value(old: number, now: number, depth: number): void {
    const before = this.#before;
    const after = this.#after;
    const opensBefore = before.opens(old);
    const opensAfter = after.opens(now);
    if (!opensBefore && !opensAfter) {
      if (sameBytes(before, before.start(old), before.end(old), after, after.start(now), after.end(now)))
        this.#keep(now);
      else {
        this.result.changed++;
        this.result.lines.push({ mark: '~', line: now, was: old });
      }
      return;
    }
    if (opensBefore && opensAfter && before.kind(old) === after.kind(now) && depth < codeLimits.diffDepthMax) {
      this.#keep(now);
      if (after.kind(now) === kinds.openObject) this.#object(old, now, depth + 1);
      else this.#list(old, now, depth + 1);
      if (after.partner(now) >= 0) this.#keep(after.partner(now));
      return;
    }
    if (sameBytes(before, before.start(old), before.end(old), after, after.start(now), after.end(now))) {
      for (let line = now; line < after.after(now); line++) this.#keep(line);
      return;
    }
    this.#gone(old);
    this.#fresh(now);
  }

  #object(old: number, now: number, depth: number): void {
    const before = membersOf(this.#before, old);
    const places = new Map<string, number[]>();
    before.forEach((line, place) => {
      const key = keyOf(this.#before, line);
      const same = places.get(key);
      if (same) same.push(place);
      else places.set(key, [place]);
    });
    const members = membersOf(this.#after, now);
    // Doubled keys pair up in their order.
    const partners = members.map((line) => places.get(keyOf(this.#after, line))?.shift() ?? -1);
    const kept = new Set(partners);
    let next = 0;
    members.forEach((line, index) => {
      const place = partners[index]!;
      for (; next < place; next++) if (!kept.has(next)) this.#gone(before[next]!);
      if (place < 0) this.#fresh(line);
      else this.value(before[place]!, line, depth);
    });
    for (; next < before.length; next++) if (!kept.has(next)) this.#gone(before[next]!);
  }

  #list(old: number, now: number, depth: number): void {
    const before = membersOf(this.#before, old);
    const after = membersOf(this.#after, now);
    const shorter = Math.min(before.length, after.length);
    let head = 0;
    while (head < shorter && this.#same(before[head]!, after[head]!)) head++;
    let tail = 0;
    while (tail < shorter - head && this.#same(before[before.length - 1 - tail]!, after[after.length - 1 - tail]!))
      tail++;
    for (let i = 0; i < head; i++) this.value(before[i]!, after[i]!, depth);
    const pairs = shorter - head - tail;
    for (let i = head; i < head + pairs; i++) this.value(before[i]!, after[i]!, depth);
    for (let i = head + pairs; i < before.length - tail; i++) this.#gone(before[i]!);
    for (let i = head + pairs; i < after.length - tail; i++) this.#fresh(after[i]!);
    for (let i = tail; i > 0; i--) this.value(before[before.length - i]!, after[after.length - i]!, depth);
  }

  #same(old: number, now: number): boolean {
    const before = this.#before;
    const after = this.#after;
    return sameBytes(before, before.start(old), before.end(old), after, after.start(now), after.end(now));
  }

  #keep(line: number): void {
    this.result.lines.push({ mark: ' ', line, was: -1 });
  }

  #gone(line: number): void {
    for (let at = line; at < this.#before.after(line); at++) {
      this.result.removed++;
      this.result.lines.push({ mark: '-', line: at, was: -1 });
    }
  }

  #fresh(line: number): void {
    for (let at = line; at < this.#after.after(line); at++) {
      this.result.added++;
      this.result.lines.push({ mark: '+', line: at, was: -1 });
    }
  }
}

/** Lines of the members directly inside what a line opens. */
function membersOf(lines: JsonLines, line: number): number[] {
  const last = lines.partner(line) < 0 ? lines.count : lines.partner(line);
  const members: number[] = [];
  for (let at = line + 1; at < last; at = lines.after(at)) members.push(at);
  return members;
}

const decoder = new TextDecoder('latin1');

/** The key as it was sent: a map key, not for people. */
function keyOf(lines: JsonLines, line: number): string {
  return decoder.decode(lines.bytes.subarray(lines.keyStart(line), lines.keyEnd(line)));
}

function sameBytes(
  before: JsonLines,
  beforeStart: number,
  beforeEnd: number,
  after: JsonLines,
  afterStart: number,
  afterEnd: number,
): boolean {
  const length = beforeEnd - beforeStart;
  if (length !== afterEnd - afterStart) return false;
  for (let i = 0; i < length; i++) if (before.bytes[beforeStart + i] !== after.bytes[afterStart + i]) return false;
  return true;
}
