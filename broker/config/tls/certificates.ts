import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ConfigSources } from '../config.ts';
import { fileErrorText } from '../grammar/parser.ts';
import type { Token } from '../grammar/token.ts';
import { Fault } from '../report.ts';
import { pemBlocks } from './pem.ts';
import type { TlsBlock } from './tls-block.ts';

/**
 * Looks at the files of a `tls` block, as nats-server does while it reads it, and says in the block what they are. Throws a
 * `Fault` at the block.
 */
export function withTlsFiles(block: TlsBlock, token: Token, sources: ConfigSources): TlsBlock {
  const hash = createHash('sha256');
  let files = 0;
  const readFile = (path: string): string => {
    const text = sources.readFile(path);
    hash.update(`${text.length}\n${text}`);
    files++;
    return text;
  };
  const reason = tlsFilesFault(block, { ...sources, readFile });
  if (reason !== undefined) throw new Fault(token, reason);
  return files === 0 ? block : { ...block, filesDigest: hash.digest('hex') };
}

/** What is wrong with the files, in nats-server's words; undefined: nothing. */
export function tlsFilesFault(block: TlsBlock, sources: ConfigSources): string | undefined {
  const { certFile = '', keyFile = '', caFile = '', certificates } = block;
  if (certFile !== '' && keyFile === '') return "missing 'key_file' in TLS configuration";
  if (certFile === '' && keyFile !== '') return "missing 'cert_file' in TLS configuration";
  if (certFile !== '') {
    const reason = pairFault(certFile, keyFile, sources);
    if (reason !== undefined) return `error parsing X509 certificate/key pair: ${reason}`;
  } else {
    for (const [index, pair] of (certificates ?? []).entries()) {
      const reason = pairFault(pair.certFile, pair.keyFile, sources);
      if (reason !== undefined) {
        return `error parsing X509 certificate/key pair ${index + 1}/${certificates?.length}: ${reason}`;
      }
    }
  }
  return caFile === '' ? undefined : authoritiesFault(caFile, sources);
}

function authoritiesFault(file: string, sources: ConfigSources): string | undefined {
  const read = readFile(file, sources);
  if ('reason' in read) return read.reason;
  for (const { type, der } of pemBlocks(read.text)) {
    if (type === 'CERTIFICATE' && certificateOf(der) !== undefined) return undefined;
  }
  return 'failed to parse root ca certificate';
}

function pairFault(certFile: string, keyFile: string, sources: ConfigSources): string | undefined {
  const certText = readFile(certFile, sources);
  if ('reason' in certText) return certText.reason;
  const keyText = readFile(keyFile, sources);
  if ('reason' in keyText) return keyText.reason;
  const [leaf, skipped] = firstBlock(certText.text, (type) => type === 'CERTIFICATE');
  if (leaf === undefined) {
    if (skipped.length === 0) return 'tls: failed to find any PEM data in certificate input';
    if (skipped.length === 1 && skipped[0]?.endsWith('PRIVATE KEY')) {
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
    }
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${skipped.join(' ')}]`;
  }
  const [keyBlock, others] = firstBlock(
    keyText.text,
    (type) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'),
  );
  if (keyBlock === undefined) {
    if (others.length === 0) return 'tls: failed to find any PEM data in key input';
    if (others.length === 1 && others[0] === 'CERTIFICATE') {
      return 'tls: found a certificate rather than a key in the PEM for the private key';
    }
    return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${others.join(' ')}]`;
  }
  const certificate = certificateOf(leaf.der);
  if (certificate === undefined) return 'x509: malformed certificate';
  const key = privateKeyOf(keyBlock.text);
  if (key === undefined) {
    const encrypted = keyBlock.text.includes('ENCRYPTED') ? ': it is encrypted, which is of no use to a server' : '';
    return `tls: failed to parse private key${encrypted}`;
  }
  if (certificate.publicKey.asymmetricKeyType !== key.asymmetricKeyType) {
    return 'tls: private key type does not match public key type';
  }
  return certificate.checkPrivateKey(key) ? undefined : 'tls: private key does not match public key';
}

/** The first block of a type, with the types of those before it. */
function firstBlock(
  text: string,
  wanted: (type: string) => boolean,
): [{ der: Buffer; text: string } | undefined, string[]] {
  const skipped: string[] = [];
  for (const block of pemBlocks(text)) {
    if (wanted(block.type)) return [block, skipped];
    skipped.push(block.type);
  }
  return [undefined, skipped];
}

function readFile(file: string, sources: ConfigSources): { text: string } | { reason: string } {
  try {
    return { text: sources.readFile(file) };
  } catch (error) {
    return { reason: fileErrorText(error, file) };
  }
}

function certificateOf(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
