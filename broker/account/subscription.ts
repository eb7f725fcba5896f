import type { BusHandler } from './bus.ts';
import type { Relay } from './crossing.ts';
import type { StreamSource } from './account.ts';
import type { Sink } from './sink.ts';

/** What a subscription gets by a stream import. */
export interface ImportedPart {
  readonly source: StreamSource;
  /** The subscription itself, in the account that its client is in. */
  readonly origin: Subscription;
}

/** One SUB. Subject, queue and sid are latin1 strings: a byte per character. */
export class Subscription {
  readonly sink: Sink;
  readonly subject: string;
  /** Name of the queue group; undefined for a plain subscription. */
  readonly queue: string | undefined;
  readonly sid: string;
  /** Messages after which it ends; 0: never. Counted from the SUB on. */
  max = 0;
  delivered = 0;
  closed = false;
  /** Subjects that its user may not receive although the subscription covers them; undefined: none. */
  denies: ((subject: string) => boolean) | undefined;
  /** Set when the broker itself subscribes: messages go to it instead of the sink. */
  handler: BusHandler | undefined;
  /** Set when messages go on to another account instead of the sink. */
  relay: Relay | undefined;
  /** It has a relay, and is to get the messages of imported streams as well. */
  reaching = false;
  /** Set on the part of a subscription that lies in another account. */
  imported: ImportedPart | undefined;
  /** Its parts in other accounts. */
  parts: Subscription[] | undefined;
  /** Called when `max` is reached. */
  readonly onExhausted: (subscription: Subscription) => void;

  constructor(
    sink: Sink,
    subject: string,
    queue: string | undefined,
    sid: string,
    onExhausted: (subscription: Subscription) => void,
  ) {
    this.sink = sink;
    this.subject = subject;
    this.queue = queue;
    this.sid = sid;
    this.onExhausted = onExhausted;
  }
}
