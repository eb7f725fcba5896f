import { consumerInfoJson, NEVER, type Progress } from '../encode/info-fields.ts';
import type { SequencePair } from '../consumer/consumer-host.ts';
import type { StreamConsumer } from '../stream/stream-consumer.ts';

/** What is told of a consumer. */
export function consumerFields(consumer: StreamConsumer, listed = false): object {
  const { engine, stream, config, name } = consumer;
  const facts = engine.info();
  const group = facts.priorityGroups?.[0];
  return consumerInfoJson(
    {
      stream_name: stream,
      name,
      created: engine.created,
      config,
      delivered: progressOf(facts.delivered),
      ack_floor: progressOf(facts.ackFloor),
      num_ack_pending: facts.ackPending,
      num_redelivered: facts.redelivered,
      num_waiting: facts.waiting,
      num_pending: facts.pending,
      push_bound: facts.pushBound,
      pause_remaining: facts.pauseRemaining,
      ts: consumer.clock.now(),
      pinned:
        group === undefined
          ? undefined
          : { group: group.group, id: group.pinnedClientId, since: group.pinnedAt ?? NEVER },
    },
    !listed,
  );
}

function progressOf({ consumer, stream, lastActive }: SequencePair): Progress {
  return { consumer_seq: consumer, stream_seq: stream, last_active: lastActive };
}
