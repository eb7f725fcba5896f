/**
 * What a stream asks of the place where its messages lie: a log of messages by sequence, with gaps, searchable by
 * subject. On disk and in memory it is the same to the stream.
 *
 * Nothing here waits: what is appended or removed is seen at once, and is safe after the next `commit`. Whoever
 * acknowledges a message does it after that.
 */

/** Nanoseconds since the epoch, in two numbers that both are exact. Within a log, times never go down. */
export interface Time {
  /** Whole seconds since the epoch. */
  seconds: number;
  /** From 0 to 999,999,999. */
  nanos: number;
}

/**
 * A message where it lies: subject and body somewhere in `bytes`. The body is the header block, if there is one, with
 * the payload directly behind it. Positions are indexes into `bytes`.
 */
export interface MessagePlace {
  readonly bytes: Uint8Array;
  readonly subjectStart: number;
  readonly subjectEnd: number;
  readonly bodyStart: number;
  /** The header block, from `NATS/1.0` to its empty line; 0: none. */
  readonly headerBytes: number;
  /** Headers included. */
  readonly bodyBytes: number;
}

/** A message as the log gives it back. The bytes are good until the next call that changes or reads the log. */
export interface StoredMessage extends MessagePlace, Time {
  sequence: number;
  /** Of its subject, see `Subjects`. */
  subject: number;
}

/**
 * The subjects of the messages that are in the log, by number. A number is good while a message of that subject is in
 * the log; then it may be given to another subject, and `onFreed` is called before it is.
 */
export interface Subjects {
  /** How many subjects there are. */
  readonly count: number;
  /** All numbers are below it. */
  readonly numbersEnd: number;
  /** -1: no message has that subject. `hash` is that of `SubjectHash`. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number;
  /** The same for a latin1 string. */
  findText(subject: string): number;
  /** As a latin1 string. */
  text(subject: number): string;
  /** Whether it begins with these bytes and goes on behind them. */
  goesOnBehind(subject: number, prefix: Uint8Array): boolean;
  /** Messages in the log with that subject. */
  messages(subject: number): number;
  /** Sequence of the first message with it, and of the last. */
  first(subject: number): number;
  last(subject: number): number;
  /** All numbers in use, in no order. */
  [Symbol.iterator](): Iterator<number>;
  onFreed: (subject: number) => void;
}

/** The hash of the parser that messages come from, so that no subject is hashed twice. */
export interface SubjectHash {
  (bytes: Uint8Array, start: number, end: number): number;
}

/** Which subjects a reader is interested in; undefined: in all. It is asked for each number and may remember. */
export interface SubjectFilter {
  passes(subject: number): boolean;
}

export interface LogState {
  readonly messages: number;
  /** As nats-server counts: subject, headers and payload of each message, and its overhead (30 B, and 4 B more with headers; memory: 16 B). */
  readonly bytes: number;
  /** One above `lastSequence` when there is no message. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Zero of `0001-01-01` when there never was a message. */
  readonly firstTime: Readonly<Time>;
  readonly lastTime: Readonly<Time>;
  /** Sequences between first and last without a message. */
  readonly deleted: number;
}

/** A range of sequences, both ends included. */
export interface SequenceRange {
  readonly first: number;
  readonly last: number;
}

export interface MessageLog {
  readonly state: LogState;
  readonly subjects: Subjects;
  /** Told of every message that goes, whatever the reason, before it goes. */
  onRemoved: (sequence: number, subject: number, bytes: number) => void;

  /** What `state.bytes` counts for such a message. */
  bytesOf(subjectBytes: number, headerBytes: number, bodyBytes: number): number;

  /** Appends at the end; returns its sequence. Throws a `StoreError` ('full', 'input-output') and then holds what it held. */
  append(message: MessagePlace, hash: number, time: Readonly<Time>): number;
  /** The next message gets this sequence, which is above the last one: mirrors and `first_seq`. What lies between is deleted. */
  skipTo(sequence: number, time: Readonly<Time>): void;

