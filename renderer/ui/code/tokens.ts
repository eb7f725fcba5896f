import { codeLimits } from './limits.ts';
import { kinds, type JsonLines } from './json-lines.ts';
import { grouped } from '../numbers.ts';
import { visibleText } from './visible-text.ts';

/** A run of characters in one colour. The class is one of base.css: key, string, number, literal, punctuation, comment. */
export interface Token {
  text: string;
  type: '' | 'k' | 's' | 'n' | 'b' | 'p' | 'cm';
}

const brackets: Partial<Record<number, string>> = {
  [kinds.emptyObject]: '{}',
  [kinds.emptyArray]: '[]',
  [kinds.openObject]: '{',
  [kinds.openArray]: '[',
  [kinds.closeObject]: '}',
  [kinds.closeArray]: ']',
};

/** The value of a line; long ones up to `charactersMax`, followed by how much there is. */
export function valueTokens(
  lines: JsonLines,
  line: number,
  charactersMax: number = codeLimits.valueCharactersMax,
): Token[] {
  const kind = lines.kind(line);
  const bracket = brackets[kind];
  if (bracket !== undefined) return [{ text: bracket, type: 'p' }];
  const type = kind === kinds.string ? 's' : kind === kinds.number ? 'n' : 'b';
  const start = lines.start(line);
  const end = lines.end(line);
  if (end - start <= charactersMax) return [{ text: visibleText(lines.bytes, start, end), type }];
  return [
    { text: cutText(lines.bytes, start, end, charactersMax), type },
    { text: `… ${grouped(end - start)} B`, type: 'cm' },
  ];
}

/** A line as it is printed: indentation, key, value, comma. */
export function lineTokens(lines: JsonLines, line: number, charactersMax?: number): Token[] {
  const tokens: Token[] = [];
  const depth = Math.min(lines.depth(line), codeLimits.indentLevelsMax);
  if (depth > 0) tokens.push({ text: '  '.repeat(depth), type: '' });
  if (lines.hasKey(line)) {
    const start = lines.keyStart(line);
    const end = lines.keyEnd(line);
    const text =
      end - start <= codeLimits.valueCharactersMax
        ? visibleText(lines.bytes, start, end)
        : `${cutText(lines.bytes, start, end, codeLimits.valueCharactersMax)}…`;
    tokens.push({ text, type: 'k' }, { text: ':', type: 'p' }, { text: ' ', type: '' });
  }
  tokens.push(...valueTokens(lines, line, charactersMax));
  if (lines.comma(line)) tokens.push({ text: ',', type: 'p' });
  return tokens;
}

/** A folded line: what opens, how many are inside, what closes. */
export function foldedTokens(lines: JsonLines, line: number): Token[] {
  const tokens = lineTokens(lines, line);
  const partner = lines.partner(line);
  tokens.push({ text: ` ${grouped(lines.members(line))} `, type: 'cm' });
  if (partner >= 0) {
    tokens.push({ text: brackets[lines.kind(partner)] ?? '', type: 'p' });
    if (lines.comma(partner)) tokens.push({ text: ',', type: 'p' });
  }
  return tokens;
}

function cutText(bytes: Uint8Array, start: number, end: number, bytesMax: number): string {
  // Cut where a character begins, so that the cut is not mistaken for broken text.
  let cut = Math.min(end, start + bytesMax);
  while (cut > start && cut < end && (bytes[cut]! & 0xc0) === 0x80) cut--;
  return visibleText(bytes, start, cut);
}
