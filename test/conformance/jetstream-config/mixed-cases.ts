import type { ConfigCase, Request } from './case.ts';
import { drawing } from './drawing.ts';

/**
 * Configurations of fields and values that were drawn, the same ones each time: so that rules meet which nobody thought of
 * together.
 */

const SECOND = 1_000_000_000;

const STREAM_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  description: ['x'],
  subjects: [['a'], ['a.>'], ['a', 'b'], ['$JS.API.x']],
  retention: ['limits', 'interest', 'workqueue'],
  max_consumers: [-2, 1],
  max_msgs: [-2, 10],
  max_bytes: [-2, 1000],
  max_age: [SECOND, 200 * SECOND],
  max_msgs_per_subject: [1, -2],
  max_msg_size: [5, 5000, -2],
  discard: ['new', 'old'],
  storage: ['file', 'memory'],
  num_replicas: [1, 3],
  no_ack: [true],
  duplicate_window: [SECOND, 300 * SECOND],
  mirror: [{ name: 'O' }, { name: 'O', filter_subject: 'o.a' }],
  sources: [[{ name: 'O' }], [{ name: 'O', subject_transforms: [{ src: 'o.*', dest: 'b.$1' }] }]],
  compression: ['s2'],
  first_seq: [4],
  subject_transform: [{ src: 'a', dest: 'b' }],
  republish: [{ dest: 'r' }, { src: '>', dest: '>' }, { src: 'a', dest: 'a' }],
  allow_direct: [true],
  mirror_direct: [true],
  discard_new_per_subject: [true],
  deny_delete: [true],
  deny_purge: [true],
  allow_rollup_hdrs: [true],
  consumer_limits: [{ max_ack_pending: 10 }],
  allow_msg_ttl: [true],
  subject_delete_marker_ttl: [SECOND, 5],
  allow_msg_counter: [true],
  allow_atomic: [true],
  allow_msg_schedules: [true],
  persist_mode: ['async'],
  allow_batched: [true],
  metadata: [{ a: 'b' }],
  pedantic: [true],
};

const CONSUMER_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  durable_name: ['c', 'c', 'd'],
  description: ['x'],
  deliver_policy: ['last', 'new', 'by_start_sequence', 'last_per_subject'],
  opt_start_seq: [5],
  ack_policy: ['explicit', 'all', 'none', 'flow_control'],
  ack_wait: [SECOND, -1],
  max_deliver: [2, -3],
  backoff: [
    [SECOND, SECOND],
    [SECOND, SECOND, SECOND],
  ],
  filter_subject: ['o.a', 'o.>'],
  filter_subjects: [
    ['o.a', 'o.b'],
    ['o.a', 'o.*'],
  ],
  replay_policy: ['original'],
  rate_limit_bps: [500],
  sample_freq: ['5%', 'x'],
  max_waiting: [5],
  max_ack_pending: [5, -1],
  flow_control: [true],
  headers_only: [true],
  max_batch: [5],
  max_expires: [SECOND, 5],
  deliver_subject: ['d', 'o.d'],
  deliver_group: ['g'],
  idle_heartbeat: [SECOND, 5],
  inactive_threshold: [SECOND],
  num_replicas: [1, 2],
  mem_storage: [true],
  direct: [true],
  metadata: [{ a: 'b' }],
  priority_groups: [['g']],
  priority_policy: ['overflow', 'pinned_client'],
  priority_timeout: [SECOND],
};

const STREAM_COUNT = 250;
const CONSUMER_COUNT = 250;

function drawn(
  draw: () => number,
  values: Readonly<Record<string, readonly unknown[]>>,
  most: number,
): Record<string, unknown> {
  const fields = Object.keys(values);
  const chosen: Record<string, unknown> = {};
  const count = 2 + Math.floor(draw() * most);
  for (let i = 0; i < count; i++) {
    const field = fields[Math.floor(draw() * fields.length)] as string;
    const choices = values[field] as readonly unknown[];
    chosen[field] = choices[Math.floor(draw() * choices.length)];
  }
  return chosen;
}

function streams(seed: number): ConfigCase[] {
  const draw = drawing(seed);
  const origin: Request = [
    'STREAM.CREATE.O',
    { name: 'O', subjects: ['o.*'], max_msg_size: 100, allow_direct: true, discard: 'new' },
  ];
  return Array.from({ length: STREAM_COUNT }, () => {
    const first = drawn(draw, STREAM_VALUES, 4);
    const second = { ...first, ...drawn(draw, STREAM_VALUES, 2) };
    const third = drawn(draw, STREAM_VALUES, 3);
    return {
      name: JSON.stringify([first, second, third]),
      requests: [
        origin,
        ['STREAM.CREATE.A', { name: 'A', ...first }],
        ['STREAM.CREATE.A', { name: 'A', ...second }],
        ['STREAM.UPDATE.A', { name: 'A', ...second }],
        ['STREAM.UPDATE.A', { name: 'A', ...third }],
      ],
    };
  });
}

function consumers(seed: number): ConfigCase[] {
  const draw = drawing(seed);
  const retentions = ['limits', 'limits', 'interest', 'workqueue'];
  return Array.from({ length: CONSUMER_COUNT }, () => {
    const retention = retentions[Math.floor(draw() * retentions.length)];
    const first = drawn(draw, CONSUMER_VALUES, 5);
    const second = { ...first, ...drawn(draw, CONSUMER_VALUES, 2) };
    const third = drawn(draw, CONSUMER_VALUES, 4);
    const pedantic = draw() < 0.2;
    const create = (config: object): Request => ['CONSUMER.CREATE.O.c', { stream_name: 'O', config, pedantic }];
    return {
      name: JSON.stringify([retention, first, second, third]),
      requests: [
        ['STREAM.CREATE.O', { name: 'O', subjects: ['o.*'], retention }],
        create(first),
        create(second),
        create(third),
        ['CONSUMER.CREATE.O.e', { stream_name: 'O', config: { ack_policy: 'explicit', filter_subject: 'o.a' } }],
      ],
    };
  });
}

const SEED = 1;

/** Others with another seed. */
export function mixedCasesOf(seed: number): readonly ConfigCase[] {
  return [...streams(seed), ...consumers(seed + 1)];
}

export const mixedCases: readonly ConfigCase[] = mixedCasesOf(SEED);
