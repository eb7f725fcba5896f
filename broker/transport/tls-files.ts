import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type PemBlock, pemBlocks } from './pem.ts';
import { systemWords } from './system-words.ts';

/** A certificate with its chain and its private key, both as PEM and proven to belong together. */
export interface CertificatePair {
  readonly chain: string;
  readonly key: string;
  readonly leaf: X509Certificate;
}

/** Gives the text of a file. Throws what `fs` throws. */
export type ReadFile = (path: string) => string;

/** Curves that Go's certificates may have. */
const CURVES_OF_KEYS = ['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'];

/** Reads a certificate and its key. Throws an `Error` with Go's words for what is wrong with them. */
export function readPair(certFile: string, keyFile: string, readFile: ReadFile = fromDisk): CertificatePair {
  const certBlocks = [...pemBlocks(read(certFile, readFile))];
  const keyBlocks = [...pemBlocks(read(keyFile, readFile))];
  const chain = certBlocks.filter(({ type }) => type === 'CERTIFICATE');
  if (chain[0] === undefined) throw new Error(noCertificate(certBlocks));
  const key = keyBlocks.find(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'));
  if (key === undefined) throw new Error(noKey(keyBlocks));
  const leaf = certificateOf(chain[0]);
  if (leaf === undefined) throw new Error('x509: malformed certificate');
  const privateKey = privateKeyOf(key);
  const { publicKey } = leaf;
  if (publicKey.asymmetricKeyType === 'ec' && !CURVES_OF_KEYS.includes(curveOf(publicKey))) {
    throw new Error('x509: unsupported elliptic curve');
  }
  if (publicKey.asymmetricKeyType !== privateKey.asymmetricKeyType) {
    throw new Error('tls: private key type does not match public key type');
  }
  if (!leaf.checkPrivateKey(privateKey)) throw new Error('tls: private key does not match public key');
  return { chain: chain.map(({ text }) => text).join(''), key: key.text, leaf };
}

/** Reads the certificates of authorities. What cannot be read as one is skipped, as Go does; none at all is an error. */
export function readAuthorities(file: string, readFile: ReadFile = fromDisk): string[] {
  const blocks = [...pemBlocks(read(file, readFile))];
  const certificates = blocks.filter((block) => block.type === 'CERTIFICATE' && certificateOf(block) !== undefined);
  if (certificates.length === 0) throw new Error('failed to parse root ca certificate');
  return certificates.map(({ text }) => text);
}

function fromDisk(path: string): string {
  return readFileSync(path, 'latin1');
}

function read(file: string, readFile: ReadFile): string {
  try {
    return readFile(file);
  } catch (error) {
    const verb = (error as NodeJS.ErrnoException).code === 'EISDIR' ? 'read' : 'open';
    throw new Error(`${verb} ${file}: ${systemWords(error)}`, { cause: error });
  }
}

function noCertificate(skipped: readonly PemBlock[]): string {
  if (skipped.length === 0) return 'tls: failed to find any PEM data in certificate input';
  if (skipped.length === 1 && skipped[0]?.type.endsWith('PRIVATE KEY')) {
    return (
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; ' +
      'PEM inputs may have been switched'
    );
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(skipped)}`;
}

function noKey(skipped: readonly PemBlock[]): string {
  if (skipped.length === 0) return 'tls: failed to find any PEM data in key input';
  if (skipped.length === 1 && skipped[0]?.type === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  }
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(skipped)}`;
}

function typesOf(blocks: readonly PemBlock[]): string {
  return `[${blocks.map(({ type }) => type).join(' ')}]`;
}

function certificateOf({ der }: PemBlock): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function privateKeyOf({ text }: PemBlock): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const encrypted = /^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text);
    const reason = encrypted ? 'it is encrypted, which is of no use to a server' : 'not a key that can be read';
    throw new Error(`tls: failed to parse private key: ${reason}`, { cause: error });
  }
}

function curveOf(key: KeyObject): string {
  return key.asymmetricKeyDetails?.namedCurve ?? '';
}
