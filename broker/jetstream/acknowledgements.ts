import { writeDecimal } from '../base/decimal.ts';
import { writeLatin1 } from '../base/latin1.ts';
import type { Sender } from './sender.ts';

/** Whoever acknowledges: a stream. */
export interface Acknowledger {
  readonly sender: Sender;
  /** `{"stream":"S",` and, where it has one, `"domain":"D",`, then `"seq":`. latin1. */
  readonly ackHead: Uint8Array;
  /** Sequence of the last message that is safe. */
  readonly committedSequence: number;
  /** What is said instead, when a message could not be made safe. latin1. */
  readonly failureAnswer: string;
}

const PAD_BYTES_MIN = 64 * 1024;
const PAYLOAD_BYTES_MIN = 1024;
const WAITING_MIN = 1024;
/** In front of a text that is all there is to say. */
const WHOLE = '\0';

/**
 * Acknowledgements of messages that were taken in this turn. They go out when what they promise is written down; until
 * then the replies wait here, as the memory that they came in is used again.
 */
export class Acknowledgements {
  #pad = new Uint8Array(PAD_BYTES_MIN);
  #used = 0;
  // The arrays keep their size: to empty them at each turn would have V8 allocate them anew.
  #count = 0;
  readonly #owners: Acknowledger[] = [];
  #sequences = new Float64Array(WAITING_MIN);
  #ends = new Int32Array(WAITING_MIN);
  /** What stands behind the sequence; '' as a rule. latin1. */
  readonly #tails: string[] = [];
  #payload = new Uint8Array(PAYLOAD_BYTES_MIN);
  #tailMax = 0;

  get count(): number {
    return this.#count;
  }

  /** The reply is in `bytes`; `tail` goes between the sequence and the closing brace. */
  add(owner: Acknowledger, sequence: number, bytes: Uint8Array, start: number, end: number, tail = ''): void {
    const length = end - start;
    if (this.#used + length > this.#pad.length) this.#grow(length);
    const pad = this.#pad;
    let at = this.#used;
    for (let i = start; i < end; i++) pad[at++] = bytes[i] as number;
    this.#used = at;
    this.#remember(owner, sequence, tail);
  }

  /** The same for a reply that is a text. */
  addText(owner: Acknowledger, sequence: number, reply: string, tail: string): void {
    const { length } = reply;
    if (this.#used + length > this.#pad.length) this.#grow(length);
    this.#used = writeLatin1(this.#pad, this.#used, reply);
    this.#remember(owner, sequence, tail);
    this.#tailMax = Math.max(this.#tailMax, tail.length);
  }

  /** Says something else than an acknowledgement when that message is safe, in its turn. */
  say(owner: Acknowledger, sequence: number, reply: string, text: string): void {
    this.addText(owner, sequence, reply, WHOLE + text);
  }

  /** Messages of the owner above that sequence did not become safe, and their sequences may be given to others. */
  disown(owner: Acknowledger, sequence: number): void {
    for (let i = 0; i < this.#count; i++) {
      if (this.#owners[i] === owner && (this.#sequences[i] as number) > sequence) this.#sequences[i] = Infinity;
    }
  }

  /** Sends them all. Those of messages that are not safe are told so. */
  flush(): void {
    if (this.#tailMax + PAYLOAD_BYTES_MIN > this.#payload.length) {
      this.#payload = new Uint8Array(this.#tailMax + PAYLOAD_BYTES_MIN);
    }
    const payload = this.#payload;
    const count = this.#count;
    let start = 0;
    for (let i = 0; i < count; i++) {
      const owner = this.#owners[i] as Acknowledger;
      const end = this.#ends[i] as number;
      const sequence = this.#sequences[i] as number;
      const tail = this.#tails[i] as string;
      let at = 0;
      if (sequence > owner.committedSequence) {
        at = writeLatin1(payload, 0, owner.failureAnswer);
      } else if (tail.startsWith(WHOLE)) {
        at = writeLatin1(payload, 0, tail.slice(WHOLE.length));
      } else {
        const { ackHead } = owner;
        for (; at < ackHead.length; at++) payload[at] = ackHead[at] as number;
        at = writeDecimal(payload, at, sequence);
        if (tail !== '') at = writeLatin1(payload, at, tail);
        payload[at++] = 125;
      }
      owner.sender.sendBytes(this.#pad, start, end, payload, at);
      start = end;
    }
    // None came by meanwhile: an acknowledgement has no reply, so that a stream that takes it owes nothing.
    this.#count = 0;
    this.#used = 0;
    this.#tailMax = 0;
  }

  #remember(owner: Acknowledger, sequence: number, tail: string): void {
    const at = this.#count++;
    if (at === this.#sequences.length) this.#widen();
    this.#owners[at] = owner;
    this.#sequences[at] = sequence;
    this.#ends[at] = this.#used;
    this.#tails[at] = tail;
  }

  #widen(): void {
    const sequences = new Float64Array(this.#sequences.length * 2);
    sequences.set(this.#sequences);
    this.#sequences = sequences;
    const ends = new Int32Array(sequences.length);
    ends.set(this.#ends);
    this.#ends = ends;
  }

  #grow(length: number): void {
    const larger = new Uint8Array(Math.max(this.#pad.length * 2, this.#used + length));
    larger.set(this.#pad.subarray(0, this.#used));
    this.#pad = larger;
  }
}
