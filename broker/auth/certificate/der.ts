/** One value of ASN.1 in its distinguished encoding. */
export interface DerValue {
  /** First byte: class, whether it is made of others, and number. */
  readonly tag: number;
  readonly content: Buffer;
}

/** What has no such encoding, or ends too early. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Reads the values that stand one after another. Throws a `DerError`. */
export function readDerValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] as number;
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several bytes');
    const first = bytes[at + 1];
    if (first === undefined) throw new DerError('a value without a length');
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    // Certificates are far shorter than four bytes can say.
    if (first === 0x80 || lengthBytes > 4) throw new DerError('a length that is not taken');
    const start = at + 2 + lengthBytes;
    if (start > bytes.length) throw new DerError('a length that ends too early');
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    if (start + length > bytes.length) throw new DerError('a value that ends too early');
    values.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

/** `2.5.4.3` of the bytes of an object identifier. */
export function readObjectIdentifier(bytes: Buffer): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    numbers.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = numbers;
  const arc = Math.min(2, Math.floor(first / 40));
  return [arc, first - arc * 40, ...rest].join('.');
}

const UTF8_STRING = 0x0c;
const BMP_STRING = 0x1e;
/** Numeric, printable, teletex and IA5. */
const BYTE_STRINGS = [0x12, 0x13, 0x14, 0x16];

/** The text of a string of any kind; undefined when it is none. */
export function readString({ tag, content }: DerValue): string | undefined {
  if (tag === UTF8_STRING) return content.toString('utf8');
  if (tag === BMP_STRING && content.length % 2 === 0) return Buffer.from(content).swap16().toString('utf16le');
  return BYTE_STRINGS.includes(tag) ? content.toString('latin1') : undefined;
}
