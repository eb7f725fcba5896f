import type { MessageLog, Time } from '../../store/message-log.ts';
import type { ApiError } from '../api-error.ts';
import type { LogInput } from './log-input.ts';
import type { PublishHeaders } from './publish-headers.ts';
import type { Admission, PublishTarget } from './publisher.ts';
import type { StreamHost } from './stream-host.ts';

/** The stream that messages are taken for. */
export interface IntakeStream extends PublishTarget {
  readonly name: string;
  readonly host: StreamHost;
  readonly log: MessageLog;
  /** The message that is looked at. */
  input: LogInput;
  lastMessageId: string;
  /** Why the disk took nothing when it was last asked. */
  readonly failure: string;
  /** Stores what lies in the input; returns its sequence, 0 when the disk takes nothing. */
  append(time?: Readonly<Time>): number;
  /** A message that nobody wants takes a sequence and nothing else. */
  skip(): number;
  hasInterest(): boolean;
  /** Makes safe what was taken so far, and lets go of what that takes away. */
  settleNow(): void;
  /** Takes back everything above that sequence, nothing of which is safe yet. `lastMessageId`: of the message there. */
  takeBack(sequence: number, lastMessageId: string): void;
  /** Says something to a publisher when that message is safe; 0: as soon as all that was said before. */
  say(sequence: number, reply: string, text: string): void;
  /** Acknowledges a message when it is safe. */
  acknowledge(sequence: number, reply: string, tail: string): void;
}

/** How messages that were checked are stored. */
export interface Storing {
  /** Before messages are judged by what is there, what limits and rollups have taken away has to go. */
  catchUp(headers?: PublishHeaders): void;
  /** Stores what lies in the input and was checked; returns its sequence. */
  store(admission: Admission): number | ApiError;
  refuse(reply: string, error: ApiError): void;
}
