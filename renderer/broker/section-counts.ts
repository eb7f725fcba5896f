/** How many lines of each section were changed, and what is wrong in it. */

import type { LineMark } from '../ui/code/line-marks.ts';
import type { LocatedProblem } from './config-draft.svelte.ts';
import type { Syntax } from './config-text/syntax.ts';
import { sectionAt, type SectionId } from './sections.ts';

export type SectionCounts = Partial<Record<SectionId, { changes: number; errors: number }>>;

/** Line marks count as changes, also where a problem's mark has taken their place. */
export function countSections(
  syntax: Syntax,
  marks: readonly LineMark[],
  problems: readonly Pick<LocatedProblem, 'grade' | 'section'>[],
): SectionCounts {
  const counts: SectionCounts = {};
  const countOf = (section: SectionId) => (counts[section] ??= { changes: 0, errors: 0 });
  const starts = lineStarts(syntax.text);
  for (const { line, kind } of marks) {
    if (kind !== 'added' && kind !== 'changed') continue;
    const start = starts[line - 1] ?? 0;
    // The place where the line's own text begins: its indentation may still be of the block before.
    const indent = /^[ \t]*/.exec(syntax.text.slice(start))?.[0].length ?? 0;
    const section = sectionAt(syntax, start + indent);
    if (section !== undefined) countOf(section).changes++;
  }
  for (const { grade, section } of problems) {
    if (grade === 'error' && section !== undefined) countOf(section).errors++;
  }
  return counts;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
