import { shownMetadata } from '../api-level.ts';
import type { SequencePair } from '../consumer/consumer-host.ts';
import type { StreamConsumer } from '../stream/stream-consumer.ts';
import { timeText } from '../time-text.ts';

/** What is told of a consumer, field by field in nats-server's order. */
export function consumerFields(consumer: StreamConsumer): object {
  const { engine, stream, config, name } = consumer;
  const facts = engine.info();
  const { pauseRemaining, priorityGroups } = facts;
  return {
    stream_name: stream,
    name,
    created: timeText(engine.created),
    config: { ...config, metadata: shownMetadata(config.metadata) },
    delivered: pairFields(facts.delivered),
    ack_floor: pairFields(facts.ackFloor),
    num_ack_pending: facts.ackPending,
    num_redelivered: facts.redelivered,
    num_waiting: facts.waiting,
    num_pending: facts.pending,
    ...(facts.pushBound ? { push_bound: true } : {}),
    ...(facts.paused ? { paused: true } : {}),
    ...(pauseRemaining > 0 ? { pause_remaining: pauseRemaining } : {}),
    ts: timeText(consumer.clock.now()),
    ...(priorityGroups === undefined
      ? {}
      : {
          priority_groups: priorityGroups.map(({ group, pinnedClientId, pinnedAt }) => ({
            group,
            ...(pinnedClientId === '' ? {} : { pinned_client_id: pinnedClientId }),
            ...(pinnedAt === undefined ? {} : { pinned_ts: timeText(pinnedAt) }),
          })),
        }),
  };
}

function pairFields({ consumer, stream, lastActive }: SequencePair): object {
  return {
    consumer_seq: consumer,
    stream_seq: stream,
    ...(lastActive === undefined ? {} : { last_active: timeText(lastActive) }),
  };
}
