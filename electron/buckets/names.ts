/** Names of buckets, keys and objects, and the streams and subjects that they stand for (ADR-8, ADR-20). */

import type { BucketKind } from '../bridge/contract.ts';
import { BucketError } from './errors.ts';

const bucketPattern = /^[\w-]+$/;
const keyPattern = /^[-/_=.a-zA-Z0-9]+$/;
const keyBytesMax = 3072;

/** Throws `invalid-name`. */
export function checkBucket(name: string): string {
  if (bucketPattern.test(name) && name.length <= 250) return name;
  throw new BucketError(
    'invalid-name',
    name === ''
      ? 'The bucket has no name.'
      : `"${name.slice(0, 60)}" is no name of a bucket: letters, digits, "-" and "_".`,
  );
}

/** Why a text cannot be a key; null when it can. */
export function keyProblem(key: string): string | null {
  if (key === '') return 'The key is empty.';
  if (!keyPattern.test(key)) return 'A key has letters, digits and - / _ = . only.';
  if (key.startsWith('.') || key.endsWith('.') || key.includes('..')) return 'A dot stands between two parts of a key.';
  if (key.length > keyBytesMax) return `A key has at most ${keyBytesMax} characters.`;
  return null;
}

/** Throws `invalid-name`. */
export function checkKey(key: string): string {
  const problem = keyProblem(key);
  if (problem === null) return key;
  throw new BucketError('invalid-name', problem);
}

export function streamOf(kind: BucketKind, bucket: string): string {
  return `${kind === 'kv' ? 'KV_' : 'OBJ_'}${bucket}`;
}

/** The bucket that a stream is by its name; null when it is none of this kind. */
export function bucketOf(kind: BucketKind, stream: string): string | null {
  const prefix = kind === 'kv' ? 'KV_' : 'OBJ_';
  return stream.startsWith(prefix) && stream.length > prefix.length ? stream.slice(prefix.length) : null;
}

/** What the subjects of keys, or of the descriptions of objects, begin with. */
export function subjectPrefix(kind: BucketKind, bucket: string): string {
  return kind === 'kv' ? `$KV.${bucket}.` : `$O.${bucket}.M.`;
}

export function chunkSubject(bucket: string, nuid: string): string {
  return `$O.${bucket}.C.${nuid}`;
}

/** Base64 of URLs with its padding, as the clients write names and digests. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

export function encodeObjectName(name: string): string {
  return encodeBase64(Buffer.from(name, 'utf8'));
}

/** The name in the last token of a subject; the token itself when it is none. */
export function decodeObjectName(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const name = bytes.toString('utf8');
  return encodeObjectName(name) === token ? name : token;
}

/** Throws `invalid-name`. */
export function checkObjectName(name: string): string {
  if (name === '') throw new BucketError('invalid-name', 'The object has no name.');
  // The token of the subject is a third longer, and a server reads lines of 4 KiB.
  if (Buffer.byteLength(name) > 2048) throw new BucketError('invalid-name', 'A name has at most 2048 bytes.');
  return name;
}
