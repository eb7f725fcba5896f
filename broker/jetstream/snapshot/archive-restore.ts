import { ByteQueue } from '../../base/byte-queue.ts';
import { NEVER } from '../encode/info-fields.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import { latin1 } from '../stream/message-text.ts';
import { parseTtl } from '../stream/message-ttl.ts';
import { headerIn } from '../stream/header-block.ts';
import { type ArchiveHead, MAGIC, takeHead } from './archive.ts';
import type { ConsumerState } from './consumer-state.ts';
import { RestoreError } from './restore-error.ts';
import type { RestoredStream } from './restored-stream.ts';

/** What an archive says of the stream in it. */
interface ArchivedState {
  readonly messages?: number;
  readonly first_seq?: number;
  readonly last_seq?: number;
  readonly consumer_count?: number;
}

const CONSUMERS = 'consumers/';

/** Reads the archives that backups of 2.15 are, as they come, into a stream. */
export class ArchiveRestore {
  readonly #queue = new ByteQueue();
  readonly #open: () => RestoredStream;
  readonly #payloadBytesMax: number;
  readonly #nowSeconds: number;
  #stream: RestoredStream | undefined;
  #state: ArchivedState | undefined;
  #head: ArchiveHead | undefined;
  #consumersLeft = 0;
  #begun = false;
  #ended = false;

  /** `open` makes the stream, once it is known what comes. */
  constructor(open: () => RestoredStream, payloadBytesMax: number, nowSeconds: number) {
    this.#open = open;
    this.#payloadBytesMax = payloadBytesMax;
    this.#nowSeconds = nowSeconds;
  }

  push(bytes: Uint8Array): void {
    const queue = this.#queue;
    queue.push(bytes);
    if (!this.#begun) {
      if (queue.length < MAGIC.length) return;
      queue.take(MAGIC.length);
      this.#begun = true;
    }
    while (!this.#ended) {
      this.#head ??= this.#nextHead();
      if (this.#head === undefined) return;
      const size = this.#head.headerBytes + this.#head.payloadBytes;
      if (queue.length < size) return;
      const head = this.#head;
      this.#head = undefined;
      this.#entry(head, queue.take(size));
    }
  }

  /** It is whole. Throws when something is missing. */
  end(): RestoredStream {
    if (!this.#ended || this.#stream === undefined) throw new RestoreError('EOF');
    return this.#stream;
  }

  get opened(): RestoredStream | undefined {
    return this.#stream;
  }

  #nextHead(): ArchiveHead | undefined {
    const head = takeHead(this.#queue);
    if (head === undefined || head.sequence === 0) return head;
    if (head.headerBytes + head.payloadBytes > this.#payloadBytesMax) {
      throw new RestoreError(`message sequence ${head.sequence} exceeds maximum payload size`);
    }
    return head;
  }

  #entry(head: ArchiveHead, body: Uint8Array): void {
    if (this.#state === undefined) {
      if (head.name !== 'state.json') throw new RestoreError('expected state.json first');
      this.#begin(json(body, 'error in state.json') as ArchivedState);
      return;
    }
    const stream = this.#stream as RestoredStream;
    if (this.#consumersLeft > 0) {
      this.#consumersLeft--;
      if (!head.name.startsWith(CONSUMERS)) throw new RestoreError(`expected consumer, found "${head.name}"`);
      const name = head.name.slice(CONSUMERS.length);
      const { config, state } = json(body, `failed to decode consumer "${name}" state`) as {
        config?: Partial<ConsumerConfig>;
        state?: ConsumerState;
      };
      if (config === undefined || config === null) throw new RestoreError(`consumer "${name}" is missing config`);
      if (state === undefined || state === null) throw new RestoreError(`consumer "${name}" is missing state`);
      stream.addConsumer(config, name, state);
      return;
    }
    if (head.sequence === 0) {
      if (head.name !== '' || body.length > 0) throw new RestoreError('expected message sequence');
      this.#ended = true;
      stream.skipTo((this.#state.last_seq ?? 0) + 1, stream.log.state.lastTime);
      return;
    }
    const headers = latin1(body, 0, head.headerBytes);
    const kept = parseTtl(headerIn(headers, 'Nats-TTL')) ?? 0;
    if (kept > 0 && head.time.seconds + kept < this.#nowSeconds) stream.skipTo(head.sequence + 1, head.time);
    else stream.add(head.sequence, head.time, head.name, headers, body.subarray(head.headerBytes));
  }

  #begin(state: ArchivedState): void {
    const { messages = 0, first_seq: first = 0, last_seq: last = 0, consumer_count: consumers = 0 } = state;
    if (consumers < 0) throw new RestoreError('invalid stream state: negative consumer count');
    const fits =
      first === 0 ? last === 0 && messages === 0 : first > last ? first - 1 === last && messages === 0 : true;
    if (!fits) throw new RestoreError('invalid stream state: inconsistent message count or sequence range');
    if (first > 0 && first <= last && messages > last - first + 1) {
      throw new RestoreError('invalid stream state: message count exceeds sequence range');
    }
    this.#state = state;
    this.#consumersLeft = consumers;
    this.#stream = this.#open();
    if (first > 1) this.#stream.skipTo(first, NEVER);
  }
}

function json(body: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(latin1(body, 0, body.length));
  } catch (error) {
    throw new RestoreError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
