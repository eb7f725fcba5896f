import type { ConsumerConfig } from './consumer-config.ts';
import type { ConsumerFilter } from './consumer-filter.ts';
import type { ConsumerHost } from './consumer-host.ts';
import { ProgressJournal } from './progress-journal.ts';
import { readProgress } from './progress-reader.ts';
import { Progress } from './progress.ts';
import type { AckCounting } from './progress.ts';
import { SkipList } from './skip-list.ts';
import { startPosition } from './start-position.ts';

const MICROS_PER_SECOND = 1_000_000;

interface OpenedProgress {
  readonly progress: Progress;
  readonly skip: SkipList | undefined;
  readonly journal: ProgressJournal | undefined;
}

/** How far a consumer is: as its journal says, or at the start that its configuration asks for. */
export function openProgress(
  host: ConsumerHost,
  config: ConsumerConfig,
  filter: ConsumerFilter | undefined,
  onDirty: () => void,
): OpenedProgress {
  const counting = countingOf(config);
  const journal = host.journal === undefined ? undefined : new ProgressJournal(host.journal, onDirty);
  const restored = host.journal === undefined ? undefined : readProgress(host.journal.load(), counting);
  const name = `${host.account} > ${host.stream} > ${config.name}`;
  if (restored !== undefined) {
    const { progress, fault } = restored;
    const { lastSequence } = host.log.state;
    if (fault !== undefined) {
      host.warn(`JetStream consumer '${name}' state is read up to a spoilt record only: ${fault}`);
    }
    if (progress.deliveredStream > lastSequence) {
      host.warn(
        `JetStream consumer '${name}' delivered sequence ${progress.deliveredStream} past last stream sequence of ${lastSequence}`,
      );
      progress.reconcile(lastSequence);
    }
    roundTimes(progress);
    const skip = restored.skip === undefined ? undefined : new SkipList(restored.skip.resume, restored.skip.sequences);
    return { progress, skip, journal };
  }
  const start = startPosition(host.log, config, filter, host.messagesPerSubject === 1);
  const progress = new Progress(counting);
  progress.startAt(start.sequence);
  return { progress, skip: start.skip, journal };
}

/**
 * nats-server keeps times of delivery to the second, so that after a restart messages of one second come again together,
 * in the order of their sequences. None comes earlier than it would have.
 */
function roundTimes({ pending }: Progress): void {
  for (let slot = pending.first; slot !== -1; slot = pending.next(slot)) {
    pending.time[slot] = Math.ceil((pending.time[slot] as number) / MICROS_PER_SECOND) * MICROS_PER_SECOND;
  }
}

function countingOf(config: ConsumerConfig): AckCounting {
  if (config.ack_policy === 'none' || config.ack_policy === 'explicit') return config.ack_policy;
  return 'all';
}
