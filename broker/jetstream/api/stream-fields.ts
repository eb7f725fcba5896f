import { timeText, ZERO_TIME_SECONDS } from '../time-text.ts';
import { PatternFilter } from '../stream/pattern-filter.ts';
import type { Stream } from '../stream/stream.ts';
import type { Time } from '../../store/message-log.ts';

export interface StreamFieldsOptions {
  /** With the sequences that are not there. */
  readonly details?: boolean;
  readonly subjects?: Record<string, number>;
}

const ZERO: Time = { seconds: ZERO_TIME_SECONDS, nanos: 0 };

/** What is told of a stream, field by field in nats-server's order. */
export function streamFields(stream: Stream, options: StreamFieldsOptions = {}): object {
  return {
    config: stream.shownConfig,
    created: timeText(stream.created),
    state: stateFields(stream, options),
    ...(stream.host.domain === '' ? {} : { domain: stream.host.domain }),
    ts: timeText(stream.host.clock.now()),
  };
}

/** A stream that was just made. */
export function createdFields(stream: Stream): object {
  return streamFields(stream);
}

function stateFields(stream: Stream, { details = false, subjects }: StreamFieldsOptions): object {
  const { log, consumers } = stream;
  const { state } = log;
  const never = state.lastSequence === 0;
  const deleted: number[] = [];
  if (details) for (const { first, last } of log.gaps()) for (let at = first; at <= last; at++) deleted.push(at);
  return {
    messages: state.messages,
    bytes: state.bytes,
    first_seq: state.messages === 0 && never ? 0 : state.firstSequence,
    first_ts: timeText(state.messages === 0 ? ZERO : state.firstTime),
    last_seq: state.lastSequence,
    last_ts: timeText(never ? ZERO : state.lastTime),
    ...(log.subjects.count === 0 ? {} : { num_subjects: log.subjects.count }),
    ...(subjects === undefined ? {} : { subjects }),
    ...(state.deleted === 0 ? {} : { num_deleted: state.deleted }),
    ...(deleted.length === 0 ? {} : { deleted }),
    consumer_count: consumers.size,
  };
}

/** Messages of each subject that the filter covers. */
export function subjectCounts({ log }: Stream, filter: string): [subject: string, messages: number][] {
  const { subjects } = log;
  return new PatternFilter(log, [filter])
    .subjects()
    .map((subject): [string, number] => [subjects.text(subject), subjects.messages(subject)])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
