import type { Time } from '../../store/message-log.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import { latin1 } from '../stream/message-text.ts';
import type { StreamConfig } from '../stream/stream-config.ts';
import { parseTime } from '../time-text.ts';
import type { ConsumerState } from './consumer-state.ts';
import { type BlockIndex, decodeBlockIndex } from './block-index.ts';
import { blockMessages } from './message-blocks.ts';
import { RestoreError } from './restore-error.ts';
import type { RestoredStream } from './restored-stream.ts';
import { decodeStoredState } from './stored-state.ts';
import { TarReader } from './tar-reader.ts';

/** What is known of the stream beside the archive. */
interface Terms {
  readonly config: StreamConfig;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

interface StoredConsumer {
  meta: (Partial<ConsumerConfig> & { created?: string }) | undefined;
  state: ConsumerState | undefined;
}

const NOTHING_DONE: ConsumerState = {
  delivered: { consumer_seq: 0, stream_seq: 0 },
  ack_floor: { consumer_seq: 0, stream_seq: 0 },
};

/** Reads the archives that backups of 2.14 and before are: nats-server's own files. */
export class TarRestore {
  readonly #terms: Terms;
  readonly #open: (created: Time | undefined) => RestoredStream;
  readonly #tar = new TarReader((name, bytes) => this.#file(name, bytes));
  readonly #consumers = new Map<string, StoredConsumer>();
  /** Number of the last block. */
  #lastBlock = 0;
  readonly #gone: number[] = [];
  readonly #indexes = new Map<number, BlockIndex>();
  #stream: RestoredStream | undefined;

  constructor(open: (created: Time | undefined) => RestoredStream, terms: Terms) {
    this.#open = open;
    this.#terms = terms;
  }

  get opened(): RestoredStream | undefined {
    return this.#stream;
  }

  push(bytes: Uint8Array): void {
    this.#tar.push(bytes);
  }

  end(): RestoredStream {
    const stream = this.#stream;
    if (stream === undefined) throw new RestoreError('open meta.inf: no such file or directory');
    const { firstSequence, lastSequence } = this.#terms;
    const { log } = stream;
    stream.skipTo(lastSequence + 1, log.state.lastTime);
    for (const sequence of this.#gone) if (log.has(sequence)) log.remove(sequence);
    if (firstSequence > log.state.firstSequence) log.removeBelow(Math.min(firstSequence, log.state.lastSequence + 1));
    for (const [name, { meta, state = NOTHING_DONE }] of this.#consumers) {
      if (meta === undefined) throw new RestoreError(`error restoring consumer ["${name}"]: there is no meta.inf`);
      const { created, ...config } = meta;
      stream.addConsumer(config, name, state, created === undefined ? undefined : parseTime(created));
    }
    return stream;
  }

  #file(name: string, bytes: Uint8Array): void {
    const [folder = '', consumer = '', file] = name.split('/');
    if (name === 'meta.inf') {
      const meta = json(bytes) as { name?: string; created?: string };
      if (meta.name !== this.#terms.config.name) throw new RestoreError('stream names do not match');
      this.#stream = this.#open(meta.created === undefined ? undefined : parseTime(meta.created));
    } else if (folder === 'msgs' && consumer.endsWith('.blk')) {
      if (this.#stream === undefined) throw new RestoreError('expected meta.inf first');
      this.#addBlock(this.#stream, Number.parseInt(consumer, 10), bytes);
    } else if (folder === 'msgs' && consumer.endsWith('.idx')) {
      this.#indexes.set(Number.parseInt(consumer, 10), decodeBlockIndex(bytes));
    } else if (folder === 'obs' && file !== undefined) {
      const known = this.#consumers.get(consumer) ?? { meta: undefined, state: undefined };
      this.#consumers.set(consumer, known);
      if (file === 'meta.inf') known.meta = consumerMeta(json(bytes) as Record<string, unknown>);
      else if (file === 'o.dat') known.state = decodeStoredState(bytes);
    }
  }

  #addBlock(stream: RestoredStream, number: number, block: Uint8Array): void {
    const { log } = stream;
    if (number <= this.#lastBlock) throw new RestoreError('the blocks of the backup are out of order');
    this.#lastBlock = number;
    const index = this.#indexes.get(number);
    for (const { sequence, time, kind, subject, headers, payload } of blockMessages(
      block,
      this.#terms.config.name,
      number,
    )) {
      if (index !== undefined && (sequence < index.firstSequence || index.gone.has(sequence))) continue;
      if (kind === 'tombstone') this.#gone.push(sequence);
      // Messages that were written anew are there twice.
      else if (kind === 'message' && sequence > log.state.lastSequence)
        stream.add(sequence, time, subject, headers, payload);
    }
  }
}

/** The configuration of a consumer lies beside what else is written of it. */
function consumerMeta(meta: Record<string, unknown>): StoredConsumer['meta'] {
  const { Name: _name, ...config } = meta;
  return config;
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(latin1(bytes, 0, bytes.length));
  } catch (error) {
    throw new RestoreError(error instanceof Error ? error.message : String(error));
  }
}
