/** How a text is laid out: indentation, line ends, and where the next entry of a block would be written by hand. */

import type { Entry, MapNode, Node } from './syntax.ts';

export function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** One level of indentation, as the text has it. */
export function indentUnit(text: string): string {
  const first = /^([ \t]+)[^\s#/]/m.exec(text)?.[1];
  if (first === undefined) return '  ';
  return first.startsWith('\t') ? '\t' : first;
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** White space that the line of a place begins with. */
export function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? '';
}

/** Whether only white space stands before a place on its line. */
export function beginsLine(text: string, at: number): boolean {
  return text.slice(lineStart(text, at), at).trim() === '';
}

export interface LineRest {
  /** End of the line, before its break; null when something else follows on the line. */
  end: number | null;
  /** The place after the comma or semicolon that follows, if one does. */
  separatorEnd: number | null;
  /** A comment follows on the line. */
  comment: boolean;
}

/** What follows a value on its line. */
export function restOfLine(text: string, at: number): LineRest {
  const match = /^[ \t]*([,;])?[ \t]*(#[^\n\r]*|\/\/[^\n\r]*)?(?=\r?\n|$)/.exec(text.slice(at));
  const separator = /^[ \t]*[,;]/.exec(text.slice(at));
  return {
    end: match === null ? null : at + match[0].length,
    separatorEnd: separator === null ? null : at + separator[0].length,
    comment: match?.[2] !== undefined,
  };
}

/** Behind the break of the line that ends at a place. */
export function nextLine(text: string, end: number): number {
  const match = /^\r?\n/.exec(text.slice(end));
  return end + (match?.[0].length ?? 0);
}

/** Keys in quotes and commas between entries: the text is JSON, or written like it. */
export function isJson(map: MapNode, text: string): boolean {
  const [first] = map.entries;
  return first !== undefined && first.quoted && text[first.keyFrom] === '"';
}

/** Places of the parts of a map or an array. */
export function partsOf(node: Node): { from: number; to: number }[] {
  if (node.kind === 'map') return node.entries.map(rangeOf);
  return node.kind === 'array' ? node.items : [];
}

export function rangeOf(entry: Entry): { from: number; to: number } {
  return { from: entry.keyFrom, to: entry.value.to };
}
