import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  consumerCreateRequest,
  noConsumerCreateRequest,
} from '../../broker/jetstream/api/requests/consumer-requests.ts';
import { parseRequest } from '../../broker/jetstream/api/requests/parse.ts';
import { streamConfigRequest } from '../../broker/jetstream/api/requests/stream-requests.ts';
import type { ConsumerConfig } from '../../broker/jetstream/consumer/consumer-config.ts';
import { ackMetric, advisory, type AdvisoryName, ADVISORY_TYPES } from '../../broker/jetstream/encode/advisories.ts';
import {
  answer,
  type AnswerKind,
  consumerListAnswer,
  consumerNamesAnswer,
  messageAnswer,
  streamInfoAnswer,
  streamListAnswer,
  streamNamesAnswer,
  successAnswer,
} from '../../broker/jetstream/encode/answers.ts';
import { goJson } from '../../broker/jetstream/encode/go-json.ts';
import {
  accountInfoJson,
  type AccountTold,
  consumerInfoJson,
  type ConsumerTold,
  type Progress,
  streamInfoJson,
  type StreamState,
  type StreamTold,
} from '../../broker/jetstream/encode/info-fields.ts';
import { ackHead, counterTail, DUPLICATE_TAIL, refusedAck } from '../../broker/jetstream/encode/pub-ack.ts';
import { type ApiErrorName, apiError, failed } from '../../broker/jetstream/errors.ts';
import type { StreamConfig } from '../../broker/jetstream/stream/stream-config.ts';
import { parseTime } from '../../broker/jetstream/time-text.ts';
import { SERVER_VERSION } from '../../broker/limits.ts';
import type { Time } from '../../broker/store/message-log.ts';
import { newestCompared } from '../support/real-servers.ts';
import { type Link, RealAccounts } from './jetstream-config/servers.ts';

/**
 * Answers and events of the real server are taken apart into what our encoders are told, in no order that would help them,
 * and encoded anew: the bytes must be the same.
 */
const real = newestCompared(inject('realServers'));
const accounts = new RealAccounts(real?.path ?? '');
const onReal = describe.skipIf(real === undefined);
afterAll(() => accounts[Symbol.asyncDispose]());

type Json = Readonly<Record<string, unknown>>;

/** Whatever the version of the real server is, ours is what we say. */
function sameVersion(text: string): string {
  return text.replace(/"_nats\.ver":"[^"]*"/g, `"_nats.ver":"${SERVER_VERSION}"`);
}

let link: Link;
const answers = new Map<string, string>();

/** An answer by what was asked. */
const told = (subject: string): string => sameVersion(answers.get(subject) ?? '');
const parsed = (subject: string): Json => JSON.parse(told(subject)) as Json;

