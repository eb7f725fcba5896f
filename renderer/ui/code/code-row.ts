import type { Mark } from './json-diff.ts';
import type { Token } from './tokens.ts';

/** One row of a `CodeView`. */
export interface CodeRow {
  /** Line number; empty for a row that goes on with the line above, or that is of another document. */
  number: string;
  mark: Mark;
  tokens: readonly Token[];
  /** The value that this line had before. */
  was?: readonly Token[];
  /** Whether it can be folded, and is. */
  fold?: 'open' | 'closed';
  /** A line that something is wrong with. */
  wrong?: boolean;
}
