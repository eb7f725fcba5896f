/**
 * Which messages of a consumer are delivered and not acknowledged. A server tells how many, not which. They are known
 * where their number leaves no choice, and where the acknowledgements were seen; all else is said to be unknown.
 */

import { subjectMatches } from '../../broker/subject/matching.ts';
import type { Deliveries, DeliveryState } from '../bridge/contract.ts';
import type { Link, LinkSubscription, RawMessage } from '../link.ts';
import { readAckSubject } from './ack-subject.ts';
import { placedMsMax, watchIdleMs, watchSequencesMax } from './limits.ts';
import type { Stored } from './stored-messages.ts';
import type { WireConsumer } from './wire.ts';

/** What is wanted of a message to say where it stands. */
export type Placed = Pick<Stored, 'sequence' | 'subject' | 'time' | 'stream'>;

interface Seen {
  acked: boolean;
  deliveries: number;
}

/** What is seen of the acknowledgements of one consumer while somebody looks at it. */
export class AckWatch {
  readonly seen = new Map<number, Seen>();
  readonly placed = new PlacedWindow();
  readonly #subscriptions: LinkSubscription[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Link, account: number, stream: string, consumer: string, ended: () => void) {
    const subscribe = (subject: string): LinkSubscription =>
      link.subscribe(
        subject,
        undefined,
        (message) => this.#receive(message),
        () => undefined,
        account,
      );
    this.#subscriptions = [
      subscribe(`$JS.ACK.${stream}.${consumer}.>`),
      subscribe(`$JS.ACK.*.*.${stream}.${consumer}.>`),
    ];
    this.#ended = ended;
    this.keep();
  }

  readonly #ended: () => void;

  /** Somebody asked. */
  keep(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.dispose();
      this.#ended();
    }, watchIdleMs);
    this.#timer.unref();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** What is known of a message from elsewhere. */
  note(sequence: number, deliveries: number): void {
    this.#see(sequence, false, deliveries);
  }

  #receive({ subject, payload }: RawMessage): void {
    const place = readAckSubject(Buffer.from(subject).toString('utf8'));
    if (place === null) return;
    const word = Buffer.from(payload.subarray(0, 5)).toString('latin1');
    const acked = payload.length === 0 || /^\+(ACK|OK|TERM|NXT)/.test(word);
    this.#see(place.sequence, acked, place.deliveries);
  }

  #see(sequence: number, acked: boolean, deliveries: number): void {
    const before = this.seen.get(sequence);
    this.seen.delete(sequence);
    this.seen.set(sequence, {
      acked: acked || before?.acked === true,
      deliveries: Math.max(deliveries, before?.deliveries ?? 0),
    });
    if (this.seen.size > watchSequencesMax) {
      const [oldest] = this.seen.keys();
      if (oldest !== undefined) this.seen.delete(oldest);
    }
  }
}

/**
 * Messages behind an acknowledgement floor. They are looked at every second and are mostly those of the second before, so
 * only what is new is read; once in a while all of it, since messages may have been deleted.
 */
export class PlacedWindow {
  #rows: Placed[] = [];
  #first = 0;
  #next = 0;
  #readAt = 0;

  async get(
    first: number,
    count: number,
    read: (first: number, count: number) => Promise<Stored[]>,
  ): Promise<readonly Placed[]> {
    const now = performance.now();
    if (now - this.#readAt > placedMsMax || first < this.#first || first > this.#next) {
      this.#rows = [];
      this.#next = first;
      this.#readAt = now;
    }
    this.#first = first;
    this.#rows = this.#rows.filter(({ sequence }) => sequence >= first);
    const end = first + count;
    if (end > this.#next) {
      const from = this.#next;
      const found = await read(from, end - from);
      // Two windows may look at the same time: what the other one read is here already.
      if (this.#next === from) {
        this.#rows.push(...found.map(({ sequence, subject, time, stream }) => ({ sequence, subject, time, stream })));
        this.#next = end;
      }
    }
    return this.#rows.filter(({ sequence }) => sequence < end);
  }
}

/**
 * @param stored what is there between floor and the last delivered, in order
 * @param whole whether that is all of it
 * @param next first sequence behind `stored`
 */
export function deliveriesOf(
  info: WireConsumer,
  stored: readonly Placed[],
  seen: ReadonlyMap<number, Seen>,
  whole: boolean,
  next: number,
): Deliveries {
  const { config, delivered, ack_floor: floor, num_ack_pending: pending, num_redelivered: redelivered } = info;
  const filters = config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []);
  const own = stored.filter(
    ({ subject }) => filters.length === 0 || filters.some((filter) => subjectMatches(filter, subject)),
  );
  const ackedAll = config.ack_policy === 'all' ? highest(seen) : 0;
  const isAcked = (sequence: number): boolean => seen.get(sequence)?.acked === true || sequence <= ackedAll;
  const open = own.filter(({ sequence }) => !isAcked(sequence)).length;
  // As many are left as are pending: those are they. None pending: none of them is.
  const certain = whole && open === pending;
  const rows = own.map(({ sequence, subject, time }): DeliveryState => {
    const state = isAcked(sequence) || pending === 0 ? 'acked' : certain ? 'pending' : 'unknown';
    return { sequence, state, deliveries: seen.get(sequence)?.deliveries ?? 0, subject, time };
  });
  return {
    ackFloor: floor.stream_seq,
    delivered: delivered.stream_seq,
    pending,
    redelivered,
    rows,
    more: whole ? 0 : Math.max(0, delivered.stream_seq - next + 1),
    by: certain && open === own.length ? 'count' : 'seen',
  };
}

function highest(seen: ReadonlyMap<number, Seen>): number {
  let top = 0;
  for (const [sequence, { acked }] of seen) if (acked && sequence > top) top = sequence;
  return top;
}
