import { goDurationOfNanos } from '../../../base/go-duration.ts';
import { quoteLatin1 } from '../../../base/latin1.ts';
import { isSubset } from '../../../subject/subset.ts';
import { hasWildcards, isValidSubject } from '../../../subject/validity.ts';
import { apiError } from '../../errors.ts';
import { refuse, refuseConfig } from '../../refusal.ts';
import type { AccountLimits, ServerLimits } from '../../resource-limits.ts';
import { isAssetName, METADATA_BYTES_MAX, metadataBytes } from '../../stream/config/stream-basics.ts';
import type { StreamConfig } from '../../stream/stream-config.ts';
import type { ConsumerConfig } from '../consumer-config.ts';
import { FLOW_CONTROL_HEARTBEAT_NANOS } from './consumer-defaults.ts';

const NANOS_PER_MS = 1_000_000;
const DESCRIPTION_BYTES_MAX = 4 * 1024;
const HEARTBEAT_NANOS_MIN = 100 * NANOS_PER_MS;

/** The subjects that a consumer wants; none: all. */
export function filtersOf({ filter_subject, filter_subjects = [] }: Readonly<ConsumerConfig>): readonly string[] {
  return filter_subject === undefined ? filter_subjects : [...filter_subjects, filter_subject];
}

/** Judges a configuration that has its defaults, in nats-server's order. Throws a `Refusal`. */
export function checkConsumer(
  config: ConsumerConfig,
  stream: Readonly<StreamConfig>,
  limits: AccountLimits,
  server: ServerLimits,
): void {
  checkNames(config);
  checkReplicas(config, stream);
  checkAcks(config);
  if ((config.description ?? '').length > DESCRIPTION_BYTES_MAX) {
    refuse(apiError('consumerDescriptionTooLong', { max: DESCRIPTION_BYTES_MAX }));
  }
  if (config.deliver_subject !== undefined) checkPush(config, config.deliver_subject, stream);
  else checkPull(config, stream, server);
  checkLimits(config, stream, limits, server);
  if (config.direct === true) {
    if (config.deliver_subject === undefined) refuse(apiError('consumerDirectRequiresPush'));
    if (config.durable_name !== undefined) refuse(apiError('consumerDirectRequiresEphemeral'));
  }
  checkFilters(config);
  checkStart(config);
  checkSampling(config.sample_freq);
  if (config.flow_control === true && config.idle_heartbeat === undefined) {
    refuse(apiError('consumerWithFlowControlNeedsHeartbeats'));
  }
  if (config.durable_name !== undefined && config.name !== '' && config.name !== config.durable_name) {
    refuse(apiError('consumerCreateDurableAndNameMismatch'));
  }
  if (metadataBytes(config.metadata) > METADATA_BYTES_MAX) {
    refuse(apiError('consumerMetadataLength', { limit: `${METADATA_BYTES_MAX / 1024}KB` }));
  }
  checkPriority(config);
}

function checkNames({ name, durable_name }: ConsumerConfig): void {
  if (name !== '' && !isAssetName(name)) refuseConfig("consumer name can not contain '.', '*', '>', '\\', '/'");
  if (durable_name !== undefined && !isAssetName(durable_name)) {
    refuseConfig("consumer durable name can not contain '.', '*', '>', '\\', '/'");
  }
}

function checkReplicas({ num_replicas }: ConsumerConfig, stream: Readonly<StreamConfig>): void {
  if (num_replicas > 0 && num_replicas > stream.num_replicas) refuse(apiError('consumerReplicasExceedsStream'));
  if (num_replicas < 0) refuse(apiError('replicasCountCannotBeNegative'));
  if (stream.retention !== 'limits' && num_replicas !== 0 && num_replicas !== stream.num_replicas) {
    refuse(apiError('consumerReplicasShouldMatchStream'));
  }
}

