import { quoteLatin1 } from '../../../base/latin1.ts';
import { isSubset, subjectsCollide } from '../../../subject/subset.ts';
import { checkMappingDestination, TransformError } from '../../../subject/transform.ts';
import { hasWildcards, isValidPublishSubject, isValidSubject } from '../../../subject/validity.ts';
import { apiError } from '../../errors.ts';
import { refuse, refuseConfig, refusePedantic } from '../../refusal.ts';
import type { StreamConfig, StreamSourceConfig } from '../stream-config.ts';
import { isAssetName } from './stream-basics.ts';
import type { StreamContext } from './stream-context.ts';

/** Where a stream has its messages from: its mirror and its sources. */

const API_PREFIX = '$JS.API';

/** Subjects and prefixes that must not get into each other's way. */
interface Reach {
  readonly subjects: string[];
  readonly deliverPrefixes: string[];
  readonly apiPrefixes: string[];
}

/** Throws a `Refusal`; a mirror takes over whether its origin answers direct gets. */
export function completeOrigins(config: StreamConfig, context: StreamContext, pedantic: boolean): void {
  const reach: Reach = { subjects: [], deliverPrefixes: [], apiPrefixes: [] };
  if (config.mirror !== undefined) completeMirror(config, config.mirror, context, reach, pedantic);
  checkSources(config, context, reach);
  checkPrefixes(reach);
  checkCycles(config, context);
}

function completeMirror(
  config: StreamConfig,
  mirror: StreamSourceConfig,
  context: StreamContext,
  reach: Reach,
  pedantic: boolean,
): void {
  if (config.first_seq !== undefined) refuse(apiError('mirrorWithFirstSeq'));
  if ((config.subjects ?? []).length > 0) refuse(apiError('mirrorWithSubjects'));
  if ((config.sources ?? []).length > 0) refuse(apiError('mirrorWithSources'));
  if (config.allow_msg_counter === true) refuse(apiError('mirrorWithCounters'));
  if (config.allow_atomic === true) refuse(apiError('mirrorWithAtomicPublish'));
  if (config.allow_batched === true) refuse(apiError('mirrorWithBatchPublish'));
  if (config.allow_msg_schedules === true) refuse(apiError('mirrorWithMsgSchedules'));
  if (!consumerFits(mirror)) refuse(apiError('mirrorDurableConsumerCfgInvalid'));
  const transforms = mirror.subject_transforms ?? [];
  if (mirror.filter_subject !== undefined && transforms.length > 0) {
    refuse(apiError('mirrorMultipleFiltersNotAllowed'));
  }
  if ((config.subject_delete_marker_ttl ?? 0) > 0) refuseConfig('subject delete markers forbidden on mirrors');
  for (const [outer, { src, dest }] of transforms.entries()) {
    if (src !== '' && !isValidSubject(src)) {
      refuse(apiError('mirrorInvalidSubjectFilter', { err: `invalid subject ${src}` }));
    }
    const fault = transformFault(src, dest);
    if (fault !== undefined) refuse(apiError('mirrorInvalidTransformDestination', { err: fault }));
    if (transforms.some((other, inner) => inner !== outer && subjectsCollide(src, other.src))) {
      refuse(apiError('mirrorOverlappingSubjectFilters'));
    }
  }
  // A stream of another account or domain may bear any name, that of this one too.
  if (mirror.external !== undefined) return remember(mirror.external, reach);
  if (!isAssetName(mirror.name)) refuse(apiError('mirrorInvalidStreamName'));
  const origin = context.stream(mirror.name);
  if (origin === undefined) return;
  reach.subjects.push(...(origin.subjects ?? []));
  if (takesLess(config, origin)) refuse(apiError('mirrorMaxMessageSizeTooBig'));
  if (pedantic && config.mirror_direct !== origin.allow_direct) {
    refusePedantic('origin stream has direct get set, mirror has it disabled');
  }
  config.mirror_direct = origin.allow_direct;
}

function checkSources(config: StreamConfig, context: StreamContext, reach: Reach): void {
  const sources = config.sources ?? [];
  if (sources.length > 0 && config.allow_msg_schedules === true) refuse(apiError('sourceWithMsgSchedules'));
  const sourceKeys = new Set<string>();
  const consumerKeys = new Set<string>();
  for (const source of sources) {
    if (!isAssetName(source.name)) refuse(apiError('sourceInvalidStreamName'));
    if (!isNew(sourceKeys, sourceKey(source))) refuse(apiError('sourceDuplicateDetected'));
    checkFilters(source);
    if (source.consumer !== undefined) {
      if (!consumerFits(source)) refuse(apiError('sourceDurableConsumerCfgInvalid'));
      const key = JSON.stringify([source.name, source.external?.api, source.consumer.name]);
      if (!isNew(consumerKeys, key)) refuse(apiError('sourceDurableConsumerDuplicateDetected'));
    }
    if (source.external !== undefined) {
      remember(source.external, reach);
      continue;
    }
    const origin = context.stream(source.name);
    if (origin === undefined) continue;
    reach.subjects.push(...(origin.subjects ?? []));
    if (takesLess(config, origin)) refuse(apiError('sourceMaxMessageSizeTooBig'));
  }
}