  /** Undefined: there is no such message, or its record is spoilt (then it was reported). The same object each time. */
  read(sequence: number): StoredMessage | undefined;
  /** Number of the subject of a message; -1: no such message. No disk is touched. */
  subjectOf(sequence: number): number;
  has(sequence: number): boolean;
  /** The first message at or above the sequence that passes; 0: none. No disk is touched. */
  next(sequence: number, filter?: SubjectFilter): number;
  /** The last message at or below the sequence that passes; 0: none. */
  previous(sequence: number, filter?: SubjectFilter): number;
  /** The next message of that subject above the sequence (which is one of it); 0: none. */
  nextOf(subject: number, sequence: number): number;
  /** The last message of that subject at or below any sequence; 0: none. */
  lastOf(subject: number, upTo: number): number;
  /** How many messages from that sequence on pass. Quick without filter. */
  count(from: number, filter?: SubjectFilter): number;
  /** The first message that is not older; one above the last sequence when all are older. */
  sequenceAt(time: Readonly<Time>): number;
  /** Time of a message; undefined: no such message. */
  timeOf(sequence: number): Readonly<Time> | undefined;
  /** Gaps between first and last, in order. */
  gaps(): Iterable<SequenceRange>;

  /** Returns whether there was such a message. `erase`: its bytes are overwritten on disk, too. */
  remove(sequence: number, erase?: boolean): boolean;
  /** Removes all below the sequence, which becomes the first; returns how many went. May be above the last one by one. */
  removeBelow(sequence: number): number;
  /** Removes from the end down to that sequence, which stays and is the last one then. */
  truncate(sequence: number): void;

  /** Whether something waits for `commit`. */
  readonly dirty: boolean;
  /**
   * Writes down what was done since the last time, and syncs it where it is told to. Throws a `StoreError`; then the
   * messages that were appended since are gone again (their sequences are free), and `state` says what is left.
   */
  commit(): void;
  /** Sequence of the last message that is safe. */
  readonly committedSequence: number;

  /** Background work, in slices of a few milliseconds: compaction, index files. True: there is more to do. */
  tidy(budgetMs: number): boolean;
  /** Writes everything down and lets go of files and memory. */
  close(): void;
  /** The same, and nothing is left of it. */
  destroy(): void;
  /** What was found amiss: records that were spoilt, a tail that was cut off. Newest last. */
  readonly damage: readonly Damage[];
}

export interface Damage {
  readonly file: string;
  /** Byte position in the file. */
  readonly at: number;
  readonly reason: string;
  /** Messages that are lost by it, as far as that is known. */
  readonly sequences: readonly SequenceRange[];
}

/**
 * Small state that is written as it changes: consumers, windows of message ids. Records are appended and from time to
 * time replaced by a snapshot. The same promise as the log's: safe after `commit`.
 */
export interface Journal {
  /** Records since the last snapshot, the snapshot first; whole ones only. Read once, at the start. */
  load(): Uint8Array[];
  append(bytes: Uint8Array, start: number, end: number): void;
  /** Bytes appended since the last snapshot. */
  readonly bytes: number;
  /** Replaces everything by one record, atomically. */
  replace(snapshot: Uint8Array): void;
  readonly dirty: boolean;
  commit(): void;
  close(): void;
  destroy(): void;
}

/** The place of one stream: its log, its description and the journals beside it. */
export interface StreamPlace {
  readonly log: MessageLog;
  /**
   * Small files by name that are replaced as a whole, atomically and durably: `stream.json`. Of a `new` one, which
   * replaces nothing, nobody waits for what a loss of power could take, unless all is synced always.
   */
  readDocument(name: string): string | undefined;
  writeDocument(name: string, text: string, kind?: 'lasting' | 'new'): void;
  removeDocument(name: string): void;
  documents(): string[];
  openJournal(name: string): Journal;
  journals(): string[];
  close(): void;
  destroy(): void;
}

export type StoreErrorCode = 'full' | 'input-output' | 'foreign' | 'version' | 'key' | 'locked';

/** The message says what to do. `full`: no room on the disk. `foreign`: the folder holds something else. `key`: not the key that it was written with. `locked`: another process has the folder. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
