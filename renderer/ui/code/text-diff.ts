import { diffArrays } from 'diff';
import type { DiffLine } from './json-diff.ts';
import { codeLimits } from './limits.ts';

export interface TextDiff {
  lines: DiffLine[];
  changed: number;
  added: number;
  removed: number;
}

export type TextDiffRefusal = 'too-long' | 'too-different';

/**
 * Compares two texts line by line. A removed run beside an added one of the same length counts as changed lines. Refuses
 * what would hold up the page: too many lines, too many edits, too much time.
 */
export function diffText(before: readonly string[], after: readonly string[]): TextDiff | TextDiffRefusal {
  if (before.length + after.length > codeLimits.diffTextLinesMax) return 'too-long';
  const parts = diffArrays([...before], [...after], {
    maxEditLength: codeLimits.diffTextEditsMax,
    timeout: codeLimits.diffTextMillisecondsMax,
  });
  if (parts === undefined) return 'too-different';

  const result: TextDiff = { lines: [], changed: 0, added: 0, removed: 0 };
  let old = 0;
  let now = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    const next = parts[index + 1];
    if (part.removed && next?.added && next.count === part.count) {
      for (let i = 0; i < part.count; i++) result.lines.push({ mark: '~', line: now++, was: old++ });
      result.changed += part.count;
      index++;
    } else if (part.removed) {
      for (let i = 0; i < part.count; i++) result.lines.push({ mark: '-', line: old++, was: -1 });
      result.removed += part.count;
    } else if (part.added) {
      for (let i = 0; i < part.count; i++) result.lines.push({ mark: '+', line: now++, was: -1 });
      result.added += part.count;
    } else {
      for (let i = 0; i < part.count; i++) result.lines.push({ mark: ' ', line: now++, was: -1 });
      old += part.count;
    }
  }
  return result;
}

/** Lines as they are compared: without their line break. A last empty line is none. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines;
}
