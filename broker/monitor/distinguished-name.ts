/** The subject of a certificate as Go prints it: `CN=client,OU=Unit,O=Org,C=DE`. */

interface Attribute {
  /** Dotted object identifier. */
  readonly type: string;
  readonly value: string;
  /** The value with its tag and length, for types that have no name. */
  readonly encoded: Buffer;
}

/**
 * What Go knows by name, from first to last, each with its identifier. In the text the last comes first; types that are
 * not here come at the very end.
 */
const NAMES: readonly (readonly [type: string, name: string])[] = [
  ['2.5.4.6', 'C'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
];

/** `certificate` is DER that was read as a certificate before. Of an attribute that may be there once only, the last counts. */
export function subjectOf(certificate: Buffer): string {
  const attributes = subjectAttributes(certificate);
  const known = new Map(NAMES);
  const parts = attributes
    .filter(({ type }) => !known.has(type))
    .map(({ type, encoded }) => `${type}=#${encoded.toString('hex')}`);
  for (const [type, name] of NAMES) {
    const all = attributes
      .filter((attribute) => attribute.type === type)
      .map(({ value }) => `${name}=${escape(value)}`);
    if (all.length > 0) parts.push(ONCE.has(type) ? (all.at(-1) as string) : all.join('+'));
  }
  return parts.reverse().join(',');
}

const ONCE = new Set(['2.5.4.3', '2.5.4.5']);

function escape(value: string): string {
  return value
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}

function subjectAttributes(certificate: Buffer): Attribute[] {
  const [outer] = elements(certificate);
  const [signed] = elements(outer?.content);
  // version (tagged, may be missing), serial number, algorithm, issuer, validity, subject
  const fields = elements(signed?.content);
  const subject = fields[fields[0]?.tag === 0xa0 ? 5 : 4];
  return elements(subject?.content).flatMap((set) =>
    elements(set.content).map((pair) => {
      const [type, value] = elements(pair.content);
      return {
        type: objectIdentifier(type?.content),
        value: text(value),
        encoded: value?.whole ?? Buffer.alloc(0),
      };
    }),
  );
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

function elements(der: Buffer = Buffer.alloc(0)): Element[] {
  const found: Element[] = [];
  for (let at = 0; at + 2 <= der.length;) {
    const tag = der[at] as number;
    let length = der[at + 1] as number;
    let start = at + 2;
    if (length > 0x80) {
      const size = length - 0x80;
      length = size > 6 ? Infinity : der.readUIntBE(start, size);
      start += size;
    }
    if (start + length > der.length) break;
    found.push({ tag, content: der.subarray(start, start + length), whole: der.subarray(at, start + length) });
    at = start + length;
  }
  return found;
}

const BMP_STRING = 0x1e;
const LATIN1_STRING = 0x14;

function text(element: Element | undefined): string {
  if (element === undefined) return '';
  if (element.tag === BMP_STRING) return Buffer.from(element.content).swap16().toString('utf16le');
  return element.content.toString(element.tag === LATIN1_STRING ? 'latin1' : 'utf8');
}

function objectIdentifier(content: Buffer = Buffer.alloc(0)): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      if (arcs.length > 0) arcs.push(arc);
      else arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
      arc = 0;
    }
  }
  return arcs.join('.');
}
