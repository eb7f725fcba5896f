import { describe, expect, it } from 'vitest';
import { goJson } from '../../../../../broker/jetstream/encode/go-json.ts';
import {
  accountInfoJson,
  consumerInfoJson,
  NEVER,
  streamInfoJson,
  type StreamTold,
} from '../../../../../broker/jetstream/encode/info-fields.ts';
import type { ConsumerConfig } from '../../../../../broker/jetstream/consumer/consumer-config.ts';
import type { StreamConfig } from '../../../../../broker/jetstream/stream/stream-config.ts';

const SECOND = 1_000_000_000;
const noon = { seconds: 1_700_000_000, nanos: 120_000_000 };
const NOON = '2023-11-14T22:13:20.12Z';

const config: StreamConfig = {
  metadata: { b: '1', a: '2' },
  sources: [
    {
      consumer: { deliver_subject: 'd', name: 'c' },
      external: { deliver: 'x', api: '$JS.x.API' },
      subject_transforms: [{ dest: 'q', src: 'p' }],
      opt_start_time: NOON,
      opt_start_seq: 4,
      name: 'O',
    },
  ],
  allow_msg_ttl: false,
  consumer_limits: { max_ack_pending: 5, inactive_threshold: SECOND },
  allow_rollup_hdrs: false,
  deny_purge: false,
  deny_delete: false,
  sealed: false,
  mirror_direct: false,
  allow_direct: true,
  republish: { headers_only: true, dest: 'r.>', src: '>' },
  compression: 's2',
  placement: { tags: ['t'], cluster: 'c' },
  no_ack: true,
  num_replicas: 1,
  storage: 'file',
  discard: 'old',
  max_msg_size: -1,
  max_msgs_per_subject: -1,
  max_age: 0,
  max_bytes: -1,
  max_msgs: -1,
  max_consumers: -1,
  retention: 'limits',
  subjects: ['s.>'],
  name: 'S',
};

const CONFIG =
  '{"name":"S","subjects":["s.\\u003e"],"retention":"limits","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,' +
  '"max_msgs_per_subject":-1,"max_msg_size":-1,"discard":"old","storage":"file","num_replicas":1,"no_ack":true,' +
  '"placement":{"cluster":"c","tags":["t"]},' +
  '"sources":[{"name":"O","opt_start_seq":4,"opt_start_time":"2023-11-14T22:13:20.12Z","subject_transforms":[{"src":"p","dest":"q"}],' +
  '"external":{"api":"$JS.x.API","deliver":"x"},"consumer":{"name":"c","deliver_subject":"d"}}],' +
  '"compression":"s2","republish":{"src":"\\u003e","dest":"r.\\u003e","headers_only":true},"allow_direct":true,"mirror_direct":false,' +
  '"sealed":false,"deny_delete":false,"deny_purge":false,"allow_rollup_hdrs":false,' +
  '"consumer_limits":{"inactive_threshold":1000000000,"max_ack_pending":5},"allow_msg_ttl":false,"metadata":{"a":"2","b":"1"}}';

const stream: StreamTold = {
  config,
  created: noon,
  state: {
    messages: 2,
    bytes: 80,
    first_seq: 1,
    first_ts: NEVER,
    last_seq: 4,
    last_ts: noon,
    num_subjects: 2,
    subjects: new Map([
      ['a', 1],
      ['b', 1],
    ]),
    num_deleted: 2,
    deleted: [2, 3],
    lost: { msgs: [3], bytes: 7 },
    consumer_count: 1,
  },
  ts: noon,
};

