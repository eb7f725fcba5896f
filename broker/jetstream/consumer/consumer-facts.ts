import { timeOf } from './advisories.ts';
import type { ConsumerFacts } from './consumer-host.ts';
import type { ConsumerParts } from './parts.ts';

const NANOS_PER_MS = 1e6;

/** What there is to say of a consumer. `kept`: its state outlives a restart. */
export function consumerFacts(parts: ConsumerParts, now: number, kept: boolean): ConsumerFacts {
  const { progress, selection, config, push, pull, pin, lastDelivered, lastAcked, pausedUntil } = parts;
  // nats-server takes these from what it stored; where it stores nothing yet, from what it works with.
  const stored = kept || progress.deliveredStream !== 0 || progress.deliveredConsumer !== 0;
  const paused = pausedUntil > now;
  const [group] = config.priority_groups ?? [];
  return {
    delivered: {
      consumer: progress.deliveredConsumer,
      stream: stored && config.direct !== true ? progress.deliveredStream : progress.nextStream - 1,
      lastActive: lastDelivered === 0 ? undefined : timeOf(lastDelivered),
    },
    ackFloor: {
      consumer: progress.shownFloorConsumer,
      stream: progress.shownFloorStream,
      lastActive: lastAcked === 0 ? undefined : timeOf(lastAcked),
    },
    ackPending: progress.pending.size,
    // With a single delivery nothing is redelivered, though those that had theirs are remembered.
    redelivered: config.max_deliver === 1 ? 0 : progress.redelivered.size,
    waiting: pull?.waiting.length ?? 0,
    pending: selection.count,
    pushBound: push?.active === true,
    paused,
    pauseRemaining: paused ? Math.round((pausedUntil - now) * NANOS_PER_MS) : 0,
    priorityGroups:
      group === undefined
        ? undefined
        : [{ group, pinnedClientId: pin.id, pinnedAt: pin.id === '' ? undefined : timeOf(pin.since) }],
  };
}
