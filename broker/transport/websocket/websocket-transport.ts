import { BROWSER_FRAME_BYTES_MAX, COMPRESSION_BYTES_MIN, PONG_BACKLOG_BYTES_MAX } from '../../limits.ts';
import type { TcpTransport } from '../tcp-transport.ts';
import type { TlsFacts, Transport, TransportReader, WebSocketFacts } from '../transport.ts';
import { answerToClose, closePayload, PROTOCOL_ERROR, statusOf } from './close-status.ts';
import { compress, Inflater } from './compression.ts';
import { controlFrame, firstByte, frameHead, FrameReader, type FrameSink, OPCODES, unmask } from './frames.ts';
import type { Upgraded } from './upgrade.ts';

/** What carries the frames. */
export type Carrier = Pick<
  TcpTransport,
  | 'reader'
  | 'remoteAddress'
  | 'remotePort'
  | 'tls'
  | 'copyOfRead'
  | 'write'
  | 'writeAll'
  | 'writableLength'
  | 'onDrained'
  | 'pause'
  | 'resume'
  | 'end'
  | 'destroy'
>;

/**
 * The client's protocol in WebSocket messages. Where messages begin and end means nothing: what comes is put together
 * in the read region, what goes is framed as it is written.
 */
export class WebSocketTransport implements Transport, TransportReader, FrameSink {
  readonly webSocket: WebSocketFacts;
  readonly #tcp: Carrier;
  readonly #upgraded: Upgraded;
  readonly #frames: FrameReader;
  readonly #inflater: Inflater;
  readonly #readBuffer: Uint8Array;
  readonly #readView: DataView;
  /** Where the frames of this read are. */
  #source: DataView;
  /** Bytes of messages at the beginning of the read region. */
  #filled = 0;
  #reader: TransportReader | undefined;
  /** The peer has said its last word, or we have: no frame is read any more. */
  #deaf = false;
  /** Payload of our close frame; what the reason says while undefined. */
  #lastWord: Buffer | undefined;
  #reason = 'Client Closed';
  #ended = false;
  /** Answer to the last ping, while more than that would wait for a peer that does not read. */
  #pong: Buffer | undefined;

  /** `messageBytesMax`: of a compressed message, before and after. */
  constructor(tcp: Carrier, readBuffer: Uint8Array, upgraded: Upgraded, messageBytesMax: number) {
    this.#tcp = tcp;
    this.#upgraded = upgraded;
    this.webSocket = upgraded.facts;
    this.#frames = new FrameReader(this, { masked: !upgraded.unmasked, compression: upgraded.compression });
    this.#inflater = new Inflater(messageBytesMax);
    this.#readBuffer = readBuffer;
    this.#readView = viewOf(readBuffer);
    this.#source = this.#readView;
  }

  /** Hands it to whoever takes it. From here on the socket's bytes are frames. */
  readBy(accept: (transport: Transport) => TransportReader): void {
    this.#tcp.reader = this;
    this.#reader = accept(this);
  }

  get remoteAddress(): string {
    return this.#tcp.remoteAddress;
  }

  get remotePort(): number {
    return this.#tcp.remotePort;
  }

