import { describe, expect, it } from 'vitest';
import type { ConsumerConfig } from '../../../../../../broker/jetstream/consumer/consumer-config.ts';
import type { AccountLimits, ServerLimits } from '../../../../../../broker/jetstream/resource-limits.ts';
import {
  checkStreamCreate,
  checkStreamUpdate,
} from '../../../../../../broker/jetstream/stream/config/stream-changes.ts';
import { completeStream, sameStream } from '../../../../../../broker/jetstream/stream/config/complete-stream.ts';
import type { StreamContext } from '../../../../../../broker/jetstream/stream/config/stream-context.ts';
import type { StreamConfig } from '../../../../../../broker/jetstream/stream/stream-config.ts';

const SECOND = 1_000_000_000;

const limits: AccountLimits = {
  max_memory: -1,
  max_storage: 10_000,
  max_streams: 3,
  max_consumers: -1,
  max_ack_pending: -1,
  memory_max_stream_bytes: -1,
  storage_max_stream_bytes: 6000,
  max_bytes_required: false,
};

const server: ServerLimits = {
  memoryBytesMax: 10_000,
  storageBytesMax: 20_000,
  memoryBytesReserved: 0,
  storageBytesReserved: 0,
  maxAckPending: 0,
  maxRequestBatch: 0,
  duplicateWindowNanos: 0,
  defaultMaxConsumers: 1000,
};

function contextOf(streams: readonly StreamConfig[] = [], changes: Partial<StreamContext> = {}): StreamContext {
  return {
    stream: (name) => streams.find((one) => one.name === name),
    streams: () => streams,
    consumers: () => [],
    limits,
    server,
    ...changes,
  };
}

/** A stream as a create makes it. */
function made(fields: Partial<StreamConfig> & { name: string }, context = contextOf()): StreamConfig {
  const creation = checkStreamCreate(fields, fields.name, context);
  if ('err_code' in creation) throw new Error(creation.description);
  return creation.config;
}

describe('creating a stream', () => {
  it('fills in every default', () => {
    expect(made({ name: 'S' })).toEqual({
      name: 'S',
      subjects: ['S'],
      retention: 'limits',
      max_consumers: -1,
      max_msgs: -1,
      max_bytes: -1,
      max_age: 0,
      max_msgs_per_subject: -1,
      max_msg_size: -1,
      discard: 'old',
      storage: 'file',
      num_replicas: 1,
      duplicate_window: 120 * SECOND,
      compression: 'none',
      allow_direct: false,
      mirror_direct: false,
      sealed: false,
      deny_delete: false,
      deny_purge: false,
      allow_rollup_hdrs: false,
      consumer_limits: {},
      allow_msg_ttl: false,
      metadata: { '_nats.req.level': '0' },
    });
  });

  it('leaves what it was given as it was', () => {
    const fields = {
      name: 'S',
      republish: { dest: 'r.>' },
      subjects: ['s'],
      sources: [{ name: 'O', opt_start_seq: 0 }],
    };
    const before = structuredClone(fields);
    const config = made(fields);
    expect(config.republish).toEqual({ src: '>', dest: 'r.>' });
    expect(config.sources).toEqual([{ name: 'O' }]);
    expect(fields).toEqual(before);
  });

  it('takes what is there for the same, if it is', () => {
    const there = made({ name: 'S', metadata: { a: 'b' } });
    const context = contextOf([there]);
    expect(checkStreamCreate({ name: 'S', max_msgs: -1, metadata: { a: 'b' } }, 'S', context)).toEqual({
      config: there,
      existing: true,
    });
    expect(checkStreamCreate({ name: 'S', max_msgs: 5 }, 'S', context)).toMatchObject({ err_code: 10058 });
  });

  it('has no room above what account and server have', () => {
    const there = made({ name: 'A', max_bytes: 6000 });
    expect(checkStreamCreate({ name: 'B', max_bytes: 4000 }, 'B', contextOf([there]))).toMatchObject({
      existing: false,
    });
    expect(checkStreamCreate({ name: 'B', max_bytes: 4001 }, 'B', contextOf([there]))).toMatchObject({
      err_code: 10047,
    });
    expect(checkStreamCreate({ name: 'B', max_bytes: 6001 }, 'B', contextOf())).toMatchObject({ err_code: 10122 });
    expect(checkStreamCreate({ name: 'M', storage: 'memory', max_bytes: 10_001 }, 'M', contextOf())).toMatchObject({
      err_code: 10028,
    });
    const full = contextOf([there], { server: { ...server, storageBytesReserved: 19_000 } });
    expect(checkStreamCreate({ name: 'B', max_bytes: 2000 }, 'B', full)).toMatchObject({ err_code: 10047 });
  });

  it('is refused without limits, and above the number of streams', () => {
    expect(checkStreamCreate({ name: 'S' }, 'S', contextOf([], { limits: undefined }))).toMatchObject({
      err_code: 10120,
    });
    const three = ['A', 'B', 'C'].map((name) => made({ name }));
    expect(checkStreamCreate({ name: 'S' }, 'S', contextOf(three))).toMatchObject({ err_code: 10027 });
    expect(checkStreamCreate({ name: 'A' }, 'A', contextOf(three))).toMatchObject({ existing: true });
  });
});

