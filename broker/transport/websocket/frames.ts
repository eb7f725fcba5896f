/** Opcodes of RFC 6455, section 5.2. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const COMPRESSED = 0x40;
const RESERVED = 0x30;
const MASKED = 0x80;
/** Payload of a control frame, section 5.5. */
export const CONTROL_BYTES_MAX = 125;
const HEAD_BYTES_MAX = 14;

/** What comes out of frames, in order. */
export interface FrameSink {
  /**
   * A piece of a message's payload, still masked: byte `i` from `start` on has to be XORed with byte `i % 4` of `key`,
   * lowest first. `last` is the end of the message.
   */
  onPayload(source: Uint8Array, start: number, end: number, key: number, compressed: boolean, last: boolean): void;
  /** A whole control frame; the payload is unmasked and the sink's to keep. False: nothing more is read. */
  onControl(opcode: number, payload: Buffer): boolean;
}

export interface FrameRules {
  /** Frames that are not masked are refused. */
  readonly masked: boolean;
  /** Compressed messages were agreed on. */
  readonly compression: boolean;
}

/** Takes frames apart that come in pieces of any size. A frame against the rules ends it: `fault`, in nats-server's words. */
export class FrameReader {
  /** Why nothing is read any more. */
  fault: string | undefined;
  readonly #sink: FrameSink;
  readonly #rules: FrameRules;
  /** A head that has not come whole. */
  readonly #head = new Uint8Array(HEAD_BYTES_MAX);
  #headBytes = 0;
  /** Bytes of the present frame's payload that are still to come; -1 between frames. */
  #remaining = -1;
  #key = 0;
  #opcode = 0;
  #final = false;
  /** Within a message of several frames. */
  #continues = false;
  #compressed = false;
  #control: Buffer | undefined;
  #controlBytes = 0;

  constructor(sink: FrameSink, rules: FrameRules) {
    this.#sink = sink;
    this.#rules = rules;
  }

