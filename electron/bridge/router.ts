/**
 * The core's side of the bridge: takes frames, checks them, calls what answers. The same router serves in the main
 * thread and in the thread of a connection; each has handlers for its own names only.
 */

import * as valibot from 'valibot';
import type { RequestName, Requests, StreamName, Streams } from './contract.ts';
import { BridgeError, decodeBody, encodeFrame, FrameKind, readFrameHead, toErrorShape } from './frames.ts';
import type { Transport } from './frames.ts';
import { callsMax, creditItemsMax } from './limits.ts';
import { requestSchemas, streamSchemas } from './schemas.ts';

export interface CallContext {
  /** Aborts when the window cancels the call, or goes away. A call counts as open until its handler has ended. */
  signal: AbortSignal;
  /** Aborts when the window goes away: what belongs to a window (a view, a responder list) is let go then. */
  session: Session;
}

/** One window on one router. */
export interface Session {
  readonly id: number;
  readonly signal: AbortSignal;
}

export type RequestHandlers = {
  [N in RequestName]: (
    params: Requests[N]['params'],
    context: CallContext,
  ) => Requests[N]['result'] | Promise<Requests[N]['result']>;
};

export type StreamHandlers = {
  [N in StreamName]: (params: Streams[N]['params'], context: CallContext) => AsyncIterable<Streams[N]['item']>;
};

export interface RouterOptions {
  requests: Partial<RequestHandlers>;
  streams: Partial<StreamHandlers>;
  /** Told of errors without a code (mistakes of our own), for the log. */
  onInternalError?: (name: string, error: unknown) => void;
}

export interface RouterCounters {
  sessions: number;
  calls: number;
  /** Frames that were no frames of ours. They are dropped: there is nobody to answer to. */
  malformed: number;
}

export interface Router {
  /** Serves one window until its transport closes. The function returned ends it earlier. */
  serve(transport: Transport): () => void;
  readonly counters: RouterCounters;
}

interface Call {
  abort: AbortController;
  /** Items that may still be sent; a request has none. */
  credit: number;
  /** Called when credit arrives. */
  wake: (() => void) | null;
}

type AnyHandler = (params: unknown, context: CallContext) => unknown;

