import type { AccountJetStream } from '../account-jetstream.ts';
import { completeConsumer } from '../consumer/config/consumer-changes.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import type { MessageLog, StreamPlace, SubjectHash, Time } from '../../store/message-log.ts';
import { LogInput } from '../stream/log-input.ts';
import { consumerDocument } from '../stream/consumer-set.ts';
import { Stream } from '../stream/stream.ts';
import type { StreamConfig } from '../stream/stream-config.ts';
import { writeStreamDocument } from '../stream/stream-document.ts';
import { type ConsumerState, writeConsumerState } from './consumer-state.ts';
import { apiErrorText, RestoreError } from './restore-error.ts';

/** Messages that are kept back before they are written, in bytes. */
const UNSAFE_BYTES_MAX = 4 * 1024 * 1024;

/** A stream on its way back: nobody sees it until it is whole. */
export class RestoredStream {
  readonly #account: AccountJetStream;
  readonly #place: StreamPlace;
  readonly #config: StreamConfig;
  readonly #created: Time;
  readonly #input = new LogInput();
  readonly #hash: SubjectHash;
  #unsafeBytes = 0;

  constructor(account: AccountJetStream, config: StreamConfig, created: Readonly<Time>) {
    this.#account = account;
    this.#config = config;
    this.#created = { ...created };
    this.#hash = account.hash;
    const { name, storage, compression } = config;
    this.#place = account.jetStream.store.openStream(account.account.name, name, { storage, compression });
    // Without its document it is no stream, whatever happens meanwhile.
  }

  get log(): MessageLog {
    return this.#place.log;
  }

  /** Messages come in the order of their sequences; what is between them was deleted. */
  add(sequence: number, time: Readonly<Time>, subject: string, headers: string, payload: Uint8Array): void {
    const { log } = this;
    if (sequence <= log.state.lastSequence) throw new RestoreError(`message sequence ${sequence} out of order`);
    this.skipTo(sequence, time);
    const input = this.#input.compose(this.#hash, subject, headers, payload);
    log.append(input, input.hash, time);
    this.#unsafeBytes += subject.length + headers.length + payload.length;
    if (this.#unsafeBytes < UNSAFE_BYTES_MAX) return;
    this.#unsafeBytes = 0;
    log.commit();
  }

  /** The next message has at least this sequence. */
  skipTo(sequence: number, time: Readonly<Time>): void {
    if (sequence > this.log.state.lastSequence + 1) this.log.skipTo(sequence, time);
  }

  addConsumer(fields: Partial<ConsumerConfig>, name: string, state: ConsumerState, created?: Readonly<Time>): void {
    const config = completeConsumer({ ...fields, name }, this.#config, this.#account.context);
    if ('err_code' in config) throw new RestoreError(`failed to add consumer "${name}": ${apiErrorText(config)}`);
    const text = JSON.stringify({ version: 1, config, created: created ?? this.#account.clock.now() });
    this.#place.writeDocument(consumerDocument(name), text);
    const { ack_policy } = config;
    const counting = ack_policy === 'none' || ack_policy === 'explicit' ? ack_policy : 'all';
    writeConsumerState(this.#place.openJournal(name), counting, state);
  }

  /** From now on it is a stream like others. */
  finish(): Stream {
    const { log } = this;
    if (log.dirty) log.commit();
    writeStreamDocument(this.#place, { config: this.#config, created: this.#created });
    const stream = new Stream(this.#account, this.#place, this.#config, this.#created);
    this.#account.adopt(stream);
    return stream;
  }

  /** Nothing is left of it. */
  drop(): void {
    this.#place.destroy();
  }
}
