import { describe, expect, test } from 'vitest';
import { parseAckSubject } from '../../../../../broker/jetstream/origins/ack-facts.ts';
import { readConsumerAnswer } from '../../../../../broker/jetstream/origins/consumer-answer.ts';
import { consumerRequest } from '../../../../../broker/jetstream/origins/consumer-request.ts';
import type { Origin } from '../../../../../broker/jetstream/origins/origin.ts';
import { retryDelay } from '../../../../../broker/jetstream/origins/retry.ts';
import type { StreamSourceConfig } from '../../../../../broker/jetstream/stream/stream-config.ts';

const TERMS = { stream: 'T', account: 'A', domain: '', deliverSubject: '$JS.S.x', level: 5 as const };

function origin(config: StreamSourceConfig, more: Partial<Origin> = {}): Origin {
  return {
    kind: 'source',
    config,
    consumerName: 'JS_SRC_1',
    identity: '',
    position: () => ({ deliver_policy: 'by_start_sequence', opt_start_seq: 7 }),
    restart: () => {},
    begin: () => 0,
    take: () => true,
    ...more,
  };
}

describe('requests for consumers', () => {
  test('of a source', () => {
    const { subject, headers, body } = consumerRequest(origin({ name: 'S', filter_subject: 's.a' }), TERMS);
    expect(subject).toBe('$JS.API.CONSUMER.CREATE.S.JS_SRC_1.s.a');
    expect(headers).toContain('Nats-Required-Api-Level: 5\r\n');
    expect(JSON.parse(body)).toEqual({
      stream_name: 'S',
      config: {
        name: 'JS_SRC_1',
        deliver_policy: 'by_start_sequence',
        opt_start_seq: 7,
        ack_policy: 'none',
        ack_wait: 79_200_000_000_000,
        max_deliver: 1,
        filter_subject: 's.a',
        replay_policy: 'instant',
        flow_control: true,
        deliver_subject: '$JS.S.x',
        idle_heartbeat: 1_000_000_000,
        inactive_threshold: 10_000_000_000,
        num_replicas: 0,
        direct: true,
        sourcing: true,
        metadata: { '_nats.src.acc': 'A', '_nats.src.stream': 'T' },
      },
      action: '',
    });
  });

  test('of another account or domain go where its API is', () => {
    const external = { api: '$JS.hub.API', deliver: 'd' };
    const { subject } = consumerRequest(origin({ name: 'S', external }), TERMS);
    expect(subject).toBe('$JS.hub.API.CONSUMER.CREATE.S');
    const dotted = consumerRequest(origin({ name: 'S', external: { ...external, api: 'x.' } }), TERMS);
    expect(dotted.subject).toBe('x.CONSUMER.CREATE.S');
  });

  test('of several filters name them all, and the subject none', () => {
    const transforms = [
      { src: 's.a', dest: 'x' },
      { src: 's.b', dest: '' },
    ];
    const { subject, body } = consumerRequest(origin({ name: 'S', subject_transforms: transforms }), TERMS);
    expect(subject).toBe('$JS.API.CONSUMER.CREATE.S');
    const { config } = JSON.parse(body) as { config: Record<string, unknown> };
    expect(config['filter_subjects']).toEqual(['s.a', 's.b']);
    expect(config['filter_subject']).toBeUndefined();
  });

  test('to servers that know of no levels have neither headers nor a name that stays', () => {
    const { headers, body } = consumerRequest(origin({ name: 'S' }), { ...TERMS, level: undefined });
    const { config } = JSON.parse(body) as { config: Record<string, unknown> };
    expect(headers).toBe('');
    expect(config['name']).toMatch(/^JS_SRC_1_.{8}$/);
    expect(config['sourcing']).toBeUndefined();
  });

  test('a consumer that is there already is only told to begin anew', () => {
    const consumer = { name: 'D', deliver_subject: 'd' };
    const { subject, body } = consumerRequest(origin({ name: 'S', consumer }), TERMS);
    expect([subject, body]).toEqual(['$JS.API.CONSUMER.RESET.S.D', '']);
    const mirror = consumerRequest(origin({ name: 'S', consumer }, { kind: 'mirror' }), TERMS);
    expect(mirror.headers).toBe('');
  });
});

describe('answers', () => {
  test('one that is made', () => {
    const payload = JSON.stringify({ name: 'C', config: { ack_policy: 'none' }, delivered: { stream_seq: 9 } });
    expect(readConsumerAnswer('NATS/1.0\r\nNats-Stream-Identity: abc\r\n\r\n', payload)).toEqual({
      type: 'made',
      name: 'C',
      ackPolicy: 'none',
      delivered: 9,
      identity: 'abc',
    });
  });

  test('one that is refused', () => {
    const error = { code: 404, err_code: 10059, description: 'stream not found' };
    expect(readConsumerAnswer('', JSON.stringify({ error }))).toEqual({ type: 'refused', error });
  });

  test.each(['', 'no JSON', '[]', '{"name":1}', '{"name":"C"}'])('%j is none', (payload) => {
    const answer = readConsumerAnswer('', payload);
    expect(answer.type === 'refused' && answer.error.description).toContain('invalid consumer create response');
  });
});

describe('ack subjects', () => {
  const facts = {
    consumer: 'C',
    deliveries: 1,
    streamSequence: 20,
    consumerSequence: 3,
    time: { seconds: 1_700_000_000, nanos: 5 },
    pending: 4,
  };

  test('of either form', () => {
    expect(parseAckSubject('$JS.ACK.S.C.1.20.3.1700000000000000005.4')).toEqual(facts);
    expect(parseAckSubject('$JS.ACK.hub.acchash.S.C.1.20.3.1700000000000000005.4')).toEqual(facts);
    expect(parseAckSubject('$JS.ACK._.acchash.S.C.1.20.3.1700000000000000005.4.more')).toEqual(facts);
  });

  test.each(['', 'x', '$JS.ACK.S.C.1.20.3', '$JS.FC.S.C.x'])('%j is none', (subject) => {
    expect(parseAckSubject(subject)).toBeUndefined();
  });
});

test('the more often it failed the later it is tried again, two minutes at most', () => {
  const none = (): number => 0;
  expect(retryDelay(undefined, 0, none)).toBe(100);
  expect(retryDelay(500, 0, none)).toBe(1600);
  expect(retryDelay(5000, 1, none)).toBe(10_100);
  expect(retryDelay(5000, 3, none)).toBe(30_100);
  expect(retryDelay(5000, 100, none)).toBe(120_100);
  expect(retryDelay(undefined, 0, () => 0.999)).toBeLessThan(201);
});
