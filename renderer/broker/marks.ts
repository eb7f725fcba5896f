/** Marks of the lines of a configuration: what differs from what runs, and over that, what is wrong. */

import type { ConfigProblem } from '../../electron/bridge/contract.ts';
import type { LineMark } from '../ui/code/line-marks.ts';
import type { TextDiff } from '../ui/code/text-diff.ts';

export function marksOf(diff: TextDiff | null, problems: readonly ConfigProblem[]): LineMark[] {
  const marks = new Map<number, LineMark>();
  /** Lines that went just before: what comes in their place was changed, what is more was added. */
  let gone = 0;
  for (const { mark, line } of diff?.lines ?? []) {
    if (mark === '-') gone++;
    else if (mark === ' ') gone = 0;
    else marks.set(line + 1, { line: line + 1, kind: mark === '~' || gone-- > 0 ? 'changed' : 'added' });
  }
  // An error before a warning, the first of either before the others.
  for (const grade of ['warning', 'error'] as const) {
    for (const { grade: own, file, line, text } of problems.toReversed()) {
      if (own === grade && file === undefined && line > 0) marks.set(line, { line, kind: grade, title: text });
    }
  }
  return [...marks.values()].toSorted((a, b) => a.line - b.line);
}