  /** Reads from `start` up to `end`. Returns where it stopped: before `end` only when the sink or a fault ended it. */
  read(source: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.fault === undefined) {
      if (this.#remaining < 0) {
        at = this.#readHead(source, at, end);
        if (this.#remaining < 0) continue;
        // An empty frame is over with its head.
        if (this.#remaining > 0) continue;
      }
      const take = Math.min(this.#remaining, end - at);
      this.#remaining -= take;
      if (this.#opcode >= OPCODES.close) {
        if (!this.#takeControl(source, at, at + take)) return at + take;
      } else {
        const last = this.#remaining === 0 && this.#final;
        if (take > 0 || last) this.#sink.onPayload(source, at, at + take, this.#key, this.#compressed, last);
        if (last) this.#compressed = false;
        this.#key = rotated(this.#key, take);
      }
      at += take;
      if (this.#remaining === 0) this.#remaining = -1;
    }
    return at;
  }

  /** Returns where it stopped; `#remaining` is set once the head is whole. */
  #readHead(source: Uint8Array, start: number, end: number): number {
    let at = start;
    let bytes = source;
    let from = start;
    if (this.#headBytes > 0 || end - start < HEAD_BYTES_MAX) {
      const before = this.#headBytes;
      const more = Math.min(HEAD_BYTES_MAX - before, end - start);
      this.#head.set(source.subarray(start, start + more), before);
      const available = before + more;
      const length = headLength(this.#head, available);
      if (available < length) {
        this.#headBytes = available;
        this.#checkFirst(this.#head[0] as number);
        return start + more;
      }
      this.#headBytes = 0;
      bytes = this.#head;
      from = 0;
      at = start + length - before;
    } else {
      at = start + headLength(source.subarray(start, start + 2), 2);
    }
    this.#parse(bytes, from);
    return at;
  }

  #parse(bytes: Uint8Array, from: number): void {
    const first = bytes[from] as number;
    const second = bytes[from + 1] as number;
    const opcode = first & 0x0f;
    const final = (first & FINAL) !== 0;
    const compressed = (first & COMPRESSED) !== 0;
    if (!this.#checkFirst(first)) return;
    const masked = (second & MASKED) !== 0;
    if (this.#rules.masked && !masked) return this.#refuse('mask bit missing');
    let length = second & 0x7f;
    if (!this.#checkOpcode(opcode, final, compressed, length)) return;
    let at = from + 2;
    if (length === 126) {
      length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      at += 2;
    } else if (length === 127) {
      if (((bytes[at] as number) & 0x80) !== 0) return this.#refuse('invalid 64-bit payload length');
      length = 0;
      for (let index = 0; index < 8; index++) length = length * 256 + (bytes[at + index] as number);
      at += 8;
    }
    this.#key = masked ? keyAt(bytes, at) : 0;
    this.#opcode = opcode;
    this.#final = final;
    this.#remaining = length;
    if (opcode >= OPCODES.close) {
      this.#control = Buffer.allocUnsafe(length);
      this.#controlBytes = 0;
    }
  }

  #checkFirst(first: number): boolean {
    if ((first & RESERVED) !== 0) this.#refuse('RSV2 and RSV3 must be clear');
    else if ((first & COMPRESSED) !== 0 && !this.#rules.compression) {
      this.#refuse('compressed frame received without negotiated permessage-deflate');
    }
    return this.fault === undefined;
  }

  #checkOpcode(opcode: number, final: boolean, compressed: boolean, length: number): boolean {
    switch (opcode) {
      case OPCODES.close:
      case OPCODES.ping:
      case OPCODES.pong:
        if (length > CONTROL_BYTES_MAX) {
          this.#refuse(`control frame length bigger than maximum allowed of ${CONTROL_BYTES_MAX} bytes`);
        } else if (!final) this.#refuse('control frame does not have final bit set');
        else if (compressed) this.#refuse('control frame must not be compressed');
        break;
      case OPCODES.text:
      case OPCODES.binary:
        if (this.#continues) {
          this.#refuse('new message started before final frame for previous message was received');
        }
        this.#continues = !final;
        this.#compressed = compressed;
        break;
      case OPCODES.continuation:
        if (!this.#continues || compressed) this.#refuse('invalid continuation frame');
        this.#continues = !final;
        break;
      default:
        this.#refuse(`unknown opcode ${opcode}`);
    }
    return this.fault === undefined;
  }

  #takeControl(source: Uint8Array, start: number, end: number): boolean {
    const payload = this.#control as Buffer;
    const key = rotated(this.#key, this.#controlBytes);
    for (let at = start; at < end; at++) {
      payload[this.#controlBytes++] = (source[at] as number) ^ ((key >>> (8 * ((at - start) & 3))) & 0xff);
    }
    if (this.#remaining > 0) return true;
    this.#control = undefined;
    this.#remaining = -1;
    return this.#sink.onControl(this.#opcode, payload);
  }

  #refuse(fault: string): void {
    this.fault ??= fault;
  }
}

/** Bytes of the head that begins with these; more than there are while that cannot be said. */
function headLength(head: Uint8Array, available: number): number {
  if (available < 2) return 2;
  const second = head[1] as number;
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & MASKED) === 0 ? 0 : 4);
}

function keyAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** The key for what comes so many bytes later. */
function rotated(key: number, bytes: number): number {
  const bits = (bytes & 3) * 8;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/**
 * Unmasks from one place to another, four bytes at a time. Both may be in the same memory, if the target is not behind
 * the source.
 */
export function unmask(
  source: DataView,
  start: number,
  end: number,
  key: number,
  target: DataView,
  targetStart: number,
): void {
  let from = start;
  let to = targetStart;
  const words = end - 4;
  for (; from <= words; from += 4, to += 4) target.setInt32(to, source.getInt32(from, true) ^ key, true);
  for (let shift = 0; from < end; from++, to++, shift += 8) {
    target.setUint8(to, source.getUint8(from) ^ ((key >>> shift) & 0xff));
  }
}

/** Head of a frame from us to a client: never masked. */
export function frameHead(first: number, length: number): Buffer {
  if (length <= CONTROL_BYTES_MAX) return Buffer.of(first, length);
  if (length < 65536) return Buffer.of(first, 126, length >> 8, length & 0xff);
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 127;
  head.writeUIntBE(length, 4, 6);
  return head;
}

/** First byte of a frame. */
export function firstByte(opcode: number, final: boolean, compressed: boolean): number {
  return opcode | (final ? FINAL : 0) | (compressed ? COMPRESSED : 0);
}

/** A whole control frame from us. */
export function controlFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(firstByte(opcode, true, false), payload.length), payload]);
}