function checkAcks(config: ConsumerConfig): void {
  const { backoff = [], ack_wait = 0, max_deliver = -1 } = config;
  if (backoff.some((wait) => wait < 0)) refuse(apiError('consumerBackOffNegative'));
  if (ack_wait < 0) refuse(apiError('consumerAckWaitNegative'));
  if (config.ack_policy === 'flow_control') {
    if (config.deliver_subject === undefined) refuse(apiError('consumerAckFCRequiresPush'));
    if (config.flow_control !== true) refuse(apiError('consumerAckFCRequiresFC'));
    if (config.idle_heartbeat !== FLOW_CONTROL_HEARTBEAT_NANOS) {
      refuseConfig('flow control ack policy heartbeat needs to be 1s');
    }
    if ((config.max_ack_pending ?? 0) <= 0) refuse(apiError('consumerAckFCRequiresMaxAckPending'));
    if (ack_wait !== 0 || backoff.length > 0) refuse(apiError('consumerAckFCRequiresNoAckWait'));
    if (max_deliver > 0) refuse(apiError('consumerAckFCRequiresNoMaxDeliver'));
  }
  checkBackoff(config);
}

/** Each waiting time needs a delivery. */
export function checkBackoff({ backoff = [], max_deliver = -1 }: Readonly<ConsumerConfig>): void {
  if (max_deliver !== -1 && backoff.length > max_deliver) refuse(apiError('consumerMaxDeliverBackoff'));
}

function checkPush(config: ConsumerConfig, deliver: string, stream: Readonly<StreamConfig>): void {
  if (hasWildcards(deliver)) refuse(apiError('consumerDeliverToWildcards'));
  if (!isValidSubject(deliver)) refuse(apiError('consumerInvalidDeliverSubject'));
  if ((stream.subjects ?? []).some((subject) => isSubset(deliver, subject))) refuse(apiError('consumerDeliverCycle'));
  if (config.max_waiting !== undefined) refuse(apiError('consumerPushMaxWaiting'));
  if ((config.max_ack_pending ?? 0) > 0 && config.ack_policy === 'none') {
    refuse(apiError('consumerMaxPendingAckPolicyRequired'));
  }
  if ((config.idle_heartbeat ?? HEARTBEAT_NANOS_MIN) < HEARTBEAT_NANOS_MIN) {
    refuse(apiError('consumerSmallHeartbeat'));
  }
}

function checkPull(config: ConsumerConfig, stream: Readonly<StreamConfig>, server: ServerLimits): void {
  if (config.ack_policy === 'none' && stream.retention === 'workqueue') refuse(apiError('consumerPullRequiresAck'));
  if (config.rate_limit_bps !== undefined) refuse(apiError('consumerPullWithRateLimit'));
  if (config.idle_heartbeat !== undefined) refuse(apiError('consumerHBRequiresPush'));
  if (config.flow_control === true) refuse(apiError('consumerFCRequiresPush'));
  if ((config.max_expires ?? NANOS_PER_MS) < NANOS_PER_MS) refuse(apiError('consumerMaxRequestExpiresTooSmall'));
  if (server.maxRequestBatch > 0 && (config.max_batch ?? 0) > server.maxRequestBatch) {
    refuse(apiError('consumerMaxRequestBatchExceeded', { limit: server.maxRequestBatch }));
  }
}

function checkLimits(
  { max_ack_pending = 0, inactive_threshold = 0 }: ConsumerConfig,
  stream: Readonly<StreamConfig>,
  limits: AccountLimits,
  server: ServerLimits,
): void {
  const ofStream = stream.consumer_limits;
  for (const limit of [server.maxAckPending, limits.max_ack_pending, ofStream.max_ack_pending ?? 0]) {
    if (limit > 0 && max_ack_pending > limit) refuse(apiError('consumerMaxPendingAckExcess', { limit }));
  }
  const threshold = ofStream.inactive_threshold ?? 0;
  if (threshold > 0 && inactive_threshold > threshold) {
    refuse(apiError('consumerInactiveThresholdExcess', { limit: goDurationOfNanos(threshold) }));
  }
}