describe('streams', () => {
  it('are told in order, and in lists without what the server adds', () => {
    const state =
      '{"messages":2,"bytes":80,"first_seq":1,"first_ts":"0001-01-01T00:00:00Z","last_seq":4,"last_ts":"2023-11-14T22:13:20.12Z",' +
      '"num_subjects":2,"subjects":{"a":1,"b":1},"num_deleted":2,"deleted":[2,3],"lost":{"msgs":[3],"bytes":7},"consumer_count":1}';
    expect(goJson(streamInfoJson(stream, false))).toBe(
      `{"config":${CONFIG},"created":"${NOON}","state":${state},"ts":"${NOON}"}`,
    );
    expect(goJson(streamInfoJson(stream))).toContain(
      '"metadata":{"_nats.level":"5","_nats.ver":"2.15.1","a":"2","b":"1"}',
    );
  });

  it('tell how far their origins are', () => {
    const origin = { name: 'O', lag: 3, active: -1 };
    const told = {
      ...stream,
      domain: 'D',
      leader: 'N',
      mirror: { ...origin, error: { code: 404, err_code: 10059, description: 'stream not found' } },
      sources: [{ ...origin, filter_subject: 'f', subject_transforms: [{ src: 'a', dest: 'b' }], seq: 5 }],
    };
    expect(goJson(streamInfoJson(told))).toContain(
      '"consumer_count":1},"domain":"D","cluster":{"leader":"N"},' +
        '"mirror":{"name":"O","lag":3,"active":-1,"error":{"code":404,"err_code":10059,"description":"stream not found"}},' +
        '"sources":[{"name":"O","lag":3,"seq":5,"active":-1,"filter_subject":"f","subject_transforms":[{"src":"a","dest":"b"}]}],"ts"',
    );
  });
});

describe('consumers', () => {
  const consumer: ConsumerConfig = {
    priority_timeout: SECOND,
    priority_policy: 'pinned_client',
    priority_groups: ['g'],
    num_replicas: 0,
    backoff: [SECOND],
    replay_policy: 'instant',
    ack_policy: 'explicit',
    deliver_policy: 'all',
    name: 'c',
    unnamed: true,
    metadata: {},
  };

  it('are told in order, without a name that they did not ask for', () => {
    const told = {
      pinned: { since: noon, id: 'P', group: 'g' },
      ts: noon,
      pause_remaining: 5,
      num_pending: 4,
      num_waiting: 3,
      num_redelivered: 2,
      num_ack_pending: 1,
      ack_floor: { stream_seq: 1, consumer_seq: 2 },
      delivered: { last_active: noon, stream_seq: 3, consumer_seq: 4 },
      config: consumer,
      created: noon,
      name: 'c',
      stream_name: 'S',
    };
    expect(goJson(consumerInfoJson(told, false))).toBe(
      `{"stream_name":"S","name":"c","created":"${NOON}","config":{"deliver_policy":"all","ack_policy":"explicit","backoff":[1000000000],` +
        '"replay_policy":"instant","num_replicas":0,"priority_groups":["g"],"priority_policy":"pinned_client","priority_timeout":1000000000},' +
        `"delivered":{"consumer_seq":4,"stream_seq":3,"last_active":"${NOON}"},"ack_floor":{"consumer_seq":2,"stream_seq":1},` +
        '"num_ack_pending":1,"num_redelivered":2,"num_waiting":3,"num_pending":4,"paused":true,"pause_remaining":5,' +
        `"ts":"${NOON}","priority_groups":[{"group":"g","pinned_client_id":"P","pinned_ts":"${NOON}"}]}`,
    );
  });
});

describe('accounts', () => {
  const limits = {
    max_bytes_required: true,
    storage_max_stream_bytes: 7,
    memory_max_stream_bytes: 6,
    max_ack_pending: 5,
    max_consumers: 4,
    max_streams: 3,
    max_storage: 2,
    max_memory: 1,
  };
  const usage = { limits, consumers: 6, streams: 5, reserved_storage: 4, reserved_memory: 3, storage: 2, memory: 1 };
  const USAGE =
    '"memory":1,"storage":2,"reserved_memory":3,"reserved_storage":4,"streams":5,"consumers":6,' +
    '"limits":{"max_memory":1,"max_storage":2,"max_streams":3,"max_consumers":4,"max_ack_pending":5,' +
    '"memory_max_stream_bytes":6,"storage_max_stream_bytes":7,"max_bytes_required":true}';

  it('are told with their tiers', () => {
    const api = { errors: 2, total: 9 };
    expect(goJson(accountInfoJson({ ...usage, api }))).toBe(`{${USAGE},"api":{"level":5,"total":9,"errors":2}}`);
    expect(
      goJson(accountInfoJson({ ...usage, api: { ...api, inflight: 1 }, domain: 'D', tiers: { R3: usage, R1: usage } })),
    ).toBe(
      `{${USAGE},"domain":"D","api":{"level":5,"total":9,"errors":2,"inflight":1},"tiers":{"R1":{${USAGE}},"R3":{${USAGE}}}}`,
    );
  });
});
