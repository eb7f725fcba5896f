/** The key that streams are encrypted with: a variable of the environment, a file that is included, never a text in a form. */

import { addInclude, applyEdits, removeIncludes, removeValue, setValue, type TextEdit } from '../config-text/edit.ts';
import { mapAt, scalarAt, type Path } from '../config-text/paths.ts';
import { parseSyntax, type Syntax } from '../config-text/syntax.ts';

export type KeyWay = 'none' | 'variable' | 'file' | 'text';

const block: Path = ['jetstream'];
const keyPath: Path = [...block, 'key|ek|encryption_key'];
const variable = /^\$?([A-Za-z_]\w*)$/;

/** `text`: it stands in the configuration itself; what it is, is not told. */
export function readStreamKey(syntax: Syntax): { way: KeyWay; name: string } {
  const key = scalarAt(syntax, keyPath);
  if (key !== undefined) {
    const name = /^\$([A-Za-z_]\w*)$/.exec(key.raw)?.[1];
    return name === undefined ? { way: 'text', name: '' } : { way: 'variable', name };
  }
  const included = mapAt(syntax, block)?.entries.find(({ include }) => include)?.value;
  return included?.kind === 'scalar' ? { way: 'file', name: included.text } : { way: 'none', name: '' };
}

/** Edits that take the key from there; '' takes it away. A name that can be no variable changes nothing. */
export function writeStreamKey(syntax: Syntax, way: 'none' | 'variable' | 'file', name: string): TextEdit[] {
  const text = name.trim();
  const word = variable.exec(text)?.[1];
  if (way === 'variable' && text !== '' && word === undefined) return [];
  const { way: before } = readStreamKey(syntax);
  if (way === 'variable' && word !== undefined && (before === 'variable' || before === 'text')) {
    return setValue(syntax, keyPath, `$${word}`);
  }
  let whole = syntax;
  const apply = (edits: readonly TextEdit[]): void => void (whole = parseSyntax(applyEdits(whole.text, edits)));
  if (before === 'file') apply(removeIncludes(whole, block));
  else if (before !== 'none') apply(removeValue(whole, keyPath));
  if (text !== '' && way === 'file') apply(addInclude(whole, block, text));
  else if (way === 'variable' && word !== undefined) apply(setValue(whole, keyPath, `$${word}`));
  return whole.text === syntax.text ? [] : [changeBetween(syntax.text, whole.text)];
}

/** One edit for several: what is the same at both ends stays. */
function changeBetween(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let end = 0;
  while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}
