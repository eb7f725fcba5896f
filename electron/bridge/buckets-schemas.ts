/** What params of requests about buckets must look like. A part of `schemas.ts`. */

import * as v from 'valibot';

const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));
const text = (maximum: number) => v.pipe(v.string(), v.maxLength(maximum));
const name = text(4096);
const connection = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const account = v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(4096)));
const kind = v.picklist(['kv', 'object']);
const bytes = v.instance(Uint8Array);
/** More than a day cannot be meant in years: 2^53 nanoseconds would not be exact, a century of milliseconds is. */
const milliseconds = whole(0, 100 * 366 * 86_400_000);
const limit = whole(-1);
const revision = v.nullable(whole(0));

const fields = v.pipe(v.array(v.strictObject({ name: text(65_536), value: text(1_048_576) })), v.maxLength(1000));
const source = v.strictObject({ bucket: name, domain: name });

const settings = v.strictObject({
  name,
  description: text(4096),
  history: whole(1, 64),
  ttl: milliseconds,
  markerTtl: milliseconds,
  maxBytes: limit,
  maxValueBytes: limit,
  storage: v.picklist(['file', 'memory']),
  replicas: whole(1, 5),
  compression: v.boolean(),
  cluster: name,
  tags: v.pipe(v.array(name), v.maxLength(100)),
  republish: v.nullable(v.strictObject({ source: name, destination: name, headersOnly: v.boolean() })),
  mirror: v.nullable(source),
  sources: v.pipe(v.array(source), v.maxLength(1000)),
  metadata: fields,
});

const at = <E extends v.ObjectEntries>(entries: E) => v.strictObject({ connection, account, ...entries });
const inBucket = <E extends v.ObjectEntries>(entries: E) => at({ bucket: name, ...entries });
const inView = <E extends v.ObjectEntries>(entries: E) => v.strictObject({ connection, view: whole(0), ...entries });
const inUpload = <E extends v.ObjectEntries>(entries: E) =>
  v.strictObject({ connection, upload: whole(0), ...entries });

export const bucketRequestSchemas = {
  'buckets.plan': at({ kind, bucket: v.nullable(name), settings }),
  'buckets.apply': at({ kind, bucket: v.nullable(name), settings }),
  'buckets.remove': inBucket({ kind }),
  'buckets.seal': inBucket({ kind }),
  'buckets.open': inBucket({ kind }),
  'buckets.set': inView({ filter: text(4096), tree: v.boolean() }),
  'buckets.branch': inView({ prefix: name, open: v.boolean() }),
  'buckets.reveal': inView({ name }),
  'buckets.pull': inView({ first: whole(0), count: whole(0, 5000) }),
  'buckets.close': inView({}),
  'kv.entry': inBucket({ key: name, revision }),
  'kv.history': inBucket({ key: name }),
  'kv.put': inBucket({ key: name, value: bytes, expected: revision, ttlSeconds: whole(0) }),
  'kv.remove': inBucket({ key: name, expected: revision, purge: v.boolean(), ttlSeconds: whole(0) }),
  'objects.info': inBucket({ name }),
  'objects.edit': inBucket({ name, rename: name, description: text(65_536), headers: fields, metadata: fields }),
  'objects.link': inBucket({ name, target: v.strictObject({ bucket: name, name }) }),
  'objects.remove': inBucket({ name }),
  'objects.upload.begin': inBucket({
    name,
    description: text(65_536),
    headers: fields,
    metadata: fields,
    chunkBytes: whole(1, 64 * 1024 * 1024),
    fresh: v.boolean(),
  }),
  'objects.upload.part': inUpload({ bytes }),
  'objects.upload.end': inUpload({}),
  'objects.upload.cancel': inUpload({}),
};

export const bucketStreamSchemas = {
  'buckets.watch': at({ kind }),
  'kv.compact.run': inBucket({ olderThan: milliseconds }),
  'objects.download.run': inBucket({ name }),
};
