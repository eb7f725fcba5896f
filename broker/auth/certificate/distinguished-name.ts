import type { SubjectAttribute } from './certificate-names.ts';

/** A distinguished name (RFC 4514), the most specific relative name first. */
export type DistinguishedName = readonly RelativeName[];
export type RelativeName = readonly { readonly type: string; readonly value: string }[];

const DOMAIN_COMPONENT = '0.9.2342.19200300.100.1.25';

/** Attributes that have a short name, in the order in which Go writes those of a subject. */
const STANDARD_TYPES: readonly (readonly [identifier: string, name: string])[] = [
  ['2.5.4.6', 'C'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.7', 'L'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
];
const TYPE_NAMES = new Map([...STANDARD_TYPES, [DOMAIN_COMPONENT, 'DC']]);
/** Of these a subject has one; the last counts. */
const SINGLE_TYPES = ['CN', 'SERIALNUMBER'];

type Subject = readonly (readonly SubjectAttribute[])[];

/** The name that a certificate's subject is; undefined when an attribute has no short name or is no text. */
export function nameOfSubject(subject: Subject): DistinguishedName | undefined {
  const name: RelativeName[] = [];
  for (const attributes of subject) {
    const relative = attributes.flatMap(({ type, value }) => {
      const typeName = TYPE_NAMES.get(type);
      return typeName === undefined || value === undefined ? [] : [{ type: typeName, value }];
    });
    if (relative.length < attributes.length) return undefined;
    if (relative.length > 0) name.unshift(relative);
  }
  return name;
}

/**
 * The standard attributes of a subject as Go writes them, whatever their order in the certificate:
 * `CN=…,OU=…+OU=…,O=…,…,C=…`.
 */
export function standardSubjectText(subject: Subject): string {
  const parts: string[] = [];
  for (const [identifier, name] of STANDARD_TYPES) {
    const all = subject
      .flat()
      .flatMap(({ type, value }) => (type === identifier && value !== undefined ? [value] : []));
    const values = SINGLE_TYPES.includes(name) ? all.slice(-1).filter((value) => value !== '') : all;
    if (values.length > 0) parts.unshift(values.map((value) => `${name}=${escaped(value)}`).join('+'));
  }
  return parts.join(',');
}

/** `DC=…,DC=…` in the order of the certificate; '' when there are none. */
export function domainComponentsText(subject: Subject): string {
  return subject
    .flat()
    .flatMap(({ type, value }) => (type === DOMAIN_COMPONENT && value !== undefined ? [`DC=${value}`] : []))
    .join(',');
}

function escaped(value: string): string {
  return value.replace(/[,+"\\<>;]|^[ #]| $/g, (char) => `\\${char}`);
}

/** Reads a name as it is written in a configuration; undefined when it is none. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  const name: RelativeName[] = [];
  let relative: { type: string; value: string }[] = [];
  let type = '';
  let part = new Part();
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\\') {
      const escape = readEscape(text, at + 1);
      if (escape === undefined) return undefined;
      part.addEscaped(escape.bytes);
      at += escape.length;
    } else if (char === '=') {
      type = part.text();
      part = new Part();
      // Values in hexadecimal are not taken, as in nats-server.
      if (text[at + 1] === '#') return undefined;
    } else if (char === ',' || char === '+') {
      if (type === '') return undefined;
      relative.push({ type, value: part.text() });
      type = '';
      part = new Part();
      if (char === '+') continue;
      name.push(relative);
      relative = [];
    } else {
      part.add(char);
    }
  }
  if (part.empty) return name;
  if (type === '') return undefined;
  relative.push({ type, value: part.text() });
  name.push(relative);
  return name;
}

/** Specials stand for themselves, other characters come as bytes in hexadecimal. */
function readEscape(text: string, at: number): { bytes: Buffer; length: number } | undefined {
  const char = text[at];
  if (char !== undefined && ' "#+,;<=>\\'.includes(char)) return { bytes: Buffer.from(char), length: 1 };
  const hex = text.slice(at, at + 2);
  return /^[0-9a-fA-F]{2}$/.test(hex) ? { bytes: Buffer.from(hex, 'hex'), length: 2 } : undefined;
}

/** A type or a value while it is read. Blanks around it do not count, unless they are escaped. */
class Part {
  #bytes = Buffer.alloc(0);
  #trailingBlanks = 0;

  get empty(): boolean {
    return this.#bytes.length === 0;
  }

  add(char: string): void {
    if (char === ' ' && this.empty) return;
    this.#trailingBlanks = char === ' ' ? this.#trailingBlanks + 1 : 0;
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(char)]);
  }

  addEscaped(bytes: Buffer): void {
    this.#trailingBlanks = 0;
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  text(): string {
    return this.#bytes.subarray(0, this.#bytes.length - this.#trailingBlanks).toString('utf8');
  }
}

/** Whether both have the same relative names in the same order. */
export function namesEqual(one: DistinguishedName, other: DistinguishedName): boolean {
  return one.length === other.length && one.every((relative, at) => relativeEqual(relative, other[at] as RelativeName));
}

/** Whether both have the same relative names in any order. */
export function namesMatch(one: DistinguishedName, other: DistinguishedName): boolean {
  if (one.length !== other.length) return false;
  const left = [...other];
  return one.every((relative) => {
    const found = left.findIndex((candidate) => relativeEqual(relative, candidate));
    if (found !== -1) left.splice(found, 1);
    return found !== -1;
  });
}

/** In any order of their attributes; types in any case. */
function relativeEqual(one: RelativeName, other: RelativeName): boolean {
  const within = (a: RelativeName, b: RelativeName): boolean =>
    a.every((attribute) =>
      b.some(({ type, value }) => type.toUpperCase() === attribute.type.toUpperCase() && value === attribute.value),
    );
  return one.length === other.length && within(one, other) && within(other, one);
}
