import { createHash } from 'node:crypto';
import { readAuthorities, readPair } from '../../transport/tls-files.ts';
import type { ConfigSources } from '../config.ts';
import type { Token } from '../grammar/token.ts';
import { Fault } from '../report.ts';
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
    const reason = faultOf(() => readPair(certFile, keyFile, sources.readFile));
    if (reason !== undefined) return `error parsing X509 certificate/key pair: ${reason}`;
  } else {
    for (const [index, pair] of (certificates ?? []).entries()) {
      const reason = faultOf(() => readPair(pair.certFile, pair.keyFile, sources.readFile));
      if (reason !== undefined) {
        return `error parsing X509 certificate/key pair ${index + 1}/${certificates?.length}: ${reason}`;
      }
    }
  }
  return caFile === '' ? undefined : faultOf(() => readAuthorities(caFile, sources.readFile));
}

/** What is said when this throws; undefined when it does not. */
function faultOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
