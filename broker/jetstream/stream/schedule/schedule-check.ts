import { isValidPublishSubject } from '../../../subject/validity.ts';
import { subjectsCollide } from '../../../subject/subset.ts';
import type { ApiError } from '../../api-error.ts';
import { apiError } from '../../errors.ts';
import { parseTtl } from '../message-ttl.ts';
import type { PublishHeaders } from '../publish-headers.ts';
import type { StreamConfig } from '../stream-config.ts';
import { nextDue } from './pattern.ts';
import { PURGE } from './schedules.ts';
import { isTimeZone } from './zoned-time.ts';

/**
 * What is wrong with the headers of a schedule; undefined when there is none, or nothing is. `isSchedule` says whether the
 * last message of a subject is one; undefined: there is no message. `now`: nanoseconds since the epoch.
 */
export function scheduleFault(
  config: StreamConfig,
  subject: string,
  headers: PublishHeaders,
  now: bigint,
  isSchedule: (subject: string) => boolean | undefined,
): ApiError | undefined {
  const { schedule, scheduleNext, scheduler, scheduleTimeZone } = headers;
  if (schedule === undefined && scheduleNext === undefined && scheduler === undefined && scheduleTimeZone === undefined)
    return undefined;
  return (
    patternFault(config, subject, headers, now) ?? schedulerFault(config, subject, scheduleNext, scheduler, isSchedule)
  );
}

function patternFault(
  config: StreamConfig,
  subject: string,
  headers: PublishHeaders,
  now: bigint,
): ApiError | undefined {
  const { schedule = '', scheduleTimeZone: zone } = headers;
  const allowed = config.allow_msg_schedules === true;
  const disabled = apiError('messageSchedulesDisabled');
  if (zone !== undefined && !isTimeZone(zone)) {
    return allowed ? apiError('messageSchedulesTimeZoneInvalid') : disabled;
  }
  if (schedule === '') return undefined;
  if (!allowed) return disabled;
  if (nextDue(schedule, zone, now, now) === undefined) return apiError('messageSchedulesPatternInvalid');
  const { scheduleTtl = '', scheduleRollup = '', scheduleTarget: target = '', scheduleSource: source = '' } = headers;
  if (parseTtl(scheduleTtl) === undefined) return apiError('messageSchedulesTTLInvalid');
  if (scheduleRollup !== '' && scheduleRollup !== 'sub') return apiError('messageSchedulesRollupInvalid');
  if (scheduleTtl !== '' && !config.allow_msg_ttl) return apiError('messageTTLDisabled');
  if (!isValidPublishSubject(target) || target === subject) return apiError('messageSchedulesTargetInvalid');
  if (source !== '' && (source === target || source === subject || !isValidPublishSubject(source))) {
    return apiError('messageSchedulesSourceInvalid');
  }
  if (!isOurs(config, target)) return apiError('messageSchedulesTargetInvalid');
  if (source !== '' && !isOurs(config, source)) return apiError('messageSchedulesSourceInvalid');
  const rollup = headers.rollup?.toLowerCase() ?? '';
  return rollup === '' || rollup === 'sub' ? undefined : apiError('messageSchedulesRollupInvalid');
}

/** Those who end a schedule say so, and which one. */
function schedulerFault(
  config: StreamConfig,
  subject: string,
  next = '',
  scheduler = '',
  isSchedule: (subject: string) => boolean | undefined,
): ApiError | undefined {
  const invalid = apiError('messageSchedulesSchedulerInvalid');
  if (next === '') return scheduler === '' ? undefined : invalid;
  if (next !== PURGE || scheduler === subject || !isValidPublishSubject(scheduler)) return invalid;
  if (config.allow_msg_schedules !== true) return apiError('messageSchedulesDisabled');
  return isSchedule(scheduler) === false ? invalid : undefined;
}

function isOurs(config: StreamConfig, subject: string): boolean {
  return (config.subjects ?? []).some((own) => subjectsCollide(own, subject));
}
