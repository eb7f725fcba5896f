import { goDurationOfNanos } from '../../../base/go-duration.ts';
import type { StreamConfigFields } from '../../api/requests/stream-requests.ts';
import { apiError } from '../../errors.ts';
import { refuse, refuseConfig, refusePedantic } from '../../refusal.ts';
import type { ServerLimits } from '../../resource-limits.ts';
import { withoutZeros } from '../../same-value.ts';
import type { StreamConfig, StreamSourceConfig } from '../stream-config.ts';

/** Names, sizes, ages and flags of a stream: what can be said without looking at other streams. */

const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
const NAME_BYTES_MAX = 255;
const DESCRIPTION_BYTES_MAX = 4 * 1024;
export const METADATA_BYTES_MAX = 128 * 1024;
const REPLICAS_MAX = 5;
const DUPLICATE_WINDOW_NANOS_DEFAULT = 120 * NANOS_PER_SECOND;
const NANOS_MIN = 100 * NANOS_PER_MS;

/** Whether a stream or a consumer may be called so. */
export function isAssetName(name: string): boolean {
  return name !== '' && !/[ \t\r\n\f.*>\\/]/.test(name);
}

export function metadataBytes(metadata: Readonly<Record<string, string>> = {}): number {
  return Object.entries(metadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}

/** The configuration with every default in it, as far as it goes without other streams. Throws a `Refusal`. */
export function completeBasics(fields: StreamConfigFields, server: ServerLimits, pedantic: boolean): StreamConfig {
  checkNames(fields);
  const config = filledIn(fields);
  checkReplicas(config);
  limitCounts(config, pedantic);
  completeAges(config, server, pedantic);
  checkCounter(config);
  checkDiscard(config);
  completeMarkers(config, pedantic);
  checkPersistence(config);
  return config;
}

function checkNames({ name = '', description = '', metadata }: StreamConfigFields): void {
  if (!isAssetName(name)) refuseConfig("stream name is required and can not contain '.', '*', '>', '\\', '/'");
  if (name.length > NAME_BYTES_MAX) {
    refuseConfig(`stream name is too long, maximum allowed is ${NAME_BYTES_MAX}`);
  }
  if (description.length > DESCRIPTION_BYTES_MAX) {
    refuseConfig(`stream description is too long, maximum allowed is ${DESCRIPTION_BYTES_MAX}`);
  }
  if (metadataBytes(metadata) > METADATA_BYTES_MAX) {
    refuseConfig(`stream metadata exceeds maximum size of ${METADATA_BYTES_MAX} bytes`);
  }
}

/** Go's zero values where nothing is said, and the fields that are only written when they say something. */
function filledIn(fields: StreamConfigFields): StreamConfig {
  const {
    name = '',
    retention = 'limits',
    max_consumers = 0,
    max_msgs = 0,
    max_bytes = 0,
    max_age = 0,
    max_msgs_per_subject = 0,
    discard = 'old',
    storage = 'file',
    num_replicas = 0,
    compression = 'none',
    allow_direct = false,
    mirror_direct = false,
    sealed = false,
    deny_delete = false,
    deny_purge = false,
    allow_rollup_hdrs = false,
    consumer_limits = {},
    allow_msg_ttl = false,
    mirror,
    sources,
    republish,
    placement,
    persist_mode,
    ...rest
  } = fields;
  return {
    ...withoutZeros(rest),
    name,
    retention,
    max_consumers,
    max_msgs,
    max_bytes,
    max_age,
    max_msgs_per_subject,
    discard,
    storage,
    num_replicas,
    compression,
    allow_direct,
    mirror_direct,
    sealed,
    deny_delete,
    deny_purge,
    allow_rollup_hdrs,
    consumer_limits: withoutZeros(consumer_limits),
    allow_msg_ttl,
    ...(mirror === undefined ? {} : { mirror: plainSource(mirror) }),
    ...(sources === undefined ? {} : { sources: sources.map(plainSource) }),
    ...(republish === undefined ? {} : { republish: { ...withoutZeros(republish), dest: republish.dest } }),
    ...(placement === undefined ? {} : { placement: withoutZeros(placement) }),
    ...(persist_mode === 'async' ? { persist_mode } : {}),
  };
}

function plainSource(source: StreamSourceConfig): StreamSourceConfig {
  const { consumer } = source;
  const plain = { ...withoutZeros(source), name: source.name };
  return consumer === undefined ? plain : { ...plain, consumer: withoutZeros(consumer) };
}

function checkReplicas(config: StreamConfig): void {
  if (config.num_replicas === 0) config.num_replicas = 1;
  if (config.num_replicas > REPLICAS_MAX) refuseConfig(`maximum replicas is ${REPLICAS_MAX}`);
  if (config.num_replicas < 0) refuse(apiError('replicasCountCannotBeNegative'));
}

function limitCounts(config: StreamConfig, pedantic: boolean): void {
  for (const field of ['max_msgs', 'max_msgs_per_subject', 'max_bytes', 'max_msg_size', 'max_consumers'] as const) {
    const value = config[field] ?? 0;
    if (value !== 0 && value >= -1) continue;
    if (pedantic && value < -1) refusePedantic(`${field} must be set to -1`);
    config[field] = -1;
  }
}

function completeAges(config: StreamConfig, server: ServerLimits, pedantic: boolean): void {
  const { max_age } = config;
  if (max_age < 0) refuseConfig('max age can not be negative');
  if (max_age !== 0 && max_age < NANOS_MIN) refuseConfig('max age needs to be >= 100ms');

  const window = windowOf(config, server, pedantic);
  if (window < 0) refuseConfig('duplicates window can not be negative');
  if (max_age !== 0 && window > max_age) refuseConfig('duplicates window can not be larger then max age');
  const most = server.duplicateWindowNanos;
  if (most > 0 && window > most) {
    refuseConfig(`duplicates window can not be larger then server limit of ${goDurationOfNanos(most)}`);
  }
  if (window > 0 && window < NANOS_MIN) refuseConfig('duplicates window needs to be >= 100ms');
  if (window === 0) delete config.duplicate_window;
  else config.duplicate_window = window;
}

/** Of a stream that has its messages from others, none is the default. */
function windowOf(config: StreamConfig, server: ServerLimits, pedantic: boolean): number {
  const { duplicate_window = 0, mirror, sources = [], max_age } = config;
  if (duplicate_window !== 0 || mirror !== undefined || sources.length > 0) return duplicate_window;
  let window = DUPLICATE_WINDOW_NANOS_DEFAULT;
  if (server.duplicateWindowNanos > 0 && server.duplicateWindowNanos < window) {
    if (pedantic) refusePedantic('duplicate window limits are higher than current limits');
    window = server.duplicateWindowNanos;
  }
  if (max_age === 0 || max_age >= window) return window;
  if (pedantic) refusePedantic('duplicate window cannot be bigger than max age');
  return max_age;
}

function checkCounter(config: StreamConfig): void {
  if (config.deny_purge && config.allow_rollup_hdrs) refuseConfig('roll-ups require the purge permission');
  if (config.allow_msg_counter !== true) return;
  if (config.discard === 'new') refuseConfig('counter stream cannot use discard new');
  if (config.allow_msg_ttl) refuseConfig('counter stream cannot use message TTLs');
  if (config.allow_msg_schedules === true) refuseConfig('counter stream cannot use message schedules');
  if (config.retention !== 'limits') refuseConfig('counter stream can only use limits retention');
}

function checkDiscard(config: StreamConfig): void {
  if (config.discard_new_per_subject !== true) return;
  if (config.discard !== 'new') refuseConfig('discard new per subject requires discard new policy to be set');
  if (config.max_msgs_per_subject <= 0) {
    refuseConfig('discard new per subject requires max msgs per subject > 0');
  }
}

/** Markers and schedules need roll-ups, and these that messages may be purged. */
function completeMarkers(config: StreamConfig, pedantic: boolean): void {
  const { subject_delete_marker_ttl = 0 } = config;
  if (subject_delete_marker_ttl < 0) refuseConfig('subject delete marker TTL must not be negative');
  if (subject_delete_marker_ttl > 0) {
    if (subject_delete_marker_ttl < NANOS_PER_SECOND) {
      refuseConfig('subject delete marker TTL must be at least 1 second');
    }
    if (!config.allow_msg_ttl) {
      if (pedantic) refuseConfig('subject delete marker cannot be set if message TTLs are disabled');
      config.allow_msg_ttl = true;
    }
    if (!config.allow_rollup_hdrs) {
      if (pedantic) refuseConfig('subject delete marker cannot be set if roll-ups are disabled');
      config.allow_rollup_hdrs = true;
      config.deny_purge = false;
    }
  }
  if (config.allow_msg_schedules !== true) return;
  if (config.discard === 'new') refuseConfig('message scheduling cannot use discard new');
  if (config.allow_rollup_hdrs) return;
  if (pedantic) refuseConfig('message scheduling cannot be set if roll-ups are disabled');
  config.allow_rollup_hdrs = true;
  config.deny_purge = false;
}

function checkPersistence(config: StreamConfig): void {
  if (config.persist_mode !== 'async') return;
  if (config.storage !== 'file') refuseConfig('async persist mode is only supported on file storage');
  if (config.num_replicas > 1) refuseConfig('async persist mode is not supported on replicated streams');
  if (config.allow_atomic === true) refuseConfig('async persist mode is not supported with atomic batch publish');
}
