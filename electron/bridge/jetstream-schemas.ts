/** What the params of the JetStream requests and streams must look like; see `schemas.ts`. */

import * as v from 'valibot';

const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));
const text = (maximum: number) => v.pipe(v.string(), v.maxLength(maximum));

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const account = v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(4096)));
const within = <E extends v.ObjectEntries>(entries: E) => v.strictObject({ connection: id, account, ...entries });

/** A name becomes a token of the subject that is asked, so it can hold nothing that would make another of it. */
const name = v.pipe(
  v.string(),
  v.minLength(1, 'A name has at least one character.'),
  v.maxLength(255, 'A name has 255 characters at most.'),
  v.regex(/^[^\s.*>/\\\0]+$/, 'A name has no space, ".", "*", ">", "/" or "\\".'),
);
const subjectText = text(65_536);
const subject = v.pipe(v.string(), v.minLength(1), v.maxLength(65_536));
const sequence = whole(1);
const optional = v.exactOptional;
const number = optional(whole(-1));
const flag = optional(v.boolean());
const words = optional(v.pipe(v.array(subjectText), v.maxLength(10_000)));
const word = optional(subjectText);
const metadata = optional(v.record(text(4096), text(131_072)));

/** Fields that another version of the server has are carried along: an update must not take them away. */
const transform = v.looseObject({ src: subjectText, dest: subjectText });
const source = v.looseObject({
  name,
  opt_start_seq: number,
  opt_start_time: word,
  filter_subject: word,
  subject_transforms: optional(v.pipe(v.array(transform), v.maxLength(1000))),
  external: optional(v.looseObject({ api: subjectText, deliver: word })),
  consumer: optional(v.looseObject({ name: word, deliver_subject: word })),
});

const streamConfig = v.looseObject({
  name,
  description: optional(text(65_536)),
  subjects: words,
  retention: optional(v.picklist(['limits', 'interest', 'workqueue'])),
  max_consumers: number,
  max_msgs: number,
  max_bytes: number,
  max_age: number,
  max_msgs_per_subject: number,
  max_msg_size: number,
  discard: optional(v.picklist(['old', 'new'])),
  discard_new_per_subject: flag,
  storage: optional(v.picklist(['file', 'memory'])),
  num_replicas: number,
  no_ack: flag,
  duplicate_window: number,
  placement: optional(v.looseObject({ cluster: word, tags: words, preferred: word })),
  mirror: optional(source),
  sources: optional(v.pipe(v.array(source), v.maxLength(1000))),
  compression: optional(v.picklist(['none', 's2'])),
  first_seq: number,
  subject_transform: optional(transform),
  republish: optional(v.looseObject({ src: word, dest: subjectText, headers_only: flag })),
  allow_direct: flag,
  mirror_direct: flag,
  sealed: flag,
  deny_delete: flag,
  deny_purge: flag,
  allow_rollup_hdrs: flag,
  consumer_limits: optional(v.looseObject({ inactive_threshold: number, max_ack_pending: number })),
  allow_msg_ttl: flag,
  subject_delete_marker_ttl: number,
  allow_msg_counter: flag,
  allow_atomic: flag,
  allow_msg_schedules: flag,
  persist_mode: optional(v.picklist(['default', 'async'])),
  allow_batched: flag,
  metadata,
});

const consumerConfig = v.looseObject({
  durable_name: optional(name),
  name: optional(name),
  description: optional(text(65_536)),
  deliver_policy: optional(
    v.picklist(['all', 'last', 'new', 'by_start_sequence', 'by_start_time', 'last_per_subject']),
  ),
  opt_start_seq: number,
  opt_start_time: word,
  ack_policy: optional(v.picklist(['none', 'all', 'explicit', 'flow_control'])),
  ack_wait: number,
  max_deliver: number,
  backoff: optional(v.pipe(v.array(whole(0)), v.maxLength(1000))),
  filter_subject: word,
  filter_subjects: words,
  replay_policy: optional(v.picklist(['instant', 'original'])),
  rate_limit_bps: number,
  sample_freq: word,
  max_waiting: number,
  max_ack_pending: number,
  flow_control: flag,
  headers_only: flag,
  max_batch: number,
  max_expires: number,
  max_bytes: number,
  deliver_subject: word,
  deliver_group: word,
  idle_heartbeat: number,
  inactive_threshold: number,
  num_replicas: number,
  mem_storage: flag,
  metadata,
  pause_until: word,
  priority_groups: words,
  priority_policy: optional(v.picklist(['none', 'overflow', 'pinned_client', 'prioritized'])),
  priority_timeout: number,
});

