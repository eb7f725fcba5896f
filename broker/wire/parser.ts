import { INTEGER_DIGITS_MAX } from '../limits.ts';

/** What a connection can do wrong in a way that the parser sees. */
export type ProtocolFault =
  /** A byte that no command goes on with. */
  | 'unknown-operation'
  /** A command whose arguments make no sense (a negative size, too many words). */
  | 'malformed-arguments'
  | 'control-line-exceeded'
  | 'payload-exceeded'
  | 'headers-not-supported';

export type ControlVerb = 'CONNECT' | 'PING' | 'PONG' | 'SUB' | 'UNSUB' | 'INFO' | '+OK' | '-ERR';

/** A connection, as the parser sees it. */
export interface ParserClient {
  /** Set once the connection must not be parsed further. */
  readonly closed: boolean;
  /** Set while what comes next must wait: parsing stops behind the command that set it. */
  readonly suspended: boolean;
  /** While set, nothing but CONNECT is taken. */
  readonly awaitsConnect: boolean;
  readonly controlLineBytesMax: number;
  readonly payloadBytesMax: number;
  /** Whether HPUB was negotiated. */
  readonly headers: boolean;
  /** A whole PUB or HPUB; the parser's fields say where its parts are. */
  onPublish(parser: Parser): void;
  /** A whole control line; its argument is `argumentStart` to `argumentEnd`. */
  onControl(verb: ControlVerb, parser: Parser): void;
  onFault(fault: ProtocolFault, parser: Parser): void;
  /** Something else than CONNECT came first; true when it may go on without. */
  onUnannounced(): boolean;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

const FNV_PRIME = 0x01000193;

/**
 * A single pass over the bytes of a read. It keeps nothing between two reads: an incomplete command at the end is left,
 * and the caller brings its bytes back in front of the next read.
 *
 * Those bytes are to be taken from this memory: blanks that count for nothing are dropped from them here.
 *
 * The caller leaves 16 writable bytes behind `end`: a line feed is put there, so that scanning for the end of a word
 * needs no bounds check.
 *
 *     PUB  subject  reply  11\r\nhello world\r\n
 *          │        │      restStart … restEnd: what a MSG has behind its sid, byte for byte,
 *          │        │      with the reply when there is one
 *          subjectStart, subjectEnd
 */
export class Parser {
  readonly #bytes: Uint8Array;
  /** Where a line that is not in canonical form is written anew, together with its payload. */
  readonly #scratch: number;
  readonly #seed: number;

  subjectStart = 0;
  subjectEnd = 0;
  /** Hash of the subject's bytes under this parser's seed. */
  hash = 0;
  /** Both 0 when there is no reply. */
  replyStart = 0;
  replyEnd = 0;
  restStart = 0;
  /** Behind the line feed that ends the payload. */
  restEnd = 0;
  payloadStart = 0;
  /** Bytes of headers and payload together. */
  payloadBytes = 0;
  /** Bytes of the headers; -1 for PUB. */
  headerBytes = -1;
  argumentStart = 0;
  argumentEnd = 0;
  /** Where a fault was found, and where the bytes end that were parsed: for the log. */
  faultAt = 0;
  faultEnd = 0;
  /** Bytes that the incomplete command has in all, when its line is there and only its payload is not; else 0. */
  bytesNeeded = 0;

  /** Where the incomplete command begins, when what counts for nothing was dropped from it. */
  #resumeAt = 0;

  /** `scratch` has room for a control line and a payload of the greatest size. */
  constructor(bytes: Uint8Array, scratch: number, seed: number) {
    this.#bytes = bytes;
    this.#scratch = scratch;
    this.#seed = seed;
  }

  /** The hash that a subject in `start` … `end` gets. */
  hashOf(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = this.#seed;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
    return hash ^ (hash >>> 15);
  }

