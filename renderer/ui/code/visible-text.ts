/**
 * Bytes of a stranger as text that shows everything: what is no UTF-8 becomes `\xHH`, and characters that cannot be seen
 * or that turn the text around become `\uXXXX`. Digits are upper-case, as in the subjects that the core writes.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** C0 and C1 controls but tab, zero width characters, line separators, and everything that changes direction. */
// oxlint-disable-next-line no-control-regex -- Control characters are what is looked for.
const invisible =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function escapeInvisible(text: string): string {
  return text.replace(invisible, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** The bytes from `start` up to `end` as text in which nothing is hidden. */
export function visibleText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return escapeInvisible(decodeLenient(bytes, start, end));
}

/** UTF-8, and `\xHH` for each byte that is none. */
export function decodeLenient(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const slice = bytes.subarray(start, end);
  try {
    return strict.decode(slice);
  } catch {
    return decodePieces(slice);
  }
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Length of the UTF-8 character at `at`, 0 when there is none. Rejects overlong forms and surrogates. */
export function utf8Length(bytes: Uint8Array, at: number, end = bytes.length): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) === 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const second = bytes[at + 1]!;
  if ((second & 0xc0) !== 0x80) return 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Bytes at the end that begin a character and do not finish it: what cutting a text anywhere leaves behind. */
export function unfinishedTail(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}

function decodePieces(bytes: Uint8Array): string {
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = utf8Length(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (at > from) text += strict.decode(bytes.subarray(from, at));
    text += `\\x${hex(bytes[at]!, 2)}`;
    at++;
    from = at;
  }
  if (at > from) text += strict.decode(bytes.subarray(from, at));
  return text;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
