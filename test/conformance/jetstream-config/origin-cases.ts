import { type ConfigCase, eachSet, type Request } from './case.ts';

/** Mirrors and sources: what they may be, alone and together with the rest of a stream. */

const SECOND = 1_000_000_000;

type Fields = Readonly<Record<string, unknown>>;

const create = (fields: Fields): Request => [`STREAM.CREATE.${String(fields['name'])}`, fields];

/** Streams that others come from. */
export const origins: readonly Request[] = [
  create({ name: 'O', subjects: ['o.>'], max_msg_size: 1000, allow_direct: true }),
  create({ name: 'P', subjects: ['p'] }),
  create({ name: 'M', mirror: { name: 'O' } }),
];
const beside = (fields: Fields): readonly Request[] => [...origins, create({ name: 'A', ...fields })];

const external = (api: string, deliver: string): Fields => ({ name: 'O', external: { api, deliver } });
const transforms = (...pairs: (readonly [string, string])[]): Fields => ({
  name: 'O',
  subject_transforms: pairs.map(([src, dest]) => ({ src, dest })),
});

const SOURCES: readonly Fields[] = [
  { name: 'O' },
  { name: 'NONE' },
  { name: '' },
  { name: 'a.b' },
  { name: 'a/b' },
  {},
  { name: 'O', opt_start_seq: 5 },
  { name: 'O', opt_start_seq: 0 },
  { name: 'O', opt_start_time: '2024-05-06T07:08:09.120Z' },
  { name: 'O', opt_start_time: '2024-05-06T07:08:09+02:30' },
  { name: 'O', opt_start_seq: 5, opt_start_time: '2024-05-06T07:08:09Z' },
  { name: 'O', filter_subject: 'o.a' },
  { name: 'O', filter_subject: '' },
  { name: 'O', filter_subject: 'o..a' },
  { name: 'O', filter_subject: 'o.a', subject_transforms: [{ src: 'a', dest: 'b' }] },
  { name: 'O', filter_subject: 'o.a', subject_transforms: [] },
  transforms(['o.a', 'x'], ['o.b', 'y']),
  transforms(['', '']),
  transforms(['o.*', 'x.{{wildcard(1)}}']),
  transforms(['o.*', 'x.{{wildcard(2)}}']),
  transforms(['o..', 'x']),
  transforms(['o.>', 'x']),
  transforms(['o.>', 'x.>'], ['o.a', 'y']),
  transforms(['o.a', 'y'], ['o.*', 'x.$1']),
  transforms(['o.*.b', 'x'], ['o.a.*', 'y']),
  transforms(['o.a', ''], ['o.a', '']),
  external('$JS.x.API', 'd'),
  external('', ''),
  external('$JS.API', ''),
  external('$JS.API.x', 'd'),
  external('$JS.*.API', 'd'),
  external('$JS.>', 'd'),
  external('a..b', 'd'),
  external('$JS.x.API', 'd.*'),
  external('$JS.x.API', 'd.>'),
  external('$JS.x.API', 'd..'),
  external('$JS.x.API', 'o'),
  { name: 'a.b', external: { api: '$JS.x.API', deliver: '' } },
  { name: 'O', consumer: {} },
  { name: 'O', consumer: { name: 'c' } },
  { name: 'O', consumer: { deliver_subject: 'd' } },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd' } },
  { name: 'O', consumer: { name: 'c.d', deliver_subject: 'd' } },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd.*' } },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd.' } },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd' }, opt_start_seq: 1 },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd' }, opt_start_time: '2024-05-06T07:08:09Z' },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd' }, filter_subject: 'o.a' },
  { name: 'O', consumer: { name: 'c', deliver_subject: 'd' }, subject_transforms: [{ src: 'o.a', dest: 'b' }] },
];

const MIRRORED: readonly Fields[] = [
  { first_seq: 5 },
  { subjects: ['a'] },
  { subjects: [] },
  { sources: [{ name: 'P' }] },
  { allow_msg_counter: true },
  { allow_atomic: true },
  { allow_batched: true },
  { allow_msg_schedules: true },
  { subject_delete_marker_ttl: SECOND },
  { allow_msg_ttl: true },
  { max_msg_size: 10 },
  { max_msg_size: 1000 },
  { max_msg_size: 2000 },
  { mirror_direct: true },
  { mirror_direct: false, allow_direct: true },
  { duplicate_window: SECOND },
  { retention: 'workqueue' },
  { discard: 'new' },
  { sealed: true },
].map((fields) => ({ mirror: { name: 'O' }, ...fields }));

const SOURCED: readonly Fields[] = [
  { sources: [] },
  { sources: [{ name: 'O' }, { name: 'O' }] },
  { sources: [{ name: 'O' }, { name: 'O', filter_subject: '>' }] },
  {
    sources: [
      { name: 'O', filter_subject: 'o.a' },
      { name: 'O', filter_subject: 'o.b' },
    ],
  },
  { sources: [{ name: 'O' }, { name: 'P' }, { name: 'M' }] },
  { sources: [{ name: 'O' }], subjects: ['x'] },
  { sources: [{ name: 'O' }], subjects: ['o.a'] },
  { sources: [{ name: 'O' }], max_msg_size: 10 },
  { sources: [{ name: 'O' }], allow_direct: true, first_seq: 3 },
  { sources: [{ name: 'A' }] },
  { sources: [{ name: 'A' }], subjects: ['x'] },
  { sources: [{ name: 'A', filter_subject: 'y' }], subjects: ['x'] },
  { sources: [{ name: 'A', filter_subject: 'x' }], subjects: ['x'] },
  { mirror: { name: 'A' } },
  { sources: [external('$JS.x.API', 'o'), { name: 'O' }] },
  { sources: [{ name: 'O' }, external('$JS.x.API', 'q')] },
  {
    sources: [
      { name: 'O', consumer: { name: 'c', deliver_subject: 'd' } },
      { name: 'O', consumer: { name: 'c', deliver_subject: 'e' } },
    ],
  },
  {
    sources: [
      { name: 'O', consumer: { name: 'c', deliver_subject: 'd' }, subject_transforms: [{ src: 'o.a', dest: 'b' }] },
      { name: 'O', consumer: { name: 'c', deliver_subject: 'e' } },
    ],
  },
];

export const originCases: readonly ConfigCase[] = [
  ...eachSet(
    SOURCES.map((mirror) => ({ mirror })),
    beside,
  ),
  ...eachSet(
    SOURCES.map((source) => ({ sources: [source] })),
    beside,
  ),
  ...eachSet(MIRRORED, beside),
  ...eachSet(SOURCED, beside),
];
