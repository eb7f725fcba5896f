import type { CodeRow } from './code-row.ts';
import { diffBytes } from './byte-diff.ts';
import { diffJson } from './json-diff.ts';
import { kinds, type JsonLines } from './json-lines.ts';
import { codeLimits } from './limits.ts';
import type { PayloadDocument } from './payload-document.ts';
import { diffText, type TextDiffRefusal } from './text-diff.ts';
import { foldText } from './text-rows.ts';
import { foldedTokens, lineTokens, valueTokens } from './tokens.ts';
import { utf8Length, visibleText } from './visible-text.ts';
import { grouped } from '../numbers.ts';

export interface ByteRange {
  start: number;
  /** Exclusive. */
  end: number;
}

/** A payload as rows, and the way between rows and bytes. */
export interface PayloadRows {
  count: number;
  row(index: number): CodeRow;
  /** Bytes of the payload that a row stands for; null for a row of the message before. */
  bytesOf(index: number): ByteRange | null;
  /** The row that shows a byte. */
  indexAt(offset: number): number;
  /** Line of the JSON document in this row, -1 when there is none. */
  lineOf(index: number): number;
  /** First row of a JSON line, -1 when it is folded away. */
  indexOf(line: number): number;
  /** How many lines a comparison found to differ. */
  changes?: { changed: number; added: number; removed: number };
}

