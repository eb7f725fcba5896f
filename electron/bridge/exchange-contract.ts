/** Publishing, asking and answering over the bridge. */

import type { ConnectionId, HeaderField, None, On } from './contract-base.ts';

export interface PublishParams {
  connection: ConnectionId;
  /** Where the connection is in several accounts; absent: the first of them. */
  account?: string;
  subject: string;
  reply?: string;
  headers: HeaderField[];
  payload: Uint8Array;
  /** 1 … 1,000,000. */
  count: number;
  /** 0 … 3,600,000 ms between two of them. 0: as fast as they go. */
  intervalMs: number;
  /** Replace `{{count}}`, `{{uuid}}`, `{{time}}`, `{{unix}}`, `{{random N M}}` in subject, header values and payload. */
  templates: boolean;
}

export interface PublishProgress {
  sent: number;
  count: number;
  bytes: number;
  done: boolean;
}

export interface RequestParams {
  connection: ConnectionId;
  /** As in `PublishParams`. */
  account?: string;
  subject: string;
  headers: HeaderField[];
  payload: Uint8Array;
  /** 1 … 600,000 ms. */
  timeoutMs: number;
  /** 1 for the first reply; more, or 0 for all that come before the time-out. */
  replies: number;
  templates: boolean;
}

export type RequestEvent =
  | { type: 'sent'; time: number }
  | {
      type: 'reply';
      /** Microseconds from sending to this reply. */
      latency: number;
      headers: HeaderField[];
      payload: Uint8Array;
      payloadBytes: number;
      status: number;
      statusText: string;
    }
  | { type: 'end'; reason: 'replies' | 'timeout' | 'no-responders' | 'cancelled' | 'closed'; count: number };

export interface ResponderParams {
  connection: ConnectionId;
  /** As in `PublishParams`. */
  account?: string;
  subject: string;
  queue?: string;
  mode: 'echo' | 'template';
  headers: HeaderField[];
  /** Body of the answer when `mode` is `template`. `{{subject}}`, `{{body}}`, `{{count}}` … are replaced. */
  body: Uint8Array;
  /** 0 … 60,000 ms before the answer is sent. */
  delayMs: number;
}

export interface ResponderState {
  id: number;
  account?: string;
  subject: string;
  queue?: string;
  mode: 'echo' | 'template';
  answered: number;
  /** Requests without a reply subject: nothing to answer. */
  ignored: number;
  lastAt?: number;
  error?: string;
}

/** Requests that the thread of the connection answers. */
export interface ExchangeRequests {
  'responders.add': { params: ResponderParams; result: ResponderState };
  'responders.remove': { params: On<{ id: number }>; result: None };
}

/** Streams that the thread of the connection feeds. */
export interface ExchangeStreams {
  'publish.run': { params: PublishParams; item: PublishProgress };
  'request.run': { params: RequestParams; item: RequestEvent };
  'responders.watch': { params: On<object>; item: ResponderState[] };
}
