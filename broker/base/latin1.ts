/** Strings that hold one byte per character: how subjects and ids are kept, whatever bytes a client sends. */

export function writeLatin1(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** The text that the bytes are in UTF-8, for people to read. */
export function latin1ToText(latin1: string): string {
  // Most subjects are ASCII, which is the same in both.
  for (let i = 0; i < latin1.length; i++) {
    if (latin1.charCodeAt(i) > 127) return Buffer.from(latin1, 'latin1').toString('utf8');
  }
  return latin1;
}

/** The bytes that the text is in UTF-8. */
export function textToLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

const escapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\f': '\\f',
  '\b': '\\b',
  '\x07': '\\a',
};

/**
 * Quotes bytes as Go's `%q` does, which is how nats-server shows subjects in errors and payloads in traces. The result
 * is latin1 again: printable UTF-8 stays as its bytes.
 */
export function quoteLatin1(latin1: string): string {
  let out = '"';
  for (let i = 0; i < latin1.length;) {
    const char = latin1[i] as string;
    const code = latin1.charCodeAt(i);
    if (code < 128) {
      out += escapes[char] ?? (code < 32 || code === 127 ? `\\x${hex(code)}` : char);
      i++;
      continue;
    }
    const length = utf8Length(latin1, i);
    if (length === 0) {
      out += `\\x${hex(code)}`;
      i++;
    } else {
      out += latin1.slice(i, i + length);
      i += length;
    }
  }
  return `${out}"`;
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}

/** Bytes of the whole UTF-8 character that begins here, 0 when there is none. */
function utf8Length(latin1: string, at: number): number {
  const lead = latin1.charCodeAt(at);
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > latin1.length) return 0;
  for (let i = 1; i < length; i++) {
    const next = latin1.charCodeAt(at + i);
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
