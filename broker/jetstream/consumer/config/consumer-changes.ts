import { subjectsCollide } from '../../../subject/subset.ts';
import type { ApiError } from '../../api-error.ts';
import { consumerMetadata, sameMetadata } from '../../api-level.ts';
import type { ConsumerConfigFields, ConsumerCreateRequest } from '../../api/requests/consumer-requests.ts';
import { utcTime } from '../../api/requests/go-time.ts';
import { apiError } from '../../errors.ts';
import { refuse, verdict } from '../../refusal.ts';
import type { AccountLimits } from '../../resource-limits.ts';
import { sameValue } from '../../same-value.ts';
import { isAssetName } from '../../stream/config/stream-basics.ts';
import type { StreamConfig } from '../../stream/stream-config.ts';
import type { ConsumerConfig } from '../consumer-config.ts';
import { checkBackoff, checkConsumer, filtersOf } from './check-consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { consumerWithDefaults } from './consumer-defaults.ts';

const NAME_BYTES_MAX = 255;
const INACTIVE_NANOS_DEFAULT = 5_000_000_000;

/** Where a request to create a consumer was sent. */
export interface ConsumerTarget {
  /** `CONSUMER.CREATE.<s>`, `CONSUMER.DURABLE.CREATE.<s>.<c>`, `CONSUMER.CREATE.<s>.<c>[.<filter>]` */
  readonly form: 'ephemeral' | 'durable' | 'named';
  readonly stream: string;
  /** '' in the first form. */
  readonly consumer: string;
  /** '' when there is none. */
  readonly filter: string;
}

/** What comes of a create. */
export interface ConsumerCreation {
  readonly config: ConsumerConfig;
  /** The configuration that is replaced by it; undefined: it is new. The same object: nothing changes. */
  readonly before: Readonly<ConsumerConfig> | undefined;
  /** Header of the answer, `Nats-Stream-Identity`; undefined: none. */
  readonly identity: string | undefined;
}

/** Reads the subject of a request, `$JS.API.CONSUMER.…`; an error when a durable consumer has no name there. */
export function consumerTarget(subject: string): ConsumerTarget | ApiError {
  const tokens = subject.split('.');
  const token = (index: number): string => tokens[index] ?? '';
  if (tokens.length <= 5) return { form: 'ephemeral', stream: token(4), consumer: '', filter: '' };
  if (tokens[3] === 'DURABLE') {
    if (tokens.length !== 7) return apiError('consumerDurableNameNotInSubject');
    return { form: 'durable', stream: token(5), consumer: token(6), filter: '' };
  }
  return { form: 'named', stream: token(4), consumer: token(5), filter: tokens.slice(6).join('.') };
}

/** `identity`: what the request's header `Nats-Stream-Identity` says, '' without it. */
export function checkConsumerCreate(
  request: ConsumerCreateRequest,
  target: ConsumerTarget,
  context: ConsumerContext,
  identity = '',
): ConsumerCreation | ApiError {
  return verdict(() => create(request, target, context, identity));
}

/** The configuration with every default in it, or the first reason why it cannot be one. */
export function completeConsumer(
  fields: ConsumerConfigFields,
  stream: Readonly<StreamConfig>,
  context: Pick<ConsumerContext, 'limits' | 'server'>,
  pedantic = false,
): ConsumerConfig | ApiError {
  return verdict(() => complete(fields, stream, context, pedantic));
}

/** Whether a create asks for what is there; the level that the server wrote down does not count. */
export function sameConsumer(one: Readonly<ConsumerConfig>, other: Readonly<ConsumerConfig>): boolean {
  const { metadata, ...rest } = one;
  const { metadata: otherMetadata, ...otherRest } = other;
  return sameMetadata(metadata, otherMetadata) && sameValue(rest, otherRest);
}