/** Rows that a window may ask for at once; a screen shows some sixty. */
const rowsMax = 1000;
const slice = { filter: subjectText, first: whole(0), count: whole(0, rowsMax) };
const purge = { stream: name, filter: subjectText, keep: whole(0), before: whole(0) };
const consumer = { stream: name, consumer: name };

export const jetstreamRequestSchemas = {
  'jetstream.account': within({}),
  'jetstream.streams': within({
    ...slice,
    sort: v.picklist(['name', 'messages', 'bytes', 'rate', 'consumers', 'last', 'subjects', 'used']),
  }),
  'jetstream.stream': within({ stream: name }),
  'jetstream.subjects': within({ ...slice, stream: name, sort: v.picklist(['name', 'messages']) }),
  'jetstream.stream.create': within({ config: streamConfig }),
  'jetstream.stream.update': within({ config: streamConfig }),
  'jetstream.stream.delete': within({ stream: name }),
  'jetstream.stream.purge': within(purge),
  'jetstream.stream.loss': within(purge),
  'jetstream.gaps': within({ stream: name }),
  'jetstream.messages': within({ stream: name, first: sequence, count: whole(1, rowsMax) }),
  'jetstream.message': within({ stream: name, sequence }),
  'jetstream.seek': within({ stream: name, time: optional(whole(0)), subject: optional(subject) }),
  'jetstream.message.delete': within({ stream: name, sequence, secure: v.boolean() }),
  'jetstream.consumers': within({
    ...slice,
    stream: name,
    sort: v.picklist(['name', 'pending', 'ackPending', 'redelivered', 'rate']),
  }),
  'jetstream.consumer': within(consumer),
  'jetstream.consumer.create': within({ stream: name, config: consumerConfig }),
  'jetstream.consumer.update': within({ stream: name, config: consumerConfig }),
  'jetstream.consumer.delete': within(consumer),
  'jetstream.consumer.pause': within({ ...consumer, until: v.nullable(whole(1)) }),
  'jetstream.consumer.reset': within({ ...consumer, sequence: v.nullable(sequence) }),
  'jetstream.consumer.unpin': within({ ...consumer, group: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) }),
  'jetstream.deliveries': within({ ...consumer, limit: whole(1, rowsMax) }),
  'jetstream.lab.answer': within({
    id: whole(1),
    answer: v.picklist(['ack', 'nak', 'term', 'next', 'progress']),
    delayMs: whole(0, 86_400_000),
    reason: v.pipe(text(1024), v.regex(/^[^\r\n]*$/, 'A reason has one line.')),
  }),
  'jetstream.redrive': within({ stream: name, sequence, subject: subjectText, remove: v.boolean() }),
  'jetstream.restore.begin': within({
    description: text(16 * 1024 * 1024),
    changes: v.strictObject({
      name,
      subjects: v.pipe(v.array(subjectText), v.maxLength(10_000)),
      replicas: whole(0, 5),
    }),
  }),
  'jetstream.restore.part': within({ restore: whole(1), bytes: v.instance(Uint8Array) }),
  'jetstream.restore.end': within({ restore: whole(1) }),
  'jetstream.restore.cancel': within({ restore: whole(1) }),
};

export const jetstreamStreamSchemas = {
  'jetstream.find': within({
    stream: name,
    subject: subjectText,
    content: text(4096),
    from: sequence,
    limit: whole(1, 100_000),
  }),
  'jetstream.lab.fetch': within({
    ...consumer,
    batch: whole(1, 1000),
    expiresMs: whole(100, 600_000),
    group: text(255),
  }),
  'jetstream.advisories': within({}),
  'jetstream.backup': within({ stream: name, consumers: v.boolean() }),
  'jetstream.export': within({
    stream: name,
    subject: subjectText,
    content: text(4096),
    from: whole(0),
    to: whole(0),
  }),
};