  /** The same for a subject as a latin1 string, up to `end`. */
  hashOfText(text: string, end: number): number {
    let hash = this.#seed;
    for (let i = 0; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
    return hash ^ (hash >>> 15);
  }

  /** Gives every whole command to the client. Returns where the first byte is that was not used up. */
  parse(start: number, end: number, client: ParserClient): number {
    const bytes = this.#bytes;
    bytes[end] = LF;
    this.bytesNeeded = 0;
    this.#resumeAt = 0;
    let pos = start;
    if (client.awaitsConnect && pos < end && !this.#mayBegin(pos, end, client)) return client.suspended ? pos : end;
    while (pos < end) {
      let next: number;
      if (bytes[pos] === 0x50 && bytes[pos + 1] === 0x55 && bytes[pos + 2] === 0x42 && bytes[pos + 3] === SPACE) {
        next = this.#publish(pos, end, client);
      } else {
        next = this.#other(pos, end, client);
        if (next > 0 && client.suspended) return next;
        if (next > 0 && client.awaitsConnect && !client.closed && next < end && !this.#mayBegin(next, end, client)) {
          return client.suspended ? next : end;
        }
      }
      if (client.closed) return end;
      if (next === INCOMPLETE) {
        return Math.max(pos, this.#resumeAt);
      }
      pos = next;
    }
    return pos;
  }

  #mayBegin(pos: number, end: number, client: ParserClient): boolean {
    if (((this.#bytes[pos] as number) | 0x20) === 0x63) return true;
    this.faultAt = pos;
    this.faultEnd = end;
    return client.onUnannounced();
  }

  /** PUB in the form that every client library writes. Anything unusual goes to `#unusualPublish`. */
  #publish(pos: number, end: number, client: ParserClient): number {
    const bytes = this.#bytes;
    let p = pos + 4;
    const subjectStart = p;
    let hash = this.#seed;
    let c = bytes[p] as number;
    while (c > SPACE) {
      hash = Math.imul(hash ^ c, FNV_PRIME);
      c = bytes[++p] as number;
    }
    if (c !== SPACE || p === subjectStart) return this.#unusualPublish(pos, pos + 4, end, client, false);
    const subjectEnd = p++;
    const restStart = p;
    let replyStart = 0;
    let replyEnd = 0;
    let digitsStart = p;
    let size = 0;
    c = bytes[p] as number;
    while (c >= 48 && c <= 57) {
      size = size * 10 + c - 48;
      c = bytes[++p] as number;
    }
    if (c !== CR) {
      while (c > SPACE) c = bytes[++p] as number;
      if (c !== SPACE || p === digitsStart) return this.#unusualPublish(pos, pos + 4, end, client, false);
      replyStart = digitsStart;
      replyEnd = p++;
      digitsStart = p;
      size = 0;
      c = bytes[p] as number;
      while (c >= 48 && c <= 57) {
        size = size * 10 + c - 48;
        c = bytes[++p] as number;
      }
    }
    if (c !== CR || p === digitsStart || p + 1 >= end || bytes[p + 1] !== LF || p - digitsStart > INTEGER_DIGITS_MAX) {
      return this.#unusualPublish(pos, pos + 4, end, client, false);
    }
    if (p - subjectStart > client.controlLineBytesMax) return this.#fault('control-line-exceeded', pos, end, client);
    if (size > client.payloadBytesMax) {
      this.payloadBytes = size;
      this.headerBytes = -1;
      return this.#fault('payload-exceeded', pos, end, client);
    }
    const payloadStart = p + 2;
    const payloadEnd = payloadStart + size;
    if (payloadEnd + 2 > end || bytes[payloadEnd] !== CR || bytes[payloadEnd + 1] !== LF) {
      return this.#unfinishedPayload(pos, payloadEnd, end, client);
    }
    this.subjectStart = subjectStart;
    this.subjectEnd = subjectEnd;
    this.hash = hash ^ (hash >>> 15);
    this.replyStart = replyStart;
    this.replyEnd = replyEnd;
    this.restStart = restStart;
    this.restEnd = payloadEnd + 2;
    this.payloadStart = payloadStart;
    this.payloadBytes = size;
    this.headerBytes = -1;
    client.onPublish(this);
    return payloadEnd + 2;
  }

  /** The payload is not all there, or not ended by CR LF. */
  #unfinishedPayload(pos: number, payloadEnd: number, end: number, client: ParserClient): number {
    const bytes = this.#bytes;
    if (payloadEnd < end && bytes[payloadEnd] !== CR) return this.#fault('unknown-operation', payloadEnd, end, client);
    if (payloadEnd + 1 < end) return this.#fault('unknown-operation', payloadEnd + 1, end, client);
    this.bytesNeeded = payloadEnd + 2 - pos;
    return INCOMPLETE;
  }

  /** HPUB, and every PUB with tabs, several spaces, a bare line feed, or faults. */
  #unusualPublish(pos: number, from: number, end: number, client: ParserClient, headers: boolean): number {
    const bytes = this.#bytes;
    let argumentStart = from;
    while (bytes[argumentStart] === SPACE || bytes[argumentStart] === TAB) argumentStart++;
    const line = this.#line(argumentStart, end, client);
    if (line === FAULT) return FAULT;
    pos = this.#squeeze(pos, from, argumentStart);
    if (line === INCOMPLETE) return INCOMPLETE;
    if (headers && !client.headers) return this.#fault('headers-not-supported', pos, end, client);
    const argumentEnd = this.argumentEnd;
    const words: number[] = [];
    for (let p = argumentStart; p < argumentEnd;) {
      if (bytes[p] === SPACE || bytes[p] === TAB) {
        p++;
        continue;
      }
      const wordStart = p;
      while (p < argumentEnd && bytes[p] !== SPACE && bytes[p] !== TAB) p++;
      words.push(wordStart, p);
    }
    const numbers = headers ? 2 : 1;
    const count = words.length / 2;
    if (count !== numbers + 1 && count !== numbers + 2) return this.#fault('malformed-arguments', pos, end, client);
    const size = parseSize(bytes, words.at(-2) as number, words.at(-1) as number);
    const headerBytes = headers ? parseSize(bytes, words.at(-4) as number, words.at(-3) as number) : -1;
    if (size < 0 || (headers && (headerBytes < 0 || headerBytes > size))) {
      return this.#fault('malformed-arguments', pos, end, client);
    }
    if (size > client.payloadBytesMax) {
      this.payloadBytes = size;
      this.headerBytes = headerBytes;
      this.subjectStart = words[0] as number;
      this.subjectEnd = words[1] as number;
      this.payloadStart = line;
      return this.#fault('payload-exceeded', pos, end, client);
    }
    const payloadEnd = line + size;
    if (payloadEnd + 2 > end || bytes[payloadEnd] !== CR || bytes[payloadEnd + 1] !== LF) {
      return this.#unfinishedPayload(pos, payloadEnd, end, client);
    }
    this.payloadBytes = size;
    this.headerBytes = headerBytes;
    this.#place(words, argumentStart, line, payloadEnd + 2);
    if (count === numbers + 1) {
      this.replyStart = 0;
      this.replyEnd = 0;
    } else {
      this.replyStart = this.restStart;
      this.replyEnd = this.restStart + (words[3] as number) - (words[2] as number);
    }
    this.hash = this.hashOf(this.subjectStart, this.subjectEnd);
    client.onPublish(this);
    return payloadEnd + 2;
  }

  /** Says where the parts of a message are; writes the line anew when its words are not apart by one space each. */
  #place(words: readonly number[], argumentStart: number, payloadStart: number, end: number): void {
    const bytes = this.#bytes;
    const last = words.at(-1) as number;
    let canonical = last + 2 === payloadStart && bytes[last] === CR && words[0] === argumentStart;
    for (let i = 2; i < words.length; i += 2) {
      canonical &&= (words[i] as number) === (words[i - 1] as number) + 1 && bytes[words[i - 1] as number] === SPACE;
    }
    if (canonical) {
      this.subjectStart = words[0] as number;
      this.subjectEnd = words[1] as number;
      this.restStart = words[2] as number;
      this.payloadStart = payloadStart;
      this.restEnd = end;
      return;
    }
    let at = this.#scratch;
    for (let i = 0; i < words.length; i += 2) {
      const wordStart = words[i] as number;
      const wordEnd = words[i + 1] as number;
      if (i === 0) this.subjectStart = at;
      if (i === 2) this.restStart = at;
      bytes.copyWithin(at, wordStart, wordEnd);
      at += wordEnd - wordStart;
      if (i === 0) this.subjectEnd = at;
      bytes[at++] = SPACE;
    }
    bytes[at - 1] = CR;
    bytes[at++] = LF;
    this.payloadStart = at;
    bytes.copyWithin(at, payloadStart, end);
    this.restEnd = at + end - payloadStart;
  }

  /**
   * Finds the end of the line whose argument begins here and sets `argumentStart` and `argumentEnd`. Returns the address
   * behind the line feed.
   */
  #line(argumentStart: number, end: number, client: ParserClient): number {
    const bytes = this.#bytes;
    let p = argumentStart;
    let carriageReturns = 0;
    // The first byte belongs to the argument whatever it is.
    for (; p < end; p++) {
      const c = bytes[p] as number;
      if (c === LF && p > argumentStart) break;
      if (c === CR && p > argumentStart) carriageReturns = 1;
    }
    this.argumentStart = argumentStart;
    this.argumentEnd = p - carriageReturns;
    if (this.argumentEnd - argumentStart > client.controlLineBytesMax) {
      return this.#fault('control-line-exceeded', argumentStart, end, client);
    }
    return p >= end ? INCOMPLETE : p + 1;
  }

