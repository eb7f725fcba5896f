import type { MessageLog, MessagePlace, StoredMessage, Journal } from '../../store/message-log.ts';
import type { JetStreamClock } from '../clock.ts';

/** Name and value of a header. */
export type Header = readonly [name: string, value: string];

/**
 * What a consumer has of its stream and of the account that both are in. Subjects are latin1 strings, as everywhere in the
 * broker.
 */
export interface ConsumerHost {
  readonly stream: string;
  readonly log: MessageLog;
  readonly clock: JetStreamClock;
  readonly retention: 'limits' | 'interest' | 'workqueue';
  /** Keeps its state; undefined for one that lives in memory only. */
  readonly journal: Journal | undefined;

  /**
   * Sends a message of the log, with its headers and those given. `subject` is where it goes, under its own subject or, for
   * push consumers, to `deliver_subject`; `reply` is the ack subject, '' for none. `headersOnly`: without payload, with
   * `Nats-Msg-Size`. Returns whether anybody got it, and the queue group only one of it.
   */
  deliver(message: StoredMessage, to: string, reply: string, options: DeliverOptions): boolean;
  /** Sends something of its own: statuses, heartbeats, flow control. `status` is the line after `NATS/1.0 `; '' for none. */
  send(to: string, status: string, headers?: readonly Header[], reply?: string, payload?: string): boolean;
  /** Whether anybody would get it (in that queue group, where one is named). */
  hasInterest(subject: string, queue?: string): boolean;
  /** Calls back when interest in a literal subject may have come or gone. Returns the way to end it. */
  watchInterest(subject: string, onChange: () => void): () => void;

  /** The consumer is done with a message (acked, terminated): retention may let it go. */
  settled(sequence: number): void;
  /** Wants `run` to be called at the end of this turn, when what was appended is safe. */
  wake(): void;
  /** `$JS.EVENT.ADVISORY.CONSUMER.<kind>.<stream>.<consumer>`; `fields` come behind type, id and timestamp. */
  advise(kind: AdvisoryKind, fields: Readonly<Record<string, unknown>>): void;
  /** `$JS.EVENT.METRIC.CONSUMER.ACK.<stream>.<consumer>`. */
  metric(fields: Readonly<Record<string, unknown>>): void;
  /** It is gone by itself (inactive): the stream forgets it. */
  expired(): void;
}

export interface DeliverOptions {
  readonly headersOnly: boolean;
  /** Headers that the delivered copy has besides, e.g. `Nats-Pin-Id`. */
  readonly headers?: readonly Header[] | undefined;
}

export type AdvisoryKind =
  'CREATED' | 'DELETED' | 'MAX_DELIVERIES' | 'MSG_NAKED' | 'MSG_TERMINATED' | 'PAUSE' | 'PINNED' | 'UNPINNED';

/** A message to a consumer: a pull request, an ack, the answer to flow control. */
export interface ConsumerMessage extends MessagePlace {
  /** '' when there is none. */
  readonly reply: string;
  /** The connection that sent it is another client's each time: what a pull request is counted for. undefined: the broker. */
  readonly client: object | undefined;
}

/** What the stream and the API call on a consumer. */
export interface ConsumerEngine {
  /** Messages up to this sequence are in the log and safe; called at the end of the turn they came in. */
  onAppended(first: number, last: number): void;
  /** A message goes: by limits, deletion, purge, or because all were done with it. The log still has it. */
  onRemoved(sequence: number, subject: number): void;
  /** Everything below the sequence went at once. */
  onPurged(firstSequence: number): void;
  /** Does what can be done now, and returns true when there is more to do in this turn. */
  run(): boolean;
  request(message: ConsumerMessage): void;
  /** `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>` and its payload. */
  acknowledge(streamSequence: number, consumerSequence: number, deliveries: number, message: ConsumerMessage): void;
  /** The answer to a flow control message. */
  flowControl(subject: string): void;
  /** Whether it still has to see a message, or waits for its ack: interest and work-queue streams keep it then. */
  needs(sequence: number, subject: number): boolean;
  stop(): void;
}
