import { hkdfSync, randomBytes } from 'node:crypto';
import { readFile, replaceFile } from './disk.ts';
import { StoreError } from './message-log.ts';
import { FileKey, StreamKey } from './stream-key.ts';
import type { Disk } from './disk.ts';
import type { Cipher } from './stream-key.ts';

/** How what lies on the disk is encrypted. */
export interface Encryption {
  readonly cipher: Cipher;
  /** As it was configured: of any length. */
  readonly key: string;
  /** What was written with this one is read, and its key written anew with the other. */
  readonly previousKey?: string | undefined;
}

const KEY_BYTES = 32;

/**
 * The key that a stream's data is encrypted with is random and lies beside the data, encrypted with one that is made of the
 * configured key, of a salt and of the names of account and stream. So a new configured key costs one small file per stream.
 * Throws a `StoreError` ('key').
 */
export function openKey(
  disk: Disk,
  folder: string,
  names: { readonly account: string; readonly stream: string },
  encryption: Encryption | undefined,
): StreamKey | undefined {
  const path = `${folder}/key.json`;
  const text = readFile(disk, path)?.toString('utf8');
  if (text === undefined) {
    if (encryption === undefined) return undefined;
    const key = randomBytes(KEY_BYTES);
    writeKey(disk, folder, path, names, encryption.cipher, encryption.key, key);
    return new StreamKey(encryption.cipher, key);
  }
  const stored = parseKey(text);
  if (stored === undefined) throw new StoreError('key', `"${path}" is spoilt: restore it from a backup`);
  if (encryption === undefined) {
    throw new StoreError('key', `stream "${names.stream}" is encrypted: configure the key that it was written with`);
  }
  const { cipher, salt, sealed } = stored;
  const context = contextOf(names);
  const key = wrappingKey(cipher, encryption.key, salt, context).open(sealed, context);
  if (key !== undefined) return new StreamKey(cipher, key);
  if (encryption.previousKey !== undefined) {
    const old = wrappingKey(cipher, encryption.previousKey, salt, context).open(sealed, context);
    if (old !== undefined) {
      writeKey(disk, folder, path, names, cipher, encryption.key, old);
      return new StreamKey(cipher, old);
    }
  }
  throw new StoreError('key', `stream "${names.stream}" was encrypted with another key: configure that one`);
}

function writeKey(
  disk: Disk,
  folder: string,
  path: string,
  names: { readonly account: string; readonly stream: string },
  cipher: Cipher,
  configured: string,
  key: Buffer,
): void {
  const salt = randomBytes(16);
  const context = contextOf(names);
  const wrapping = wrappingKey(cipher, configured, salt, context);
  const sealed = Buffer.alloc(key.length + wrapping.overheadBytes);
  wrapping.seal(key, context, sealed, 0);
  const text = JSON.stringify({ cipher, salt: salt.toString('base64'), key: sealed.toString('base64') });
  replaceFile(disk, path, Buffer.from(text), folder);
}

function wrappingKey(cipher: Cipher, configured: string, salt: Buffer, context: Buffer): FileKey {
  return new FileKey(cipher, Buffer.from(hkdfSync('sha256', configured, salt, context, KEY_BYTES)));
}

function contextOf({ account, stream }: { readonly account: string; readonly stream: string }): Buffer {
  return Buffer.from(JSON.stringify(['natscope stream', account, stream]));
}

function parseKey(text: string): { cipher: Cipher; salt: Buffer; sealed: Buffer } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { cipher, salt, key } = value as Record<string, unknown>;
  if ((cipher !== 'chacha' && cipher !== 'aes') || typeof salt !== 'string' || typeof key !== 'string')
    return undefined;
  return { cipher, salt: Buffer.from(salt, 'base64'), sealed: Buffer.from(key, 'base64') };
}