  /** Any command that is not a plain PUB. Bytes that fit no command are a fault as soon as they are there. */
  #other(pos: number, end: number, client: ParserClient): number {
    const bytes = this.#bytes;
    for (const { upper, lower, verb, argument } of VERBS) {
      let i = 0;
      for (; i < upper.length && pos + i < end; i++) {
        const c = bytes[pos + i];
        if (c !== upper[i] && c !== lower[i]) break;
      }
      if (i > 0 && pos + i >= end) return INCOMPLETE;
      if (i < upper.length) continue;
      return this.#command(pos, pos + i, end, client, verb, argument);
    }
    let faultAt = pos;
    for (const { upper, lower } of VERBS) {
      let i = 0;
      while (i < upper.length && (bytes[pos + i] === upper[i] || bytes[pos + i] === lower[i])) i++;
      faultAt = Math.max(faultAt, pos + i);
    }
    return this.#fault('unknown-operation', faultAt, end, client);
  }

  #command(pos: number, behindVerb: number, end: number, client: ParserClient, verb: Verb, argument: Argument): number {
    const bytes = this.#bytes;
    const c = bytes[behindVerb];
    if (argument === 'none') {
      // What stands between the verb and the line feed is ignored.
      let p = behindVerb;
      while (p < end && bytes[p] !== LF) p++;
      if (p >= end) {
        this.#resumeAt = end - (behindVerb - pos);
        bytes.copyWithin(this.#resumeAt, pos, behindVerb);
        return INCOMPLETE;
      }
      this.argumentStart = this.argumentEnd = behindVerb;
      client.onControl(verb as ControlVerb, this);
      return p + 1;
    }
    if (argument === 'spaced') {
      if (behindVerb >= end) return INCOMPLETE;
      if (c !== SPACE && c !== TAB) return this.#fault('unknown-operation', behindVerb, end, client);
    }
    if (verb === 'PUB' || verb === 'HPUB') {
      return this.#unusualPublish(pos, behindVerb, end, client, verb === 'HPUB');
    }
    let argumentStart = behindVerb;
    while (bytes[argumentStart] === SPACE || bytes[argumentStart] === TAB) argumentStart++;
    const next = this.#line(argumentStart, end, client);
    if (next > 0) client.onControl(verb, this);
    else if (next === INCOMPLETE) this.#squeeze(pos, behindVerb, argumentStart);
    return next;
  }

