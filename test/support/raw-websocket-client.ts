import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import type { RawClient } from './raw-client.ts';

/** WebSocket by hand: requests, frames and messages as bytes that a test writes down. */

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

/** Reads frames until their messages are `text`; control frames may not come between. */
export async function expectMessages(raw: RawClient, text: string): Promise<void> {
  const frames: ReceivedFrame[] = [];
  const heard = (): string => messages(frames);
  while (heard().length < text.length && text.startsWith(heard())) frames.push(await readFrame(raw));
  expect(heard()).toBe(text);
}

/** Reads one frame. */
export async function readFrame(raw: RawClient): Promise<ReceivedFrame> {
  const [head] = await raw.expectMatch(/^[^](?:[\x00-\x7d]|\x7e[^]{2}|\x7f[^]{8})/);
  const bytes = Buffer.from(head, 'latin1');
  const length =
    bytes.length === 2
      ? bytes.readUInt8(1)
      : bytes.length === 4
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  const [payload] = await raw.expectMatch(new RegExp(`^[^]{${length}}`));
  return { first: bytes.readUInt8(0), payload };
}
