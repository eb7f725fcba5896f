import { flag, int64, integer, duration, pointer, struct, text, texts, time, uint64 } from './go-types.ts';
import { type Malformed, parseLoosely, request, type RequestType } from './parse.ts';

/** `STREAM.MSG.GET` and `DIRECT.GET`; what is not set is missing. */
export interface MessageGetRequest {
  seq?: number;
  last_by_subj?: string;
  next_by_subj?: string;
  batch?: number;
  max_bytes?: number;
  /** RFC 3339. */
  start_time?: string;
  multi_last?: string[];
  up_to_seq?: number;
  /** RFC 3339. */
  up_to_time?: string;
  no_hdr?: boolean;
}

export const messageGetRequest = request(
  struct<MessageGetRequest>('server.JSApiMsgGetRequest', {
    seq: uint64,
    last_by_subj: text,
    next_by_subj: text,
    batch: integer,
    max_bytes: integer,
    start_time: pointer(time),
    multi_last: texts,
    up_to_seq: uint64,
    up_to_time: pointer(time),
    no_hdr: flag,
  }),
);

/** `STREAM.MSG.DELETE` */
export const messageDeleteRequest = request(
  struct<{ seq: number; no_erase: boolean }>('server.JSApiMsgDeleteRequest', { seq: uint64, no_erase: flag }),
);

/** `CONSUMER.MSG.NEXT`; durations in nanoseconds. */
export interface NextRequest {
  expires?: number;
  batch?: number;
  max_bytes?: number;
  no_wait?: boolean;
  idle_heartbeat?: number;
  group?: string;
  min_pending?: number;
  min_ack_pending?: number;
  id?: string;
  priority?: number;
}

const nextRequest: RequestType<NextRequest> = {
  ...request(
    struct<NextRequest>('server.JSApiConsumerGetNextRequest', {
      expires: duration,
      batch: integer,
      max_bytes: integer,
      no_wait: flag,
      idle_heartbeat: duration,
      group: text,
      min_pending: int64,
      min_ack_pending: int64,
      id: text,
      priority: integer,
    }),
  ),
  // nats-server reads it in a way that leaves its name out of errors.
  root: '',
};

/**
 * What a pull request asks for: nothing at all or what cannot be understood is one message, digits are a number of
 * messages, an object says it all (`batch` is missing in it when nobody set it). The complaint is what follows
 * `Bad Request - ` in the status.
 */
export function parseNextRequest(body: string): NextRequest | Malformed {
  const trimmed = body.replace(/^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g, '');
  if (trimmed === '') return { batch: 1 };
  if (!trimmed.startsWith('{')) return { batch: /^[-+]?\d{1,18}$/.test(trimmed) ? Number(trimmed) : 1 };
  const decoded = parseLoosely(nextRequest, trimmed, {});
  if ('complaint' in decoded) return decoded;
  const { idle_heartbeat = 0, expires = 0 } = decoded.value;
  if (idle_heartbeat > 0 && idle_heartbeat * 2 > expires) return { complaint: 'heartbeat value too large' };
  return decoded.value;
}

/** A direct get: unknown fields do not matter. Undefined: no such request, `408 Malformed Request`. */
export function parseDirectGet(body: string): MessageGetRequest | undefined {
  const decoded = parseLoosely(messageGetRequest, body, {});
  return 'complaint' in decoded ? undefined : decoded.value;
}
