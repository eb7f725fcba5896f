/**
 * The window's door to the app core, the same over Electron's message port and over the browser front's WebSocket. It
 * keeps the bridge standing: a bridge that was lost is made anew, and what was watched is watched again.
 */

import { createClient } from '../electron/bridge/client.ts';
import type { Client, StreamListener } from '../electron/bridge/client.ts';
import type { RequestName, Requests, StreamName, Streams } from '../electron/bridge/contract.ts';
import { BridgeError } from '../electron/bridge/frames.ts';
import type { Transport } from '../electron/bridge/frames.ts';

export { BridgeError };

export interface BridgeStatus {
  phase: 'connecting' | 'open' | 'lost' | 'refused';
  /** Counts the bridges that stood, from 1. What lives in a bridge (a view's id) ends with its number. */
  session: number;
  /** Why it is `lost` or `refused`: a sentence that says what to do. */
  problem?: string;
}

export interface Bridge {
  readonly front: 'electron' | 'browser';
  /** A store: `$status` in a component, or `status.current` anywhere. */
  readonly status: {
    readonly current: BridgeStatus;
    /** Calls back at once, then on every change. */
    subscribe(run: (status: BridgeStatus) => void): () => void;
  };
  /** Rejects with `BridgeError`; its code is `closed` while the bridge is down. Waits for the first bridge. */
  request<N extends RequestName>(
    name: N,
    params: Requests[N]['params'],
    options?: { signal?: AbortSignal },
  ): Promise<Requests[N]['result']>;
  /** One run of a stream: publish, request. It ends with the bridge. Leaving the loop cancels, and so does the signal. */
  stream<N extends StreamName>(
    name: N,
    params: Streams[N]['params'],
    options?: { signal?: AbortSignal },
  ): AsyncIterable<Streams[N]['item']>;
  /**
   * A state to follow for as long as the caller lives: made again whenever the bridge comes back, or when the thread of
   * the connection does. The function returned ends it.
   */
  watch<N extends StreamName>(
    name: N,
    params: Streams[N]['params'],
    onItem: (item: Streams[N]['item']) => void,
    onError?: (error: BridgeError) => void,
  ): () => void;
  close(): void;
}

/** What the preload script leaves in the page. */
interface ElectronFront {
  /** Asks for a port; it comes as a `message` event of this window, with the data `natscope-port`. */
  connect(): void;
}

declare global {
  interface Window {
    natscopeFront?: ElectronFront;
  }
}

/** A shorter wait only hammers a core that is starting; a longer one leaves a person wondering. */
const reconnectMsMin = 250;
const reconnectMsMax = 4_000;

const refusedText = 'This browser has no access. Open the address that Natscope printed when it started.';
const lostText = 'Natscope does not answer. It is tried again until it does.';

