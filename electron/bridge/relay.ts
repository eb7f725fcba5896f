/**
 * Between a window and the threads of connections. A frame with a route goes to the thread of that connection, unopened;
 * a frame without one goes to the core's own router. Every window has its own channel to every thread, so that ids
 * need no translation and a window that goes away takes exactly its own calls with it.
 */

import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { encodeFrame, FrameKind, readFrameHead } from './frames.ts';
import type { Transport } from './frames.ts';
import type { Router } from './router.ts';
import { messagePortTransport } from './transports.ts';

export interface RelayOptions {
  window: Transport;
  core: Router;
  /** Hands the port to the thread of the connection; false when there is no such connection. */
  attach(connection: string, port: MessagePort): boolean;
  /** Called once, when the window is gone. */
  closed?: () => void;
}

/** Serves the window until it closes. The function returned closes it. */
export function relayWindow({ window, core, attach, closed }: RelayOptions): () => void {
  const routes = new Map<string, Transport>();
  let toCore: { frame(frame: Uint8Array): void; closed(): void } | undefined;

  const stopCore = core.serve({
    send: (frame) => window.send(frame),
    start(listener) {
      toCore = listener;
    },
    close: () => window.close(),
  });

  function routeTo(connection: string): Transport | null {
    const known = routes.get(connection);
    if (known !== undefined) return known;
    const channel = new MessageChannel();
    if (!attach(connection, channel.port2)) {
      channel.port1.close();
      return null;
    }
    const thread = messagePortTransport(channel.port1);
    routes.set(connection, thread);
    thread.start({
      frame: (frame) => window.send(frame),
      closed() {
        // The thread ended. Another thread may answer for the same connection later.
        if (routes.get(connection) !== thread) return;
        routes.delete(connection);
        window.send(encodeFrame(FrameKind.gone, 0, connection));
      },
    });
    return thread;
  }

  function fromWindow(frame: Uint8Array): void {
    const head = readFrameHead(frame);
    if (head === null || head.route === '') {
      toCore?.frame(frame);
      return;
    }
    const starts = head.kind === FrameKind.request || head.kind === FrameKind.open;
    // Credit and cancellation for a thread that is gone have nobody to go to.
    const thread = starts ? routeTo(head.route) : routes.get(head.route);
    if (thread) thread.send(frame);
    else if (starts) {
      const message = 'There is no such connection. It may have been removed meanwhile.';
      window.send(encodeFrame(FrameKind.error, head.id, '', { code: 'no-connection', message }));
    }
  }

  window.start({
    frame: fromWindow,
    closed() {
      for (const [connection, thread] of [...routes]) {
        routes.delete(connection);
        thread.close();
      }
      toCore?.closed();
      closed?.();
    },
  });

  return stopCore;
}
