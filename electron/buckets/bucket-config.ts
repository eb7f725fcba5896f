/** A bucket as the configuration of its stream, and the other way round (ADR-8, ADR-20). Pure. */

import type { Bucket, BucketKind, BucketSettings, BucketSource, HeaderField } from '../bridge/contract.ts';
import { BucketError } from './errors.ts';
import { historyMax } from './limits.ts';
import { bucketOf, checkBucket, streamOf } from './names.ts';
import { microseconds } from './stored-messages.ts';

export interface StreamSource {
  name: string;
  external?: { api: string; deliver?: string };
  subject_transforms?: { src: string; dest: string }[];
  [field: string]: unknown;
}

/** Fields that are read here; what else a server sends is kept as it is. */
export interface StreamConfig {
  name: string;
  description?: string;
  subjects?: string[];
  max_msgs_per_subject?: number;
  max_bytes?: number;
  max_age?: number;
  max_msg_size?: number;
  storage?: 'file' | 'memory';
  num_replicas?: number;
  duplicate_window?: number;
  compression?: string;
  placement?: { cluster?: string; tags?: string[] };
  republish?: { src: string; dest: string; headers_only?: boolean };
  mirror?: StreamSource;
  sources?: StreamSource[];
  metadata?: Record<string, string>;
  allow_direct?: boolean;
  allow_msg_ttl?: boolean;
  subject_delete_marker_ttl?: number;
  sealed?: boolean;
  [field: string]: unknown;
}

export interface StreamInfo {
  config: StreamConfig;
  created: string;
  state: {
    messages: number;
    bytes: number;
    first_seq: number;
    last_seq: number;
    last_ts: string;
    num_subjects?: number;
    subjects?: Record<string, number>;
    consumer_count: number;
  };
  total?: number;
}

const nanosecondsPerMs = 1_000_000;
/** As long as servers remember message ids by default, and the clients set it. */
const duplicateMsMax = 120_000;

/** What the clients make of a bucket that nothing was said of. */
export function defaultSettings(name: string): BucketSettings {
  return {
    name,
    description: '',
    history: 1,
    ttl: 0,
    markerTtl: 0,
    maxBytes: -1,
    maxValueBytes: -1,
    storage: 'file',
    replicas: 1,
    compression: false,
    cluster: '',
    tags: [],
    republish: null,
    mirror: null,
    sources: [],
    metadata: [],
  };
}

export function settingsOf(kind: BucketKind, config: StreamConfig): BucketSettings {
  const name = bucketOf(kind, config.name) ?? config.name;
  const { republish } = config;
  return {
    name,
    description: config.description ?? '',
    history: kind === 'kv' ? Math.max(1, config.max_msgs_per_subject ?? 1) : 1,
    ttl: Math.round((config.max_age ?? 0) / nanosecondsPerMs),
    markerTtl: Math.round((config.subject_delete_marker_ttl ?? 0) / nanosecondsPerMs),
    maxBytes: config.max_bytes ?? -1,
    maxValueBytes: config.max_msg_size ?? -1,
    storage: config.storage ?? 'file',
    replicas: config.num_replicas ?? 1,
    compression: config.compression === 's2',
    cluster: config.placement?.cluster ?? '',
    tags: config.placement?.tags ?? [],
    republish:
      republish === undefined
        ? null
        : { source: republish.src, destination: republish.dest, headersOnly: republish.headers_only === true },
    mirror: config.mirror === undefined ? null : sourceOf(kind, config.mirror),
    sources: (config.sources ?? []).map((source) => sourceOf(kind, source)),
    metadata: ownMetadata(config.metadata),
  };
}

/** Without what the server writes there. */
function ownMetadata(metadata: Record<string, string> = {}): HeaderField[] {
  return Object.entries(metadata)
    .filter(([name]) => !name.startsWith('_nats.'))
    .map(([name, value]) => ({ name, value }));
}

