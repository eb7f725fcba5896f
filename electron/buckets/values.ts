/** What a stored message says about a key or an object. Pure. */

import type { HeaderField, KvEntry, KvFacts, KvOperation, ObjectFacts, ObjectInfo } from '../bridge/contract.ts';
import { previewBytesMax } from './limits.ts';
import { headerOf } from './stored-messages.ts';
import type { Stored } from './stored-messages.ts';

/** Reasons that a server gives for a marker of its own (ADR-43). */
const markerReasons: Record<string, KvOperation> = { MaxAge: 'expired', Purge: 'purge', Remove: 'delete' };

export function operationOf(headers: readonly HeaderField[]): KvOperation {
  const operation = headerOf(headers, 'KV-Operation');
  if (operation === 'DEL') return 'delete';
  if (operation === 'PURGE') return 'purge';
  return markerReasons[headerOf(headers, 'Nats-Marker-Reason') ?? ''] ?? 'put';
}

export function kvFacts({ sequence, time, headers, payload }: Stored): KvFacts {
  return {
    revision: sequence,
    time,
    operation: operationOf(headers),
    preview: payload.slice(0, previewBytesMax),
    bytes: payload.length,
  };
}

export function kvEntry(key: string, message: Stored, bytesMax: number): KvEntry {
  const { sequence, time, headers, payload } = message;
  return {
    key,
    revision: sequence,
    time,
    operation: operationOf(headers),
    value: payload.length > bytesMax ? payload.slice(0, bytesMax) : payload,
    valueBytes: payload.length,
    headers,
    ttl: headerOf(headers, 'Nats-TTL') ?? '',
  };
}

/** As the clients write it (ADR-20). */
export interface ObjectMeta {
  name: string;
  description?: string;
  headers?: Record<string, string[]>;
  metadata?: Record<string, string>;
  options?: { link?: { bucket: string; name?: string }; max_chunk_size?: number };
  bucket: string;
  nuid: string;
  size: number;
  mtime: string;
  chunks: number;
  digest?: string;
  deleted?: boolean;
  [field: string]: unknown;
}

/** The time that clients write for one that nobody may read: what counts is when the message was stored. */
export const noTime = '0001-01-01T00:00:00Z';

/** Null when it is no description of an object. */
export function readMeta(payload: Uint8Array): ObjectMeta | null {
  try {
    const meta: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (typeof meta !== 'object' || meta === null) return null;
    const { name, nuid, bucket } = meta as Partial<ObjectMeta>;
    return typeof name === 'string' && typeof nuid === 'string' && typeof bucket === 'string'
      ? (meta as ObjectMeta)
      : null;
  } catch {
    return null;
  }
}

const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function linkOf(meta: ObjectMeta): ObjectInfo['link'] {
  const link = meta.options?.link;
  return link === undefined || link === null ? null : { bucket: link.bucket, name: link.name ?? '' };
}

export function objectFacts({ sequence, time, payload }: Stored): ObjectFacts {
  const meta = readMeta(payload);
  if (meta === null) {
    const problem = 'no description of an object';
    return { sequence, time, size: 0, chunks: 0, description: '', deleted: false, link: null, problem };
  }
  return {
    sequence,
    time,
    size: count(meta.size),
    chunks: count(meta.chunks),
    description: meta.description ?? '',
    deleted: meta.deleted === true,
    link: linkOf(meta),
  };
}

export function objectInfo(meta: ObjectMeta, time: number): ObjectInfo {
  return {
    bucket: meta.bucket,
    name: meta.name,
    description: meta.description ?? '',
    headers: Object.entries(meta.headers ?? {}).flatMap(([name, values]) => values.map((value) => ({ name, value }))),
    metadata: Object.entries(meta.metadata ?? {}).map(([name, value]) => ({ name, value })),
    size: count(meta.size),
    chunks: count(meta.chunks),
    chunkBytes: count(meta.options?.max_chunk_size),
    digest: meta.digest ?? '',
    nuid: meta.nuid,
    time,
    deleted: meta.deleted === true,
    link: linkOf(meta),
  };
}

/** Headers of an object as the clients keep them: a list of values for each name. */
export function headerLists(fields: readonly HeaderField[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const { name, value } of fields) (lists[name] ??= []).push(value);
  return lists;
}
