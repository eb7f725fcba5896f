import { describe, expect, it } from 'vitest';
import {
  checkConsumerCreate,
  completeConsumer,
  consumerTarget,
  sameConsumer,
} from '../../../../../../broker/jetstream/consumer/config/consumer-changes.ts';
import type { ConsumerContext } from '../../../../../../broker/jetstream/consumer/config/consumer-context.ts';
import type { ConsumerConfig } from '../../../../../../broker/jetstream/consumer/consumer-config.ts';
import type { ConsumerConfigFields } from '../../../../../../broker/jetstream/api/requests/consumer-requests.ts';
import { failed } from '../../../../../../broker/jetstream/errors.ts';
import type { StreamConfig } from '../../../../../../broker/jetstream/stream/stream-config.ts';

const SECOND = 1_000_000_000;

const limits = {
  max_memory: -1,
  max_storage: -1,
  max_streams: -1,
  max_consumers: -1,
  max_ack_pending: -1,
  memory_max_stream_bytes: -1,
  storage_max_stream_bytes: -1,
  max_bytes_required: false,
};
const server = {
  memoryBytesMax: 0,
  storageBytesMax: 0,
  memoryBytesReserved: 0,
  storageBytesReserved: 0,
  maxAckPending: 0,
  maxRequestBatch: 0,
  duplicateWindowNanos: 0,
  defaultMaxConsumers: 2,
};

const stream = {
  name: 'S',
  subjects: ['s.>'],
  retention: 'limits',
  max_consumers: -1,
  num_replicas: 1,
  consumer_limits: {},
} as unknown as StreamConfig;

function contextOf(consumers: readonly ConsumerConfig[] = [], changes: Partial<ConsumerContext> = {}): ConsumerContext {
  return {
    stream: (name) => (name === 'S' ? stream : undefined),
    consumers: () => consumers,
    consumer: (_stream, name) => consumers.find((one) => one.name === name),
    limits,
    server,
    hasInterest: () => false,
    freeName: () => 'FREENAME',
    identity: () => 'IDENTITY',
    ...changes,
  };
}

type Outcome = ReturnType<typeof checkConsumerCreate>;

function create(config: ConsumerConfigFields, context = contextOf(), form = 'CREATE.S.c', identity = ''): Outcome {
  const target = consumerTarget(`$JS.API.CONSUMER.${form}`);
  if (failed(target)) return target;
  return checkConsumerCreate({ stream_name: 'S', config, action: '' }, target, context, identity);
}

function made(config: ConsumerConfigFields, context = contextOf(), form = 'CREATE.S.c'): ConsumerConfig {
  const outcome = create(config, context, form);
  if (failed(outcome)) throw new Error(outcome.description);
  return outcome.config;
}

describe('where a consumer is created', () => {
  it('is read out of the subject', () => {
    expect(consumerTarget('$JS.API.CONSUMER.CREATE.S')).toEqual({
      form: 'ephemeral',
      stream: 'S',
      consumer: '',
      filter: '',
    });
    expect(consumerTarget('$JS.API.CONSUMER.DURABLE.CREATE.S.c')).toEqual({
      form: 'durable',
      stream: 'S',
      consumer: 'c',
      filter: '',
    });
    expect(consumerTarget('$JS.API.CONSUMER.CREATE.S.c.a.>')).toEqual({
      form: 'named',
      stream: 'S',
      consumer: 'c',
      filter: 'a.>',
    });
    expect(consumerTarget('$JS.API.CONSUMER.DURABLE.CREATE.S')).toMatchObject({ err_code: 10016 });
  });
});

