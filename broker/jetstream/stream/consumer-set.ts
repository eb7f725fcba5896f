import { StoreError, type Time } from '../../store/message-log.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import { filterSubjects } from '../consumer/consumer-filter.ts';
import type { Worker } from '../jetstream.ts';
import { InterestReview } from './interest-review.ts';
import type { Stream } from './stream.ts';
import { StreamConsumer } from './stream-consumer.ts';

const PREFIX = 'consumer.';

/** Name of the document that a consumer is described in. */
export function consumerDocument(name: string): string {
  return `${PREFIX}${name}.json`;
}

/** The consumers of a stream, and what goes when none of them needs it any more. */
export class ConsumerSet {
  readonly byName = new Map<string, StreamConsumer>();
  readonly #stream: Stream;
  readonly #review: InterestReview;
  /** Messages are going, one of which consumers are told of. */
  #telling = false;
  /** Messages that a consumer was done with meanwhile. */
  #later: number[] = [];

  constructor(stream: Stream) {
    this.#stream = stream;
    const { log, host } = stream;
    this.#review = new InterestReview({
      log,
      consumers: this.byName,
      letGo: (sequence) => this.#letGo(sequence),
      wake: (worker: Worker) => {
        host.jetStream.wake(worker);
        host.touch();
      },
    });
  }

  /** Makes a consumer whose configuration was checked. Throws a `StoreError`, and then there is none. */
  add(config: ConsumerConfig, created: Readonly<Time>): StreamConsumer {
    const { name } = config;
    const { place, host } = this.#stream;
    try {
      if (config.mem_storage !== true && config.direct !== true && this.#stream.config.storage === 'file') {
        place.writeDocument(consumerDocument(name), JSON.stringify({ version: 1, config, created }), 'new');
      }
      const consumer = this.#bind(config, { ...created });
      consumer.start(true);
      return consumer;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.byName.delete(name);
      place.removeDocument(consumerDocument(name));
      host.onStoreError(this.#stream, error);
      throw new StoreError(error.code, 'error creating store for consumer', { cause: error });
    }
  }

  update(consumer: StreamConsumer, config: ConsumerConfig): void {
    const { place } = this.#stream;
    if (place.readDocument(consumerDocument(consumer.name)) !== undefined) {
      const { created } = consumer.engine;
      place.writeDocument(consumerDocument(consumer.name), JSON.stringify({ version: 1, config, created }));
    }
    const before = consumer.config;
    consumer.update(config);
    if (this.#stream.config.retention !== 'interest' || sameFilters(before, config)) return;
    this.#review.begin(consumer.engine.progress.floorStream, 'unneeded');
  }

  /** Those that are on disk begin again. What all were done with when the broker ended goes. */
  recover(): void {
    const { place, host, config: own } = this.#stream;
    for (const name of place.documents()) {
      if (!name.startsWith(PREFIX)) continue;
      const text = place.readDocument(name);
      if (text === undefined) continue;
      const document = read(text);
      if (document === undefined) {
        host.onStoreError(this.#stream, new StoreError('input-output', `"${name}" is no description of a consumer`));
        continue;
      }
      this.#bind(document.config, document.created).start(false);
    }
    if (own.retention === 'interest' && this.byName.size > 0) this.#review.begin(1, 'done');
  }

  /** A consumer is gone. */
  forget(consumer: StreamConsumer): void {
    this.byName.delete(consumer.name);
    this.#stream.place.removeDocument(consumerDocument(consumer.name));
    consumer.delete();
    if (this.#stream.config.retention !== 'interest') return;
    if (this.byName.size === 0) this.#dropAll();
    else this.#review.begin(consumer.engine.progress.floorStream, 'unneeded');
  }

  /** A consumer is done with a message: where all are, it goes. */
  settled(sequence: number): void {
    const { config, log } = this.#stream;
    if (config.retention === 'limits') return;
    if (this.#telling) {
      this.#later.push(sequence);
      return;
    }
    const subject = log.subjectOf(sequence);
    if (subject === -1) return;
    for (const consumer of this.byName.values()) if (consumer.needs(sequence, subject)) return;
    this.#letGo(sequence);
  }

  /** A message goes, for whatever reason. The log must not be changed by it. */
  onRemoved(sequence: number, subject: number): void {
    if (this.byName.size === 0) return;
    this.#telling = true;
    for (const consumer of this.byName.values()) consumer.onRemoved(sequence, subject);
    this.#telling = false;
  }

  /** What had to wait is done. */
  settleLater(): void {
    if (this.#later.length > 0) for (const sequence of this.#later.splice(0)) this.settled(sequence);
  }

  /** From now on messages are kept for those who wait for them only. */
  onInterestOnly(): void {
    if (this.byName.size === 0) this.#dropAll();
    else this.#review.begin(1, 'done');
  }

  stop(): void {
    this.#stream.host.jetStream.forget(this.#review);
    for (const consumer of this.byName.values()) consumer.stop();
  }

  delete(): void {
    for (const consumer of this.byName.values()) consumer.delete();
    this.byName.clear();
  }

  #bind(config: ConsumerConfig, created: Readonly<Time>): StreamConsumer {
    const stream = this.#stream;
    const { place } = stream;
    const inMemory = config.mem_storage === true || config.direct === true || stream.config.storage === 'memory';
    // One that came back from a backup begins with what that says.
    const without = inMemory && !place.journals().includes(config.name);
    const journal = without ? undefined : place.openJournal(config.name);
    const consumer = new StreamConsumer(stream, stream.host.jetStream, config, created, journal);
    this.byName.set(config.name, consumer);
    return consumer;
  }

  #letGo(sequence: number): void {
    this.#stream.log.remove(sequence);
    this.#stream.markDirty();
  }

  #dropAll(): void {
    const { log } = this.#stream;
    log.removeBelow(log.state.lastSequence + 1);
    this.#stream.markDirty();
  }
}

/** Undefined for what a loss of power left of it. */
function read(text: string): { config: ConsumerConfig; created: Time } | undefined {
  try {
    return JSON.parse(text) as { config: ConsumerConfig; created: Time };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sameFilters(one: Readonly<ConsumerConfig>, other: Readonly<ConsumerConfig>): boolean {
  const others = filterSubjects(other);
  return filterSubjects(one).length === others.length && filterSubjects(one).every((s, i) => s === others[i]);
}