beforeAll(async () => {
  if (real === undefined) return;
  link = await accounts.link('plain');
  link.hearEvents();
  const ask = async (subject: string, body: object | string = '', headers = ''): Promise<void> => {
    const text = typeof body === 'string' ? body : Buffer.from(JSON.stringify(body)).toString('latin1');
    answers.set(subject, await link.request(subject.replace(/ .*/, ''), text, headers));
  };
  // Nanoseconds that JavaScript can count.
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const stream = {
    name: 'S',
    description: 'Größe <&>',
    subjects: ['s.>', 't'],
    max_msgs: 2 ** 53 - 1,
    metadata: { 10: 'a', 9: 'b', b: 'c', é: 'd' },
    allow_direct: true,
    allow_msg_ttl: true,
    consumer_limits: { max_ack_pending: 2000 },
    placement: { tags: ['x'] },
    republish: { src: 's.>', dest: 'r.>' },
    subject_transform: { src: 't', dest: 's.t' },
  };
  await ask('$JS.API.INFO empty');
  await ask('$JS.API.STREAM.NAMES none');
  await ask('$JS.API.STREAM.LIST none');
  await ask('$JS.API.STREAM.CREATE.S', stream);
  await ask('$JS.API.STREAM.CREATE.C', { name: 'C', subjects: ['c'], allow_msg_counter: true, storage: 'memory' });
  await ask('$JS.API.STREAM.CREATE.M', { name: 'M', mirror: { name: 'S', filter_subject: 's.a' } });
  await ask('$JS.API.STREAM.CREATE.Q', {
    name: 'Q',
    sources: [
      {
        name: 'NONE',
        subject_transforms: [{ src: 's.*', dest: 'q.$1' }],
        external: { api: '$JS.x.API', deliver: 'd' },
      },
    ],
  });
  await ask('s.a', 'payload', 'A: b\r\nNats-Msg-Id: 1');
  await ask('s.a again', 'payload', 'Nats-Msg-Id: 1');
  await ask('s.b', '\xff\x00');
  await ask('s.c', '');
  await ask('s.refused', 'x', 'Nats-Expected-Last-Sequence: 77');
  await ask('s.other', 'x', 'Nats-Expected-Stream: X');
  await ask('c', '', 'Nats-Incr: 5');
  await ask('$JS.API.STREAM.MSG.DELETE.S', { seq: 2 });
  await ask('$JS.API.STREAM.MSG.GET.S 1', { seq: 1 });
  await ask('$JS.API.STREAM.MSG.GET.S 3', { seq: 3 });
  await ask('$JS.API.CONSUMER.CREATE.S.c', {
    stream_name: 'S',
    config: {
      durable_name: 'c',
      ack_policy: 'explicit',
      sample_freq: '100',
      description: '<c>',
      filter_subjects: ['s.a', 's.c'],
    },
  });
  await ask('$JS.API.CONSUMER.CREATE.S', {
    stream_name: 'S',
    config: { deliver_subject: 'd', ack_policy: 'explicit', flow_control: true, idle_heartbeat: 1_000_000_000 },
  });
  await ask('$JS.API.CONSUMER.CREATE.S.p', {
    stream_name: 'S',
    config: {
      name: 'p',
      priority_groups: ['g'],
      priority_policy: 'pinned_client',
      pause_until: tomorrow,
    },
  });
  const next = await link.exchange('$JS.API.CONSUMER.MSG.NEXT.S.c', '1');
  expect(next.body).toBe('payload');
  await ask('$JS.API.CONSUMER.INFO.S.c');
  await ask('$JS.API.CONSUMER.INFO.S.p');
  await ask('$JS.API.CONSUMER.NAMES.S');
  await ask('$JS.API.CONSUMER.LIST.S');
  await ask('$JS.API.CONSUMER.PAUSE.S.c', { pause_until: tomorrow });
  await ask('$JS.API.CONSUMER.PAUSE.S.c off');
  await ask('$JS.API.CONSUMER.UNPIN.S.p', { group: 'g' });
  await ask('$JS.API.CONSUMER.RESET.S.c');
  await ask('$JS.API.STREAM.INFO.S', { subjects_filter: '>', deleted_details: true });
  await ask('$JS.API.STREAM.INFO.M');
  await ask('$JS.API.STREAM.INFO.Q');
  await ask('$JS.API.STREAM.NAMES');
  await ask('$JS.API.STREAM.LIST');
  await ask('$JS.API.STREAM.UPDATE.S', { ...stream, max_msgs: 5 });
  await ask('$JS.API.STREAM.PURGE.S', { keep: 1 });
  await ask('$JS.API.INFO');
  await ask('$JS.API.CONSUMER.DELETE.S.c');
  await ask('$JS.API.STREAM.DELETE.S');
});