describe('creating a consumer', () => {
  it('fills in every default', () => {
    expect(made({ durable_name: 'c', ack_policy: 'explicit' })).toEqual({
      durable_name: 'c',
      name: 'c',
      deliver_policy: 'all',
      ack_policy: 'explicit',
      ack_wait: 30 * SECOND,
      max_deliver: -1,
      replay_policy: 'instant',
      max_waiting: 512,
      max_ack_pending: 1000,
      num_replicas: 0,
      metadata: { '_nats.req.level': '0' },
    });
  });

  it('gives a name to what has none, and lets it go some time', () => {
    expect(made({}, contextOf(), 'CREATE.S')).toMatchObject({
      name: 'FREENAME',
      unnamed: true,
      inactive_threshold: 5 * SECOND,
    });
    expect(made({ inactive_threshold: 9 })).toMatchObject({ name: 'c', inactive_threshold: 9 });
    expect(made({ durable_name: 'c' })).not.toHaveProperty('inactive_threshold');
  });

  it('knows how many there may be', () => {
    const two = ['a', 'b'].map((name) => made({ durable_name: name }, contextOf(), `CREATE.S.${name}`));
    expect(create({}, contextOf(two))).toMatchObject({ err_code: 10026 });
    expect(create({ deliver_subject: 'd', direct: true }, contextOf(two))).toMatchObject({ before: undefined });
    const roomy = { ...server, defaultMaxConsumers: 0 };
    expect(create({}, contextOf(two, { server: roomy }))).toMatchObject({ before: undefined });
    expect(create({}, contextOf(two, { server: roomy, limits: { ...limits, max_consumers: 2 } }))).toMatchObject({
      err_code: 10026,
    });
  });

  it('needs limits', () => {
    expect(create({}, contextOf([], { limits: undefined }))).toMatchObject({ err_code: 10120 });
    expect(completeConsumer({}, stream, { limits: undefined, server })).toMatchObject({ err_code: 10120 });
  });

  it('of a stream for another tells which stream it was', () => {
    const direct: ConsumerConfigFields = { deliver_subject: 'd', direct: true, sourcing: true };
    expect(create(direct)).toMatchObject({ identity: 'IDENTITY', config: { name: 'c-FREENAME' } });
    expect(create(direct, contextOf(), 'CREATE.S.c', 'IDENTITY')).not.toHaveProperty('err_code');
    expect(create(direct, contextOf(), 'CREATE.S.c', 'OTHER')).toEqual({
      code: 400,
      err_code: 10225,
      description: "consumer's stream identity does not match: IDENTITY",
    });
    const queue = contextOf([], { stream: () => ({ ...stream, retention: 'workqueue' }) });
    expect(create({ ...direct, ack_policy: 'none' }, queue)).toMatchObject({
      config: { durable_name: 'c', name: 'c', ack_policy: 'flow_control', sourcing: true },
    });
  });
});

describe('changing a consumer', () => {
  it('is nothing when it is the same', () => {
    const before = made({ durable_name: 'c', ack_policy: 'explicit' });
    const outcome = create({ durable_name: 'c', ack_policy: 'explicit' }, contextOf([before]));
    expect(outcome).toEqual({ config: before, before, identity: undefined });
    if (!failed(outcome)) expect(outcome.config).toBe(before);
  });

  it('moves a push consumer only while nobody listens', () => {
    const before = made({ durable_name: 'c', deliver_subject: 'd' });
    const elsewhere = { durable_name: 'c', deliver_subject: 'e' };
    expect(create(elsewhere, contextOf([before]))).toMatchObject({ config: { deliver_subject: 'e' } });
    const heard = contextOf([before], { hasInterest: (subject) => subject === 'd' });
    expect(create(elsewhere, heard)).toMatchObject({ err_code: 10013 });
  });

  it('leaves a pause as it is', () => {
    const before = made({ durable_name: 'c', pause_until: '2090-01-01T00:00:00+01:00' });
    expect(create({ durable_name: 'c', pause_until: '2001-01-01T00:00:00Z' }, contextOf([before]))).toMatchObject({
      config: { pause_until: '2089-12-31T23:00:00Z' },
    });
  });

  it('is known by what a client said, not by what the server wrote', () => {
    const config = made({ durable_name: 'c' });
    expect(sameConsumer(config, { ...config, metadata: { '_nats.req.level': '9' } })).toBe(true);
    expect(sameConsumer(config, { ...config, description: 'x' })).toBe(false);
  });
});
