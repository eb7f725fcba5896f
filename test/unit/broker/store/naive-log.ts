import type { SequenceRange, Time } from '../../../../broker/store/message-log.ts';

export interface NaiveMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly body: Buffer;
  readonly headerBytes: number;
  readonly time: Time;
}

/** What a log has to do, in the plainest way: the other side of random tests. */
export class NaiveLog {
  messages = new Map<number, NaiveMessage>();
  last = 0;
  lastTime: Time = { seconds: -62_135_596_800, nanos: 0 };
  readonly #overhead: number;
  readonly #headerOverhead: number;

  constructor(storage: 'file' | 'memory') {
    this.#overhead = storage === 'file' ? 30 : 16;
    this.#headerOverhead = storage === 'file' ? 4 : 0;
  }

  copy(): NaiveLog {
    const copy = new NaiveLog(this.#overhead === 30 ? 'file' : 'memory');
    copy.messages = new Map(this.messages);
    copy.last = this.last;
    copy.lastTime = { ...this.lastTime };
    return copy;
  }

  get sequences(): number[] {
    return [...this.messages.keys()];
  }

  get first(): number {
    return this.sequences[0] ?? this.last + 1;
  }

  get bytes(): number {
    let sum = 0;
    for (const { subject, body, headerBytes } of this.messages.values()) {
      sum += this.#overhead + subject.length + body.length + (headerBytes > 0 ? this.#headerOverhead : 0);
    }
    return sum;
  }

  append(subject: string, body: Buffer, headerBytes: number, time: Time): number {
    const sequence = ++this.last;
    this.messages.set(sequence, { sequence, subject, body, headerBytes, time: { ...time } });
    this.lastTime = { ...time };
    return sequence;
  }

  skipTo(sequence: number, time: Time): void {
    this.last = sequence - 1;
    this.lastTime = { ...time };
  }

  remove(sequence: number): boolean {
    return this.messages.delete(sequence);
  }

  removeBelow(sequence: number): number {
    const gone = this.sequences.filter((one) => one < sequence);
    for (const one of gone) this.messages.delete(one);
    return gone.length;
  }

  truncate(sequence: number): void {
    if (sequence >= this.last) return;
    for (const one of this.sequences) if (one > sequence) this.messages.delete(one);
    this.last = sequence;
    this.lastTime = [...this.messages.values()].at(-1)?.time ?? this.lastTime;
  }

  /** Subjects and their messages, in order. */
  bySubject(): Map<string, number[]> {
    const subjects = new Map<string, number[]>();
    for (const { subject, sequence } of this.messages.values()) {
      const list = subjects.get(subject);
      if (list === undefined) subjects.set(subject, [sequence]);
      else list.push(sequence);
    }
    return subjects;
  }

  gaps(): SequenceRange[] {
    const gaps: SequenceRange[] = [];
    let expected = this.first;
    for (const sequence of this.sequences) {
      if (sequence > expected) gaps.push({ first: expected, last: sequence - 1 });
      expected = sequence + 1;
    }
    if (this.messages.size > 0 && expected <= this.last) gaps.push({ first: expected, last: this.last });
    return gaps;
  }
}
