import type { OutsideMessage, Relay } from '../../account/crossing.ts';
import { newEventId } from '../../base/event-text.ts';
import { SnappyError, SnappyReader } from '../../base/snappy-reader.ts';
import { StoreError } from '../../store/message-log.ts';
import type { AccountJetStream } from '../account-jetstream.ts';
import { answer, errorAnswer } from '../encode/answers.ts';
import { apiError } from '../errors.ts';
import { streamFields } from '../api/stream-fields.ts';
import { checkStreamCreate } from '../stream/config/stream-changes.ts';
import type { StreamConfig } from '../stream/stream-config.ts';
import { ArchiveError, MAGIC } from './archive.ts';
import { ArchiveRestore } from './archive-restore.ts';
import { BlockError } from './message-blocks.ts';
import { apiErrorText, RestoreError } from './restore-error.ts';
import { RestoredStream } from './restored-stream.ts';
import { TarRestore } from './tar-restore.ts';

/** Nothing came for so long: whoever sent it has gone. */
const SILENCE_MS_MAX = 5000;
const NOTHING = new Uint8Array(0);

/** One of the two forms that backups have. */
interface Restore {
  push(bytes: Uint8Array): void;
  end(): RestoredStream;
  readonly opened: RestoredStream | undefined;
}

/** What the stream was like, as far as the form of the backup does not tell. */
export interface RestoreTerms {
  readonly config: StreamConfig;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** Takes a backup, chunk by chunk, and makes the stream of it. */
export class RestoreSession implements Relay {
  readonly subject: string;
  readonly #account: AccountJetStream;
  readonly #terms: RestoreTerms;
  readonly #onEnd: (bytes: number) => void;
  readonly #reader: SnappyReader;
  #restore: Restore | undefined;
  #first: Uint8Array = NOTHING;
  #bytes = 0;
  #ended = false;
  #fault: Error | undefined;
  #heardAt = 0;
  #endListening: (() => void) | undefined;
  #cancelCheck: (() => void) | undefined;

  /** `onEnd` is told how many bytes came. */
  constructor(account: AccountJetStream, terms: RestoreTerms, onEnd: (bytes: number) => void) {
    this.#account = account;
    this.#terms = terms;
    this.#onEnd = onEnd;
    this.#reader = new SnappyReader((block) => this.#onBlock(block));
    this.subject = `$JS.SNAPSHOT.RESTORE.${terms.config.name}.${newEventId()}`;
  }

  start(): void {
    this.#heardAt = this.#account.clock.milliseconds();
    this.#endListening = this.#account.listen(this.subject, this);
    this.#watch();
  }

  relay: Relay['relay'] = (message) => {
    const { arena } = this.#account;
    const { payloadStart, payloadBytes, replyStart, replyEnd } = message;
    const start = payloadStart + Math.max(0, message.headerBytes);
    this.#take(
      arena.bytes.slice(start, payloadStart + payloadBytes),
      replyEnd === 0 ? '' : arena.latin1(replyStart, replyEnd),
    );
    return true;
  };

  subjectThere(): string {
    return '';
  }

  relayOutside({ payload, reply }: OutsideMessage): boolean {
    this.#take(payload, reply);
    return true;
  }

  #take(chunk: Uint8Array, reply: string): void {
    if (this.#ended) return;
    const { account, sender } = this.#account;
    this.#heardAt = this.#account.clock.milliseconds();
    if (reply === '') {
      const name = `${account.name} > ${this.#terms.config.name}`;
      this.#fail(new RestoreError(`restore for stream '${name}' requires reply subject for each chunk`), '');
      return;
    }
    this.#bytes += chunk.length;
    const last = chunk.length === 0;
    try {
      // What follows a fault is taken, as nats-server does: it is told at the end.
      if (this.#fault === undefined) {
        if (last) return this.#finish(reply);
        this.#reader.push(chunk);
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#fault = error;
      this.#restore?.opened?.drop();
    }
    if (last) return this.#fail(this.#fault as Error, reply);
    sender.send(reply, '', undefined, NOTHING);
    this.#account.touch();
  }

  #onBlock(block: Uint8Array): void {
    if (this.#restore !== undefined) {
      this.#restore.push(block);
      return;
    }
    const all = this.#first.length === 0 ? block : Buffer.concat([this.#first, block]);
    this.#first = all;
    if (all.length < MAGIC.length) return;
    this.#first = NOTHING;
    const archived = Buffer.from(all.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
    const { clock, jetStream } = this.#account;
    const seconds = Math.floor(clock.milliseconds() / 1000);
    this.#restore = archived
      ? new ArchiveRestore(() => this.#open(), jetStream.around.payloadBytesMax(), seconds)
      : new TarRestore((created) => this.#open(created), this.#terms);
    this.#restore.push(all);
  }

  #open(created = this.#account.clock.now()): RestoredStream {
    const { config } = this.#terms;
    const outcome = checkStreamCreate(config, config.name, this.#account.context);
    if ('err_code' in outcome) throw new RestoreError(`error adding stream: ${apiErrorText(outcome)}`);
    return new RestoredStream(this.#account, config, created);
  }

  #finish(reply: string): void {
    this.#reader.end();
    if (this.#restore === undefined) throw new RestoreError('EOF');
    const stream = this.#restore.end().finish();
    this.#account.adviseStream('CREATED', stream.name);
    this.#end();
    const { config, created, state, ts } = streamFields(stream, { created: true }) as Record<string, unknown>;
    const text = answer('stream_create', { config, created, state, ts });
    this.#account.sender.send(reply, '', undefined, Buffer.from(text, 'latin1'));
    this.#account.touch();
  }

  #fail(error: Error, reply: string): void {
    if (this.#fault === undefined) this.#restore?.opened?.drop();
    this.#end();
    const { account, sender, jetStream } = this.#account;
    jetStream.around.log(
      'warn',
      `Restore failed for stream '${account.name} > ${this.#terms.config.name}': ${error.message}`,
    );
    if (reply === '') return;
    const text = errorAnswer('stream_create', apiError('streamRestore', { err: error.message }));
    sender.send(reply, '', undefined, Buffer.from(text, 'latin1'));
    this.#account.touch();
  }

  #end(): void {
    this.#ended = true;
    this.#endListening?.();
    this.#cancelCheck?.();
    this.#onEnd(this.#bytes);
  }

  #watch(): void {
    const { clock, account } = this.#account;
    this.#cancelCheck = clock.after(SILENCE_MS_MAX, () => {
      if (clock.milliseconds() - this.#heardAt < SILENCE_MS_MAX) {
        this.#watch();
        return;
      }
      this.#fail(new RestoreError(`restore for stream '${account.name} > ${this.#terms.config.name}' is stalled`), '');
    });
  }
}

function isFault(error: unknown): error is Error {
  return (
    error instanceof RestoreError ||
    error instanceof SnappyError ||
    error instanceof ArchiveError ||
    error instanceof BlockError ||
    error instanceof StoreError
  );
}