export function createBridge(connect: () => Promise<Transport>, front: Bridge['front']): Bridge {
  const listeners = new Set<(status: BridgeStatus) => void>();
  let current: BridgeStatus = { phase: 'connecting', session: 0 };
  let client: Client | null = null;
  let closed = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  function setStatus(status: BridgeStatus): void {
    current = status;
    for (const listener of [...listeners]) listener(status);
  }

  async function run(waitMs: number): Promise<void> {
    try {
      const transport = await connect();
      if (closed) {
        transport.close();
        return;
      }
      client = createClient(transport);
      setStatus({ phase: 'open', session: current.session + 1 });
      await client.closed;
      waitMs = reconnectMsMin;
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'refused') {
        setStatus({ phase: 'refused', session: current.session, problem: error.message });
        return;
      }
    }
    client = null;
    if (closed) return;
    setStatus({ phase: 'lost', session: current.session, problem: lostText });
    retryTimer = setTimeout(() => void run(Math.min(reconnectMsMax, waitMs * 2)), waitMs);
  }

  function subscribe(run: (status: BridgeStatus) => void): () => void {
    listeners.add(run);
    run(current);
    return () => void listeners.delete(run);
  }

  /** The client; waits for the first one only, so that a page may ask before the bridge stands. */
  async function ready(): Promise<Client> {
    if (current.phase === 'connecting') {
      await new Promise<void>((resolve) => {
        const stop = subscribe((status) => {
          if (status.phase === 'connecting') return;
          queueMicrotask(() => stop());
          resolve();
        });
      });
    }
    if (client === null) throw new BridgeError('closed', current.problem ?? lostText);
    return client;
  }

  void run(reconnectMsMin);

  return {
    front,
    status: {
      get current() {
        return current;
      },
      subscribe,
    },
    async request(name, params, options) {
      // Without a turn of the event loop in between: a pull is asked for in the frame that needs it.
      return await (client ?? (await ready())).request(name, params, options);
    },
    async *stream(name, params, options) {
      yield* (client ?? (await ready())).stream(name, params, options);
    },
    watch(name, params, onItem, onError) {
      let cancel: (() => void) | null = null;
      let session = 0;
      let retry: ReturnType<typeof setTimeout> | undefined;
      const open = () => {
        if (client === null) return;
        const listener: StreamListener<Streams[typeof name]['item']> = {
          item: onItem,
          end(error) {
            cancel = null;
            if (error === undefined || error.code === 'closed') return;
            if (error.code === 'gone') retry = setTimeout(open, reconnectMsMin);
            else onError?.(error);
          },
        };
        cancel = client.subscribe(name, params, listener);
      };
      const stop = subscribe((status) => {
        if (status.phase !== 'open' || status.session === session) return;
        session = status.session;
        clearTimeout(retry);
        open();
      });
      return () => {
        stop();
        clearTimeout(retry);
        cancel?.();
      };
    },
    close() {
      closed = true;
      clearTimeout(retryTimer);
      client?.close();
    },
  };
}

function electronPort(front: ElectronFront): Promise<Transport> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== 'natscope-port' || port === undefined) return;
      window.removeEventListener('message', onMessage);
      resolve(domPortTransport(port));
    };
    window.addEventListener('message', onMessage);
    front.connect();
  });
}

function domPortTransport(port: MessagePort): Transport {
  let onClosed = () => undefined as void;
  return {
    send: (frame) => port.postMessage(frame),
    start(listener) {
      onClosed = listener.closed;
      port.onmessage = (event: MessageEvent<unknown>) => {
        if (event.data instanceof Uint8Array) listener.frame(event.data);
      };
      port.addEventListener('close', () => onClosed());
    },
    close() {
      port.close();
      onClosed();
      onClosed = () => undefined;
    },
  };
}

async function webSocket(): Promise<Transport> {
  const address = new URL('/bridge', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onclose = () => reject(new BridgeError('closed', lostText));
  }).catch(async (error: unknown) => {
    // A browser does not tell a page why a WebSocket was refused; a plain request does.
    const answer = await fetch('/session', { cache: 'no-store' }).catch(() => null);
    throw answer?.status === 401 ? new BridgeError('refused', refusedText) : error;
  });
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
    },
    start(listener) {
      socket.onmessage = (event: MessageEvent<unknown>) => {
        if (event.data instanceof ArrayBuffer) listener.frame(new Uint8Array(event.data));
      };
      socket.onclose = () => listener.closed();
      if (socket.readyState !== WebSocket.OPEN) listener.closed();
    },
    close: () => socket.close(1000),
  };
}

function openBridge(): Bridge {
  const front = window.natscopeFront;
  return front === undefined ? createBridge(webSocket, 'browser') : createBridge(() => electronPort(front), 'electron');
}

let opened: Bridge | undefined;
const standing = () => (opened ??= openBridge());

/** The bridge of this window, opened at its first use. */
export const bridge: Bridge = {
  get front() {
    return standing().front;
  },
  get status() {
    return standing().status;
  },
  request: (name, params, options) => standing().request(name, params, options),
  stream: (name, params, options) => standing().stream(name, params, options),
  watch: (name, params, onItem, onError) => standing().watch(name, params, onItem, onError),
  close: () => standing().close(),
};
