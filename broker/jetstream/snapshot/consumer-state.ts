import type { Journal } from '../../store/message-log.ts';
import { ProgressJournal } from '../consumer/progress-journal.ts';
import { type AckCounting, Progress } from '../consumer/progress.ts';

/** How far a consumer is, as backups tell it. */
export interface ConsumerState {
  readonly delivered: StatePair;
  readonly ack_floor: StatePair;
  /** By sequence of the stream; nanoseconds. */
  readonly pending?: Readonly<Record<string, { readonly Sequence: number; readonly Timestamp: number }>> | undefined;
  /** Redeliveries by sequence of the stream. */
  readonly redelivered?: Readonly<Record<string, number>> | undefined;
}

interface StatePair {
  readonly consumer_seq: number;
  readonly stream_seq: number;
}

const NANOS_PER_MICRO = 1000;

/** `lastSequence`: of the stream in the backup; what came after it is no part of it. */
export function consumerState(progress: Progress, lastSequence: number): object {
  const { pending, redelivered } = progress;
  const waiting: [string, object][] = [];
  for (let slot = pending.first; slot !== -1; slot = pending.next(slot)) {
    const sequence = pending.sequence[slot] as number;
    if (sequence > lastSequence) continue;
    const nanos = Math.round(pending.time[slot] as number) * NANOS_PER_MICRO;
    waiting.push([String(sequence), { Sequence: pending.consumerSequence[slot] as number, Timestamp: nanos }]);
  }
  const again = [...redelivered].filter(([sequence]) => sequence <= lastSequence);
  const pair = (consumer: number, stream: number): StatePair => ({
    consumer_seq: consumer,
    stream_seq: Math.min(stream, lastSequence),
  });
  return {
    delivered: pair(progress.deliveredConsumer, progress.deliveredStream),
    ack_floor: pair(progress.shownFloorConsumer, progress.shownFloorStream),
    pending: waiting.length === 0 ? undefined : Object.fromEntries(waiting),
    redelivered: again.length === 0 ? undefined : Object.fromEntries(again),
  };
}

/** Writes down in the journal of a consumer that it is so far; then it is opened with it. */
export function writeConsumerState(journal: Journal, counting: AckCounting, state: ConsumerState): void {
  const progress = new Progress(counting);
  progress.nextConsumer = state.delivered.consumer_seq + 1;
  progress.nextStream = state.delivered.stream_seq + 1;
  progress.deliveredStream = state.delivered.stream_seq;
  progress.floorConsumer = state.ack_floor.consumer_seq;
  progress.floorStream = state.ack_floor.stream_seq;
  progress.shownFloorConsumer = progress.floorConsumer;
  progress.shownFloorStream = progress.floorStream;
  const waiting = Object.entries(state.pending ?? {}).map(([sequence, { Sequence, Timestamp }]) => ({
    sequence: Number(sequence),
    consumerSequence: Sequence,
    time: Timestamp / NANOS_PER_MICRO,
  }));
  waiting.sort((one, other) => one.sequence - other.sequence);
  for (const { sequence, consumerSequence, time } of waiting)
    progress.pending.add(sequence, consumerSequence, Math.floor(time));
  for (const [sequence, count] of Object.entries(state.redelivered ?? {}))
    progress.redelivered.set(Number(sequence), count);
  const writer = new ProgressJournal(journal, () => {});
  writer.attach(progress, () => undefined);
  progress.listener?.replaced();
  writer.flush();
  if (journal.dirty) journal.commit();
  journal.close();
}
