import type { ConsumerConfig } from '../../consumer/consumer-config.ts';
import {
  duration,
  flag,
  integer,
  list,
  oneOf,
  pointer,
  struct,
  text,
  textMap,
  texts,
  time,
  uint64,
} from './go-types.ts';
import { request } from './parse.ts';

/** A consumer's configuration as a client asks for it: anything may be missing. */
export type ConsumerConfigFields = Partial<Omit<ConsumerConfig, 'unnamed'>>;

export interface ConsumerCreateRequest {
  stream_name: string;
  config: ConsumerConfigFields;
  /** '': create it or, when it is there, update it. */
  action: '' | 'create' | 'update';
  /** Wants errors where values would be made to fit. */
  pedantic?: boolean;
}

/** A body that says nothing. */
export const noConsumerCreateRequest: ConsumerCreateRequest = { stream_name: '', config: {}, action: '' };

const consumerConfigFields = struct<ConsumerConfigFields>('server.ConsumerConfig', {
  durable_name: text,
  name: text,
  description: text,
  deliver_policy: oneOf({
    all: 'all',
    undefined: 'all',
    last: 'last',
    last_per_subject: 'last_per_subject',
    new: 'new',
    by_start_sequence: 'by_start_sequence',
    by_start_time: 'by_start_time',
  }),
  opt_start_seq: uint64,
  opt_start_time: pointer(time),
  ack_policy: oneOf({ none: 'none', all: 'all', explicit: 'explicit', flow_control: 'flow_control' }),
  ack_wait: duration,
  max_deliver: integer,
  backoff: list(duration, 0),
  filter_subject: text,
  filter_subjects: texts,
  replay_policy: oneOf({ instant: 'instant', original: 'original' }),
  rate_limit_bps: uint64,
  sample_freq: text,
  max_waiting: integer,
  max_ack_pending: integer,
  flow_control: flag,
  headers_only: flag,
  max_batch: integer,
  max_expires: duration,
  max_bytes: integer,
  deliver_subject: text,
  deliver_group: text,
  idle_heartbeat: duration,
  inactive_threshold: duration,
  num_replicas: integer,
  mem_storage: flag,
  direct: flag,
  sourcing: flag,
  metadata: textMap,
  pause_until: pointer(time),
  priority_groups: texts,
  priority_policy: oneOf(
    { none: 'none', overflow: 'overflow', pinned_client: 'pinned_client', prioritized: 'prioritized' },
    (raw) => `unknown priority policy: ${raw}`,
  ),
  priority_timeout: duration,
});

/** `CONSUMER.CREATE` in all its forms */
export const consumerCreateRequest = request(
  struct<ConsumerCreateRequest>(
    'server.CreateConsumerRequest',
    {
      stream_name: text,
      config: consumerConfigFields,
      action: oneOf({ '': '', create: 'create', update: 'update' }, (raw) => `unknown consumer action: ${raw}`),
      pedantic: flag,
    },
    noConsumerCreateRequest,
  ),
);

/** `CONSUMER.NAMES`, `CONSUMER.LIST` */
export const consumersRequest = request(
  struct<{ offset: number }>('server.JSApiConsumersRequest', { offset: integer }),
);

/** `CONSUMER.PAUSE`; `pause_until`: RFC 3339, missing or of the year 1 to go on. */
export const consumerPauseRequest = request(
  struct<{ pause_until?: string }>('server.JSApiConsumerPauseRequest', { pause_until: time }),
);

/** `CONSUMER.RESET`; no `seq`: back to the ack floor. */
export const consumerResetRequest = request(
  struct<{ seq?: number }>('server.JSApiConsumerResetRequest', { seq: uint64 }),
);

/** `CONSUMER.UNPIN` */
export const consumerUnpinRequest = request(
  struct<{ group: string }>('server.JSApiConsumerUnpinRequest', { group: text }),
);
