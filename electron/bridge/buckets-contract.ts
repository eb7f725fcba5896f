/** Key-value and object stores, as the bridge carries them. A part of `contract.ts`. */

import type { BridgeErrorShape, ConnectionId, HeaderField } from './contract-base.ts';

export type BucketKind = 'kv' | 'object';

export interface BucketSource {
  bucket: string;
  /** JetStream domain that it is in; '' for the same. */
  domain: string;
}

/** What a person decides of a bucket. For an object store the fields of keys have no meaning and keep their defaults. */
export interface BucketSettings {
  name: string;
  description: string;
  /** Values kept of a key, 1 … 64. */
  history: number;
  /** Milliseconds that a value is kept; 0 for ever. */
  ttl: number;
  /** Keys may have a time to live of their own, and what went by its age leaves a marker for so many ms; 0: neither. */
  markerTtl: number;
  /** -1: no limit. */
  maxBytes: number;
  maxValueBytes: number;
  storage: 'file' | 'memory';
  replicas: number;
  compression: boolean;
  cluster: string;
  tags: string[];
  republish: { source: string; destination: string; headersOnly: boolean } | null;
  mirror: BucketSource | null;
  sources: BucketSource[];
  metadata: HeaderField[];
}

export interface Bucket {
  name: string;
  kind: BucketKind;
  stream: string;
  settings: BucketSettings;
  /** Keys with a value or a marker; objects, deleted ones among them. Null where it was not asked yet. */
  names: number | null;
  messages: number;
  bytes: number;
  lastSequence: number;
  /** Microseconds; 0 while there was none. */
  lastAt: number;
  createdAt: number;
  consumers: number;
  sealed: boolean;
  /** Values can be read without the API of the stream. */
  direct: boolean;
  /** Keys may have a time to live of their own. */
  keyTtl: boolean;
}

export interface BucketList {
  buckets: Bucket[];
  /** Level of the server's JetStream API; 0 before nats-server 2.11. */
  level: number;
  /** The first answer is here, or the reason why there is none. */
  known: boolean;
  problem: BridgeErrorShape | null;
}

export type KvOperation = 'put' | 'delete' | 'purge' | 'expired';

export interface KvFacts {
  revision: number;
  time: number;
  operation: KvOperation;
  /** Its first bytes. */
  preview: Uint8Array;
  bytes: number;
}

export interface ObjectFacts {
  sequence: number;
  time: number;
  size: number;
  chunks: number;
  description: string;
  deleted: boolean;
  link: { bucket: string; name: string } | null;
  /** Why its description could not be read; the other fields are empty then. */
  problem?: string;
}

export type BucketRow =
  | { type: 'branch'; depth: number; prefix: string; open: boolean; names: number }
  | {
      type: 'name';
      depth: number;
      name: string;
      /** Publishes to it since the view was opened. */
      seen: number;
      /** Grows when what was read differs from before; the window blinks then. */
      version: number;
      /** Null while it is being read. */
      kv: KvFacts | null;
      object: ObjectFacts | null;
    };

export interface BucketPull {
  total: number;
  first: number;
  rows: BucketRow[];
  /** Of the whole bucket, and those that pass the filter. */
  names: number;
  hits: number;
  /** Names are still being listed. */
  loading: boolean;
  /** Names that there are beyond those a view holds. */
  beyond: number;
  /** Publishes seen since the view was opened, and how many a second now. */
  seen: number;
  rate: number;
  /** Why changes cannot be seen live: the server's words. */
  watchProblem: string | null;
  /** Changes were stored that no subscription saw: a mirror, sources, another account. They are read every two seconds. */
  unseen: boolean;
  problem: BridgeErrorShape | null;
  bucket: Bucket | null;
}

/** One revision of a key. */
export interface KvEntry {
  key: string;
  revision: number;
  time: number;
  operation: KvOperation;
  /** The first bytes, or all of them. */
  value: Uint8Array;
  valueBytes: number;
  headers: HeaderField[];
  /** Time to live that it was stored with, as the server reads it; '' for none. */
  ttl: string;
}

export interface ObjectInfo {
  bucket: string;
  name: string;
  description: string;
  headers: HeaderField[];
  metadata: HeaderField[];
  size: number;
  chunks: number;
  /** Bytes of a chunk as it was asked for; 0 where nothing says. */
  chunkBytes: number;
  /** `SHA-256=…`; '' for none. */
  digest: string;
  nuid: string;
  /** When its description was stored. */
  time: number;
  deleted: boolean;
  link: { bucket: string; name: string } | null;
}