function create(
  request: ConsumerCreateRequest,
  target: ConsumerTarget,
  context: ConsumerContext,
  identity: string,
): ConsumerCreation {
  const asked = addressed(request, target);
  if ((asked.num_replicas ?? 0) > 1) refuse(apiError('streamReplicasNotSupported'));
  const stream = context.stream(target.stream) ?? refuse(apiError('streamNotFound'));
  const fields = forSourcing(asked, stream, context);

  const actual = fields.direct === true || fields.sourcing === true ? context.identity(stream.name) : undefined;
  if (actual !== undefined && identity !== '' && identity !== actual) {
    refuse(apiError('consumerStreamIdentityMismatch', { msg: actual }));
  }
  // The name that the request is about; a durable consumer in the oldest form has it in its configuration alone.
  const found = context.consumer(stream.name, fields.name ?? '');
  if (found !== undefined) keepWhatStays(fields, found);
  const config = complete(
    { ...fields, metadata: consumerMetadata(fields) },
    stream,
    context,
    request.pedantic ?? false,
  );

  const name = config.durable_name ?? config.name;
  const before = name === '' ? undefined : context.consumer(stream.name, name);
  if (before !== undefined) {
    if (request.action === 'create' && !sameConsumer(config, before)) refuse(apiError('consumerAlreadyExists'));
    return { config: change(before, config, stream, context), before, identity: actual };
  }
  if (request.action === 'update') refuse(apiError('consumerDoesNotExist'));
  checkPlaces(config, stream, context);
  checkWorkQueue(config, name, stream, context);
  if ((config.durable_name ?? '').length > NAME_BYTES_MAX) {
    refuse(apiError('consumerNameTooLong', { max: NAME_BYTES_MAX }));
  }
  if (name !== '' && !isAssetName(name)) refuse(apiError('consumerBadDurableName'));
  const named: ConsumerConfig =
    name === '' ? { ...config, name: context.freeName(stream.name), unnamed: true } : config;
  return { config: named.durable_name === undefined ? mortal(named) : named, before: undefined, identity: actual };
}

function complete(
  fields: ConsumerConfigFields,
  stream: Readonly<StreamConfig>,
  { limits, server }: Pick<ConsumerContext, 'limits' | 'server'>,
  pedantic: boolean,
): ConsumerConfig {
  if (limits === undefined) refuse(apiError('noLimits'));
  const config = consumerWithDefaults(fields, stream, limits, server, pedantic);
  checkConsumer(config, stream, limits, server);
  return config;
}

/** Names and filter in the subject must be those in the body. */
function addressed(request: ConsumerCreateRequest, target: ConsumerTarget): ConsumerConfigFields {
  const config = { ...request.config };
  const durable = config.durable_name ?? '';
  if (target.stream !== request.stream_name) refuse(apiError('streamMismatch'));
  const name = target.form === 'ephemeral' ? (config.name ?? '') : target.consumer;
  if (/[\\/]/.test(name)) refuse(apiError('consumerNameContainsPathSeparators'));
  if (target.form === 'durable' && durable === '') refuse(apiError('consumerDurableNameNotSet'));
  if (target.form === 'ephemeral') {
    if (durable !== '') refuse(apiError('consumerEphemeralWithDurableName'));
  } else {
    if (durable !== '' && durable !== name) refuse(apiError('consumerDurableNameNotMatchSubject'));
    config.name = name;
  }
  if (target.filter !== '') {
    if ((config.filter_subjects ?? []).length > 0) refuse(apiError('consumerMultipleFiltersNotAllowed'));
    if (config.filter_subject !== target.filter) refuse(apiError('consumerCreateFilterSubjectMismatch'));
  }
  return config;
}

/**
 * A consumer that a stream has its messages from: where messages are kept until they are acked, it must outlive its
 * connection; elsewhere it is a new one each time, and so is its name.
 */
function forSourcing(
  fields: ConsumerConfigFields,
  stream: Readonly<StreamConfig>,
  context: ConsumerContext,
): ConsumerConfigFields {
  const { name = '' } = fields;
  if (fields.direct !== true || fields.sourcing !== true || name === '') return fields;
  if (stream.retention === 'limits') return { ...fields, name: `${name}-${context.freeName(stream.name)}` };
  const { ack_wait: _wait, max_deliver: _deliver, inactive_threshold: _threshold, ...rest } = fields;
  return { ...rest, direct: false, durable_name: name, ack_policy: 'flow_control' };
}

/** Pauses have a request of their own, and one that is sourced from goes on where it was. */
function keepWhatStays(fields: ConsumerConfigFields, found: Readonly<ConsumerConfig>): void {
  const copy = (key: 'pause_until' | 'opt_start_seq' | 'opt_start_time'): void => {
    if (found[key] === undefined) delete fields[key];
    else Object.assign(fields, { [key]: found[key] });
  };
  copy('pause_until');
  if (fields.sourcing !== true || fields.durable_name === undefined) return;
  fields.deliver_policy = found.deliver_policy;
  copy('opt_start_seq');
  copy('opt_start_time');
}

/** The configuration after an update. */
function change(
  before: Readonly<ConsumerConfig>,
  after: ConsumerConfig,
  stream: Readonly<StreamConfig>,
  context: ConsumerContext,
): ConsumerConfig {
  const name = after.durable_name ?? after.name;
  if (stream.retention === 'workqueue' && !areUnique(name, filtersOf(after), stream, context)) {
    refuse(apiError('consumerWQConsumerNotUnique'));
  }
  if (!sameValue(before, after)) checkUnchangeable(before, after, context);
  const changed = after.pause_until === undefined ? after : { ...after, pause_until: utcTime(after.pause_until) };
  // What counts is whether it was durable up to now.
  const goes = before.durable_name === undefined && before.inactive_threshold !== undefined;
  const config = goes ? mortal(changed) : changed;
  return sameValue(before, config) ? before : config;
}

