import { ABSENT } from '../json-pattern.ts';
import {
  ACTIVE,
  page,
  failed,
  direct,
  statusAnswer,
  found,
  held,
  msg,
  part,
  stored,
  streamInfo,
} from '../jetstream/answers.ts';
import {
  api,
  eventually,
  fill,
  type JetStreamCase,
  publish,
  pull,
  consumer,
  restart,
  stream,
} from '../jetstream/steps.ts';

/** A stream of three subjects with five messages, of which the second is deleted. */
const ORIGIN = [
  stream('S', { subjects: ['s.>'] }),
  ...fill('S', ['s.a', 's.b', 's.c'], 4),
  publish('s.b', 'n5', stored('S', 5), ['Own: header', 'Nats-Expected-Last-Sequence: 4', 'Nats-Msg-Id: five']),
  api(
    'STREAM.MSG.DELETE.S',
    { seq: 2 },
    { type: 'io.nats.jetstream.api.v1.stream_msg_delete_response', success: true },
  ),
];

const arrived = (name: string, last: number) =>
  eventually(`STREAM.INFO.${name}`, '', part({ state: { last_seq: last } }));

/** Streams that are what another one is. */
export const jetStreamMirrors: JetStreamCase[] = [
  {
    name: 'a mirror has the messages of its stream under their sequences, with the gaps',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S' } }),
      arrived('M', 5),
      api('STREAM.MSG.GET.M', { seq: 1 }, found('s.a', 1, 'n1')),
      api('STREAM.MSG.GET.M', { seq: 2 }, failed('stream_msg_get', 404, 10037, 'no message found')),
      api('STREAM.MSG.GET.M', { seq: 5 }, found('s.b', 5, 'n5', ['Own: header', 'Nats-Msg-Id: five'])),
      api(
        'STREAM.INFO.M',
        { deleted_details: true },
        streamInfo('stream_info', {
          config: { name: 'M', mirror: { name: 'S' }, duplicate_window: undefined },
          state: held(1, 5, 188, { num_deleted: 1, deleted: [2], messages: 4, num_subjects: 3 }),
          mirror: { name: 'S', lag: 0, active: ACTIVE },
        }),
      ),
      publish('s.c', 'n6', stored('S', 6)),
      arrived('M', 6),
      api('STREAM.MSG.GET.M', { seq: 6 }, found('s.c', 6, 'n6')),
      api(
        'STREAM.INFO.S',
        '',
        part({
          state: {
            messages: 5,
            bytes: 255,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 3,
            num_deleted: 1,
            consumer_count: 0,
          },
        }),
      ),
      api('CONSUMER.NAMES.S', '', page('consumer_names', 0, { consumers: [] }, 1024)),
    ],
  },
  {
    name: 'a mirror of a part of a stream',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S', filter_subject: 's.b' } }),
      arrived('M', 5),
      api(
        'STREAM.INFO.M',
        { deleted_details: true, subjects_filter: '>' },
        streamInfo('stream_info', {
          config: { name: 'M', mirror: { name: 'S', filter_subject: 's.b' }, duplicate_window: undefined },
          state: held(5, 5, 83, { subjects: { 's.b': 1 } }),
          total: 1,
          limit: 100000,
          mirror: { name: 'S', lag: 0, active: ACTIVE, filter_subject: 's.b' },
        }),
      ),
    ],
  },
  {
    name: 'a mirror that changes subjects',
    steps: [
      ...ORIGIN,
      stream('M', {
        mirror: {
          name: 'S',
          subject_transforms: [
            { src: 's.a', dest: 'm.first' },
            { src: 's.b', dest: 'm.second' },
          ],
        },
      }),
      arrived('M', 5),
      api(
        'STREAM.INFO.M',
        { subjects_filter: '>' },
        streamInfo('stream_info', {
          config: {
            name: 'M',
            mirror: {
              name: 'S',
              subject_transforms: [
                { src: 's.a', dest: 'm.first' },
                { src: 's.b', dest: 'm.second' },
              ],
            },
            duplicate_window: undefined,
          },
          state: held(1, 5, 166, {
            subjects: { 'm.first': 2, 'm.second': 1 },
            num_deleted: 2,
            messages: 3,
            num_subjects: 2,
          }),
          total: 2,
          limit: 100000,
          mirror: {
            name: 'S',
            lag: 0,
            active: ACTIVE,
            subject_transforms: [
              { src: 's.a', dest: 'm.first' },
              { src: 's.b', dest: 'm.second' },
            ],
          },
        }),
      ),
      api('STREAM.MSG.GET.M', { seq: 4 }, found('m.first', 4, 'n4')),
    ],
  },
  {
    name: 'a mirror from a sequence on',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S', opt_start_seq: 4 } }),
      arrived('M', 5),
      api(
        'STREAM.INFO.M',
        '',
        part({
          state: {
            messages: 2,
            bytes: 118,
            first_seq: 4,
            first_ts: '<time>',
            last_seq: 5,
            last_ts: '<time>',
            num_subjects: 2,
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'a mirror of a stream that is not there says so until it is',
    steps: [
      stream('M', { mirror: { name: 'S' } }),
      eventually(
        'STREAM.INFO.M',
        '',
        part({
          mirror: {
            name: 'S',
            lag: 0,
            active: ACTIVE,
            error: { code: 404, err_code: 10059, description: 'stream not found' },
          },
        }),
      ),
      stream('S', { subjects: ['s.>'] }),
      publish('s.a', 'one', stored('S', 1)),
    ],
  },
  {
    name: 'nobody publishes to a mirror, and what is in it is consumed as in other streams',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S' } }),
      arrived('M', 5),
      consumer('M', 'C'),
      ...pull(
        'M',
        'C',
        { batch: 2, no_wait: true },
        msg('s.a', 'n1', '$JS.ACK.M.C.1.1.1.<ns>.3'),
        msg('s.c', 'n3', '$JS.ACK.M.C.1.3.2.<ns>.2'),
      ),
    ],
  },
  {
    name: 'a mirror answers direct gets of its stream only with its own name',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S' }, mirror_direct: true, allow_direct: true }),
      arrived('M', 5),
      eventually('DIRECT.GET.S', { seq: 1 }, statusAnswer('503', ['Nats-Subject: $JS.API.DIRECT.GET.S'])),
      api('DIRECT.GET.M.s.b', '', {
        message: direct('M', 's.b', 5, 'n5', undefined, ['Own: header', 'Nats-Msg-Id: five']),
      }),
    ],
  },
  {
    name: 'a mirror becomes a stream of its own',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S' } }),
      arrived('M', 5),
      api(
        'STREAM.UPDATE.M',
        { name: 'M', subjects: ['m.>'] },
        streamInfo('stream_update', {
          config: { name: 'M', subjects: ['m.>'] },
          state: held(1, 5, 188, { num_deleted: 1, messages: 4, num_subjects: 3 }),
        }),
      ),
      publish('s.a', 'n6', stored('S', 6)),
      publish('m.a', 'own', stored('M', 6)),
      api('STREAM.MSG.GET.M', { seq: 6 }, found('m.a', 6, 'own')),
      api(
        'STREAM.INFO.M',
        '',
        part({
          mirror: ABSENT,
          state: {
            messages: 5,
            bytes: 224,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 4,
            num_deleted: 1,
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'a mirror goes on after a restart',
    alone: true,
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S' } }),
      arrived('M', 5),
      restart(),
      publish('s.a', 'n6', stored('S', 6)),
      arrived('M', 6),
      api('STREAM.MSG.GET.M', { seq: 6 }, found('s.a', 6, 'n6')),
      api('STREAM.MSG.GET.M', { seq: 1 }, found('s.a', 1, 'n1')),
    ],
  },
  {
    name: 'a mirror of a mirror',
    steps: [
      ...ORIGIN,
      stream('M', { mirror: { name: 'S' } }),
      stream('N', { mirror: { name: 'M' } }),
      arrived('N', 5),
      api('STREAM.MSG.GET.N', { seq: 5 }, found('s.b', 5, 'n5', ['Own: header', 'Nats-Msg-Id: five'])),
    ],
  },
];
