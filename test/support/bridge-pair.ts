import type { Transport } from '../../electron/bridge/frames.ts';

export interface MemoryTransport extends Transport {
  /** Frames that were sent through this end, oldest first. */
  readonly sent: Uint8Array[];
  /** As if the other side had sent these bytes. */
  deliver(frame: Uint8Array): void;
}

/** Two ends of a bridge in memory. Frames arrive in order, in a later microtask, as from a port. */
export function bridgePair(): [MemoryTransport, MemoryTransport] {
  let open = true;
  const listeners: (Parameters<Transport['start']>[0] | undefined)[] = [undefined, undefined];
  const close = () => {
    if (!open) return;
    open = false;
    queueMicrotask(() => {
      for (const listener of listeners) listener?.closed();
    });
  };
  const end = (self: 0 | 1): MemoryTransport => {
    const sent: Uint8Array[] = [];
    return {
      sent,
      send(frame) {
        if (!open) return;
        sent.push(frame);
        queueMicrotask(() => listeners[1 - self]?.frame(frame));
      },
      start(listener) {
        listeners[self] = listener;
      },
      close,
      deliver: (frame) => listeners[self]?.frame(frame),
    };
  };
  return [end(0), end(1)];
}
