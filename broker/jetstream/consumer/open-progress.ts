import type { ConsumerConfig } from './consumer-config.ts';
import type { ConsumerFilter } from './consumer-filter.ts';
import type { ConsumerHost } from './consumer-host.ts';
import { ProgressJournal } from './progress-journal.ts';
import { readProgress } from './progress-reader.ts';
import { Progress } from './progress.ts';
import type { AckCounting } from './progress.ts';
import { SkipList } from './skip-list.ts';
import { startPosition } from './start-position.ts';

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
    const skip = restored.skip === undefined ? undefined : new SkipList(restored.skip.resume, restored.skip.sequences);
    return { progress, skip, journal };
  }
  const start = startPosition(host.log, config, filter, host.messagesPerSubject === 1);
  const progress = new Progress(counting);
  progress.startAt(start.sequence);
  return { progress, skip: start.skip, journal };
}

function countingOf(config: ConsumerConfig): AckCounting {
  if (config.ack_policy === 'none' || config.ack_policy === 'explicit') return config.ack_policy;
  return 'all';
}
