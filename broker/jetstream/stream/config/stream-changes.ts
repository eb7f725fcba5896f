import type { ApiError } from '../../api-error.ts';
import { streamMetadata } from '../../api-level.ts';
import type { StreamConfigFields, StreamConfigRequest } from '../../api/requests/stream-requests.ts';
import { apiError } from '../../errors.ts';
import { refuse, refuseConfig, verdict } from '../../refusal.ts';
import { type AccountLimits, checkRoom } from '../../resource-limits.ts';
import { sameValue } from '../../same-value.ts';
import { subjectsCollide } from '../../../subject/subset.ts';
import { SubjectTransform, TransformError } from '../../../subject/transform.ts';
import { isValidSubject } from '../../../subject/validity.ts';
import type { StreamConfig } from '../stream-config.ts';
import { completeOrRefuse, sameStream } from './complete-stream.ts';
import type { StreamContext } from './stream-context.ts';

/** Requests to create and to change streams, judged in nats-server's order. */

/** What comes of a create. `existing`: there is such a stream, and it is as asked for. */
export interface StreamCreation {
  readonly config: StreamConfig;
  readonly existing: boolean;
}

/** `name`: that in the subject of the request. */
export function checkStreamCreate(
  request: StreamConfigRequest,
  name: string,
  context: StreamContext,
): StreamCreation | ApiError {
  return verdict(() => create(request, name, context));
}

/** The configuration after an update, or why it cannot be. */
export function checkStreamUpdate(
  request: StreamConfigRequest,
  name: string,
  context: StreamContext,
): StreamConfig | ApiError {
  return verdict(() => update(request, name, context));
}

/** The configuration of a stream that is to come out of a snapshot. `fields`: as the snapshot has it, maybe without a name. */
export function checkStreamRestore(
  fields: StreamConfigFields,
  name: string,
  context: StreamContext,
): StreamConfig | ApiError {
  return verdict(() => restore(fields, name, context));
}

function create(request: StreamConfigRequest, name: string, context: StreamContext): StreamCreation {
  const { pedantic = false, ...asked } = request;
  const fields: StreamConfigFields = { ...asked, metadata: streamMetadata(asked) };
  if (name !== (fields.name ?? '')) refuse(apiError('streamMismatch'));
  if (/[\\/]/.test(name)) refuse(apiError('streamNameContainsPathSeparators'));
  if (fields.sealed === true) refuseConfig('stream configuration for create can not be sealed');
  if (fields.mirror_direct === true && fields.mirror === undefined) {
    refuseConfig('stream has no mirror but does have mirror direct');
  }
  checkStreamCount(fields, context);

  const config = completeOrRefuse(fields, context, pedantic);
  if (config.num_replicas > 1) refuse(apiError('streamReplicasNotSupported'));
  const existing = context.stream(config.name);
  if (existing !== undefined) {
    if (!sameStream(config, existing)) refuse(apiError('streamNameExist'));
    return { config: existing, existing: true };
  }
  const limits = limitsOf(context, config.num_replicas);
  checkRoom(config, reservedByOthers(config, context), limits, context.server);
  checkOriginFilters(config);
  checkOverlap(config, context);
  return { config, existing: false };
}

function restore(fields: StreamConfigFields, name: string, context: StreamContext): StreamConfig {
  const asked = fields.name === undefined || fields.name === '' ? { ...fields, name } : fields;
  if (name !== asked.name) refuse(apiError('streamMismatch'));
  if (/[\\/]/.test(name)) refuse(apiError('streamNameContainsPathSeparators'));
  const config = completeOrRefuse(asked, context, false);
  checkStreamCount(config, context);
  if (context.stream(name) !== undefined) refuse(apiError('streamNameExistRestoreFailed'));
  return config;
}

function update(request: StreamConfigRequest, name: string, context: StreamContext): StreamConfig {
  const { pedantic = false, ...asked } = request;
  const completed = completeOrRefuse(asked, context, pedantic);
  if (name !== completed.name) refuse(apiError('streamMismatch'));
  const before = context.stream(name);
  if (before === undefined) refuse(apiError('streamNotFound'));
  const config = completeOrRefuse({ ...completed, metadata: streamMetadata(completed) }, context, pedantic);
  checkUnchangeable(before, config);
  if (config.sealed) seal(config);
  checkAddedRoom(before, config, context);
  checkConsumerLimits(before, config, context);
  checkOverlap(config, context);
  if (config.republish?.dest === '') completeRepublishDestination(config.republish);
  return config;
}

