import { latin1ToText } from '../../base/latin1.ts';
import type { ConfigProblem } from '../config.ts';

/** What a key may be set to. Integers are bigints, so that they stay apart from floats, and exact. */
export type Value = string | bigint | number | boolean | Date | readonly Token[] | MapValue;

/** By key, in the order in which they were set. */
export type MapValue = ReadonlyMap<string, Token>;

/** A text that was read, and what it is called in messages. */
export class Source {
  /** As it was given or joined to the folder of the file that includes it; '' for text that is in no file. */
  readonly file: string;
  /** A byte per character. */
  readonly bytes: string;
  #lineStarts: number[] | undefined;

  constructor(file: string, bytes: string) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Line and column as editors count them: from 1, columns in characters. */
  problem(offset: number, message: string): ConfigProblem {
    this.#lineStarts ??= lineStarts(this.bytes);
    const starts = this.#lineStarts;
    let line = 1;
    for (let high = starts.length; line < high;) {
      const middle = Math.ceil((line + high) / 2);
      if ((starts[middle - 1] as number) <= offset) line = middle;
      else high = middle - 1;
    }
    const column = latin1ToText(this.bytes.slice(starts[line - 1], offset)).length + 1;
    return { file: this.file, line, column, message };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A value with the place that messages give for it: that of its key, or its own in an array. */
export class Token {
  readonly value: Value;
  readonly source: Source;
  /** From where nats-server counts it: see `Item`. */
  line: number;
  column: number;
  offset: number;
  /** It was referred to as a variable, so it need not be a known key. */
  usedVariable = false;
  constructor(
    value: Value,
    source: Source,
    place: { readonly line: number; readonly column: number; readonly offset: number },
  ) {
    this.value = value;
    this.source = source;
    this.line = place.line;
    this.column = place.column;
    this.offset = place.offset;
  }

  /** What stands in front of a message about it. */
  get prefix(): string {
    return `${this.source.file}:${this.line}:${this.column}: `;
  }
}