onReal('answers of nats-server, encoded anew', () => {
  test.each([
    '$JS.API.STREAM.CREATE.S',
    '$JS.API.STREAM.CREATE.C',
    '$JS.API.STREAM.CREATE.M',
    '$JS.API.STREAM.CREATE.Q',
  ])('%s', (subject) => {
    const info = streamInfoJson(streamOf(parsed(subject)));
    expect(answer('stream_create', { ...info, did_create: true })).toBe(told(subject));
  });

  test('an update', () => {
    const subject = '$JS.API.STREAM.UPDATE.S';
    expect(answer('stream_update', streamInfoJson(streamOf(parsed(subject))))).toBe(told(subject));
  });

  test.each(['$JS.API.STREAM.INFO.S', '$JS.API.STREAM.INFO.M', '$JS.API.STREAM.INFO.Q'])('%s', (subject) => {
    const { total, offset, limit, ...info } = parsed(subject) as Json & {
      total: number;
      offset: number;
      limit: number;
    };
    expect(streamInfoAnswer(streamInfoJson(streamOf(info)), { total, offset, limit })).toBe(told(subject));
  });

  test.each(['$JS.API.STREAM.LIST none', '$JS.API.STREAM.LIST'])('%s', (subject) => {
    const { streams, ...page } = parsed(subject) as Json & { streams: Json[] } & Parameters<typeof streamListAnswer>[0];
    expect(
      streamListAnswer(
        page,
        streams.map((one) => streamInfoJson(streamOf(one), false)),
      ),
    ).toBe(told(subject));
  });

  test.each(['$JS.API.STREAM.NAMES none', '$JS.API.STREAM.NAMES'])('%s', (subject) => {
    const { streams, ...page } = parsed(subject) as Json & { streams: string[] | null } & Parameters<
        typeof streamNamesAnswer
      >[0];
    expect(streamNamesAnswer(page, streams ?? [])).toBe(told(subject));
  });

  test.each(['$JS.API.CONSUMER.CREATE.S.c', '$JS.API.CONSUMER.CREATE.S', '$JS.API.CONSUMER.CREATE.S.p'])(
    '%s',
    (subject) => {
      expect(answer('consumer_create', consumerInfoJson(consumerOf(parsed(subject))))).toBe(told(subject));
    },
  );

  test.each(['$JS.API.CONSUMER.INFO.S.c', '$JS.API.CONSUMER.INFO.S.p'])('%s', (subject) => {
    expect(answer('consumer_info', consumerInfoJson(consumerOf(parsed(subject))))).toBe(told(subject));
  });

  test('lists of consumers', () => {
    const names = parsed('$JS.API.CONSUMER.NAMES.S') as Json & { consumers: string[] } & Parameters<
        typeof consumerNamesAnswer
      >[0];
    expect(consumerNamesAnswer(names, names.consumers)).toBe(told('$JS.API.CONSUMER.NAMES.S'));
    const list = parsed('$JS.API.CONSUMER.LIST.S') as Json & { consumers: Json[] } & Parameters<
        typeof consumerListAnswer
      >[0];
    const infos = list.consumers.map((one) => consumerInfoJson(consumerOf(one), false));
    expect(consumerListAnswer(list, infos)).toBe(told('$JS.API.CONSUMER.LIST.S'));
  });

  test('a reset', () => {
    const subject = '$JS.API.CONSUMER.RESET.S.c';
    const { reset_seq, ...info } = parsed(subject);
    expect(answer('consumer_reset', { ...consumerInfoJson(consumerOf(info)), reset_seq })).toBe(told(subject));
  });

  test.each(['$JS.API.INFO empty', '$JS.API.INFO'])('%s', (subject) => {
    expect(answer('account_info', accountInfoJson(parsed(subject) as unknown as AccountTold))).toBe(told(subject));
  });

  test.each(['$JS.API.STREAM.MSG.GET.S 1', '$JS.API.STREAM.MSG.GET.S 3'])('%s', (subject) => {
    const { message } = parsed(subject) as {
      message: Record<'subject' | 'time' | 'hdrs' | 'data', string> & { seq: number };
    };
    const latin1 = (base64 = ''): string => Buffer.from(base64, 'base64').toString('latin1');
    const { seq, time } = message;
    const encoded = {
      subject: message.subject,
      seq,
      time,
      headers: latin1(message.hdrs),
      payload: latin1(message.data),
    };
    expect(messageAnswer(encoded)).toBe(told(subject));
  });

  test.each<[string, AnswerKind]>([
    ['$JS.API.STREAM.MSG.DELETE.S', 'stream_msg_delete'],
    ['$JS.API.STREAM.DELETE.S', 'stream_delete'],
    ['$JS.API.CONSUMER.DELETE.S.c', 'consumer_delete'],
  ])('%s', (subject, kind) => expect(successAnswer(kind)).toBe(told(subject)));

  test('what says little more than that it was done', () => {
    expect(answer('stream_purge', { success: true, purged: 1 })).toBe(told('$JS.API.STREAM.PURGE.S'));
    expect(answer('consumer_unpin')).toBe(told('$JS.API.CONSUMER.UNPIN.S.p'));
    for (const subject of ['$JS.API.CONSUMER.PAUSE.S.c', '$JS.API.CONSUMER.PAUSE.S.c off']) {
      const { paused, pause_until, pause_remaining } = parsed(subject);
      expect(answer('consumer_pause', { paused, pause_until, pause_remaining })).toBe(told(subject));
    }
  });

  test('acknowledgements', () => {
    expect(`${ackHead('S')}1}`).toBe(told('s.a'));
    expect(`${ackHead('S')}1${DUPLICATE_TAIL}}`).toBe(told('s.a again'));
    expect(`${ackHead('C')}1${counterTail('5')}}`).toBe(told('c'));
    expect(refusedAck(apiError('streamWrongLastSequence', { seq: 3 }), 'S')).toBe(told('s.refused'));
    expect(refusedAck(apiError('streamNotMatch'), 'S')).toBe(told('s.other'));
  });
});

