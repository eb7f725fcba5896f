/**
 * What a stream must hold, as far as whoever talks to it can know. What was asked for and not answered when the process
 * was killed may have happened or not: `settle` takes over what there is then, after it was checked against both.
 */

export interface ModelMessage {
  readonly subject: string;
  readonly payload: string;
  /** When it was sent and when that was answered, in milliseconds. */
  readonly sentAt: number;
  readonly keptAt: number;
  /** How long it may live; Infinity: for ever. */
  readonly ttlMs: number;
}

export interface FoundMessage {
  readonly subject: string;
  readonly payload: string;
}

/** What was found in a stream after a start. */
export interface Found {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly messages: ReadonlyMap<number, FoundMessage>;
  /** When it was looked at. */
  readonly at: number;
}

/** What a stream does by itself. */
export interface Rules {
  /** Messages of each subject that are kept at most. */
  readonly perSubject?: number;
  /** Messages that are kept at most. */
  readonly messages?: number;
  readonly ageMs?: number;
  /** Messages may say for themselves how long they are kept. */
  readonly isMortal?: boolean;
}

/** The messages that a purge takes; `keep` stay of those, the last ones. */
export interface Purge {
  readonly matches: (subject: string) => boolean;
  /** Only those below it. */
  readonly below: number;
  readonly keep: number;
}

interface Sent {
  readonly subject: string;
  readonly at: number;
  readonly ttlMs: number;
}

/** Whoever is late by less than this is not late: timers, and a machine with much to do. */
const LATE_MS_MAX = 4000;
const EARLY_MS_MAX = 20;

export class StreamModel {
  readonly name: string;
  readonly rules: Rules;
  /** Messages that were acknowledged and not taken away since. */
  readonly kept = new Map<number, ModelMessage>();
  /** Sequences that were taken away, and said to be. */
  readonly gone = new Set<number>();
  /** Sequences whose removal was asked for and not answered, or that went or not with others. */
  readonly going = new Set<number>();
  /** Payloads that were sent and not answered. */
  readonly sent = new Map<string, Sent>();
  /** What should not have happened, and was seen while working. */
  readonly faults: string[] = [];
  lastAcknowledged = 0;
  /** What `messages` was at least, and may be at most, since the last look. */
  messagesLow: number;
  messagesHigh: number;
  readonly #refused = new Set<string>();
  /** Purges that were asked for; those that were answered may still have met what was on its way. */
  #purges: { readonly purge: Purge; end: number }[] = [];
  /** By subject: the last message that all before it made way for. */
  readonly #rollups = new Map<string, number>();

  constructor(name: string, rules: Rules = {}) {
    this.name = name;
    this.rules = rules;
    this.messagesLow = this.messagesHigh = rules.messages ?? Infinity;
  }

  send(subject: string, payload: string, ttlMs = Infinity): void {
    this.sent.set(payload, { subject, at: Date.now(), ttlMs });
  }

