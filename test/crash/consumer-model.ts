import type { StreamModel } from './model.ts';

export interface ConsumerInfo {
  readonly delivered: { readonly stream_seq: number; readonly consumer_seq: number };
  readonly ack_floor: { readonly stream_seq: number; readonly consumer_seq: number };
  readonly num_pending: number;
  readonly num_ack_pending: number;
  readonly num_redelivered: number;
}

export interface ConsumerRules {
  /** Deliveries of one message at most. */
  readonly maxDeliver?: number;
  readonly passes?: (subject: string) => boolean;
  /** Its stream is purged, by which the floor that is shown gets above what still waits, with nats-server, too. */
  readonly isPurged?: boolean;
}

/** What the subject says that a message is acknowledged on. */
export interface Delivery {
  readonly stream: number;
  readonly consumer: number;
  readonly count: number;
}

/** `$JS.ACK.<stream>.<consumer>.<count>.<stream sequence>.<consumer sequence>.<time>.<pending>` */
export function deliveryOf(reply: string): Delivery {
  const parts = reply.split('.');
  return { count: Number(parts[4]), stream: Number(parts[5]), consumer: Number(parts[6]) };
}

/** What a consumer that asks for an ack of each message must know, as far as its clients can tell. */
export class ConsumerModel {
  readonly name: string;
  /** Messages that are done with, and that was said. */
  readonly #done = new Set<number>();
  /** Messages that are done with, if that was heard. */
  readonly #leaving = new Set<number>();
  #doneUpTo = 0;
  #leavingUpTo = 0;
  readonly faults: string[] = [];
  readonly #stream: StreamModel;
  readonly #rules: ConsumerRules;
  readonly #counts = new Map<number, number>();
  #last = 0;
  #lastStream = 0;
  /** The highest when the server was started. */
  #before = 0;

  constructor(name: string, stream: StreamModel, rules: ConsumerRules = {}) {
    this.name = name;
    this.#stream = stream;
    this.#rules = rules;
  }

  deliver({ stream, consumer, count }: Delivery): void {
    const { maxDeliver = Infinity } = this.#rules;
    const before = this.#counts.get(stream) ?? 0;
    if (this.isDone(stream)) this.#fault(`message ${stream} was acknowledged and is handed out again`);
    if (count <= before) this.#fault(`message ${stream} is handed out for the ${count}. time, and was ${before} times`);
    if (count > maxDeliver) this.#fault(`message ${stream} is handed out ${count} times, ${maxDeliver} at most`);
    if (consumer <= this.#before) this.#fault(`delivery ${consumer} comes again`);
    this.#counts.set(stream, Math.max(count, before));
    this.#last = Math.max(this.#last, consumer);
    this.#lastStream = Math.max(this.#lastStream, stream);
  }

  isDone(stream: number): boolean {
    return stream <= this.#doneUpTo || this.#done.has(stream);
  }

  isLeaving(stream: number): boolean {
    return stream <= this.#leavingUpTo || this.#leaving.has(stream);
  }

  /** A message is about to be acknowledged; `takesAll`: with all before it. */
  leave(stream: number, takesAll = false): void {
    if (takesAll) this.#leavingUpTo = Math.max(this.#leavingUpTo, stream);
    else this.#leaving.add(stream);
  }

  /** That was heard. */
  finish(stream: number, takesAll = false): void {
    this.#leaving.delete(stream);
    if (takesAll) this.#doneUpTo = Math.max(this.#doneUpTo, stream);
    else this.#done.add(stream);
  }

  /** After a start, when the stream's model was settled. */
  check(info: ConsumerInfo): string[] {
    const faults = this.faults.splice(0);
    const { delivered, ack_floor: floor, num_pending: pending, num_ack_pending: acks, num_redelivered: again } = info;
    const say = (text: string): void => void faults.push(`consumer ${this.name}: ${text}`);
    if (floor.stream_seq > delivered.stream_seq || floor.consumer_seq > delivered.consumer_seq) {
      say(`the floor ${JSON.stringify(floor)} is above what was delivered, ${JSON.stringify(delivered)}`);
    }
    if (delivered.consumer_seq < this.#last) say(`${delivered.consumer_seq} deliveries, and there were ${this.#last}`);
    if (delivered.stream_seq < this.#lastStream) {
      say(`delivered up to ${delivered.stream_seq}, and ${this.#lastStream} was`);
    }
    const { passes = () => true, maxDeliver, isPurged = false } = this.#rules;
    // What was given up stays known as handed out again.
    if (again > acks && maxDeliver === undefined) say(`${again} of ${acks} were handed out again`);
    let ahead = 0;
    let open = 0;
    let unsure = 0;
    for (const [sequence, { subject }] of this.#stream.kept) {
      if (!passes(subject) || this.isDone(sequence)) continue;
      if (sequence > delivered.stream_seq) ahead++;
      else if (this.isLeaving(sequence)) unsure++;
      else open++;
      if (sequence <= floor.stream_seq && maxDeliver === undefined && !isPurged && !this.isLeaving(sequence)) {
        say(`message ${sequence} was never acknowledged, and the floor is ${floor.stream_seq}`);
      }
    }
    if (pending !== ahead) say(`${pending} are to come, and behind ${delivered.stream_seq} there are ${ahead}`);
    if (maxDeliver === undefined && (acks < open || acks > open + unsure)) {
      say(`${acks} wait for an ack, and there are ${open}${unsure > 0 ? ` to ${open + unsure}` : ''}`);
    }
    this.#before = this.#last = delivered.consumer_seq;
    return faults;
  }

  #fault(text: string): void {
    this.faults.push(`consumer ${this.name}: ${text}`);
  }
}
