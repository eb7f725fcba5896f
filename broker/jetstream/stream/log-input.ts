import { writeLatin1 } from '../../base/latin1.ts';
import type { MessagePlace, SubjectHash } from '../../store/message-log.ts';

const BYTES_MIN = 4096;

/** A message on its way into a log; the same object for each, since the log copies what it keeps. */
export class LogInput implements MessagePlace {
  bytes: Uint8Array = NOTHING;
  subjectStart = 0;
  subjectEnd = 0;
  bodyStart = 0;
  headerBytes = 0;
  bodyBytes = 0;
  hash = 0;
  #own = new Uint8Array(BYTES_MIN);

  /** A message that is put together here, of texts (latin1) and bytes. */
  compose(
    hash: SubjectHash,
    subject: string,
    headers: string,
    payload: Uint8Array,
    from = 0,
    to = payload.length,
  ): this {
    const size = subject.length + headers.length + to - from;
    // What is changed once more lies here already.
    const body = payload.buffer === this.#own.buffer ? payload.slice(from, to) : payload.subarray(from, to);
    if (this.#own.length < size) this.#own = new Uint8Array(size * 2);
    const bytes = this.#own;
    const subjectEnd = writeLatin1(bytes, 0, subject);
    const payloadStart = writeLatin1(bytes, subjectEnd, headers);
    bytes.set(body, payloadStart);
    this.bytes = bytes;
    this.subjectStart = 0;
    this.subjectEnd = subjectEnd;
    this.bodyStart = subjectEnd;
    this.headerBytes = headers.length;
    this.bodyBytes = size - subject.length;
    this.hash = hash(bytes, 0, subjectEnd);
    return this;
  }
}

const NOTHING = new Uint8Array(0);
