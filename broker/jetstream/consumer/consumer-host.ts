import type { MessageLog, MessagePlace, StoredMessage, Journal, Time } from '../../store/message-log.ts';
import type { JetStreamClock } from '../clock.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import type { Progress } from './progress.ts';

/** Name and value of a header. */
export type Header = readonly [name: string, value: string];

/**
 * Where messages go: made once for a pull request or a deliver subject, so that nothing is looked up message by message.
 * What the host keeps with it is its own business.
 */
export interface DeliveryTarget {
  readonly subject: string;
  /** The subject stands for somebody in another account, who is told when interest is gone (408 `Interest Expired`). */
  readonly relayed?: boolean | undefined;
}

/** The ack subject of a message, latin1. The same object each time: the bytes are good until `deliver` returns. */
export interface AckReply {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * What a consumer has of its stream and of the account that both are in. Subjects are latin1 strings, as everywhere in the
 * broker. All of it may be called in a turn and outside of one (timers); the host sees to it that what was sent goes out.
 */
export interface ConsumerHost {
  readonly stream: string;
  readonly account: string;
  readonly domain: string | undefined;
  readonly log: MessageLog;
  readonly clock: JetStreamClock;
  /** May change while it runs. */
  readonly retention: 'limits' | 'interest' | 'workqueue';
  /** `max_msgs_per_subject` of the stream; -1: no limit. */
  readonly messagesPerSubject: number;
  /** Bytes of the greatest message: `max_msg_size` of the stream, or what the account or server allow. */
  readonly messageBytesMax: number;
  /** Keeps its state; undefined for one that lives in memory only. */
  readonly journal: Journal | undefined;

  target(subject: string): DeliveryTarget;
  /**
   * Sends a message of the log under its own subject, with its headers and those given, to whoever listens to the target.
   * `reply` is its ack subject (with every ack policy, as it says the counts). Returns whether anybody got it.
   */
  deliver(message: StoredMessage, to: DeliveryTarget, reply: AckReply, options: DeliverOptions): boolean;
  /**
   * Sends something of its own: statuses, heartbeats, flow control, answers to acks. `status` is the line after
   * `NATS/1.0 `; '': no headers at all.
   */
  send(to: string, status: string, headers?: readonly Header[], reply?: string): void;
  /**
   * Whether anybody would get what is sent there. With a queue group (or '' for none) only subscriptions to just that
   * subject count, in that group or outside of any: for nats-server a wildcard does not make a push consumer active.
   */
  hasInterest(target: DeliveryTarget, group?: string): boolean;
  /** Calls back when interest in a literal subject may have come or gone. Returns the way to end it. */
  watchInterest(subject: string, onChange: () => void): () => void;

  /**
   * The consumer is done with a message (acked, terminated, delivered where no acks are wanted): retention may let it go.
   * The message may be gone already.
   */
  settled(sequence: number): void;
  /** Wants `run` to be called at the end of this turn, when what was appended is safe. Once is enough until `run`. */
  wake(): void;
  /** `$JS.EVENT.ADVISORY.CONSUMER.<kind>.<stream>.<consumer>`; `fields` come behind type, id and timestamp, in that order. */
  advise(kind: AdvisoryKind, fields: Readonly<Record<string, unknown>>): void;
  /** `$JS.EVENT.METRIC.CONSUMER.ACK.<stream>.<consumer>`. */
  metric(fields: Readonly<Record<string, unknown>>): void;
  /** Wants `flush` to be called, and the journal committed, before anything that was said in this turn is written to a socket. */
  noted(): void;
  /** For the log of the server: what somebody may want to look after. */
  warn(text: string): void;
  /** It was not used for `inactive_threshold`: the stream forgets it and calls `delete`. */
  expired(): void;
}

export interface DeliverOptions {
  /** Without payload, with `Nats-Msg-Size` behind the message's own headers. */
  readonly headersOnly: boolean;
  /** A header that the delivered copy has besides: `Nats-Pin-Id`. */
  readonly pinId: string;
}

export type AdvisoryKind =
  'CREATED' | 'DELETED' | 'MAX_DELIVERIES' | 'MSG_NAKED' | 'MSG_TERMINATED' | 'PAUSE' | 'PINNED' | 'UNPINNED';

/** A message to a consumer: a pull request, an ack, the answer to flow control. Good while the call lasts. */
export interface ConsumerMessage extends MessagePlace {
  /** '' when there is none. */
  readonly reply: string;
}

/** What the stream and the API call on a consumer. */
export interface ConsumerEngine {
  readonly name: string;
  readonly config: ConsumerConfig;
  readonly created: Readonly<Time>;
  /** How far it is, for backups. */
  readonly progress: Progress;
  /** Whether acks of its messages are of interest: neither with `none` nor with `flow_control`. */
  readonly takesAcks: boolean;