function sourceOf(kind: BucketKind, source: StreamSource): BucketSource {
  const domain = /^\$JS\.([^.]+)\.API$/.exec(source.external?.api ?? '')?.[1] ?? '';
  return { bucket: bucketOf(kind, source.name) ?? source.name, domain };
}

/** Throws `invalid-settings` for what no server would take, before one is asked. */
function check(kind: BucketKind, settings: BucketSettings): void {
  const fault = (text: string): never => {
    throw new BucketError('invalid-settings', text);
  };
  checkBucket(settings.name);
  if (settings.history > historyMax) fault(`A bucket keeps ${historyMax} values of a key at most.`);
  if (settings.ttl > 0 && settings.ttl < 100) fault('The time to live is 100 ms or more.');
  if (settings.markerTtl > 0 && settings.markerTtl < 1000) fault('Markers are kept for a second or more.');
  if (settings.mirror !== null && settings.sources.length > 0) fault('A mirror has no other sources.');
  for (const { bucket } of [...settings.sources, ...(settings.mirror === null ? [] : [settings.mirror])]) {
    if (bucket === '') fault('A source has no bucket.');
  }
  if (settings.republish !== null && settings.republish.destination === '') fault('Republishing has no destination.');
  if (kind === 'object' && (settings.mirror !== null || settings.sources.length > 0)) {
    fault('Object stores are not copied by this form; make the stream of the copy itself.');
  }
}

/**
 * The configuration that `settings` ask for. A new bucket is made as the clients make it; of one that is there (`before`)
 * only what the settings speak of changes.
 */
export function configFor(kind: BucketKind, settings: BucketSettings, before: StreamConfig | null): StreamConfig {
  check(kind, settings);
  const config: StreamConfig = before === null ? fresh(kind, settings) : structuredClone(before);
  if (before !== null && config.name !== streamOf(kind, settings.name)) {
    throw new BucketError('invalid-settings', 'A bucket cannot be renamed. Make another one and copy what is in it.');
  }
  setOrDrop(config, 'description', settings.description, settings.description !== '');
  if (kind === 'kv') {
    config.max_msgs_per_subject = settings.history;
    config.max_msg_size = settings.maxValueBytes;
  }
  config.max_bytes = settings.maxBytes;
  setAge(config, settings, before);
  config.storage = settings.storage;
  config.num_replicas = settings.replicas;
  // A server that knows no compression knows no such field either.
  if (settings.compression || config.compression !== undefined)
    config.compression = settings.compression ? 's2' : 'none';
  setMarkers(config, settings);
  setPlacement(config, settings);
  setOrDrop(
    config,
    'republish',
    settings.republish === null
      ? undefined
      : {
          src: settings.republish.source === '' ? (config.subjects?.[0] ?? '>') : settings.republish.source,
          dest: settings.republish.destination,
          ...(settings.republish.headersOnly ? { headers_only: true } : {}),
        },
    settings.republish !== null,
  );
  setMetadata(config, settings.metadata);
  if (kind === 'kv') setSources(config, settings, before);
  return config;
}

function fresh(kind: BucketKind, { name }: BucketSettings): StreamConfig {
  const common = {
    name: streamOf(kind, name),
    discard: 'new',
    allow_rollup_hdrs: true,
    allow_direct: true,
    max_msgs: -1,
    max_consumers: -1,
    duplicate_window: duplicateMsMax * nanosecondsPerMs,
  };
  return kind === 'kv'
    ? { ...common, subjects: [`$KV.${name}.>`], deny_delete: true }
    : { ...common, subjects: [`$O.${name}.C.>`, `$O.${name}.M.>`] };
}

function setAge(config: StreamConfig, { ttl }: BucketSettings, before: StreamConfig | null): void {
  const age = ttl * nanosecondsPerMs;
  if (before !== null && (before.max_age ?? 0) === age) return;
  config.max_age = age;
  // The window of message ids may not be longer than what is kept.
  const window = config.duplicate_window ?? duplicateMsMax * nanosecondsPerMs;
  if (age > 0 && age < window) config.duplicate_window = age;
}

