import { writeDecimal } from '../../base/decimal.ts';
import { writeLatin1 } from '../../base/latin1.ts';
import type { StoredMessage } from '../../store/message-log.ts';
import type { Parser } from '../../wire/parser.ts';
import type { Stream } from '../stream/stream.ts';
import { TIME_BYTES_MAX, writeTime } from '../time-text.ts';

/** Of the header block beside names, subject and what the message has itself. */
const BLOCK_BYTES_MAX = 128;
const DIGITS_MAX = 15;
const BY_SEQUENCE = '{"seq":';
const BY_SUBJECT = '{"last_by_subj":"';

/**
 * Answers the direct gets that come by the thousand (ADR-31) without making a string of anything: by sequence, and by
 * subject where that is no pattern. All others, and all that fail, are left to `answerDirectGet`.
 */
export class QuickGets {
  readonly #stream: Stream;
  /** Bytes of the subject that such a request has where it names no other. */
  readonly #baseBytes: number;
  readonly #head: Uint8Array;
  #block = new Uint8Array(1024);
  #blockBytes = 0;
  #request: Parser | undefined;
  #found: StoredMessage | undefined;

  constructor(stream: Stream, baseBytes: number) {
    this.#stream = stream;
    this.#baseBytes = baseBytes;
    this.#head = Buffer.from(`Nats-Stream: ${stream.name}\r\nNats-Subject: `, 'latin1');
  }

  /** Whether the request was answered. */
  answer(request: Parser): boolean {
    if (request.headerBytes > 0) return false;
    const sequence = this.#askedSequence(request);
    if (sequence === 0) return false;
    const found = this.#stream.log.read(sequence);
    if (found === undefined) return false;
    this.#compose(found);
    this.#request = request;
    this.#found = found;
    return this.#stream.sender.apart(this.#send);
  }

  readonly #send = (): boolean => {
    const request = this.#request as Parser;
    const found = this.#found as StoredMessage;
    const { replyStart, replyEnd } = request;
    return this.#stream.sender.sendStored(replyStart, replyEnd, this.#block, this.#blockBytes, found);
  };

  /** 0 when it is not clear at once. */
  #askedSequence(request: Parser): number {
    const { subjectStart, subjectEnd, payloadStart, payloadBytes } = request;
    const subjectFrom = subjectStart + this.#baseBytes + 1;
    if (subjectFrom < subjectEnd) return payloadBytes === 0 ? this.#last(subjectFrom, subjectEnd) : 0;
    const end = payloadStart + payloadBytes;
    if (this.#starts(payloadStart, end, BY_SEQUENCE)) return this.#number(payloadStart + BY_SEQUENCE.length, end);
    if (!this.#starts(payloadStart, end, BY_SUBJECT)) return 0;
    const { bytes } = this.#stream.host.arena;
    if (bytes[end - 2] !== QUOTE || bytes[end - 1] !== BRACE) return 0;
    return this.#last(payloadStart + BY_SUBJECT.length, end - 2);
  }

  #starts(start: number, end: number, text: string): boolean {
    if (end - start < text.length) return false;
    const { bytes } = this.#stream.host.arena;
    for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Digits up to the brace that ends the request. */
  #number(start: number, end: number): number {
    const { bytes } = this.#stream.host.arena;
    const last = end - 1;
    if (bytes[last] !== BRACE || last === start || last - start > DIGITS_MAX) return 0;
    let value = 0;
    for (let i = start; i < last; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) return 0;
      value = value * 10 + digit;
    }
    return value;
  }

  #last(start: number, end: number): number {
    const { log, hash, host } = this.#stream;
    const { bytes } = host.arena;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      // What may be a pattern, and what JSON writes in another way.
      if (byte === 42 || byte === 62 || byte === 92 || byte === QUOTE || byte < 33 || byte > 126) return 0;
    }
    const subject = log.subjects.find(bytes, start, end, hash(bytes, start, end));
    return subject === -1 ? 0 : log.subjects.last(subject);
  }

  /** The message's own headers, and what says where it lies. */
  #compose(found: StoredMessage): void {
    const { bytes: from, bodyStart, headerBytes, subjectStart, subjectEnd } = found;
    const head = this.#head;
    const needed = headerBytes + head.length + subjectEnd - subjectStart + TIME_BYTES_MAX + BLOCK_BYTES_MAX;
    if (needed > this.#block.length) this.#block = new Uint8Array(needed * 2);
    const block = this.#block;
    let at = headerBytes;
    if (headerBytes === 0) {
      at = writeLatin1(block, 0, 'NATS/1.0\r\n');
    } else {
      // All but the empty line at the end.
      at -= 2;
      for (let i = 0; i < at; i++) block[i] = from[bodyStart + i] as number;
    }
    for (let i = 0; i < head.length; i++) block[at++] = head[i] as number;
    for (let i = subjectStart; i < subjectEnd; i++) block[at++] = from[i] as number;
    at = writeLatin1(block, at, '\r\nNats-Sequence: ');
    at = writeDecimal(block, at, found.sequence);
    at = writeLatin1(block, at, '\r\nNats-Time-Stamp: ');
    at = writeTime(block, at, found);
    this.#blockBytes = writeLatin1(block, at, '\r\n\r\n');
  }
}

const QUOTE = 34;
const BRACE = 125;
