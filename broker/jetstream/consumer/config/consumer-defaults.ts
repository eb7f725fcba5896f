import type { ConsumerConfigFields } from '../../api/requests/consumer-requests.ts';
import { refusePedantic } from '../../refusal.ts';
import type { AccountLimits, ServerLimits } from '../../resource-limits.ts';
import { withoutZeros } from '../../same-value.ts';
import type { StreamConfig } from '../../stream/stream-config.ts';
import type { ConsumerConfig } from '../consumer-config.ts';

const NANOS_PER_SECOND = 1_000_000_000;
const ACK_WAIT_NANOS_DEFAULT = 30 * NANOS_PER_SECOND;
const PINNED_NANOS_DEFAULT = 120 * NANOS_PER_SECOND;
const MAX_WAITING_DEFAULT = 512;
const MAX_ACK_PENDING_DEFAULT = 1000;
/** Of consumers that are acknowledged by flow control; it may not be another one. */
export const FLOW_CONTROL_HEARTBEAT_NANOS = NANOS_PER_SECOND;

/** Numbers that are nothing at least. */
const COUNTS = [
  'max_batch',
  'max_expires',
  'max_bytes',
  'idle_heartbeat',
  'inactive_threshold',
  'priority_timeout',
] as const;

/** The configuration with every default in it. Throws a `Refusal` where `pedantic` forbids to replace something. */
export function consumerWithDefaults(
  fields: ConsumerConfigFields,
  stream: Readonly<StreamConfig>,
  limits: AccountLimits,
  server: ServerLimits,
  pedantic: boolean,
): ConsumerConfig {
  const config = filledIn(fields);
  raiseNegatives(config, pedantic);
  if (config.deliver_subject === undefined) config.max_waiting ??= MAX_WAITING_DEFAULT;
  if (config.ack_policy === 'explicit' || config.ack_policy === 'all') config.ack_wait ??= ACK_WAIT_NANOS_DEFAULT;
  const first = config.backoff?.[0];
  if (first !== undefined) {
    if (pedantic && (config.ack_wait ?? 0) !== first) {
      refusePedantic('first backoff value has to equal batch AckWait');
    }
    config.ack_wait = first;
  }
  inherit(config, stream, pedantic);
  if (config.ack_policy !== 'none') {
    const most = [server.maxAckPending, limits.max_ack_pending].filter((limit) => limit > 0);
    config.max_ack_pending ??= Math.min(MAX_ACK_PENDING_DEFAULT, ...most);
  }
  if (config.deliver_subject === undefined && config.max_batch === undefined && server.maxRequestBatch > 0) {
    if (pedantic) refusePedantic("max_request_batch must be set if it's JetStream limits are set");
    config.max_batch = server.maxRequestBatch;
  }
  if (config.priority_policy === 'pinned_client') config.priority_timeout ??= PINNED_NANOS_DEFAULT;
  if (config.ack_policy === 'flow_control' && !pedantic) {
    config.flow_control = true;
    config.idle_heartbeat = FLOW_CONTROL_HEARTBEAT_NANOS;
  }
  return withoutZeros(config, 'name', 'num_replicas');
}

/** Go's zero values where nothing is said, and the fields that are only written when they say something. */
function filledIn(fields: ConsumerConfigFields): ConsumerConfig {
  const {
    name = '',
    deliver_policy = 'all',
    ack_policy = 'none',
    replay_policy = 'instant',
    num_replicas = 0,
    priority_policy = 'none',
    ...rest
  } = fields;
  return {
    ...withoutZeros(rest),
    name,
    deliver_policy,
    ack_policy,
    replay_policy,
    num_replicas,
    ...(priority_policy === 'none' ? {} : { priority_policy }),
  };
}

function raiseNegatives(config: ConsumerConfig, pedantic: boolean): void {
  const { max_deliver = 0, max_waiting = 0, max_ack_pending = 0 } = config;
  if (max_deliver < -1 && pedantic) refusePedantic('max_deliver must be set to -1');
  if (max_deliver === 0 || max_deliver < -1) config.max_deliver = -1;
  if (max_waiting < 0) {
    if (pedantic) refusePedantic('max_waiting must not be negative');
    delete config.max_waiting;
  }
  if (max_ack_pending < -1) {
    if (pedantic) refusePedantic('max_ack_pending must be set to -1');
    config.max_ack_pending = -1;
  }
  for (const field of COUNTS) {
    if ((config[field] ?? 0) >= 0) continue;
    if (pedantic) refusePedantic(`${field} must not be negative`);
    delete config[field];
  }
}

function inherit(config: ConsumerConfig, { consumer_limits }: Readonly<StreamConfig>, pedantic: boolean): void {
  for (const field of ['max_ack_pending', 'inactive_threshold'] as const) {
    const limit = consumer_limits[field] ?? 0;
    if (config[field] !== undefined || limit === 0) continue;
    if (pedantic && limit > 0) refusePedantic(`${field} must be set if it's configured in stream limits`);
    config[field] = limit;
  }
}