function setMarkers(config: StreamConfig, { markerTtl }: BucketSettings): void {
  const wanted = markerTtl * nanosecondsPerMs;
  if ((config.subject_delete_marker_ttl ?? 0) === wanted) return;
  if (wanted === 0) delete config.subject_delete_marker_ttl;
  else {
    config.allow_msg_ttl = true;
    config.subject_delete_marker_ttl = wanted;
  }
}

function setPlacement(config: StreamConfig, { cluster, tags }: BucketSettings): void {
  const rest = { ...config.placement };
  delete rest.cluster;
  delete rest.tags;
  const placement = { ...rest, ...(cluster === '' ? {} : { cluster }), ...(tags.length === 0 ? {} : { tags }) };
  setOrDrop(config, 'placement', placement, Object.keys(placement).length > 0);
}

function setMetadata(config: StreamConfig, fields: readonly HeaderField[]): void {
  const kept = Object.entries(config.metadata ?? {}).filter(([name]) => name.startsWith('_nats.'));
  const metadata = Object.fromEntries([...kept, ...fields.map(({ name, value }) => [name, value] as const)]);
  setOrDrop(config, 'metadata', metadata, Object.keys(metadata).length > 0);
}

function setSources(config: StreamConfig, settings: BucketSettings, before: StreamConfig | null): void {
  const { name, mirror, sources } = settings;
  if (mirror === null) {
    // A mirror that is let go becomes a bucket of its own, which has subjects.
    if (config.mirror !== undefined) config.subjects = [`$KV.${name}.>`];
    delete config.mirror;
    if (before?.mirror !== undefined) config['mirror_direct'] = false;
  } else if (before?.mirror === undefined || !same(sourceOf('kv', before.mirror), mirror)) {
    delete config.subjects;
    config.mirror = external({ name: streamOf('kv', mirror.bucket) }, mirror.domain);
    config['mirror_direct'] = true;
  }
  if (sources.length === 0) {
    delete config.sources;
    return;
  }
  config.sources = sources.map((source) => {
    const known = before?.sources?.find((other) => same(sourceOf('kv', other), source));
    if (known !== undefined) return known;
    const made = external({ name: streamOf('kv', source.bucket) }, source.domain);
    // Keys of another bucket become keys of this one.
    if (source.bucket === name) return made;
    return { ...made, subject_transforms: [{ src: `$KV.${source.bucket}.>`, dest: `$KV.${name}.>` }] };
  });
}

function external(source: StreamSource, domain: string): StreamSource {
  return domain === '' ? source : { ...source, external: { api: `$JS.${domain}.API` } };
}

function same(a: BucketSource, b: BucketSource): boolean {
  return a.bucket === b.bucket && a.domain === b.domain;
}

function setOrDrop(config: StreamConfig, field: string, value: unknown, set: boolean): void {
  if (set) config[field] = value;
  else delete config[field];
}

/** What is shown of a bucket. @param names keys or objects, where they were counted */
export function bucketFrom(kind: BucketKind, info: StreamInfo, names: number | null): Bucket | null {
  const { config, state } = info;
  const name = bucketOf(kind, config.name);
  if (name === null) return null;
  return {
    name,
    kind,
    stream: config.name,
    settings: settingsOf(kind, config),
    names,
    messages: state.messages,
    bytes: state.bytes,
    lastSequence: state.last_seq,
    lastAt: microseconds(state.last_ts),
    createdAt: microseconds(info.created),
    consumers: state.consumer_count,
    sealed: config.sealed === true,
    direct: config.allow_direct === true,
    keyTtl: config.allow_msg_ttl === true,
  };
}

/** The stream that the subjects of a bucket are those of: its own, or that of the bucket it mirrors. */
export function originOf(kind: BucketKind, config: StreamConfig): string {
  const name = config.mirror?.name ?? config.name;
  return bucketOf(kind, name) ?? bucketOf(kind, config.name) ?? config.name;
}