describe('changing a stream', () => {
  const there = made({ name: 'S', subjects: ['s'], max_bytes: 5000 });

  it('needs room only for what is added', () => {
    const other = made({ name: 'O', max_bytes: 5000 });
    const context = contextOf([there, other]);
    expect(checkStreamUpdate({ ...there, max_bytes: 5000, max_msgs: 1 }, 'S', context)).toMatchObject({ max_msgs: 1 });
    expect(checkStreamUpdate({ ...there, max_bytes: 4000 }, 'S', context)).toMatchObject({ max_bytes: 4000 });
    expect(checkStreamUpdate({ ...there, max_bytes: 5001 }, 'S', context)).toMatchObject({ err_code: 10047 });
  });

  it('seals it with all that goes with it', () => {
    expect(
      checkStreamUpdate({ name: 'S', subjects: ['s'], sealed: true, max_age: 200 * SECOND }, 'S', contextOf([there])),
    ).toMatchObject({
      sealed: true,
      max_age: 0,
      discard: 'new',
      deny_delete: true,
      deny_purge: true,
      allow_rollup_hdrs: false,
    });
  });

  it('does not take away from consumers what they have', () => {
    const consumer = { name: 'c', max_ack_pending: 100 } as ConsumerConfig;
    const context = contextOf([there], { consumers: () => [consumer] });
    expect(checkStreamUpdate({ ...there, consumer_limits: { max_ack_pending: 99 } }, 'S', context)).toEqual({
      code: 500,
      err_code: 10069,
      description: 'change to limits violates consumers: c',
    });
    expect(checkStreamUpdate({ ...there, consumer_limits: { max_ack_pending: 100 } }, 'S', context)).not.toHaveProperty(
      'err_code',
    );
  });

  it('judges the stream before it looks for it', () => {
    expect(checkStreamUpdate({ name: 'X', max_age: -1 }, 'X', contextOf())).toMatchObject({ err_code: 10052 });
    expect(checkStreamUpdate({ name: 'X' }, 'X', contextOf())).toMatchObject({ err_code: 10059 });
    expect(checkStreamUpdate({ name: 'Y' }, 'X', contextOf())).toMatchObject({ err_code: 10056 });
  });
});

describe('a configuration', () => {
  it('is complete when it is completed again', () => {
    const config = made({ name: 'S', sources: [{ name: 'O', filter_subject: 'o' }], republish: { dest: 'r.>' } });
    expect(completeStream(config, contextOf())).toEqual(config);
  });

  it('counts lengths in bytes', () => {
    const of = (bytes: number): unknown =>
      completeStream({ name: 'S', description: '\xc3'.repeat(bytes) }, contextOf());
    expect(of(4096)).toMatchObject({ name: 'S' });
    expect(of(4097)).toMatchObject({ err_code: 10052 });
  });

  it('is the same whatever the server wrote into it', () => {
    const config = made({ name: 'S' });
    expect(sameStream(config, { ...config, metadata: { '_nats.req.level': '3' } })).toBe(true);
    expect(sameStream(config, { ...config, metadata: { a: 'b' } })).toBe(false);
    expect(sameStream(config, { ...config, max_msgs: 1 })).toBe(false);
  });
});