export function createRouter(options: RouterOptions): Router {
  const counters: RouterCounters = { sessions: 0, calls: 0, malformed: 0 };
  let lastSession = 0;

  function serve(transport: Transport): () => void {
    const calls = new Map<number, Call>();
    const ending = new AbortController();
    const session: Session = { id: ++lastSession, signal: ending.signal };
    counters.sessions++;

    function end(): void {
      if (ending.signal.aborted) return;
      counters.sessions--;
      for (const call of calls.values()) {
        call.abort.abort();
        call.wake?.();
      }
      ending.abort();
      transport.close();
    }

    function send(kind: FrameKind, id: number, body?: unknown): void {
      if (!ending.signal.aborted) transport.send(encodeFrame(kind, id, '', body));
    }

    function fail(id: number, name: string, error: unknown): void {
      const shape = toErrorShape(error);
      if (shape.code === 'internal') options.onInternalError?.(name, error);
      send(FrameKind.error, id, shape);
    }

    /** Starts a call, and forgets it when it is over, however it ends. */
    function start(id: number, name: string, credit: number, run: (call: Call) => Promise<void>): void {
      const call: Call = { abort: new AbortController(), credit, wake: null };
      calls.set(id, call);
      counters.calls++;
      run(call)
        .catch((error: unknown) => {
          if (!call.abort.signal.aborted) fail(id, name, error);
        })
        .finally(() => {
          calls.delete(id);
          counters.calls--;
        });
    }

    function receive(frame: Uint8Array): void {
      const head = readFrameHead(frame);
      if (head === null) {
        counters.malformed++;
        return;
      }
      const { id, kind } = head;
      if (kind === FrameKind.cancel) {
        const call = calls.get(id);
        call?.abort.abort();
        call?.wake?.();
        return;
      }
      let name = 'frame';
      try {
        const body = decodeBody(frame, head.bodyAt);
        if (kind === FrameKind.credit) {
          grant(calls.get(id), body);
          return;
        }
        if (kind !== FrameKind.request && kind !== FrameKind.open) {
          counters.malformed++;
          return;
        }
        if (!Array.isArray(body) || typeof body[0] !== 'string') {
          throw new BridgeError('malformed', 'A call names what it wants and gives its params.');
        }
        name = body[0];
        if (calls.has(id)) throw new BridgeError('malformed', `Call ${id} is under way already.`);
        if (calls.size >= callsMax) {
          throw new BridgeError('too-many-calls', `A window may have ${callsMax} calls open. Close some first.`);
        }
        if (kind === FrameKind.request) {
          const handler = handlerOf(options.requests, name);
          const params = checked(requestSchemas, name, body[1]);
          start(id, name, 0, async (call) => {
            const result = await handler(params, { signal: call.abort.signal, session });
            if (!call.abort.signal.aborted) send(FrameKind.result, id, result ?? null);
          });
        } else {
          const handler = handlerOf(options.streams, name);
          const params = checked(streamSchemas, name, body[1]);
          start(id, name, checkedCredit(body[2]), async (call) => {
            const items = handler(params, { signal: call.abort.signal, session }) as AsyncIterable<unknown>;
            await pump(call, items, (item) => send(FrameKind.item, id, item));
            if (!call.abort.signal.aborted) send(FrameKind.end, id);
          });
        }
      } catch (error) {
        fail(id, name, error);
      }
    }

    transport.start({ frame: receive, closed: end });
    return end;
  }

  return { serve, counters };
}

function grant(call: Call | undefined, body: unknown): void {
  // Credit for a call that is over crosses its end on the way; that is no fault.
  if (call === undefined) return;
  call.credit = Math.min(creditItemsMax, call.credit + checkedCredit(body));
  call.wake?.();
}

function checkedCredit(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > creditItemsMax) {
    throw new BridgeError('malformed', `Credit is a whole number from 1 to ${creditItemsMax}.`);
  }
  return value as number;
}

/** Takes an item from the source only while the window can take one, so that a slow window slows itself only. */
async function pump(call: Call, items: AsyncIterable<unknown>, send: (item: unknown) => void): Promise<void> {
  const { signal } = call.abort;
  const iterator = items[Symbol.asyncIterator]();
  try {
    while (!signal.aborted) {
      if (call.credit === 0) {
        await new Promise<void>((resolve) => {
          call.wake = resolve;
        });
        call.wake = null;
        continue;
      }
      const next = await iterator.next();
      if (next.done === true || signal.aborted) return;
      call.credit--;
      send(next.value);
    }
  } finally {
    // A source that waits for something else than the signal is not waited for.
    void iterator.return?.(undefined)?.catch(() => undefined);
  }
}

function handlerOf(handlers: object, name: string): AnyHandler {
  const handler = Object.hasOwn(handlers, name)
    ? (handlers as Record<string, AnyHandler | undefined>)[name]
    : undefined;
  if (handler === undefined) throw new BridgeError('unknown-name', `Nothing here answers to "${name.slice(0, 80)}".`);
  return handler;
}

function checked(schemas: object, name: string, params: unknown): unknown {
  const schema = (schemas as Record<string, valibot.GenericSchema | undefined>)[name];
  if (schema === undefined) throw new BridgeError('unknown-name', `Nothing here answers to "${name.slice(0, 80)}".`);
  const outcome = valibot.safeParse(schema, params, { abortEarly: true });
  if (outcome.success) return outcome.output;
  const [issue] = outcome.issues;
  const field = valibot.getDotPath(issue) ?? 'params';
  throw new BridgeError('invalid-params', `${name}: ${field}: ${issue.message}`, { field });
}
