import { CHUNK_BYTES, snappyChunks, STREAM_IDENTIFIER } from '../../base/snappy.ts';
import { ByteQueue } from '../../base/byte-queue.ts';
import type { Time } from '../../store/message-log.ts';
import { consumerConfigJson } from '../encode/config-fields.ts';
import { goJson } from '../encode/go-json.ts';
import { streamStateJson, type StreamState } from '../encode/info-fields.ts';
import { subjectOf } from '../stream/message-text.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamConsumer } from '../stream/stream-consumer.ts';
import { archiveHead, MAGIC } from './archive.ts';
import { consumerState } from './consumer-state.ts';

/** What a backup is of. */
export interface SnapshotTerms {
  readonly state: StreamState;
  /** Undefined: it is without them. */
  readonly consumers: readonly StreamConsumer[] | undefined;
  readonly now: Readonly<Time>;
}

const NO_TIME: Time = { seconds: 0, nanos: 0 };

/** Makes the bytes of a backup (2.15's form), a piece at a time: messages may come and go meanwhile. */
export class SnapshotWriter {
  readonly #pieces: Generator<Uint8Array, void>;
  readonly #plain = new ByteQueue();
  readonly #packed = new ByteQueue();
  #ended = false;

  constructor(stream: Stream, terms: SnapshotTerms) {
    this.#pieces = pieces(stream, terms);
    this.#packed.push(STREAM_IDENTIFIER);
  }

  /** Up to so many bytes; fewer at the end only. A copy. */
  next(bytes: number): Uint8Array {
    while (this.#packed.length < bytes && !this.#ended) this.#pack();
    return this.#packed.take(Math.min(bytes, this.#packed.length)).slice();
  }

  #pack(): void {
    while (this.#plain.length < CHUNK_BYTES && !this.#ended) {
      const { value, done } = this.#pieces.next();
      if (done === true) this.#ended = true;
      else this.#plain.push(value);
    }
    const bytes = this.#plain.take(Math.min(CHUNK_BYTES, this.#plain.length));
    if (bytes.length > 0) this.#packed.push(snappyChunks(bytes));
    while (this.#ended && this.#plain.length > 0) {
      this.#packed.push(snappyChunks(this.#plain.take(Math.min(CHUNK_BYTES, this.#plain.length))));
    }
  }
}

function* pieces(stream: Stream, { state, consumers, now }: SnapshotTerms): Generator<Uint8Array, void> {
  yield Buffer.from(MAGIC, 'latin1');
  const document = (name: string, text: string): Uint8Array => {
    const head = archiveHead({ name, time: now, sequence: 0, headerBytes: 0, payloadBytes: text.length });
    return Buffer.concat([head, Buffer.from(text, 'latin1')]);
  };
  yield document('state.json', goJson(streamStateJson({ ...state, consumer_count: consumers?.length ?? 0 })));
  for (const { name, config, engine } of consumers ?? []) {
    const told = { ...consumerConfigJson({ ...config, unnamed: undefined }, false) };
    const text = goJson({ config: told, state: consumerState(engine.progress, state.last_seq) });
    yield document(`consumers/${name}`, text);
  }
  const { log } = stream;
  for (let at = log.next(state.first_seq); at !== 0 && at <= state.last_seq; at = log.next(at + 1)) {
    const message = log.read(at);
    // Records that are spoilt were reported by the store.
    if (message === undefined) continue;
    const { seconds, nanos, sequence, bytes, bodyStart, bodyBytes, headerBytes } = message;
    const head = archiveHead({
      name: subjectOf(message),
      time: { seconds, nanos },
      sequence,
      headerBytes,
      payloadBytes: bodyBytes - headerBytes,
    });
    yield Buffer.concat([head, bytes.subarray(bodyStart, bodyStart + bodyBytes)]);
  }
  yield archiveHead({ name: '', time: NO_TIME, sequence: 0, headerBytes: 0, payloadBytes: 0 });
}
