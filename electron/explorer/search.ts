/** Finding subjects by what a person types. */

import { FLAG_ACCOUNT, FLAG_FOLD } from './census.ts';
import { holds, lowerAscii } from './filter/text.ts';
import { BARS, rateOf } from './rate.ts';
import type { Recording } from './recording.ts';
import { looksLikePattern, matches, subjectBytes, subjectText } from './subject-bytes.ts';

export interface Found {
  node: number;
  subject: string;
  account?: string;
  rate: number;
  count: number;
}

/**
 * Subjects that hold `text`, ignoring the case of ASCII letters, or match it when it is a pattern; busiest first. Only
 * subjects that carried a message are found. 200,000 subjects take some 20 ms.
 */
export function searchSubjects(recording: Recording, text: string, limit: number): Found[] {
  const { census, clock } = recording;
  const trimmed = text.trim();
  const pattern = looksLikePattern(trimmed) ? subjectBytes(trimmed) : null;
  const needle = Buffer.from(lowerAscii(trimmed), 'utf8');
  const now = clock.now();
  const found: { node: number; rate: number; count: number }[] = [];
  for (let node = 1; node < census.nodes; node++) {
    const count = census.ownCount[node]!;
    if (count === 0 || census.get(node, FLAG_FOLD | FLAG_ACCOUNT)) continue;
    const subject = census.subjectOf(node);
    if (pattern === null ? !holds(subject, needle) : !matches(pattern, subject)) continue;
    const rate = rateOf(census.bars, node * BARS, census.epoch[node]!, census.last[node]!, now);
    found.push({ node, rate, count });
  }
  found.sort((a, b) => b.rate - a.rate || b.count - a.count || a.node - b.node);
  return found.slice(0, limit).map(({ node, rate, count }) => {
    const account = recording.accountOf(node)?.name;
    return {
      node: recording.idOf(node),
      subject: subjectText(census.subjectOf(node)),
      ...(account === undefined ? {} : { account }),
      rate,
      count,
    };
  });
}
