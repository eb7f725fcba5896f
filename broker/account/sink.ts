import type { Requester } from './requester.ts';

/**
 * Where the messages of a subscription go. Delivery writes into the arena between `position` and `limit` itself and asks
 * for room when there is none; what it wrote goes to the socket at the end of the read that caused it.
 */
export interface Sink {
  /** Where the next byte goes. Behind `limit` there are bytes that copies in whole words may spoil. */
  position: number;
  limit: number;
  /** Nothing is delivered any more. */
  readonly closed: boolean;
  /** So much waits for its socket that whoever publishes to it should slow down. */
  readonly congested: boolean;
  /** So far behind that its messages are dropped, where the broker is told to drop instead of slowing publishers down. */
  readonly dropping: boolean;
  /** Whether messages come with their headers; else only their payload does. */
  readonly headers: boolean;
  /** Whether it gets what its own connection publishes. */
  readonly echo: boolean;
  /** Its plain subscriptions look on: what only they get counts as not delivered, so that requesters are told so. */
  readonly observer: boolean;
  outMessages: number;
  outBytes: number;
  droppedMessages: number;
  /** Makes room for that many bytes at `position`; false when nothing can be delivered. At most `ROOM_BYTES_MAX`. */
  reserve(bytes: number): boolean;
  /** Appends bytes of the arena, of any number. */
  append(start: number, end: number): void;
  /** Appends bytes from elsewhere, of any number. */
  appendBytes(bytes: Uint8Array): void;
  /** Wants to be told of deliveries: it is traced, or may answer what it gets although it may publish nothing else. */
  readonly watched: boolean;
  /** `reply` is '' when the message has none. */
  onDelivered(head: string, reply: string, payloadStart: number, payloadEnd: number): void;
  /** Who it is, as other accounts are told; undefined for the broker itself. */
  readonly requester: Requester | undefined;
}

/** The broker itself, as whoever sends a message or has a subscription. Nothing is ever written to it. */
export class InternalSink implements Sink {
  position = 0;
  limit = 0;
  closed = false;
  readonly congested = false;
  readonly dropping = false;
  readonly headers = true;
  readonly echo = true;
  readonly observer = false;
  readonly watched = false;
  readonly requester = undefined;
  outMessages = 0;
  outBytes = 0;
  droppedMessages = 0;

  reserve(): boolean {
    return false;
  }

  append(): void {
    throw new Error('the broker has no connection to itself');
  }

  appendBytes(): void {
    this.append();
  }

  onDelivered(): void {
    this.append();
  }
}