  acknowledge(sequence: number, payload: string): void {
    const sent = this.sent.get(payload);
    if (sent === undefined) return void this.faults.push(`${payload.slice(0, 20)} is acknowledged and was not sent`);
    this.sent.delete(payload);
    if (this.kept.has(sequence) || this.gone.has(sequence)) this.faults.push(`sequence ${sequence} was given twice`);
    this.lastAcknowledged = Math.max(this.lastAcknowledged, sequence);
    const { subject, at, ttlMs } = sent;
    if (sequence < (this.#rollups.get(subject) ?? 0)) return void this.gone.add(sequence);
    this.kept.set(sequence, { subject, payload, sentAt: at, keptAt: Date.now(), ttlMs });
    if (this.#purges.some(({ purge, end }) => end >= at && purge.matches(subject))) this.going.add(sequence);
  }

  /** It is not there, and never will be. */
  refuse(payload: string): void {
    this.sent.delete(payload);
    this.#refused.add(payload);
  }

  remove(sequence: number): void {
    this.going.delete(sequence);
    this.kept.delete(sequence);
    this.gone.add(sequence);
  }

  /** A message for which all others of its subject make way was acknowledged. */
  rollUp(sequence: number, subject: string): void {
    this.#rollups.set(subject, Math.max(sequence, this.#rollups.get(subject) ?? 0));
    for (const [other, message] of [...this.kept]) {
      if (other < sequence && message.subject === subject) this.remove(other);
    }
  }

  /** Asks for a purge; returns what to do when it is answered. */
  purge(purge: Purge): () => void {
    const { matches, below, keep } = purge;
    const due = [...this.kept].filter(([sequence, { subject }]) => sequence < below && matches(subject));
    const sequences = due.map(([sequence]) => sequence).sort((one, other) => one - other);
    // Which ones are the last depends on what went by itself before.
    const { perSubject, messages, ageMs, isMortal } = this.rules;
    const isKnown = keep === 0 || (perSubject ?? messages ?? ageMs ?? isMortal) === undefined;
    const sure = isKnown ? sequences.slice(0, Math.max(0, sequences.length - keep)) : [];
    const record = { purge, end: Infinity };
    this.#purges.push(record);
    return () => {
      record.end = Date.now();
      for (const sequence of sure) this.remove(sequence);
      for (const [sequence, { subject }] of this.kept) {
        if (sequence < below && matches(subject)) this.going.add(sequence);
      }
      this.#purges = this.#purges.slice(-50);
    };
  }

  /** Every way in which what was found cannot be; then that is what the model holds. */
  settle(found: Found): string[] {
    const faults = this.faults.splice(0);
    const { messages, lastSequence, firstSequence } = found;
    if (lastSequence < this.lastAcknowledged) {
      faults.push(`the last sequence is ${lastSequence}, and ${this.lastAcknowledged} was acknowledged`);
    }
    const newer = this.#newer(messages);
    for (const [sequence, message] of this.kept) {
      const { subject, payload } = message;
      const there = messages.get(sequence);
      if (there === undefined) {
        if (!this.#mayBeGone(sequence, message, found.at, newer)) {
          faults.push(`message ${sequence} on ${subject} was acknowledged and is lost`);
        }
      } else if (there.subject !== subject || there.payload !== payload) {
        const { subject: other, payload: is } = there;
        faults.push(`message ${sequence} is ${other} ${is.slice(0, 20)}, not ${subject} ${payload.slice(0, 20)}`);
      }
    }
    for (const [sequence, { subject, payload }] of messages) {
      if (this.gone.has(sequence)) faults.push(`message ${sequence} was deleted and is back`);
      if (this.#refused.has(payload)) faults.push(`message ${sequence} was refused and is there`);
      if (sequence < firstSequence || sequence > lastSequence) {
        faults.push(`message ${sequence} lies outside of the stream`);
      }
      const known = this.kept.get(sequence);
      if (known === undefined && this.sent.get(payload)?.subject !== subject && !this.gone.has(sequence)) {
        faults.push(`message ${sequence} on ${subject} was never sent`);
      }
      const lived = found.at - (known?.keptAt ?? found.at);
      if (lived > Math.min(known?.ttlMs ?? Infinity, this.rules.ageMs ?? Infinity) + LATE_MS_MAX) {
        faults.push(`message ${sequence} is ${lived} ms old and still there`);
      }
    }
    faults.push(...this.#tooMany(messages));
    this.#takeOver(found);
    return faults;
  }

  /** For each message how many there are behind it, of its subject and of all. */
  #newer(messages: ReadonlyMap<number, FoundMessage>): (sequence: number, subject?: string) => number {
    const all: number[] = [];
    const bySubject = new Map<string, number[]>();
    for (const [sequence, { subject }] of messages) {
      all.push(sequence);
      const list = bySubject.get(subject);
      if (list === undefined) bySubject.set(subject, [sequence]);
      else list.push(sequence);
    }
    return (sequence, subject) => {
      const list = subject === undefined ? all : (bySubject.get(subject) ?? []);
      return list.filter((other) => other > sequence).length;
    };
  }

  #mayBeGone(
    sequence: number,
    { subject, sentAt, ttlMs }: ModelMessage,
    now: number,
    newer: (sequence: number, subject?: string) => number,
  ): boolean {
    const { perSubject = Infinity, ageMs = Infinity } = this.rules;
    return (
      this.going.has(sequence) ||
      now - sentAt >= Math.min(ageMs, ttlMs) - EARLY_MS_MAX ||
      this.#purges.some(({ purge, end }) => end === Infinity && sequence < purge.below && purge.matches(subject)) ||
      (perSubject !== Infinity && newer(sequence, subject) >= perSubject) ||
      (this.messagesLow !== Infinity && newer(sequence) >= this.messagesLow)
    );
  }

  #tooMany(messages: ReadonlyMap<number, FoundMessage>): string[] {
    const faults: string[] = [];
    if (messages.size > this.messagesHigh)
      faults.push(`there are ${messages.size} messages, ${this.messagesHigh} at most`);
    const { perSubject } = this.rules;
    if (perSubject === undefined) return faults;
    const counts = new Map<string, number>();
    for (const { subject } of messages.values()) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    for (const [subject, count] of counts) {
      if (count > perSubject) faults.push(`there are ${count} messages on ${subject}, ${perSubject} at most`);
    }
    return faults;
  }

  #takeOver({ messages, lastSequence, at }: Found): void {
    for (const sequence of [...this.kept.keys()]) if (!messages.has(sequence)) this.remove(sequence);
    for (const [sequence, { subject, payload }] of messages) {
      if (this.kept.has(sequence)) continue;
      const { at: sentAt = at, ttlMs = Infinity } = this.sent.get(payload) ?? {};
      this.kept.set(sequence, { subject, payload, sentAt, keptAt: at, ttlMs });
    }
    this.sent.clear();
    this.going.clear();
    this.#refused.clear();
    this.#purges = [];
    this.messagesLow = this.messagesHigh;
    this.lastAcknowledged = lastSequence;
  }
}