export type CompactEvent =
  | { type: 'looked'; looked: number; of: number; found: number }
  | { type: 'purged'; purged: number; of: number }
  | { type: 'done'; purged: number };

export type DownloadEvent =
  | { type: 'begin'; info: ObjectInfo }
  | { type: 'bytes'; bytes: Uint8Array }
  /** All of it is here, and its digest is that of the description. */
  | { type: 'end'; bytes: number };

type None = Record<string, never>;
/** Absent account: the first one of the connection. */
type At<T> = T & { connection: ConnectionId; account?: string };
type InBucket<T> = At<T & { bucket: string }>;
type InView<T> = T & { connection: ConnectionId; view: number };

/** Requests that the thread of the connection answers. */
export interface BucketRequests {
  /** Configurations of the stream as JSON, as it is (null for a new bucket) and as `buckets.apply` would make it. */
  'buckets.plan': {
    params: At<{ kind: BucketKind; bucket: string | null; settings: BucketSettings }>;
    result: { before: string | null; after: string };
  };
  'buckets.apply': {
    params: At<{ kind: BucketKind; bucket: string | null; settings: BucketSettings }>;
    result: Bucket;
  };
  'buckets.remove': { params: InBucket<{ kind: BucketKind }>; result: None };
  /** Nothing can be changed in it any more. */
  'buckets.seal': { params: InBucket<{ kind: BucketKind }>; result: None };
  /** Lists and watches the names of a bucket until the view is closed. */
  'buckets.open': { params: InBucket<{ kind: BucketKind }>; result: { view: number } };
  'buckets.set': { params: InView<{ filter: string; tree: boolean }>; result: None };
  'buckets.branch': { params: InView<{ prefix: string; open: boolean }>; result: None };
  /** Where a name stands now, its branches opened; null when it is not among those shown. */
  'buckets.reveal': { params: InView<{ name: string }>; result: { index: number } | null };
  'buckets.pull': { params: InView<{ first: number; count: number }>; result: BucketPull };
  'buckets.close': { params: InView<object>; result: None };
  /** The value of a key as it is now, or at a revision; null when there is none. */
  'kv.entry': { params: InBucket<{ key: string; revision: number | null }>; result: KvEntry | null };
  /** Newest first; long values only begin. */
  'kv.history': { params: InBucket<{ key: string }>; result: KvEntry[] };
  /**
   * Stores a value. `expected` is the revision that the key must have, 0 for a key that must have no value, null to
   * store whatever there is. Rejects with `conflict` when it has another one.
   */
  'kv.put': {
    params: InBucket<{ key: string; value: Uint8Array; expected: number | null; ttlSeconds: number }>;
    result: { revision: number };
  };
  /** Leaves a marker; with `purge` nothing else of the key is left. */
  'kv.remove': {
    params: InBucket<{ key: string; expected: number | null; purge: boolean; ttlSeconds: number }>;
    result: { revision: number };
  };
  'objects.info': { params: InBucket<{ name: string }>; result: ObjectInfo | null };
  'objects.edit': {
    params: InBucket<{
      name: string;
      rename: string;
      description: string;
      headers: HeaderField[];
      metadata: HeaderField[];
    }>;
    result: ObjectInfo;
  };
  /** `target` is an object of a bucket, or the whole bucket when its name is ''. */
  'objects.link': { params: InBucket<{ name: string; target: { bucket: string; name: string } }>; result: ObjectInfo };
  'objects.remove': { params: InBucket<{ name: string }>; result: None };
  'objects.upload.begin': {
    params: InBucket<{
      name: string;
      description: string;
      headers: HeaderField[];
      metadata: HeaderField[];
      chunkBytes: number;
      /** Refuse when there is an object of this name. */
      fresh: boolean;
    }>;
    result: { upload: number };
  };
  /** Answered when there is room for the next part. */
  'objects.upload.part': { params: { connection: ConnectionId; upload: number; bytes: Uint8Array }; result: None };
  'objects.upload.end': { params: { connection: ConnectionId; upload: number }; result: ObjectInfo };
  /** Takes away what was stored of it. */
  'objects.upload.cancel': { params: { connection: ConnectionId; upload: number }; result: None };
}

/** Streams that the thread of the connection feeds. */
export interface BucketStreams {
  'buckets.watch': { params: At<{ kind: BucketKind }>; item: BucketList };
  /** Purges keys whose marker is older than `olderThan` milliseconds; history of younger ones goes, their marker stays. */
  'kv.compact.run': { params: InBucket<{ olderThan: number }>; item: CompactEvent };
  'objects.download.run': { params: InBucket<{ name: string }>; item: DownloadEvent };
}
