import { parseNextRequest } from '../api/requests/message-requests.ts';
import type { NextRequest } from '../api/requests/message-requests.ts';
import type { ConsumerMessage } from './consumer-host.ts';

/** What a pull request asks for. Durations are nanoseconds. */
export interface PullRequest {
  readonly batch: number;
  /** 0: does not end by itself. */
  readonly expires: number;
  /** 0: no limit. */
  readonly maxBytes: number;
  readonly noWait: boolean;
  readonly heartbeat: number;
  /** Undefined where the request is not in JSON: then nothing of it is checked. */
  readonly priority: PriorityRequest | undefined;
}

export interface PriorityRequest {
  readonly group: string;
  readonly minPending: number;
  readonly minAckPending: number;
  readonly id: string;
  readonly priority: number;
}

/** One message, whenever there is one. */
const ONE: PullRequest = { batch: 1, expires: 0, maxBytes: 0, noWait: false, heartbeat: 0, priority: undefined };

/** Reads the payload from that byte on. A string is what is wrong with it, as it is told to whoever asked. */
export function parsePullRequest(message: ConsumerMessage, skipped = 0): PullRequest | string {
  const from = message.bodyStart + message.headerBytes + skipped;
  const to = message.bodyStart + message.bodyBytes;
  if (from >= to) return ONE;
  const { bytes } = message;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  const usual = text.startsWith('{') && !FRACTION.test(text) ? readUsual(text) : undefined;
  if (usual !== undefined) return pullRequest(usual);
  const request = parseNextRequest(text);
  // nats-server leaves out the name of the structure here.
  if ('complaint' in request) return request.complaint.replace('field JSApiConsumerGetNextRequest.', 'field .');
  return text.trimStart().startsWith('{') ? pullRequest(request) : { ...ONE, batch: request.batch ?? 1 };
}

function pullRequest(fields: NextRequest): PullRequest | string {
  const { expires = 0, idle_heartbeat: heartbeat = 0 } = fields;
  if (heartbeat > 0 && heartbeat * 2 > expires) return 'heartbeat value too large';
  return {
    batch: fields.batch ?? 0,
    expires,
    maxBytes: fields.max_bytes ?? 0,
    noWait: fields.no_wait ?? false,
    heartbeat,
    priority: {
      group: fields.group ?? '',
      minPending: fields.min_pending ?? 0,
      minAckPending: fields.min_ack_pending ?? 0,
      id: fields.id ?? '',
      priority: fields.priority ?? 0,
    },
  };
}

/** `1.0` is no whole number to Go, and `JSON.parse` would not tell. */
const FRACTION = /\d[.eE]/;

const KINDS: Readonly<Record<string, 'number' | 'boolean' | 'string'>> = {
  expires: 'number',
  batch: 'number',
  max_bytes: 'number',
  no_wait: 'boolean',
  idle_heartbeat: 'number',
  group: 'string',
  min_pending: 'number',
  min_ack_pending: 'number',
  id: 'string',
  priority: 'number',
};

/** Requests as clients write them, quickly; undefined: it takes a closer look. */
function readUsual(text: string): NextRequest | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== KINDS[name]) return undefined;
    if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  }
  return fields;
}
