/** What a display filter is once it was read. */

import type { Probe } from '../probe.ts';

export interface Filter {
  test(probe: Probe): boolean;
  /** It holds a regular expression, which may take for ever, so it runs under a time limit. */
  readonly timed: boolean;
}

export interface FilterFault {
  text: string;
  /** From 1, in UTF-16 units of the filter's text. */
  column: number;
}

/** Thrown by the compilers; `compileFilter` turns it into a `FilterFault`. */
export class FilterError extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}