function checkFilters(source: StreamSourceConfig): void {
  const transforms = source.subject_transforms ?? [];
  if (source.filter_subject !== undefined && transforms.length > 0) {
    refuse(apiError('sourceMultipleFiltersNotAllowed'));
  }
  for (const { src, dest } of transforms) {
    if (src !== '' && !isValidSubject(src)) {
      refuse(apiError('sourceInvalidSubjectFilter', { err: `invalid subject ${src}` }));
    }
    const fault = transformFault(src, dest);
    if (fault !== undefined) refuse(apiError('sourceInvalidTransformDestination', { err: fault }));
  }
  for (const [outer, { src }] of transforms.entries()) {
    if (transforms.some((other, inner) => inner !== outer && isSubset(src, other.src))) {
      refuse(apiError('sourceOverlappingSubjectFilters'));
    }
  }
}

/** A consumer that is there already has a name, a literal subject to deliver to, and says itself where it begins. */
function consumerFits({ consumer, opt_start_seq, opt_start_time, filter_subject }: StreamSourceConfig): boolean {
  if (consumer === undefined) return true;
  const { name = '', deliver_subject = '' } = consumer;
  if (!isAssetName(name) || hasWildcards(deliver_subject) || !isValidSubject(deliver_subject)) return false;
  return opt_start_seq === undefined && opt_start_time === undefined && filter_subject === undefined;
}

/** What makes a source another one than the next. */
function sourceKey(source: StreamSourceConfig): string {
  const transforms = source.subject_transforms ?? [];
  const whole = (subject: string | undefined): string => (subject === undefined || subject === '' ? '>' : subject);
  const moves =
    transforms.length === 0
      ? [[whole(source.filter_subject), '>']]
      : transforms.map(({ src, dest }) => [whole(src), whole(dest)]);
  return JSON.stringify([source.name, source.external?.api, source.consumer?.name, moves]);
}

function isNew(keys: Set<string>, key: string): boolean {
  return keys.size !== keys.add(key).size;
}

function takesLess(config: StreamConfig, origin: Readonly<StreamConfig>): boolean {
  const [ours, theirs] = [config.max_msg_size ?? 0, origin.max_msg_size ?? 0];
  return ours > 0 && theirs > 0 && ours < theirs;
}

function remember({ api, deliver }: { api: string; deliver: string }, reach: Reach): void {
  if (deliver !== '') reach.deliverPrefixes.push(deliver);
  if (api !== '') reach.apiPrefixes.push(api);
}

function checkPrefixes({ subjects, deliverPrefixes, apiPrefixes }: Reach): void {
  for (const prefix of deliverPrefixes) {
    if (!isValidPublishSubject(prefix)) refuse(apiError('streamInvalidExternalDeliverySubj', { prefix }));
    for (const subject of subjects) {
      if (subjectsCollide(subject, `${prefix}.${subject}`)) {
        refuse(apiError('streamExternalDelPrefixOverlaps', { prefix, subject }));
      }
    }
  }
  for (const prefix of apiPrefixes) {
    if (!isValidPublishSubject(prefix)) {
      refuseConfig(`stream external api prefix ${quoteLatin1(prefix)} must be a valid subject without wildcards`);
    }
    if (subjectsCollide(prefix, API_PREFIX)) {
      refuse(apiError('streamExternalApiOverlap', { prefix, subject: API_PREFIX }));
    }
  }
}

/** A message must not come back to where it has been. */
function checkCycles(config: StreamConfig, context: StreamContext): void {
  const visited = new Set<string>();
  const waiting: Readonly<StreamConfig>[] = [config];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    visited.add(next.name);
    for (const source of next.sources ?? []) {
      if (source.external !== undefined) continue;
      if (!visited.has(source.name)) {
        const origin = context.stream(source.name);
        if (origin !== undefined) waiting.push(origin);
      } else if (meets(next.subjects ?? [], source.filter_subject)) {
        refuseConfig('detected cycle');
      }
    }
    const { mirror } = next;
    if (mirror === undefined || mirror.external !== undefined) continue;
    if (visited.has(mirror.name)) refuseConfig('detected cycle');
    const origin = context.stream(mirror.name);
    if (origin !== undefined) waiting.push(origin);
  }
}

function meets(subjects: readonly string[], filter: string | undefined): boolean {
  return filter === undefined || subjects.some((subject) => subjectsCollide(subject, filter));
}

/** What is wrong with a transform, in nats-server's words. */
export function transformFault(source: string, destination: string): string | undefined {
  try {
    checkMappingDestination(source, destination);
    return undefined;
  } catch (error) {
    if (error instanceof TransformError) return error.message;
    throw error;
  }
}