/** JSON, one member a line. The `chosen` line shows all of a value that is longer than the row. */
export function treeRows(lines: JsonLines, folded: ReadonlySet<number>, chosen: number, columns: number): PayloadRows {
  const visible = visibleLines(lines, folded);
  const indexOfLine = (line: number): number => {
    let low = 0;
    let high = visible.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (visible[middle]! <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const longAt = chosen >= 0 && visible[indexOfLine(chosen)] === chosen ? indexOfLine(chosen) : -1;
  const long = longAt >= 0 ? longValue(lines, chosen, columns) : null;
  const extra = long ? long.rows.length - 1 : 0;
  const lineOf = (index: number): number => {
    if (longAt < 0 || index <= longAt) return visible[index] ?? -1;
    return index <= longAt + extra ? chosen : (visible[index - extra] ?? -1);
  };
  const rowIndex = (at: number): number => (longAt >= 0 && at > longAt ? at + extra : at);
  return {
    count: visible.length + extra,
    lineOf,
    indexOf(line) {
      const at = indexOfLine(line);
      return visible[at] === line ? rowIndex(at) : -1;
    },
    row(index) {
      if (long && index >= longAt && index <= longAt + extra) return long.rows[index - longAt]!;
      const line = lineOf(index);
      const closed = folded.has(line);
      return {
        number: String(line + 1),
        mark: ' ',
        tokens: closed ? foldedTokens(lines, line) : lineTokens(lines, line),
        ...(lines.opens(line) ? { fold: closed ? 'closed' : 'open' } : {}),
      };
    },
    bytesOf: (index) => rangeOf(lines, lineOf(index)),
    indexAt: (offset) => rowIndex(indexOfLine(lines.lineAt(offset))),
  };
}

/** Lines that are in sight when some are folded. */
function visibleLines(lines: JsonLines, folded: ReadonlySet<number>): Int32Array {
  const visible = new Int32Array(lines.count);
  let count = 0;
  for (let line = 0; line < lines.count; line = folded.has(line) ? lines.after(line) : line + 1)
    visible[count++] = line;
  return visible.subarray(0, count);
}

function rangeOf(lines: JsonLines, line: number): ByteRange | null {
  return line < 0 ? null : { start: lines.start(line), end: lines.end(line) };
}

/** The rows of a value that one row does not hold; null when it does. */
function longValue(lines: JsonLines, line: number, columns: number): { rows: CodeRow[] } | null {
  const kind = lines.kind(line);
  if (kind !== kinds.string && kind !== kinds.number) return null;
  const whole = lineTokens(lines, line, codeLimits.jsonBytesMax);
  if (lines.end(line) - lines.start(line) <= codeLimits.valueCharactersMax) {
    const length = whole.reduce((sum, token) => sum + token.text.length, 0);
    if (length <= columns) return null;
  }
  const indent = Math.min(lines.depth(line), codeLimits.indentLevelsMax) * 2;
  const keyBytes = lines.hasKey(line) ? lines.keyEnd(line) - lines.keyStart(line) + 2 : 0;
  const start = lines.start(line);
  const value = lines.bytes.subarray(start, lines.end(line));
  const first = Math.max(8, columns - indent - keyBytes);
  const type = kind === kinds.string ? 's' : 'n';
  // The value begins behind its key and goes on below, indented by one level more.
  const cut = cutAt(value, first);
  const prefix = whole.slice(
    0,
    whole.findIndex((token) => token.type === type),
  );
  const rows: CodeRow[] = [
    { number: String(line + 1), mark: ' ', tokens: [...prefix, { text: visibleText(value, 0, cut), type }] },
  ];
  const rest = value.subarray(cut);
  const restRows = foldText(rest, Math.max(8, columns - indent - 2));
  const shown = Math.min(restRows.count, codeLimits.valueRowsMax);
  for (let row = 0; row < shown && rest.length > 0; row++) {
    const text = visibleText(rest, restRows.start(row), restRows.end(row));
    rows.push({ number: '', mark: ' ', tokens: [{ text: ' '.repeat(indent + 2) + text, type }] });
  }
  const last = rows.at(-1)!;
  if (shown < restRows.count) {
    const left = rest.length - restRows.end(shown - 1);
    rows.push({
      number: '',
      mark: ' ',
      tokens: [{ text: `${' '.repeat(indent + 2)}… ${grouped(left)} B`, type: 'cm' }],
    });
  } else if (lines.comma(line)) rows[rows.length - 1] = { ...last, tokens: [...last.tokens, { text: ',', type: 'p' }] };
  return { rows };
}

function cutAt(bytes: Uint8Array, columns: number): number {
  let at = 0;
  for (let column = 0; at < bytes.length && column < columns; column++) at += Math.max(1, utf8Length(bytes, at));
  return at;
}

/** JSON against the JSON before it. */
export function jsonDiffRows(before: JsonLines, after: JsonLines): PayloadRows {
  const diff = diffJson(before, after);
  const rowOfLine = new Int32Array(after.count);
  diff.lines.forEach((line, index) => {
    if (line.mark !== '-') rowOfLine[line.line] = index;
  });
  const lineOf = (index: number): number => {
    const line = diff.lines[index];
    return line === undefined || line.mark === '-' ? -1 : line.line;
  };
  return {
    count: diff.lines.length,
    lineOf,
    indexOf: (line) => rowOfLine[line] ?? -1,
    row(index) {
      const { mark, line, was } = diff.lines[index]!;
      const tokens = lineTokens(mark === '-' ? before : after, line);
      const number = mark === '-' ? '' : String(line + 1);
      return { number, mark, tokens, ...(was >= 0 ? { was: valueTokens(before, was) } : {}) };
    },
    bytesOf: (index) => rangeOf(after, lineOf(index)),
    indexAt: (offset) => rowOfLine[after.lineAt(offset)]!,
    changes: diff,
  };
}

/** Text, or bytes as text, folded to the width. `wrongAt` is the byte of a mistake. */
export function rawRows(bytes: Uint8Array, columns: number, wrongAt = -1): PayloadRows {
  const rows = foldText(bytes, columns);
  const wrongRow = wrongAt < 0 ? -1 : rows.rowAt(wrongAt);
  return {
    count: bytes.length === 0 ? 0 : rows.count,
    lineOf: () => -1,
    indexOf: () => -1,
    row(index) {
      const number = rows.lineNumber(index);
      const tokens = [{ text: visibleText(bytes, rows.start(index), rows.end(index)), type: '' as const }];
      return { number: number === 0 ? '' : String(number), mark: ' ', tokens, wrong: index === wrongRow };
    },
    bytesOf: (index) => ({ start: rows.start(index), end: rows.end(index) }),
    indexAt: (offset) => rows.rowAt(offset),
  };
}

/** Text against the text before it, or why that was refused. */
export function textDiffRows(before: Uint8Array, after: Uint8Array): PayloadRows | TextDiffRefusal {
  // Folded to nothing: rows are lines here, as the comparison counts them.
  const old = foldText(before, Number.POSITIVE_INFINITY);
  const now = foldText(after, Number.POSITIVE_INFINITY);
  if (old.count + now.count > codeLimits.diffTextLinesMax) return 'too-long';
  const textsOf = (rows: typeof old, bytes: Uint8Array): string[] =>
    Array.from({ length: rows.count }, (_, row) => visibleText(bytes, rows.start(row), rows.end(row)));
  const oldTexts = textsOf(old, before);
  const nowTexts = textsOf(now, after);
  const diff = diffText(oldTexts, nowTexts);
  if (typeof diff === 'string') return diff;
  return {
    count: diff.lines.length,
    lineOf: () => -1,
    indexOf: () => -1,
    row(index) {
      const { mark, line, was } = diff.lines[index]!;
      const text = (mark === '-' ? oldTexts : nowTexts)[line]!;
      return {
        number: mark === '-' ? '' : String(line + 1),
        mark,
        tokens: [{ text, type: '' }],
        ...(was >= 0 ? { was: [{ text: oldTexts[was]!, type: '' }] } : {}),
      };
    },
    bytesOf(index) {
      const { mark, line } = diff.lines[index]!;
      return mark === '-' ? null : { start: now.start(line), end: now.end(line) };
    },
    indexAt(offset) {
      const line = now.rowAt(offset);
      return diff.lines.findIndex((entry) => entry.mark !== '-' && entry.line === line);
    },
    changes: diff,
  };
}

/** Bytes against the bytes before them, in rows of eight. */
export function byteDiffRows(before: Uint8Array, after: Uint8Array, columns: number): PayloadRows | TextDiffRefusal {
  if (Math.max(before.length, after.length) > codeLimits.diffBytesMax) return 'too-long';
  const perRow = columns >= 70 ? 16 : 8;
  const diff = diffBytes(before, after, perRow);
  let [added, removed] = [0, 0];
  for (const row of diff.rows) {
    if (row.mark === '+') added++;
    if (row.mark === '-') removed++;
  }
  return {
    count: diff.rows.length,
    lineOf: () => -1,
    indexOf: () => -1,
    row(index) {
      const { mark, offset, length } = diff.rows[index]!;
      const bytes = (mark === '-' ? before : after).subarray(offset, offset + length);
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
      const text = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
        '',
      );
      return {
        number: offset.toString(16).padStart(4, '0'),
        mark,
        tokens: [
          { text: hex.padEnd(perRow * 3 + 1), type: '' },
          { text, type: 'cm' },
        ],
      };
    },
    bytesOf(index) {
      const { mark, offset, length } = diff.rows[index]!;
      return mark === '-' ? null : { start: offset, end: offset + length };
    },
    indexAt(offset) {
      const first = Math.floor(offset / perRow) * perRow;
      return diff.rows.findIndex((row) => row.mark !== '-' && row.offset === first);
    },
    changes: { changed: diff.differing, added, removed },
  };
}

/** One payload against another, in the way that tells most of both, or why that was refused. */
export function compareRows(
  before: PayloadDocument,
  after: PayloadDocument,
  columns: number,
): PayloadRows | TextDiffRefusal {
  if (before.json && after.json) return jsonDiffRows(before.json, after.json);
  if (before.kind === 'binary' || after.kind === 'binary') return byteDiffRows(before.bytes, after.bytes, columns);
  return textDiffRows(before.bytes, after.bytes);
}