onReal('events of nats-server, encoded anew', () => {
  test('all that came', () => {
    const types = new Set<string>();
    for (const [subject, text] of link.events) {
      const { type, id, timestamp, ...fields } = JSON.parse(text) as Json & {
        type: string;
        id: string;
        timestamp: string;
      };
      types.add(type.split('.').at(-1) ?? '');
      const name = Object.keys(ADVISORY_TYPES).find((one) => type.endsWith(`.${ADVISORY_TYPES[one as AdvisoryName]}`));
      const encoded =
        name === undefined
          ? ackMetric(id, moment(timestamp), fields)
          : advisory(name as AdvisoryName, id, moment(timestamp), fields);
      expect(encoded, subject).toBe(text);
    }
    expect([...types].toSorted()).toEqual([
      'api_audit',
      'consumer_action',
      'consumer_group_unpinned',
      'consumer_pause',
      'stream_action',
    ]);
  });
});

onReal('any JSON of nats-server', () => {
  test('is written as it came', () => {
    expect(answers.size).toBeGreaterThan(30);
    for (const [subject, text] of answers) {
      if (!subject.startsWith('$JS.API.')) continue;
      // Answers are latin1, and so is what becomes of their text; maps keep their order but for numbers as keys.
      if (!text.includes('"10":"a"')) expect(goJson(JSON.parse(text)), subject).toBe(text);
    }
  });

  test.each<[string, ApiErrorName]>([
    ['STREAM.INFO.NONE', 'streamNotFound'],
    ['CONSUMER.INFO.NONE.c', 'streamNotFound'],
    ['STREAM.LEADER.STEPDOWN.NONE', 'clusterRequired'],
  ])('%s is refused with an error of the catalogue', async (subject, name) => {
    const { error } = JSON.parse(await link.request(`$JS.API.${subject}`, '')) as { error: object };
    const { code, err_code, description } = apiError(name as 'streamNotFound');
    expect(error).toEqual({ code, err_code, description });
  });
});

function moment(text: string): Time {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`no time: ${text}`);
  return time;
}

/** Configurations go through the readers of requests, as nothing else makes them. */
function streamConfigOf(config: unknown): StreamConfig {
  const read = parseRequest(streamConfigRequest, JSON.stringify(config), true, {});
  if (failed(read)) throw new Error(read.description);
  return shuffled(read.value) as StreamConfig;
}

function consumerConfigOf(config: Json): ConsumerConfig {
  const body = JSON.stringify({ stream_name: 'S', config });
  const read = parseRequest(consumerCreateRequest, body, true, noConsumerCreateRequest);
  if (failed(read)) throw new Error(read.description);
  return shuffled({ name: '', ...read.value.config }) as ConsumerConfig;
}

/** Fields in another order. */
function shuffled(value: object): object {
  return Object.fromEntries(Object.entries(value).toReversed());
}

function streamOf(info: Json): StreamTold {
  const { config, created, state, cluster, ts, mirror, sources } = info as {
    config: unknown;
    created: string;
    state: Json & { first_ts: string; last_ts: string };
    cluster?: { leader: string };
    ts: string;
    mirror?: StreamTold['mirror'];
    sources?: StreamTold['sources'];
  };
  return shuffled({
    config: streamConfigOf(config),
    created: moment(created),
    state: shuffled({ ...state, first_ts: moment(state.first_ts), last_ts: moment(state.last_ts) }) as StreamState,
    leader: cluster?.leader,
    mirror,
    sources,
    ts: moment(ts),
  }) as StreamTold;
}

function consumerOf(info: Json): ConsumerTold {
  const { config, created, ts, delivered, ack_floor, priority_groups, ...rest } = info as Json & {
    config: Json;
    created: string;
    ts: string;
    delivered: Json & { last_active?: string };
    ack_floor: Json & { last_active?: string };
    priority_groups?: { group: string; pinned_client_id?: string; pinned_ts: string }[];
  };
  const progress = ({ last_active, ...sequences }: Json & { last_active?: string }): Progress =>
    ({ ...sequences, last_active: last_active === undefined ? undefined : moment(last_active) }) as unknown as Progress;
  const group = priority_groups?.[0];
  return shuffled({
    ...rest,
    config: consumerConfigOf(config),
    created: moment(created),
    ts: moment(ts),
    delivered: progress(delivered),
    ack_floor: progress(ack_floor),
    pinned:
      group === undefined
        ? undefined
        : { group: group.group, id: group.pinned_client_id ?? '', since: moment(group.pinned_ts) },
  }) as ConsumerTold;
}