/** What is not used for a while goes. */
function mortal(config: ConsumerConfig): ConsumerConfig {
  return { ...config, inactive_threshold: config.inactive_threshold ?? INACTIVE_NANOS_DEFAULT };
}

/** Texts of what cannot be changed, in the order in which it is looked at. */
const UNCHANGEABLE: readonly (readonly [keyof ConsumerConfig, string])[] = [
  ['deliver_policy', 'deliver policy can not be updated'],
  ['mem_storage', 'storage type can not be updated'],
  ['direct', 'direct can not be updated'],
  ['sourcing', 'sourcing can not be updated'],
  ['opt_start_seq', 'start sequence can not be updated'],
  ['opt_start_time', 'start time can not be updated'],
  ['ack_policy', 'ack policy can not be updated'],
  ['replay_policy', 'replay policy can not be updated'],
  ['idle_heartbeat', 'heart beats can not be updated'],
  ['flow_control', 'flow control can not be updated'],
];

function checkUnchangeable(
  before: Readonly<ConsumerConfig>,
  after: Readonly<ConsumerConfig>,
  context: ConsumerContext,
): void {
  const refuseUpdate = (err: string): never => refuse(apiError('consumerCreate', { err }));
  const moment = (time: string | undefined): string | undefined => (time === undefined ? undefined : utcTime(time));
  for (const [field, text] of UNCHANGEABLE) {
    if (field === 'opt_start_time') {
      if (moment(before.opt_start_time) !== moment(after.opt_start_time)) refuseUpdate(text);
    } else if ((before[field] ?? false) !== (after[field] ?? false)) {
      refuseUpdate(text);
    }
  }
  if (before.deliver_subject !== after.deliver_subject) {
    if (before.deliver_subject === undefined) return refuseUpdate('can not update pull consumer to push based');
    if (after.deliver_subject === undefined) return refuseUpdate('can not update push consumer to pull based');
    if (context.hasInterest(before.deliver_subject)) refuse(apiError('consumerNameExist'));
  }
  if (before.max_waiting !== after.max_waiting) refuseUpdate('max waiting can not be updated');
  checkBackoff(after);
}

/** How many consumers a stream may have: its own limit, a lower one of the account, or the server's default. */
function checkPlaces(config: ConsumerConfig, stream: Readonly<StreamConfig>, context: ConsumerContext): void {
  if (isInternal(config)) return;
  const ofAccount = (context.limits as AccountLimits).max_consumers;
  let most = stream.max_consumers;
  if (most <= 0 || (ofAccount > 0 && ofAccount < most)) most = ofAccount;
  if (most <= 0) most = context.server.defaultMaxConsumers;
  if (most > 0 && ordinary(stream, context).length >= most) refuse(apiError('maximumConsumersLimit'));
}

function checkWorkQueue(
  config: ConsumerConfig,
  name: string,
  stream: Readonly<StreamConfig>,
  context: ConsumerContext,
): void {
  if (stream.retention !== 'workqueue' || isInternal(config)) return;
  if (config.ack_policy !== 'explicit' && config.ack_policy !== 'flow_control') {
    refuse(apiError('consumerWQRequiresExplicitAck'));
  }
  if (config.deliver_policy !== 'all') refuse(apiError('consumerWQConsumerNotDeliverAll'));
  if (ordinary(stream, context).length === 0) return;
  const filters = filtersOf(config);
  if (filters.length === 0) refuse(apiError('consumerWQMultipleUnfiltered'));
  if (!areUnique(name, filters, stream, context)) refuse(apiError('consumerWQConsumerNotUnique'));
}

/** Whether no other consumer of the stream gets a message of these subjects. */
function areUnique(
  name: string,
  filters: readonly string[],
  stream: Readonly<StreamConfig>,
  context: ConsumerContext,
): boolean {
  if (filters.length === 0) return true;
  return ordinary(stream, context).every((other) => {
    if (other.name === name) return true;
    const theirs = filtersOf(other);
    return theirs.length > 0 && !theirs.some((their) => filters.some((ours) => subjectsCollide(ours, their)));
  });
}

function ordinary(stream: Readonly<StreamConfig>, context: ConsumerContext): Readonly<ConsumerConfig>[] {
  return [...context.consumers(stream.name)].filter((consumer) => !isInternal(consumer));
}

/** Streams have such consumers for themselves. */
function isInternal({ direct, sourcing }: Readonly<ConsumerConfig>): boolean {
  return direct === true || sourcing === true;
}