  /** Begins to work, once it is in its stream. `isNew`: says so (advisory). */
  start(isNew: boolean): void;
  /** Messages up to this sequence are in the log and safe; called at the end of the turn they came in. */
  onAppended(first: number, last: number): void;
  /** A message goes: by limits, deletion, or because all were done with it. The log still has it. Not for purges. */
  onRemoved(sequence: number, subject: number): void;
  /** After a purge (of those that the subject, maybe with wildcards, takes in; undefined: of all), or a truncation. */
  onPurged(subject: string | undefined): void;
  /** `Subjects.onFreed` of the log. */
  onSubjectFreed(subject: number): void;
  /** Does what can be done now, and returns true when there is more to do in this turn. */
  run(): boolean;
  /** Hands what was noted to the journal, which is dirty then, not committed. Throws a `StoreError`; then it is tried again later. */
  flush(): void;
  /** A pull request; without a reply it is nothing. */
  request(message: ConsumerMessage): void;
  /**
   * What came to `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>`; what is meant is
   * read from the subject of the message, where it lies. Returns whether that is the subject of an ack.
   */
  ack(message: ConsumerMessage): boolean;
  /** The answer to a flow control message, at `$JS.FC.<stream>.<consumer>.<id>`. */
  flowControl(subject: string, message: ConsumerMessage): void;
  /** Whether it still has to see a message, or waits for its ack: interest and work-queue streams keep it then. */
  needs(sequence: number, subject: number): boolean;

  info(): ConsumerFacts;
  /** Takes on a configuration that was checked against its present one. */
  update(config: ConsumerConfig): void;
  /** Starts over at that sequence; 0: behind the ack floor. Returns where, or why not (the text of error 10204). */
  reset(sequence: number): number | ResetFault;
  /** Takes the pin from whoever has it. */
  unpin(group: string): void;
  /** It is no more: waiting requests are told, the journal is destroyed. */
  delete(): void;
  /** The server goes down: waiting requests are told, the journal is closed. */
  stop(): void;
}

export type ResetFault = 'below start seq' | 'below start time' | 'not allowed';

/** What `info` says, for the encoder; the configuration is `config` of the consumer. */
export interface ConsumerFacts {
  readonly delivered: SequencePair;
  readonly ackFloor: SequencePair;
  readonly ackPending: number;
  readonly redelivered: number;
  /** 0 for push consumers. */
  readonly waiting: number;
  readonly pending: number;
  readonly pushBound: boolean;
  readonly paused: boolean;
  /** Nanoseconds; 0 when it is not paused. */
  readonly pauseRemaining: number;
  /** Undefined without groups. Of several only the first one is there, as in nats-server. */
  readonly priorityGroups: readonly PriorityGroupFacts[] | undefined;
}

export interface SequencePair {
  readonly consumer: number;
  readonly stream: number;
  /** Undefined: nothing happened since the server started. */
  readonly lastActive: Readonly<Time> | undefined;
}

export interface PriorityGroupFacts {
  readonly group: string;
  /** '': nobody is pinned; `pinned_ts` is then `0001-01-01T00:00:00Z` where it is encoded. */
  readonly pinnedClientId: string;
  readonly pinnedAt: Readonly<Time> | undefined;
}