function checkUnchangeable(before: Readonly<StreamConfig>, after: StreamConfig): void {
  const refuseUpdate = (what: string): never => refuseConfig(`stream configuration update can not ${what}`);
  if (after.num_replicas > 1) refuse(apiError('streamReplicasNotSupported'));
  if (after.storage !== before.storage) refuseUpdate('change storage type');
  if (after.retention !== before.retention && [after.retention, before.retention].includes('workqueue')) {
    refuseUpdate('change retention policy to/from workqueue');
  }
  if (before.sealed && !after.sealed) refuseUpdate('unseal a sealed stream');
  if (before.deny_delete && !after.deny_delete) refuseUpdate('cancel deny message deletes');
  if (before.deny_purge && !after.deny_purge) refuseUpdate('cancel deny purge');
  // Without its mirror it becomes a stream like others.
  if (after.mirror !== undefined && !sameValue(after.mirror, before.mirror)) {
    refuse(apiError('streamMirrorNotUpdatable'));
  }
  if (before.allow_msg_ttl && !after.allow_msg_ttl) refuseConfig('message TTL status can not be disabled');
  if ((before.allow_msg_counter ?? false) !== (after.allow_msg_counter ?? false)) {
    refuseUpdate('change message counter setting');
  }
  if (before.allow_msg_schedules === true && after.allow_msg_schedules !== true) {
    refuseConfig('message schedules can not be disabled');
  }
  if ((before.persist_mode ?? 'default') !== (after.persist_mode ?? 'default')) refuseUpdate('change persist mode');
}

/** Nothing gets in or out any more. */
function seal(config: StreamConfig): void {
  config.max_age = 0;
  config.discard = 'new';
  config.deny_delete = true;
  config.deny_purge = true;
  config.allow_rollup_hdrs = false;
}

/** As the server counts before it looks at the rest: with what was said alone. */
function checkStreamCount(fields: StreamConfigFields, context: StreamContext): void {
  const limits = limitsOf(context, fields.num_replicas);
  if (limits.max_streams > 0) {
    let others = 0;
    for (const { name } of context.streams()) if (name !== fields.name) others++;
    if (others >= limits.max_streams) refuse(apiError('maximumStreamsLimit'));
  }
  checkRoom(fields, reservedByOthers(fields, context), limits, context.server);
}

/** Only what is asked for beyond what the stream has already must be there. */
function checkAddedRoom(before: Readonly<StreamConfig>, after: StreamConfig, context: StreamContext): void {
  const added = Math.max(Math.max(after.max_bytes, 0) - Math.max(before.max_bytes, 0), 0);
  const kept = Math.max(after.max_bytes - added, 0);
  const wanted = { ...after, max_bytes: added };
  checkRoom(wanted, reservedByOthers(after, context) + kept, limitsOf(context), context.server);
}

function limitsOf(context: StreamContext, replicas = 1): AccountLimits {
  const limits = replicas > 1 && context.limitsFor !== undefined ? context.limitsFor(replicas) : context.limits;
  return limits ?? refuse(apiError('noLimits'));
}

function reservedByOthers(config: StreamConfigFields, context: StreamContext): number {
  let bytes = 0;
  for (const other of context.streams()) {
    if (other.name !== config.name && other.storage === config.storage) bytes += Math.max(other.max_bytes, 0);
  }
  return bytes;
}

function checkConsumerLimits(before: Readonly<StreamConfig>, after: StreamConfig, context: StreamContext): void {
  const { inactive_threshold: threshold = 0, max_ack_pending: pending = 0 } = after.consumer_limits;
  const old = before.consumer_limits;
  const tighter =
    (threshold > 0 && threshold !== (old.inactive_threshold ?? 0)) ||
    (pending > 0 && pending !== (old.max_ack_pending ?? 0));
  if (!tighter) return;
  const names: string[] = [];
  for (const { name, inactive_threshold = 0, max_ack_pending = 0 } of context.consumers(after.name)) {
    if ((threshold > 0 && inactive_threshold > threshold) || (pending > 0 && max_ack_pending > pending))
      names.push(name);
  }
  if (names.length > 0) {
    refuse(apiError('streamUpdate', { err: `change to limits violates consumers: ${names.join(', ')}` }));
  }
}

function checkOriginFilters({ mirror, sources = [] }: StreamConfig): void {
  const bad = (filter: string | undefined): filter is string => filter !== undefined && !isValidSubject(filter);
  if (bad(mirror?.filter_subject)) {
    refuse(
      apiError('streamCreate', { err: `subject filter '${mirror.filter_subject}' for the mirror invalid subject` }),
    );
  }
  for (const { filter_subject } of sources) {
    if (bad(filter_subject)) {
      refuse(apiError('streamCreate', { err: `subject filter '${filter_subject}' for the source: invalid subject` }));
    }
  }
}

function checkOverlap({ name, subjects = [] }: StreamConfig, context: StreamContext): void {
  for (const other of context.streams()) {
    if (other.name === name) continue;
    for (const theirs of other.subjects ?? []) {
      if (subjects.some((ours) => subjectsCollide(ours, theirs))) refuse(apiError('streamSubjectOverlap'));
    }
  }
}

/** No destination means none at first, and everything after an update. */
function completeRepublishDestination(republish: { src?: string | undefined; dest: string }): void {
  republish.dest = '>';
  const source = republish.src ?? '>';
  try {
    void new SubjectTransform(source, republish.dest);
  } catch (error) {
    if (!(error instanceof TransformError)) throw error;
    const moved = `from '${source}' to '${republish.dest}'`;
    refuse(apiError('streamUpdate', { err: `stream configuration for republish ${moved}: ${error.message}` }));
  }
}
