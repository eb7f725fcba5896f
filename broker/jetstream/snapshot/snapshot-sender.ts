import { newEventId } from '../../base/event-text.ts';
import type { AccountJetStream } from '../account-jetstream.ts';
import type { Stream } from '../stream/stream.ts';
import { type SnapshotTerms, SnapshotWriter } from './snapshot-writer.ts';

const CHUNK_BYTES_DEFAULT = 128 * 1024;
const CHUNK_BYTES_MIN = 1024;
const CHUNK_BYTES_MAX = 1024 * 1024;
const WINDOW_BYTES_DEFAULT = 8 * 1024 * 1024;
const WINDOW_BYTES_MAX = 32 * 1024 * 1024;
const ACK_MS_MAX = 5000;
/** How long somebody may take to listen to what he asked for. */
const INTEREST_MS_MAX = 2000;
const NOTHING = new Uint8Array(0);

export interface SnapshotRequest {
  readonly deliver_subject: string;
  readonly chunk_size: number;
  readonly window_size: number;
}

/** How long chunks are made before others get their turn, in milliseconds. */
const SEND_MS_MAX = 8;

/** Sends a backup to whoever asked for it: so much at a time as he answers for. */
export class SnapshotSender {
  readonly #account: AccountJetStream;
  readonly #to: string;
  readonly #writer: SnapshotWriter;
  readonly #chunkBytes: number;
  readonly #ackPrefix: string;
  readonly #onEnd: (error: string) => void;
  readonly #endings: (() => void)[] = [];
  #slots: number;
  #index = 1;
  #heard = false;
  #ended = false;
  #cancelTimer: (() => void) | undefined;
  #next: NodeJS.Immediate | undefined;

  /** `onEnd` is told why it ended early; '': it did not. */
  constructor(
    stream: Stream,
    account: AccountJetStream,
    request: SnapshotRequest,
    terms: SnapshotTerms,
    onEnd: (error: string) => void,
  ) {
    this.#account = account;
    this.#to = request.deliver_subject;
    this.#writer = new SnapshotWriter(stream, terms);
    const chunk = clamp(request.chunk_size || CHUNK_BYTES_DEFAULT, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
    const window = clamp(request.window_size || WINDOW_BYTES_DEFAULT, CHUNK_BYTES_MIN, WINDOW_BYTES_MAX);
    this.#chunkBytes = chunk;
    this.#slots = Math.floor(Math.max(window, chunk) / chunk);
    this.#ackPrefix = `$JS.SNAPSHOT.ACK.${stream.name}.${newEventId()}`;
    this.#onEnd = onEnd;
  }

  start(): void {
    const account = this.#account;
    this.#endings.push(
      account.listen(`${this.#ackPrefix}.>`, {
        relay: () => {
          this.#slots++;
          this.#send();
          return true;
        },
        subjectThere: () => '',
        relayOutside: () => false,
      }),
      account.watchInterest(this.#to, () => this.#review()),
    );
    this.#heard = this.#isHeard;
    if (this.#heard) {
      this.#send();
      return;
    }
    this.#cancelTimer = account.clock.after(INTEREST_MS_MAX, () => {
      this.#send();
      account.endTurn();
    });
  }

  /** By a subscription to just that subject: one with wildcards may be there for other things. */
  get #isHeard(): boolean {
    return this.#account.account.interest.hasLiteral(this.#to);
  }

  #review(): void {
    const before = this.#heard;
    this.#heard = this.#isHeard;
    if (this.#heard === before) return;
    if (this.#heard) this.#send();
    else this.#end('no interest', '408 No Interest');
  }

  #send(): void {
    if (this.#ended) return;
    const { sender, clock } = this.#account;
    let sent = false;
    const until = performance.now() + SEND_MS_MAX;
    while (this.#slots > 0 && !this.#ended) {
      if (performance.now() > until) {
        this.#next ??= setImmediate(() => {
          this.#next = undefined;
          this.#send();
          this.#account.endTurn();
        });
        break;
      }
      const chunk = this.#writer.next(this.#chunkBytes);
      if (chunk.length < this.#chunkBytes) {
        if (chunk.length > 0) sender.send(this.#to, '', undefined, chunk);
        this.#end('', this.#index === 1 ? '' : '204');
        return;
      }
      this.#slots--;
      sent = true;
      sender.send(this.#to, `${this.#ackPrefix}.${chunk.length}.${this.#index}`, undefined, chunk);
      this.#index++;
    }
    if (!sent) return;
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(ACK_MS_MAX, () => {
      this.#end('no flow response', '408 No Flow Response');
      this.#account.endTurn();
    });
    this.#account.touch();
  }

  #end(error: string, status: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearImmediate(this.#next);
    this.#cancelTimer?.();
    for (const end of this.#endings) end();
    const block = status === '' ? undefined : Buffer.from(`NATS/1.0 ${status}\r\n\r\n`, 'latin1');
    this.#account.sender.send(this.#to, '', block, NOTHING);
    this.#account.touch();
    this.#onEnd(error);
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
