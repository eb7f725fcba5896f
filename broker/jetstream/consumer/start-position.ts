import type { MessageLog, Time } from '../../store/message-log.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import { ConsumerFilter } from './consumer-filter.ts';
import { SkipList } from './skip-list.ts';

export interface StartPosition {
  /** The first sequence of the stream that it looks at. */
  readonly sequence: number;
  readonly skip: SkipList | undefined;
}

/** Where a new consumer begins. `single`: the stream keeps just one message of each subject. */
export function startPosition(
  log: MessageLog,
  config: ConsumerConfig,
  filter: ConsumerFilter | undefined,
  single: boolean,
): StartPosition {
  const { state } = log;
  const explicit = config.opt_start_seq !== undefined && config.opt_start_seq > 0;
  let sequence: number;
  let skip: SkipList | undefined;
  if (explicit) {
    sequence = config.opt_start_seq as number;
  } else {
    switch (config.deliver_policy) {
      case 'all':
        sequence = state.firstSequence;
        break;
      case 'last':
        sequence = filter === undefined ? state.lastSequence : log.previous(state.lastSequence, filter);
        break;
      case 'last_per_subject':
        if (single) {
          sequence = state.firstSequence;
        } else {
          const sequences = lastSequences(log, filter);
          if (sequences.length > 0) skip = new SkipList(state.lastSequence, sequences);
          sequence = sequences[0] ?? state.lastSequence;
        }
        break;
      default:
        sequence =
          config.opt_start_time === undefined ? state.lastSequence + 1 : firstSince(log, config.opt_start_time, filter);
    }
  }
  if (sequence > state.lastSequence && !explicit) sequence = state.lastSequence + 1;
  else if (sequence < state.firstSequence) sequence = state.firstSequence;
  return { sequence: Math.max(sequence, 1), skip };
}

function lastSequences(log: MessageLog, filter: ConsumerFilter | undefined): number[] {
  const sequences: number[] = [];
  const { subjects } = log;
  if (filter?.literal !== undefined) {
    const subject = subjects.findText(filter.literal);
    if (subject !== -1) sequences.push(subjects.last(subject));
    return sequences;
  }
  for (const subject of subjects) {
    if (filter === undefined || filter.passes(subject)) sequences.push(subjects.last(subject));
  }
  return sequences.sort((a, b) => a - b);
}

/** From a time on; with filters nearer to what passes, where nothing of it lies before. */
function firstSince(log: MessageLog, time: string, filter: ConsumerFilter | undefined): number {
  const sequence = sequenceAtTime(log, time);
  if (filter === undefined) return sequence;
  const { firstSequence, lastSequence } = log.state;
  let nearest = lastSequence;
  for (const subject of filter.subjects) {
    const first = log.next(firstSequence, new ConsumerFilter([subject], log.subjects));
    if (first >= sequence && first !== 0 && first < nearest) nearest = first;
  }
  return nearest > sequence && nearest < lastSequence ? nearest : sequence;
}

/** The first message that is not older; one above the last one when all are. `time`: RFC 3339. */
export function sequenceAtTime(log: MessageLog, time: string): number {
  return log.sequenceAt(parsedTime(time));
}

/** Milliseconds are all that `Date` takes in; the rest of the fraction is read here. */
export function parsedTime(text: string): Time {
  const seconds = Math.floor(Date.parse(text) / 1000);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  return { seconds, nanos: Number(fraction.padEnd(9, '0')) };
}
