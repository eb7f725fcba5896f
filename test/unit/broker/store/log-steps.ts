import { expect } from 'vitest';
import { append } from './log-check.ts';
import type { MessageLog, Time } from '../../../../broker/store/message-log.ts';
import type { NaiveLog } from './naive-log.ts';

/** Does random things to a log and the same to its model. */
export class LogSteps {
  log: MessageLog;
  model: NaiveLog;
  /** Sizes of all messages that ever were, and of those that the log said it removed. */
  appendedSum = 0;
  removedSum = 0;
  /** What was ever appended with a sequence, last. */
  readonly history = new Map<number, { subject: string; body: Buffer }>();
  readonly #random: (below: number) => number;
  readonly #subjects: number;
  readonly #time: Time = { seconds: 1_700_000_000, nanos: 0 };

  constructor(log: MessageLog, model: NaiveLog, random: (below: number) => number, subjects = 20) {
    this.log = log;
    this.model = model;
    this.#random = random;
    this.#subjects = subjects;
    this.listen();
  }

  listen(): void {
    this.log.onRemoved = (sequence, subject, bytes) => {
      expect(this.log.has(sequence)).toBe(true);
      expect(this.log.subjectOf(sequence)).toBe(subject);
      this.removedSum += bytes;
    };
  }

  step(): void {
    const { log } = this;
    const dice = this.#random(100);
    if (dice < 85) this.change();
    else if (dice < 86) this.#truncate();
    else if (dice < 96) log.commit();
    else log.tidy(0);
  }

  /** Appends or removes something. */
  change(): void {
    const dice = this.#random(100);
    if (dice < 70) this.append();
    else if (dice < 92) this.#remove();
    else if (dice < 97) this.#skip();
    else this.#removeBelow();
  }

  #truncate(): void {
    const to = Math.max(0, this.model.last - this.#random(10));
    this.log.truncate(to);
    this.model.truncate(to);
  }

  append(): void {
    const random = this.#random;
    const subject = `s.${random(this.#subjects)}${'.x'.repeat(random(6))}`;
    const body = Buffer.alloc(random(10) === 0 ? random(4000) : random(100), random(256));
    const headerBytes = random(3) === 0 ? Math.min(body.length, 12) : 0;
    this.#time.nanos += random(3) * 100_000_000;
    if (this.#time.nanos >= 1_000_000_000) {
      this.#time.nanos -= 1_000_000_000;
      this.#time.seconds++;
    }
    const sequence = append(this.log, subject, body, headerBytes, this.#time);
    expect(sequence).toBe(this.model.append(subject, body, headerBytes, this.#time));
    this.history.set(sequence, { subject, body });
    this.appendedSum += this.log.bytesOf(subject.length, headerBytes, body.length);
  }

  #remove(): void {
    const { log, model } = this;
    const span = model.last - model.first + 3;
    const sequence = model.first - 1 + this.#random(Math.min(span, 300));
    expect(log.remove(sequence, this.#random(4) === 0)).toBe(model.remove(sequence));
  }

  #skip(): void {
    const sequence = this.model.last + 1 + this.#random(this.#random(4) === 0 ? 100_000 : 30) + 1;
    this.log.skipTo(sequence, this.#time);
    this.model.skipTo(sequence, this.#time);
  }

  #removeBelow(): void {
    const { model } = this;
    const all = this.#random(8) === 0;
    const to = all ? model.last + 1 : (model.sequences[this.#random(20)] ?? 0) + this.#random(2);
    expect(this.log.removeBelow(to)).toBe(model.removeBelow(to));
  }
}