function checkFilters(config: ConsumerConfig): void {
  const { filter_subject, filter_subjects = [] } = config;
  if (filter_subject !== undefined && filter_subjects.length > 0) refuse(apiError('consumerDuplicateFilterSubjects'));
  if (filter_subject !== undefined && !isValidSubject(filter_subject)) refuseConfig('invalid subject');
  if (filter_subjects.includes('')) refuse(apiError('consumerEmptyFilter'));
  const filters = filtersOf(config);
  for (const [outer, filter] of filters.entries()) {
    if (!isValidSubject(filter)) refuseConfig('invalid subject');
    if (filters.some((other, inner) => inner !== outer && isSubset(filter, other))) {
      refuse(apiError('consumerOverlappingSubjectFilters'));
    }
  }
}

const START_NAMES: Readonly<Record<ConsumerConfig['deliver_policy'], string>> = {
  all: 'all',
  last: 'last',
  new: 'new',
  last_per_subject: 'last per subject',
  by_start_sequence: 'by start sequence',
  by_start_time: 'by start time',
};

/** A place to begin at belongs to the policy that begins there. */
function checkStart(config: ConsumerConfig): void {
  const policy = config.deliver_policy;
  const refuseStart = (what: string): never => {
    const err = `consumer delivery policy is deliver ${START_NAMES[policy]}, but optional ${what}`;
    return refuse(apiError('consumerInvalidPolicy', { err }));
  };
  const bySequence = policy === 'by_start_sequence';
  const byTime = policy === 'by_start_time';
  if (bySequence && config.opt_start_seq === undefined) refuseStart('start sequence is not set');
  if (byTime && config.opt_start_time === undefined) refuseStart('start time is not set');
  if (!bySequence && config.opt_start_seq !== undefined) {
    refuseStart(`start ${byTime ? 'start sequence' : 'sequence'} is also set`);
  }
  if (!byTime && config.opt_start_time !== undefined) refuseStart('start time is also set');
  if (policy === 'last_per_subject' && filtersOf(config).length === 0) refuseStart('filter subject is not set');
}

/** Percent, with the sign or without. */
function checkSampling(frequency: string | undefined): void {
  if (frequency === undefined) return;
  const digits = frequency.replace(/%$/, '');
  const shown = `strconv.Atoi: parsing ${quoteLatin1(digits)}`;
  const refuseSampling = (err: string): never => refuse(apiError('consumerInvalidSampling', { err }));
  if (!/^[-+]?\d+$/.test(digits)) refuseSampling(`${shown}: invalid syntax`);
  const [, sign = '', significant = ''] = /^([-+]?)0*(\d*)$/.exec(digits) ?? [];
  const value = significant.length > 19 ? 2n ** 64n : BigInt(`${sign === '-' ? '-' : ''}${significant || '0'}`);
  if (value !== BigInt.asIntN(64, value)) refuseSampling(`${shown}: value out of range`);
  // That it is negative is no fault of its text there.
  if (value < 0n) refuseSampling('<nil>');
}

function checkPriority(config: ConsumerConfig): void {
  const { priority_policy, priority_groups = [], priority_timeout } = config;
  if (priority_policy === undefined) {
    if (priority_groups.length > 0) refuse(apiError('consumerPriorityGroupWithPolicyNone'));
    if (priority_timeout !== undefined) refuse(apiError('consumerPinnedTTLWithoutPriorityPolicyNone'));
    return;
  }
  if (config.deliver_subject !== undefined) refuse(apiError('consumerPushWithPriorityGroup'));
  if (priority_groups.length === 0) refuse(apiError('consumerPriorityPolicyWithoutGroup'));
  for (const group of priority_groups) {
    if (group === '') refuse(apiError('consumerEmptyGroupName'));
    if (!isGroupName(group)) refuse(apiError('consumerInvalidGroupName'));
  }
}

export function isGroupName(name: string): boolean {
  return /^[a-zA-Z0-9/_=-]{1,16}$/.test(name);
}
