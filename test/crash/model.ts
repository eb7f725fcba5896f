/**
 * What a stream must hold, as far as whoever talks to it can know. What was asked for and not answered when the process
 * was killed may have happened or not: `settle` takes over what there is then, after it was checked against both.
 */

export interface ModelMessage {
  readonly subject: string;
  readonly payload: string;
}

/** What was found in a stream after a start. */
export interface Found {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly messages: ReadonlyMap<number, ModelMessage>;
}

export class StreamModel {
  readonly name: string;
  /** Messages of each subject that are kept at most; Infinity: all. */
  readonly perSubject: number;
  /** Messages that were acknowledged and not taken away since. */
  readonly kept = new Map<number, ModelMessage>();
  /** Sequences that were taken away, and said to be. */
  readonly gone = new Set<number>();
  /** Sequences whose removal was asked for and not answered. */
  readonly going = new Set<number>();
  /** Payloads that were sent and not answered. */
  readonly sent = new Map<string, string>();
  lastAcknowledged = 0;
  /** A purge is under way: everything up to here may be gone. */
  purging = 0;

  constructor(name: string, perSubject = Infinity) {
    this.name = name;
    this.perSubject = perSubject;
  }

  send(subject: string, payload: string): void {
    this.sent.set(payload, subject);
  }

  acknowledge(sequence: number, subject: string, payload: string): void {
    this.sent.delete(payload);
    this.kept.set(sequence, { subject, payload });
    this.lastAcknowledged = Math.max(this.lastAcknowledged, sequence);
  }

  remove(sequence: number): void {
    this.going.delete(sequence);
    this.kept.delete(sequence);
    this.gone.add(sequence);
  }

  purge(upTo: number): void {
    for (const sequence of [...this.kept.keys()]) if (sequence <= upTo) this.remove(sequence);
    this.purging = 0;
  }

  /** Every way in which what was found cannot be; then that is what the model holds. */
  settle(found: Found): string[] {
    const faults: string[] = [];
    const { messages, lastSequence, firstSequence } = found;
    if (lastSequence < this.lastAcknowledged) {
      faults.push(`the last sequence is ${lastSequence}, and ${this.lastAcknowledged} was acknowledged`);
    }
    const limited = this.#limited(messages);
    for (const [sequence, { subject, payload }] of this.kept) {
      const there = messages.get(sequence);
      if (there === undefined) {
        const allowed = this.going.has(sequence) || sequence <= this.purging || limited(sequence, subject);
        if (!allowed) faults.push(`message ${sequence} on ${subject} was acknowledged and is lost`);
      } else if (there.subject !== subject || there.payload !== payload) {
        faults.push(
          `message ${sequence} is ${there.subject} ${there.payload.slice(0, 20)}, not ${subject} ${payload.slice(0, 20)}`,
        );
      }
    }
    for (const [sequence, { subject, payload }] of messages) {
      if (this.gone.has(sequence)) faults.push(`message ${sequence} was deleted and is back`);
      if (sequence < firstSequence || sequence > lastSequence)
        faults.push(`message ${sequence} lies outside of the stream`);
      if (!this.kept.has(sequence) && this.sent.get(payload) !== subject && !this.gone.has(sequence)) {
        faults.push(`message ${sequence} on ${subject} was never sent`);
      }
    }
    this.#takeOver(found);
    return faults;
  }

  /** Whether a message may have made way for newer ones of its subject. */
  #limited(messages: ReadonlyMap<number, ModelMessage>): (sequence: number, subject: string) => boolean {
    if (this.perSubject === Infinity) return () => false;
    const newer = new Map<string, number[]>();
    for (const [sequence, { subject }] of messages) {
      const list = newer.get(subject);
      if (list === undefined) newer.set(subject, [sequence]);
      else list.push(sequence);
    }
    return (sequence, subject) =>
      (newer.get(subject) ?? []).filter((other) => other > sequence).length >= this.perSubject;
  }

  #takeOver({ messages, lastSequence }: Found): void {
    for (const sequence of this.kept.keys()) if (!messages.has(sequence)) this.gone.add(sequence);
    this.kept.clear();
    for (const [sequence, message] of messages) this.kept.set(sequence, message);
    this.sent.clear();
    this.going.clear();
    this.purging = 0;
    this.lastAcknowledged = lastSequence;
  }
}
