/**
 * The window's side of the bridge: typed requests and streams over a transport. Runs in a page, in Node and in tests.
 */

import type { RequestName, Requests, StreamName, Streams } from './contract.ts';
import { BridgeError, decodeBody, encodeFrame, FrameKind, fromErrorShape, readFrameHead } from './frames.ts';
import type { Transport } from './frames.ts';
import { streamCreditItems } from './limits.ts';

export interface StreamListener<T> {
  item(item: T): void;
  /** Called once, unless the stream was cancelled. Without an error the stream came to its end. */
  end?(error?: BridgeError): void;
}

export interface Client {
  /** Rejects with `BridgeError`: the core's own code, or `closed` when the bridge went away before the answer. */
  request<N extends RequestName>(
    name: N,
    params: Requests[N]['params'],
    options?: { signal?: AbortSignal },
  ): Promise<Requests[N]['result']>;
  /** Calls back for every item; the function returned cancels. Credit is given back as items are taken. */
  subscribe<N extends StreamName>(
    name: N,
    params: Streams[N]['params'],
    listener: StreamListener<Streams[N]['item']>,
  ): () => void;
  /**
   * The same as an async iterable. Leaving the loop cancels; the core is slowed while the loop body works. The signal
   * cancels while the loop waits for an item, and ends it.
   */
  stream<N extends StreamName>(
    name: N,
    params: Streams[N]['params'],
    options?: { signal?: AbortSignal },
  ): AsyncIterable<Streams[N]['item']>;
  close(): void;
  /** Resolves when the transport is closed, whoever closed it. */
  readonly closed: Promise<void>;
}

interface Call {
  route: string;
  result?(body: unknown): void;
  item?(body: unknown): void;
  /** No error: the end of a stream. */
  end(error?: BridgeError): void;
}

export function createClient(transport: Transport): Client {
  const calls = new Map<number, Call>();
  let lastId = 0;
  let open = true;
  const closing = Promise.withResolvers<void>();

  function finish(id: number, call: Call, error?: BridgeError): void {
    calls.delete(id);
    call.end(error);
  }

  function endAll(route: string | null, error: BridgeError): void {
    for (const [id, call] of [...calls]) {
      if (route === null || call.route === route) finish(id, call, error);
    }
  }

  function receive(frame: Uint8Array): void {
    const head = readFrameHead(frame);
    if (head === null) return;
    if (head.kind === FrameKind.gone) {
      endAll(head.route, new BridgeError('gone', 'The connection was closed or its thread ended.'));
      return;
    }
    const call = calls.get(head.id);
    // An answer to what was cancelled meanwhile.
    if (call === undefined) return;
    let body: unknown;
    try {
      body = decodeBody(frame, head.bodyAt);
    } catch (error) {
      finish(head.id, call, error as BridgeError);
      return;
    }
    if (head.kind === FrameKind.item) call.item?.(body);
    else if (head.kind === FrameKind.result) {
      calls.delete(head.id);
      call.result?.(body);
    } else if (head.kind === FrameKind.error) finish(head.id, call, fromErrorShape(body));
    else if (head.kind === FrameKind.end) finish(head.id, call);
  }

  function start(call: Call, kind: FrameKind, body: unknown[]): number {
    if (!open) throw new BridgeError('closed', 'The app core cannot be reached now.');
    do lastId = lastId === 0xffff_ffff ? 1 : lastId + 1;
    while (calls.has(lastId));
    const frame = encodeFrame(kind, lastId, call.route, body);
    calls.set(lastId, call);
    transport.send(frame);
    return lastId;
  }

  function cancel(id: number): void {
    const call = calls.get(id);
    if (call === undefined) return;
    calls.delete(id);
    transport.send(encodeFrame(FrameKind.cancel, id, call.route));
  }

  function subscribe<N extends StreamName>(
    name: N,
    params: Streams[N]['params'],
    listener: StreamListener<Streams[N]['item']>,
    autoCredit = true,
  ): { cancel(): void; credit(): void } {
    const route = routeOf(name, params);
    let taken = 0;
    const credit = () => {
      // Given back in halves: one frame for four items, and the core never runs dry while the window keeps up.
      if (++taken < streamCreditItems / 2 || !calls.has(id)) return;
      transport.send(encodeFrame(FrameKind.credit, id, route, taken));
      taken = 0;
    };
    const id = start(
      {
        route,
        item(body) {
          try {
            listener.item(body as Streams[N]['item']);
          } finally {
            if (autoCredit) credit();
          }
        },
        end: (error) => listener.end?.(error),
      },
      FrameKind.open,
      [name, params, streamCreditItems],
    );
    return { cancel: () => cancel(id), credit };
  }

  transport.start({
    frame: receive,
    closed() {
      open = false;
      endAll(null, new BridgeError('closed', 'The app core cannot be reached now.'));
      closing.resolve();
    },
  });

  return {
    async request(name, params, options) {
      const signal = options?.signal;
      signal?.throwIfAborted();
      return await new Promise((resolve, reject) => {
        const onAbort = () => {
          cancel(id);
          reject(signal?.reason as Error);
        };
        const id = start(
          {
            route: routeOf(name, params),
            result(body) {
              signal?.removeEventListener('abort', onAbort);
              resolve(body as Requests[typeof name]['result']);
            },
            end(error) {
              signal?.removeEventListener('abort', onAbort);
              reject(error ?? new BridgeError('malformed', `${name} ended without a result.`));
            },
          },
          FrameKind.request,
          [name, params],
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    subscribe: (name, params, listener) => subscribe(name, params, listener).cancel,
    async *stream(name, params, options) {
      const signal = options?.signal;
      const waiting: Streams[typeof name]['item'][] = [];
      const state: { over: boolean; error?: BridgeError; wake?: () => void } = { over: false };
      const call = subscribe(
        name,
        params,
        {
          item(item) {
            waiting.push(item);
            state.wake?.();
          },
          end(error) {
            state.over = true;
            if (error !== undefined) state.error = error;
            state.wake?.();
          },
        },
        false,
      );
      const onAbort = () => {
        waiting.length = 0;
        state.over = true;
        state.wake?.();
      };
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        for (;;) {
          if (waiting.length > 0) {
            yield waiting.shift() as Streams[typeof name]['item'];
            call.credit();
          } else if (state.over) {
            if (state.error !== undefined) throw state.error;
            return;
          } else {
            await new Promise<void>((resolve) => {
              state.wake = resolve;
            });
          }
        }
      } finally {
        signal?.removeEventListener('abort', onAbort);
        call.cancel();
      }
    },
    close: () => transport.close(),
    closed: closing.promise,
  };
}

/** Names whose params carry `connection` but which the main thread answers: it knows about connections, not in them. */
const coreFeatures = new Set(['app', 'settings', 'broker', 'sample', 'connections', 'contexts', 'dialog', 'log']);
const coreNames = new Set<string>(['diagnosis.watch', 'commands.watch']);

/** The connection whose thread answers, or '' for the core. */
export function routeOf(name: RequestName | StreamName, params: object): string {
  const feature = name.slice(0, name.indexOf('.'));
  if (coreFeatures.has(feature) || coreNames.has(name)) return '';
  return (params as { connection?: string }).connection ?? '';
}
