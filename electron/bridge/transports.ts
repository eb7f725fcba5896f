/** Pipes that carry frames on the core's side: Node's message ports, Electron's, and WebSockets. */

import type { MessagePort } from 'node:worker_threads';
import type { WebSocket } from 'ws';
import type { Transport } from './frames.ts';
import { frameBytesMax } from './limits.ts';

/** Between threads: a frame that has a buffer to itself is transferred, not copied. */
export function messagePortTransport(port: MessagePort): Transport {
  let open = true;
  return {
    send(frame) {
      if (!open) return;
      const { buffer } = frame;
      if (buffer instanceof ArrayBuffer && buffer.byteLength === frame.byteLength) port.postMessage(frame, [buffer]);
      else port.postMessage(frame);
    },
    start(listener) {
      port.on('message', (data: unknown) => {
        if (data instanceof Uint8Array) listener.frame(data);
      });
      port.once('close', () => {
        open = false;
        listener.closed();
      });
    },
    close() {
      open = false;
      port.close();
    },
  };
}

/** What a port of Electron's main process looks like; it can carry ports but transfers no buffers. */
export interface MainProcessPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

export function mainProcessPortTransport(port: MainProcessPort): Transport {
  let open = true;
  let onClosed = () => undefined as void;
  const end = () => {
    if (!open) return;
    open = false;
    onClosed();
  };
  return {
    send(frame) {
      if (open) port.postMessage(frame);
    },
    start(listener) {
      onClosed = listener.closed;
      port.on('message', (event) => {
        if (open && event.data instanceof Uint8Array) listener.frame(event.data);
      });
      port.on('close', end);
      port.start();
    },
    close() {
      port.close();
      // Electron tells the other end only.
      end();
    },
  };
}

/** A window in a browser. Text frames are not ours: whoever sends one is sent away. */
export function webSocketTransport(socket: WebSocket): Transport {
  return {
    send(frame) {
      if (socket.readyState === socket.OPEN) socket.send(frame, { binary: true });
    },
    start(listener) {
      socket.binaryType = 'nodebuffer';
      socket.on('message', (data, isBinary) => {
        if (!isBinary || !(data instanceof Uint8Array) || data.byteLength > frameBytesMax) {
          socket.close(1003, 'Binary frames only');
          return;
        }
        listener.frame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      });
      // An error is always followed by the close.
      socket.on('error', () => undefined);
      socket.once('close', () => listener.closed());
    },
    close() {
      socket.close(1000);
    },
  };
}
