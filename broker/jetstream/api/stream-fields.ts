import { NEVER, type StreamState, streamInfoJson } from '../encode/info-fields.ts';
import { PatternFilter } from '../stream/pattern-filter.ts';
import type { StreamConsumer } from '../stream/stream-consumer.ts';
import type { Stream } from '../stream/stream.ts';

export interface StreamFieldsOptions {
  /** With the sequences that are not there. */
  readonly details?: boolean;
  readonly subjects?: ReadonlyMap<string, number>;
  /** In an answer to `STREAM.INFO`. */
  readonly leader?: string;
  /** In an answer to a create. */
  readonly created?: boolean;
  /** In a list. */
  readonly listed?: boolean;
}

/** What is told of a stream. */
export function streamFields(stream: Stream, options: StreamFieldsOptions = {}): object {
  const { host, config, created, origins } = stream;
  return streamInfoJson(
    {
      config,
      created,
      state: stateOf(stream, options),
      domain: options.created === true ? '' : host.domain,
      mirror: origins.mirror,
      sources: origins.sources,
      leader: options.leader,
      ts: host.clock.now(),
    },
    options.listed !== true,
  );
}

export function stateOf(
  { log, consumers, config }: Stream,
  { details = false, subjects }: StreamFieldsOptions,
): StreamState {
  const { state } = log;
  const never = state.lastSequence === 0;
  const deleted: number[] = [];
  // What nats-server says of a file that never had a message.
  const nothing = details && never && config.storage === 'file';
  if (nothing) deleted.push(0);
  else if (details) for (const { first, last } of log.gaps()) for (let at = first; at <= last; at++) deleted.push(at);
  return {
    messages: state.messages,
    bytes: state.bytes,
    first_seq: never ? 0 : state.firstSequence,
    first_ts: state.messages === 0 ? NEVER : state.firstTime,
    last_seq: state.lastSequence,
    last_ts: never ? NEVER : state.lastTime,
    num_subjects: log.subjects.count,
    subjects,
    num_deleted: nothing ? 1 : state.deleted,
    deleted: deleted.length === 0 ? undefined : deleted,
    consumer_count: publicConsumers(consumers.values()),
  };
}

/** Messages of each subject that the filter covers, by subject. */
export function subjectCounts({ log }: Stream, filter: string): [subject: string, messages: number][] {
  const { subjects } = log;
  const counts = new Map<string, number>();
  for (const subject of new PatternFilter(log, [filter]).subjects()) {
    counts.set(subjects.text(subject), subjects.messages(subject));
  }
  const texts = [...counts.keys()].sort();
  return texts.map((text) => [text, counts.get(text) as number]);
}

/** Consumers that other streams have for themselves are nobody's business. */
function publicConsumers(consumers: Iterable<StreamConsumer>): number {
  let count = 0;
  for (const { config } of consumers) if (config.direct !== true) count++;
  return count;
}