  get tls(): TlsFacts | undefined {
    return this.#tcp.tls;
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Frames are at the beginning of the read region. Their payloads move together at its front, in place. */
  onRead(bytes: number): void {
    if (this.#deaf) return;
    // A compressed message needs the read region before the frames behind it have been read.
    const frames = this.#upgraded.compression ? this.#tcp.copyOfRead(bytes) : this.#readBuffer;
    this.#source = frames === this.#readBuffer ? this.#readView : viewOf(frames);
    this.#filled = 0;
    this.#frames.read(frames, 0, bytes);
    const { fault } = this.#frames;
    if (fault === undefined) this.#pass();
    else this.#break(fault);
  }

  onPayload(source: Uint8Array, start: number, end: number, key: number, compressed: boolean, last: boolean): void {
    if (this.#deaf) return;
    if (compressed) return this.#onCompressed(start, end, key, last);
    // Behind a compressed message there may be more than has been read.
    if (this.#filled + end - start > this.#readBuffer.length) this.#pass();
    if (key === 0 && source === this.#readBuffer) source.copyWithin(this.#filled, start, end);
    else unmask(this.#source, start, end, key, this.#readView, this.#filled);
    this.#filled += end - start;
  }

  onControl(opcode: number, payload: Buffer): boolean {
    if (this.#deaf) return false;
    if (opcode === OPCODES.ping) this.#answerPing(payload);
    if (opcode !== OPCODES.close) return true;
    this.#pass();
    const { answer, fault } = answerToClose(payload);
    if (answer === undefined) {
      this.#break(fault);
    } else if (!this.#deaf) {
      this.#deaf = true;
      this.#lastWord = answer;
      this.#reader?.onEnd();
    }
    return false;
  }

  onEnd(): void {
    this.#reader?.onEnd();
  }

  onClose(error: Error | undefined): void {
    this.#deaf = true;
    this.#ended = true;
    this.#reader?.onClose(error);
  }

  #onCompressed(start: number, end: number, key: number, last: boolean): void {
    const piece = Buffer.allocUnsafe(end - start);
    unmask(this.#source, start, end, key, viewOf(piece), 0);
    const tooMuch = this.#inflater.add(piece);
    if (tooMuch !== undefined) return this.#break(tooMuch);
    if (!last) return;
    const message = this.#inflater.finish();
    if (typeof message === 'string') return this.#break(message);
    for (let from = 0; from < message.length && !this.#deaf;) {
      if (this.#filled === this.#readBuffer.length) this.#pass();
      const piece = message.subarray(from, from + this.#readBuffer.length - this.#filled);
      this.#readBuffer.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
    }
  }

  /** Gives the reader what has been put together. */
  #pass(): void {
    const bytes = this.#filled;
    this.#filled = 0;
    if (bytes > 0 && !this.#deaf) this.#reader?.onRead(bytes);
  }

  #answerPing(payload: Buffer): void {
    const pong = controlFrame(OPCODES.pong, payload);
    if (this.#tcp.writableLength <= PONG_BACKLOG_BYTES_MAX) {
      this.#tcp.write(pong);
      return;
    }
    if (this.#pong === undefined) {
      this.#tcp.onDrained(() => {
        if (this.#pong !== undefined && !this.#ended) this.#tcp.write(this.#pong);
        this.#pong = undefined;
      });
    }
    this.#pong = pong;
  }

  #break(fault: string): void {
    // What came before it is acted on before it.
    this.#pass();
    if (this.#deaf) return;
    this.#deaf = true;
    this.#lastWord = closePayload(PROTOCOL_ERROR, fault);
    if (this.#reader?.onBroken === undefined) this.#reader?.onEnd();
    else this.#reader.onBroken(fault);
  }

  // ── What goes out ─────────────────────────────────────────────────────────────────────────────────────────────────

  write(bytes: Uint8Array): boolean {
    if (this.#ended) return true;
    return this.#tcp.writeAll(this.#framed([bytes], bytes.length));
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    if (this.#ended) return true;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    return this.#tcp.writeAll(this.#framed(pieces, length));
  }

  onDrained(callback: () => void): void {
    this.#tcp.onDrained(callback);
  }

  pause(): void {
    this.#tcp.pause();
  }

  resume(): void {
    this.#tcp.resume();
  }

  announceEnd(reason: string): void {
    this.#reason = reason;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deaf = true;
    const payload = this.#lastWord ?? closePayload(statusOf(this.#reason), this.#reason);
    this.#tcp.write(controlFrame(OPCODES.close, payload));
    this.#tcp.end();
  }

  destroy(): void {
    this.#deaf = true;
    this.#ended = true;
    this.#tcp.destroy();
  }

  /** One message, in one frame unless it goes to a browser. */
  #framed(pieces: readonly Uint8Array[], length: number): readonly Uint8Array[] {
    const { compression, browser, wholeWhenCompressed } = this.#upgraded;
    if (compression && length > COMPRESSION_BYTES_MIN) {
      const packed = compress(pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, length));
      const small = browser && !wholeWhenCompressed;
      return small ? inFrames(packed, true) : [frameHead(firstByte(OPCODES.binary, true, true), packed.length), packed];
    }
    if (browser) return pieces.flatMap((piece) => inFrames(piece, false));
    return [frameHead(firstByte(OPCODES.binary, true, false), length), ...pieces];
  }
}

/** Frames for a browser. Those of a compressed message belong together; else each is a message of its own. */
function inFrames(bytes: Uint8Array, compressed: boolean): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += BROWSER_FRAME_BYTES_MAX) {
    const piece = bytes.subarray(from, from + BROWSER_FRAME_BYTES_MAX);
    const final = !compressed || from + piece.length === bytes.length;
    const opcode = compressed && from > 0 ? OPCODES.continuation : OPCODES.binary;
    frames.push(frameHead(firstByte(opcode, final, compressed && from === 0), piece.length), piece);
  }
  return frames;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
