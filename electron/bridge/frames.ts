/**
 * Frames of the bridge. A frame is a header that anybody on the way can read, and a body that only the two ends open:
 *
 *     0      1          5        6            6+n
 *     ┌──────┬──────────┬────────┬────────────┬──────────────────────┐
 *     │ kind │ id u32   │ n  u8  │ route UTF-8│ body, MessagePack    │
 *     └──────┴──────────┴────────┴────────────┴──────────────────────┘
 *
 * The route is the id of a connection when its thread is the one to answer, and empty when the core's main thread is.
 * So the main thread passes frames on by their first bytes, whatever their body holds.
 */

import { Decoder, Encoder } from '@msgpack/msgpack';
import type { BridgeErrorShape } from './contract.ts';
import { entriesMax, frameBytesMax, routeBytesMax } from './limits.ts';

/** From the window: 1 …; from the core: 17 …. */
export const FrameKind = {
  /** `[name, params]` */
  request: 1,
  /** `[name, params, credit]` */
  open: 2,
  /** Items that the window can take on top of those it was sent: a number. */
  credit: 3,
  /** The window no longer wants the answer. No body. */
  cancel: 4,
  /** The result of a request. */
  result: 17,
  /** `BridgeErrorShape`; the end of a request or a stream. */
  error: 18,
  /** An item of a stream. */
  item: 19,
  /** The stream is over. No body. */
  end: 20,
  /** Whoever answered for the route is gone, and with it everything open on it. The id is 0. No body. */
  gone: 21,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface FrameHead {
  kind: FrameKind;
  id: number;
  route: string;
  /** Where the body starts. */
  bodyAt: number;
}

/** One end of a pipe that carries whole frames. The window, the main thread and the threads all see this and no more. */
export interface Transport {
  /** Never delivers to either side before it returns. Frames sent after the end are dropped. */
  send(frame: Uint8Array): void;
  /** Called once, before anything arrives. `closed` is called once, whoever closed. */
  start(listener: { frame(frame: Uint8Array): void; closed(): void }): void;
  close(): void;
}

/** An error with a code that crosses the bridge as it is. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: string;
  readonly details: BridgeErrorShape['details'];

  constructor(code: string, message: string, details?: BridgeErrorShape['details']) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const headBytes = 6;
const kinds = new Set<number>(Object.values(FrameKind));
const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder({ maxArrayLength: entriesMax, maxMapLength: entriesMax });
const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true });

/** A frame in a buffer of its own, so that it can be transferred. Without `body` the frame ends after its header. */
export function encodeFrame(kind: FrameKind, id: number, route: string, body?: unknown): Uint8Array<ArrayBuffer> {
  const routeBytes = toUtf8.encode(route);
  if (routeBytes.length > routeBytesMax) {
    throw new BridgeError('invalid-connection', `A connection id has at most ${routeBytesMax} bytes.`);
  }
  const bodyBytes = body === undefined ? undefined : encoder.encodeSharedRef(body);
  const bodyAt = headBytes + routeBytes.length;
  const frame = new Uint8Array(bodyAt + (bodyBytes?.length ?? 0));
  const view = new DataView(frame.buffer);
  view.setUint8(0, kind);
  view.setUint32(1, id);
  view.setUint8(5, routeBytes.length);
  frame.set(routeBytes, headBytes);
  if (bodyBytes !== undefined) frame.set(bodyBytes, bodyAt);
  return frame;
}

/** Reads the header only. Null when this is no frame of ours. */
export function readFrameHead(frame: Uint8Array): FrameHead | null {
  if (frame.length < headBytes || frame.length > frameBytesMax) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const kind = view.getUint8(0);
  if (!kinds.has(kind)) return null;
  const bodyAt = headBytes + view.getUint8(5);
  if (bodyAt > frame.length) return null;
  let route = '';
  if (bodyAt > headBytes) {
    try {
      route = fromUtf8.decode(frame.subarray(headBytes, bodyAt));
    } catch {
      return null;
    }
  }
  return { kind: kind as FrameKind, id: view.getUint32(1), route, bodyAt };
}

/**
 * The body of a frame. Byte arrays in it are views of the frame. Throws `BridgeError` `malformed` when it is no
 * MessagePack or goes over a limit.
 */
export function decodeBody(frame: Uint8Array, bodyAt: number): unknown {
  if (bodyAt >= frame.length) return undefined;
  try {
    return decoder.decode(frame.subarray(bodyAt));
  } catch (error) {
    throw new BridgeError('malformed', `A frame of the bridge could not be read: ${(error as Error).message}`);
  }
}

/** What a thrown value says across the bridge. A code is kept, so that the window can branch on it. */
export function toErrorShape(error: unknown): BridgeErrorShape {
  if (!(error instanceof Error)) return { code: 'internal', message: String(error) };
  const { code, details } = error as { code?: unknown; details?: BridgeErrorShape['details'] };
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: error.message,
    ...(typeof details === 'object' && details !== null ? { details } : {}),
  };
}

export function fromErrorShape(body: unknown): BridgeError {
  const shape = body as Partial<BridgeErrorShape> | null | undefined;
  if (typeof shape?.code !== 'string' || typeof shape.message !== 'string') {
    return new BridgeError('malformed', 'The app core answered with an error that cannot be read.');
  }
  return new BridgeError(shape.code, shape.message, shape.details);
}
