import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { WebSocketOptions } from '../../../../../broker/options/websocket.ts';
import type { Transport, TransportReader } from '../../../../../broker/transport/transport.ts';
import { listenWebSocket } from '../../../../../broker/transport/websocket/listener.ts';
import { type WebSocketSurroundings, webSocketTerms } from '../../../../../broker/transport/websocket/terms.ts';
import { PlainClient } from '../recording-owner.ts';

/** Reads a WebSocket connection: remembers what it is told, and ends when the other side does. */
export class RecordingReader implements TransportReader {
  received = '';
  readonly reads: number[] = [];
  ended = false;
  broken: string | undefined;
  over = false;
  error: Error | undefined;
  echoes = false;
  readonly transport: Transport;
  readonly #readBuffer: Uint8Array;

  constructor(transport: Transport, readBuffer: Uint8Array) {
    this.transport = transport;
    this.#readBuffer = readBuffer;
  }

  onRead(bytes: number): void {
    const read = Buffer.from(this.#readBuffer.subarray(0, bytes));
    this.reads.push(bytes);
    this.received += read.toString('latin1');
    // Whoever reads may use the region for himself behind what he was given.
    this.#readBuffer.fill(0x21, bytes);
    if (this.echoes) this.transport.write(read);
  }

  onEnd(): void {
    this.ended = true;
    this.transport.end();
  }

  onBroken(text: string): void {
    this.broken = text;
    this.transport.announceEnd?.('Read Error');
    this.transport.end();
  }

  onClose(error: Error | undefined): void {
    this.over = true;
    this.error = error;
  }
}

export interface ListeningOptions extends Partial<WebSocketOptions> {
  around?: Partial<WebSocketSurroundings>;
  readBytes?: number;
}

/** A WebSocket listener on a free port. */
export async function listening({ around, readBytes = 64 * 1024, ...options }: ListeningOptions = {}) {
  const readers: RecordingReader[] = [];
  const log: string[] = [];
  const readBuffer = new Uint8Array(readBytes);
  let terms = webSocketTerms(
    { port: -1, noTls: options.tls === undefined, ...options },
    { hasUsers: false, hasOperators: true, ...around },
  );
  const listener = await listenWebSocket({
    host: '127.0.0.1',
    port: options.port ?? -1,
    readBuffer,
    terms: () => terms,
    log: (level, text) => log.push(`${level} ${text.replaceAll(/127\.0\.0\.1:\d+/g, 'PEER')}`),
    accept(transport) {
      const reader = new RecordingReader(transport, readBuffer);
      readers.push(reader);
      transport.write(Buffer.from('INFO\r\n'));
      return reader;
    },
  });
  const dialled: PlainClient[] = [];
  return {
    port: listener.port,
    url: `${options.tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${listener.port}`,
    readers,
    log,
    replace(changed: Partial<WebSocketOptions>) {
      terms = webSocketTerms(
        { port: -1, noTls: options.tls === undefined, ...options, ...changed },
        { hasUsers: false, hasOperators: true, ...around },
      );
    },
    close: () => listener.close(),
    say(text: string): PlainClient {
      const client = new PlainClient(listener.port);
      dialled.push(client);
      client.socket.write(text, 'latin1');
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of dialled) socket.destroy();
      for (const { transport } of readers) transport.destroy();
      await listener.close();
    },
  };
}

/** An upgrade request; lines are added to it or, by name, put in the place of others. */
export function upgradeRequest(changed: Record<string, string | undefined> = {}, first = 'GET / HTTP/1.1'): string {
  const headers: Record<string, string | undefined> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...changed,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${[first, ...lines].join('\r\n')}\r\n\r\n`;
}

export interface FrameOptions {
  final?: boolean;
  compressed?: boolean;
  /** '' for none. */
  mask?: string;
  reserved?: number;
}

/** A frame as a client sends it. */
export function frame(opcode: number, payload: string, options: FrameOptions = {}): string {
  const { final = true, compressed = false, mask = '\x0b\xad\xf0\x0d', reserved = 0 } = options;
  const first = opcode | (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | reserved;
  const masked = mask === '' ? 0 : 0x80;
  const { length } = payload;
  let head = String.fromCharCode(first);
  if (length < 126) head += String.fromCharCode(masked | length);
  else if (length < 65536) head += String.fromCharCode(masked | 126, length >> 8, length & 0xff);
  else {
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64BE(BigInt(length));
    head += String.fromCharCode(masked | 127) + wide.toString('latin1');
  }
  return head + mask + masking(payload, mask);
}

export function masking(payload: string, mask: string): string {
  if (mask === '') return payload;
  const bytes = Buffer.from(payload, 'latin1');
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = (bytes[index] as number) ^ mask.charCodeAt(index % 4);
  return bytes.toString('latin1');
}

/** A payload as RFC 7692 sends it. */
export function deflated(payload: string): string {
  const whole = deflateRawSync(Buffer.from(payload, 'latin1'), { finishFlush: constants.Z_SYNC_FLUSH });
  return whole.toString('latin1', 0, whole.length - 4);
}

export interface ReceivedFrame {
  first: number;
  payload: string;
}

/** Takes apart what a server sent, behind the answer to the upgrade. */
export function receivedFrames(text: string): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  const bytes = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
  for (let at = 0; at + 2 <= bytes.length;) {
    const first = bytes.readUInt8(at);
    let length = bytes.readUInt8(at + 1);
    if (length > 127) throw new Error('the server masked a frame');
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    frames.push({ first, payload: bytes.toString('latin1', at, at + length) });
    at += length;
  }
  return frames;
}

/** The messages among the frames, put together and unfolded. */
export function messages(frames: readonly ReceivedFrame[]): string {
  let text = '';
  let compressed = '';
  for (const { first, payload } of frames) {
    const opcode = first & 0x0f;
    if (opcode > 2) continue;
    if ((first & 0x40) !== 0 || compressed !== '') {
      compressed += payload;
      if ((first & 0x80) === 0) continue;
      const tail = '\0\0\xff\xff\x01\0\0\xff\xff';
      text += inflateRawSync(Buffer.from(compressed + tail, 'latin1')).toString('latin1');
      compressed = '';
    } else text += payload;
  }
  return text;
}
