/** How well a text answers a query, and where. Pure; the palette sorts by it. */

export interface Match {
  /** Higher is better. */
  score: number;
  /** Parts of the text that matched, start and end, in order, not overlapping. */
  ranges: [start: number, end: number][];
}

const isWordStart = (text: string, at: number): boolean =>
  at === 0 ||
  !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '') ||
  (/\p{Lu}/u.test(text[at] ?? '') && /\p{Ll}/u.test(text[at - 1] ?? ''));

/** One word of the query: a start of the text beats a start of a word beats any place beats letters in order. */
function matchWord(word: string, text: string, lower: string): Match | null {
  let best: Match | null = null;
  for (let at = lower.indexOf(word); at !== -1; at = lower.indexOf(word, at + 1)) {
    const score = at === 0 ? 100 : isWordStart(text, at) ? 80 : 50;
    if (best === null || score > best.score) best = { score, ranges: [[at, at + word.length]] };
  }
  if (best !== null) return best;
  const ranges: [number, number][] = [];
  let from = 0;
  for (const letter of word) {
    // Initials first: `cpn` finds Copy as nats pub.
    let at = lower.indexOf(letter, from);
    while (at !== -1 && !isWordStart(text, at)) at = lower.indexOf(letter, at + 1);
    if (at === -1) return null;
    ranges.push([at, at + 1]);
    from = at + 1;
  }
  return { score: 20, ranges };
}

/** Null when a word of the query is nowhere in the text. An empty query matches all, with the score 0. */
export function rank(query: string, text: string): Match | null {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = text.toLowerCase();
  // Lower case of a few letters is longer than the letter; places would not fit the text.
  if (lower.length !== text.length) return text.includes(query) ? { score: 1, ranges: [] } : null;
  let score = 0;
  const ranges: [number, number][] = [];
  for (const word of words) {
    const found = matchWord(word, text, lower);
    if (found === null) return null;
    score += found.score;
    ranges.push(...found.ranges);
  }
  if (words.length > 0) score = score / words.length - text.length / 1000;
  return { score, ranges: merge(ranges) };
}

function merge(ranges: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** The text cut at the ranges, for `<b>` around what matched. */
export function pieces(text: string, ranges: readonly (readonly [number, number])[]): { text: string; hit: boolean }[] {
  const cut: { text: string; hit: boolean }[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    if (start > at) cut.push({ text: text.slice(at, start), hit: false });
    cut.push({ text: text.slice(start, end), hit: true });
    at = end;
  }
  if (at < text.length) cut.push({ text: text.slice(at), hit: false });
  return cut;
}
