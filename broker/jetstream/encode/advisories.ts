import type { Time } from '../../store/message-log.ts';
import { timeText } from '../time-text.ts';
import { goJson } from './go-json.ts';

/** Types of what JetStream makes known, without their prefixes. */
export const ADVISORY_TYPES = {
  api_audit: 'api_audit',
  api_limit_reached: 'api_limit_reached',
  stream_action: 'stream_action',
  stream_batch_abandoned: 'stream_batch_abandoned',
  snapshot_create: 'snapshot_create',
  snapshot_complete: 'snapshot_complete',
  restore_create: 'restore_create',
  restore_complete: 'restore_complete',
  server_out_of_space: 'server_out_of_space',
  CREATED: 'consumer_action',
  DELETED: 'consumer_action',
  PAUSE: 'consumer_pause',
  MAX_DELIVERIES: 'max_deliver',
  MSG_NAKED: 'nak',
  MSG_TERMINATED: 'terminated',
  PINNED: 'consumer_group_pinned',
  UNPINNED: 'consumer_group_unpinned',
} as const;

export type AdvisoryName = keyof typeof ADVISORY_TYPES;

/** Who asked for something, as events tell it. Strings are latin1, durations nanoseconds. */
export interface ClientTold {
  /** RFC 3339. */
  readonly start?: string | undefined;
  readonly host?: string | undefined;
  readonly id?: number | undefined;
  readonly acc?: string | undefined;
  readonly svc?: string | undefined;
  readonly user?: string | undefined;
  readonly name?: string | undefined;
  readonly lang?: string | undefined;
  readonly ver?: string | undefined;
  readonly rtt?: number | undefined;
  readonly server?: string | undefined;
  readonly cluster?: string | undefined;
  readonly kind?: string | undefined;
  readonly client_type?: string | undefined;
  readonly [field: string]: unknown;
}

/** `fields` come behind type, id and time, in the order given; those without a value are left out. */
export function advisory(name: AdvisoryName, id: string, time: Readonly<Time>, fields: object): string {
  return event(`advisory.v1.${ADVISORY_TYPES[name]}`, id, time, fields);
}

/** What an acknowledged message took, of those that are sampled. */
export function ackMetric(id: string, time: Readonly<Time>, fields: object): string {
  return event('metric.v1.consumer_ack', id, time, fields);
}

/** The audit of a request to the API. `request` and `response` are latin1. */
export function auditFields(
  server: string,
  client: ClientTold | undefined,
  subject: string,
  request: string,
  response: string,
  domain: string,
): object {
  return {
    server,
    client: client ?? null,
    subject,
    request: request === '' ? undefined : request,
    response,
    domain: domain === '' ? undefined : domain,
  };
}

function event(type: string, id: string, time: Readonly<Time>, fields: object): string {
  return goJson({ type: `io.nats.jetstream.${type}`, id, timestamp: timeText(time), ...fields });
}
