import { DerError, type DerValue, readDerValues, readObjectIdentifier, readString } from './der.ts';

/** Who a certificate says its owner is. */
export interface CertificateNames {
  readonly emails: readonly string[];
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  /** The subject, in the order of the certificate: relative names, each of one attribute or more. */
  readonly subject: readonly (readonly SubjectAttribute[])[];
}

export interface SubjectAttribute {
  /** Object identifier, such as `2.5.4.3` for the common name. */
  readonly type: string;
  /** Undefined when it is no text. */
  readonly value: string | undefined;
}

const SEQUENCE = 0x30;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const EMAIL = 0x81;
const DNS_NAME = 0x82;
const URI = 0x86;
const OCTET_STRING = 0x04;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** Reads the names of a certificate in DER. Throws a `DerError` when it is none. */
export function readCertificateNames(certificate: Buffer): CertificateNames {
  const [whole] = readDerValues(certificate);
  const [signed] = readDerValues(contentOf(whole, SEQUENCE));
  const fields = readDerValues(contentOf(signed, SEQUENCE));
  if (fields[0]?.tag === VERSION) fields.shift();
  // Serial number, algorithm, issuer, validity, subject, public key; then what is optional.
  const subject = readDerValues(contentOf(fields[4], SEQUENCE)).map(({ content }) =>
    readDerValues(content).map(readAttribute),
  );
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS);
  const alternatives = extensions === undefined ? [] : alternativeNames(extensions);
  const named = (kind: number): string[] =>
    alternatives.filter(({ tag }) => tag === kind).map(({ content }) => content.toString('latin1'));
  return { emails: named(EMAIL), dnsNames: named(DNS_NAME), uris: named(URI), subject };
}

function readAttribute(attribute: DerValue): SubjectAttribute {
  const [type, value] = readDerValues(contentOf(attribute, SEQUENCE));
  if (type === undefined || value === undefined) throw new DerError('an attribute without a value');
  return { type: readObjectIdentifier(type.content), value: readString(value) };
}

function alternativeNames({ content }: DerValue): DerValue[] {
  const [list] = readDerValues(content);
  for (const extension of readDerValues(contentOf(list, SEQUENCE))) {
    const [type, ...rest] = readDerValues(contentOf(extension, SEQUENCE));
    if (type === undefined || readObjectIdentifier(type.content) !== SUBJECT_ALTERNATIVE_NAME) continue;
    const value = rest.find(({ tag }) => tag === OCTET_STRING);
    const [names] = readDerValues(contentOf(value, OCTET_STRING));
    return readDerValues(contentOf(names, SEQUENCE));
  }
  return [];
}

function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new DerError('no certificate');
  return value.content;
}
