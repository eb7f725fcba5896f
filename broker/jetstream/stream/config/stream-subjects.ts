import { quoteLatin1 } from '../../../base/latin1.ts';
import { isSubset, subjectsCollide } from '../../../subject/subset.ts';
import { SubjectTransform, TransformError } from '../../../subject/transform.ts';
import { isValidSubject } from '../../../subject/validity.ts';
import { apiError } from '../../errors.ts';
import { refuse, refuseConfig, refusePedantic } from '../../refusal.ts';
import type { StreamConfig } from '../stream-config.ts';
import { transformFault } from './stream-origins.ts';

/** What a stream takes in and gives out: subjects, transform, republish. */

const ALL = '>';
const API_SPACES = ['$JS.>', '$JSC.>', '$NRG.>'];

/** Throws a `Refusal`. Without subjects a stream takes its name, unless it has its messages from others. */
export function completeSubjects(config: StreamConfig): void {
  const { subjects = [], mirror, sources = [] } = config;
  if (subjects.length === 0) {
    if (mirror === undefined && sources.length === 0) config.subjects = [config.name];
    return;
  }
  for (const [index, subject] of subjects.entries()) {
    checkSubject(config, subject);
    const other = subjects.slice(index + 1).find((later) => subjectsCollide(later, subject));
    if (other !== undefined) refuseConfig(`subject ${quoteLatin1(subject)} overlaps with ${quoteLatin1(other)}`);
  }
}

/** What a client acknowledges must not come back as a message, nor requests be answered by acks of a stream. */
function checkSubject(config: StreamConfig, subject: string): void {
  if (!isValidSubject(subject)) refuseConfig('invalid subject');
  if (config.no_ack === true) {
    if (subject === ALL && config.num_replicas !== 1) {
      refuseConfig('capturing all subjects requires replicas of 1');
    }
    return;
  }
  if (subject === ALL) refuseConfig('capturing all subjects requires no-ack to be true');
  if (API_SPACES.some((space) => subjectsCollide(subject, space)) && !isSubset(subject, '$JS.EVENT.>')) {
    refuseConfig('subjects that overlap with jetstream api require no-ack to be true');
  }
  if (subjectsCollide(subject, '$SYS.>') && !isSubset(subject, '$SYS.ACCOUNT.>')) {
    refuseConfig('subjects that overlap with system api require no-ack to be true');
  }
}

export function checkTransform(config: StreamConfig): void {
  if (config.subject_transform === undefined) return;
  const { src, dest } = config.subject_transform;
  if (src !== '' && !isValidSubject(src)) {
    refuse(apiError('streamTransformInvalidSource', { err: `invalid subject ${src}` }));
  }
  const fault = transformFault(src, dest);
  if (fault !== undefined) refuse(apiError('streamTransformInvalidDestination', { err: fault }));
}

export function completeRepublish(config: StreamConfig, pedantic: boolean): void {
  if (config.republish === undefined) return;
  const republish = { ...config.republish };
  config.republish = republish;
  const { subjects = [], subject_transform: transform } = config;
  if (republish.src === undefined) {
    if (pedantic) refusePedantic('republish source can not be empty');
    republish.src = ALL;
  }
  const all = republish.dest === ALL && republish.src === ALL;
  if (all && transform !== undefined && subjects.length === 1 && transform.src === subjects[0]) {
    if (pedantic) refusePedantic('implicit republish based on subject transform');
    republish.src = transform.dest;
    republish.dest = transform.dest;
  }
  if (subjects.some((subject) => subjectsCollide(republish.dest, subject))) {
    refuseConfig('stream configuration for republish destination forms a cycle');
  }
  if (!canTransform(republish.src, republish.dest)) {
    refuseConfig(
      `stream configuration for republish with transform from '${republish.src}' to '${republish.dest}' not valid`,
    );
  }
}

function canTransform(source: string, destination: string): boolean {
  if (destination === '') return true;
  try {
    void new SubjectTransform(source, destination);
    return true;
  } catch (error) {
    if (error instanceof TransformError) return false;
    throw error;
  }
}