  /**
   * Drops the blanks before an argument that is not all there, but for one. They count for nothing, so they may go on
   * for ever, and nothing of them is kept for the next read. Returns where the command now begins.
   */
  #squeeze(pos: number, behindVerb: number, argumentStart: number): number {
    const gap = argumentStart - behindVerb;
    if (gap <= 1) return pos;
    const begin = pos + gap - 1;
    this.#bytes.copyWithin(begin, pos, behindVerb);
    this.#bytes[argumentStart - 1] = SPACE;
    this.#resumeAt = begin;
    return begin;
  }

  #fault(fault: ProtocolFault, at: number, end: number, client: ParserClient): number {
    this.faultAt = at;
    this.faultEnd = end;
    client.onFault(fault, this);
    return FAULT;
  }
}

/** Commands whose last byte has not come, and commands that ended the connection. */
const INCOMPLETE = -1;
const FAULT = -2;

type Verb = ControlVerb | 'PUB' | 'HPUB';
/** `spaced`: white space must stand between verb and argument. */
type Argument = 'none' | 'spaced' | 'any';

const VERBS = (
  [
    ['HPUB', 'spaced'],
    ['SUB', 'spaced'],
    ['UNSUB', 'spaced'],
    ['PUB', 'spaced'],
    ['PING', 'none'],
    ['PONG', 'none'],
    ['CONNECT', 'any'],
    ['+OK', 'none'],
    ['-ERR', 'spaced'],
    ['INFO', 'spaced'],
  ] as const
).map(([verb, argument]: readonly [Verb, Argument]) => ({
  verb,
  argument,
  upper: codes(verb),
  lower: codes(verb.toLowerCase()),
}));

function codes(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

/** A number of at most nine digits, or -1. */
export function parseSize(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > INTEGER_DIGITS_MAX) return -1;
  let size = 0;
  for (let p = start; p < end; p++) {
    const c = bytes[p] as number;
    if (c < 48 || c > 57) return -1;
    size = size * 10 + c - 48;
  }
  return size;
}
