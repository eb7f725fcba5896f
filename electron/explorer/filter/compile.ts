/** From what a person typed to a filter. */

import type { DisplayFilter } from '../../bridge/contract.ts';
import { compileExpression } from './expression.ts';
import { FilterError } from './filter.ts';
import type { Filter, FilterFault } from './filter.ts';
import { compileRegex } from './regex.ts';
import { compileText } from './text.ts';

/** Null for a filter that lets everything pass. */
export function compileFilter(display: DisplayFilter, textMax: number): Filter | FilterFault | null {
  const { mode, text } = display;
  if (text.trim() === '') return null;
  if (text.length > textMax) {
    return { text: `A filter can be ${textMax} characters long; this one has ${text.length}.`, column: textMax + 1 };
  }
  try {
    if (mode === 'regex') return compileRegex(text);
    return mode === 'expression' ? compileExpression(text) : compileText(text);
  } catch (error) {
    if (error instanceof FilterError) return { text: error.message, column: error.column };
    throw error;
  }
}
