import { NOTHING, part, failed, levels, streamInfo, created, ACTIVE } from '../jetstream/answers.ts';
import { type JetStreamCase, type AnswerLike, api, stream } from '../jetstream/steps.ts';

type Row = [config: Readonly<Record<string, unknown>>, expected: AnswerLike];

/** What goes, and what the server makes of it. */
const GOOD: Row[] = [
  [{ description: 'about' }, created({ name: 'S', description: 'about', subjects: ['s.>'] })],
  [{ subjects: undefined }, created({ name: 'S', subjects: ['S'] })],
  [{ subjects: ['a', 'b.*', 'c.>'] }, created({ name: 'S', subjects: ['a', 'b.*', 'c.>'] })],
  [{ retention: 'interest' }, created({ name: 'S', subjects: ['s.>'], retention: 'interest' })],
  [{ retention: 'workqueue' }, created({ name: 'S', subjects: ['s.>'], retention: 'workqueue' })],
  [{ storage: 'memory' }, created({ name: 'S', subjects: ['s.>'], storage: 'memory' })],
  [
    {
      max_consumers: 3,
      max_msgs: 10,
      max_bytes: 1000,
      max_age: 60_000_000_000,
      max_msgs_per_subject: 2,
      max_msg_size: 100,
    },
    created({
      name: 'S',
      subjects: ['s.>'],
      max_consumers: 3,
      max_msgs: 10,
      max_bytes: 1000,
      max_age: 60000000000,
      max_msgs_per_subject: 2,
      max_msg_size: 100,
      duplicate_window: 60000000000,
    }),
  ],
  [
    { max_consumers: 0, max_msgs: 0, max_bytes: 0, max_msgs_per_subject: 0, max_msg_size: 0 },
    created({ name: 'S', subjects: ['s.>'] }),
  ],
  [
    { max_consumers: -5, max_msgs: -5, max_bytes: -5, max_msgs_per_subject: -5, max_msg_size: -5 },
    created({ name: 'S', subjects: ['s.>'] }),
  ],
  [{ discard: 'new', max_msgs: 1 }, created({ name: 'S', subjects: ['s.>'], max_msgs: 1, discard: 'new' })],
  [
    { discard: 'new', discard_new_per_subject: true, max_msgs_per_subject: 1, max_msgs: 5 },
    created({
      name: 'S',
      subjects: ['s.>'],
      max_msgs: 5,
      max_msgs_per_subject: 1,
      discard: 'new',
      discard_new_per_subject: true,
    }),
  ],
  [{ no_ack: true }, created({ name: 'S', subjects: ['s.>'], no_ack: true })],
  [{ no_ack: true, subjects: ['>'] }, created({ name: 'S', subjects: ['>'], no_ack: true })],
  [{ duplicate_window: 1_000_000_000 }, created({ name: 'S', subjects: ['s.>'], duplicate_window: 1000000000 })],
  [
    { max_age: 30_000_000_000 },
    created({ name: 'S', subjects: ['s.>'], max_age: 30000000000, duplicate_window: 30000000000 }),
  ],
  [{ max_age: 300_000_000_000 }, created({ name: 'S', subjects: ['s.>'], max_age: 300000000000 })],
  [{ compression: 's2' }, created({ name: 'S', subjects: ['s.>'], compression: 's2' })],
  [
    { first_seq: 100 },
    streamInfo('stream_create', {
      config: { name: 'S', subjects: ['s.>'], first_seq: 100 },
      state: { first_seq: 100, last_seq: 99 },
      did_create: true,
    }),
  ],
  [
    { subject_transform: { src: 's.*', dest: 't.{{wildcard(1)}}' } },
    created({ name: 'S', subjects: ['s.>'], subject_transform: { src: 's.*', dest: 't.{{wildcard(1)}}' } }),
  ],
  [
    { subject_transform: { src: '', dest: 't.>' } },
    created({ name: 'S', subjects: ['s.>'], subject_transform: { src: '', dest: 't.>' } }),
  ],
  [
    { republish: { src: 's.*', dest: 'r.{{wildcard(1)}}' } },
    created({ name: 'S', subjects: ['s.>'], republish: { src: 's.*', dest: 'r.{{wildcard(1)}}' } }),
  ],
  [
    { republish: { dest: 'r.>', headers_only: true } },
    created({ name: 'S', subjects: ['s.>'], republish: { src: '>', dest: 'r.>', headers_only: true } }),
  ],
  [{ allow_direct: true }, created({ name: 'S', subjects: ['s.>'], allow_direct: true })],
  [
    { deny_delete: true, deny_purge: true },
    created({ name: 'S', subjects: ['s.>'], deny_delete: true, deny_purge: true }),
  ],
  [{ allow_rollup_hdrs: true }, created({ name: 'S', subjects: ['s.>'], allow_rollup_hdrs: true })],
  [
    { consumer_limits: { inactive_threshold: 1_000_000_000, max_ack_pending: 5 } },
    created({ name: 'S', subjects: ['s.>'], consumer_limits: { inactive_threshold: 1000000000, max_ack_pending: 5 } }),
  ],
  [
    { allow_msg_ttl: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_msg_ttl: true,
      metadata: levels(1),
    }),
  ],
  [
    { subject_delete_marker_ttl: 1_000_000_000 },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_rollup_hdrs: true,
      allow_msg_ttl: true,
      subject_delete_marker_ttl: 1000000000,
      metadata: levels(1),
    }),
  ],
  [
    { allow_msg_counter: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_msg_counter: true,
      metadata: levels(2),
    }),
  ],
  [
    { allow_atomic: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_atomic: true,
      metadata: levels(2),
    }),
  ],
  [
    { allow_batched: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_batched: true,
      metadata: levels(4),
    }),
  ],
  [
    { allow_msg_schedules: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_rollup_hdrs: true,
      allow_msg_schedules: true,
      metadata: levels(2),
    }),
  ],
  [
    { persist_mode: 'async' },
    created({
      name: 'S',
      subjects: ['s.>'],
      persist_mode: 'async',
      metadata: levels(2),
    }),
  ],
  [{ persist_mode: 'default' }, created({ name: 'S', subjects: ['s.>'] })],
  [
    { metadata: { owner: 'me', '_nats.ver': 'lie', '_nats.req.level': '77', '_nats.level': '99' } },
    created({
      name: 'S',
      subjects: ['s.>'],
      metadata: { '_nats.level': '5', '_nats.req.level': '0', '_nats.ver': '2.15.1', owner: 'me' },
    }),
  ],
  [{ metadata: {} }, created({ name: 'S', subjects: ['s.>'] })],
  [{ placement: { cluster: '', tags: [] } }, created({ name: 'S', subjects: ['s.>'], placement: {} })],
  [{ sealed: false, template_owner: undefined }, created({ name: 'S', subjects: ['s.>'] })],
  [{ num_replicas: 0 }, created({ name: 'S', subjects: ['s.>'] })],
  [{ duplicate_window: 0 }, created({ name: 'S', subjects: ['s.>'] })],
  [
    {
      pedantic: true,
      max_msgs: -1,
      max_bytes: -1,
      max_consumers: -1,
      max_msgs_per_subject: -1,
      max_msg_size: -1,
      num_replicas: 1,
    },
    created({ name: 'S', subjects: ['s.>'] }),
  ],
];

/** What does not go, or only seems not to. Beside it there is a stream `O` of `o.>` with messages of up to 100 bytes. */
const DOUBTFUL: Row[] = [
  [{ mirror_direct: true }, failed('stream_create', 500, 10052, 'stream has no mirror but does have mirror direct')],
  [{ name: '' }, failed('stream_create', 400, 10056, 'stream name in subject does not match request')],
  [{ name: 'T' }, failed('stream_create', 400, 10056, 'stream name in subject does not match request')],
  [{ subjects: [''] }, failed('stream_create', 500, 10052, 'invalid subject')],
  [{ subjects: ['a b'] }, failed('stream_create', 500, 10052, 'invalid subject')],
  [{ subjects: ['a..b'] }, failed('stream_create', 500, 10052, 'invalid subject')],
  [{ subjects: ['.a'] }, failed('stream_create', 500, 10052, 'invalid subject')],
  [{ subjects: ['a.>.b'] }, failed('stream_create', 500, 10052, 'invalid subject')],
  [{ subjects: ['a', 'a'] }, failed('stream_create', 500, 10052, 'subject "a" overlaps with "a"')],
  [{ subjects: ['a.*', 'a.b'] }, failed('stream_create', 500, 10052, 'subject "a.*" overlaps with "a.b"')],
  [{ subjects: ['>'] }, failed('stream_create', 500, 10052, 'capturing all subjects requires no-ack to be true')],
  [{ subjects: ['*'] }, created({ name: 'S', subjects: ['*'] })],
  [
    { subjects: ['*.*'] },
    failed('stream_create', 500, 10052, 'subjects that overlap with jetstream api require no-ack to be true'),
  ],
  [
    { subjects: ['$JS.API.>'] },
    failed('stream_create', 500, 10052, 'subjects that overlap with jetstream api require no-ack to be true'),
  ],
  [
    { subjects: ['$JS.>'] },
    failed('stream_create', 500, 10052, 'subjects that overlap with jetstream api require no-ack to be true'),
  ],
  [{ subjects: ['$JS.EVENT.>'] }, created({ name: 'S', subjects: ['$JS.EVENT.>'] })],
  [
    { subjects: ['$JS.ACK.>'] },
    failed('stream_create', 500, 10052, 'subjects that overlap with jetstream api require no-ack to be true'),
  ],
  [
    { subjects: ['$SYS.>'] },
    failed('stream_create', 500, 10052, 'subjects that overlap with system api require no-ack to be true'),
  ],
  [{ subjects: ['$SYS.ACCOUNT.>'] }, created({ name: 'S', subjects: ['$SYS.ACCOUNT.>'] })],
  [{ subjects: ['$KV.>'] }, created({ name: 'S', subjects: ['$KV.>'] })],
  [
    { description: 'x'.repeat(4097) },
    failed('stream_create', 500, 10052, 'stream description is too long, maximum allowed is 4096'),
  ],
  [{ sealed: true }, failed('stream_create', 500, 10052, 'stream configuration for create can not be sealed')],
  [{ max_age: 1 }, failed('stream_create', 500, 10052, 'max age needs to be >= 100ms')],
  [{ max_age: -1 }, failed('stream_create', 500, 10052, 'max age can not be negative')],
  [{ max_age: 99_999_999 }, failed('stream_create', 500, 10052, 'max age needs to be >= 100ms')],
  [{ duplicate_window: -1 }, failed('stream_create', 500, 10052, 'duplicates window can not be negative')],
  [{ duplicate_window: 1 }, failed('stream_create', 500, 10052, 'duplicates window needs to be >= 100ms')],
  [
    { duplicate_window: 200_000_000_000, max_age: 100_000_000_000 },
    failed('stream_create', 500, 10052, 'duplicates window can not be larger then max age'),
  ],
  [{ max_msg_size: 2_000_000_000 }, created({ name: 'S', subjects: ['s.>'], max_msg_size: 2000000000 })],
  [{ max_bytes: 20_000_000_000 }, failed('stream_create', 500, 10047, 'insufficient storage resources available')],
  [
    { storage: 'memory', max_bytes: 2_000_000_000 },
    failed('stream_create', 500, 10028, 'insufficient memory resources available'),
  ],
  [
    { discard_new_per_subject: true },
    failed('stream_create', 500, 10052, 'discard new per subject requires discard new policy to be set'),
  ],
  [
    { discard: 'new', discard_new_per_subject: true },
    failed('stream_create', 500, 10052, 'discard new per subject requires max msgs per subject > 0'),
  ],
  [
    { discard: 'new', discard_new_per_subject: true, max_msgs: 5 },
    failed('stream_create', 500, 10052, 'discard new per subject requires max msgs per subject > 0'),
  ],
  [
    { deny_purge: true, allow_rollup_hdrs: true },
    failed('stream_create', 500, 10052, 'roll-ups require the purge permission'),
  ],
  [
    { retention: 'interest', discard: 'new' },
    created({ name: 'S', subjects: ['s.>'], retention: 'interest', discard: 'new' }),
  ],
  [
    { first_seq: 9, mirror: { name: 'O' }, subjects: undefined },
    failed('stream_create', 400, 10143, 'stream mirrors can not have first sequence configured'),
  ],
  [
    { metadata: { big: 'x'.repeat(131_073) } },
    failed('stream_create', 500, 10052, 'stream metadata exceeds maximum size of 131072 bytes'),
  ],
  [
    { subject_transform: { src: 'x.*', dest: 't.{{wildcard(1)}}' } },
    created({ name: 'S', subjects: ['s.>'], subject_transform: { src: 'x.*', dest: 't.{{wildcard(1)}}' } }),
  ],
  [
    { subject_transform: { src: 's.*', dest: 't.{{wildcard(2)}}' } },
    failed(
      'stream_create',
      400,
      10156,
      'stream transform: invalid mapping destination: wildcard index out of range in {{wildcard(2)}}: [2]',
    ),
  ],
  [
    { subject_transform: { src: 's.*', dest: 't' } },
    created({ name: 'S', subjects: ['s.>'], subject_transform: { src: 's.*', dest: 't' } }),
  ],
  [
    { subject_transform: { src: 's..', dest: 't' } },
    failed('stream_create', 400, 10155, 'stream transform source: invalid subject s..'),
  ],
  [
    { subject_transform: { src: 's.*', dest: 't.{{nope(1)}}' } },
    failed(
      'stream_create',
      400,
      10156,
      'stream transform: invalid mapping destination: unknown function in {{nope(1)}}',
    ),
  ],
  [
    { subject_transform: { src: '', dest: '' } },
    created({ name: 'S', subjects: ['s.>'], subject_transform: { src: '', dest: '' } }),
  ],
  [
    { republish: { src: 's.>', dest: 's.>' } },
    failed('stream_create', 500, 10052, 'stream configuration for republish destination forms a cycle'),
  ],
  [
    { republish: { src: 's.*', dest: '' } },
    created({ name: 'S', subjects: ['s.>'], republish: { src: 's.*', dest: '' } }),
  ],
  [
    { republish: { src: 's.*', dest: 's.new' } },
    failed('stream_create', 500, 10052, 'stream configuration for republish destination forms a cycle'),
  ],
  [
    { republish: { src: 's.*', dest: 'x.{{wildcard(3)}}' } },
    failed(
      'stream_create',
      500,
      10052,
      "stream configuration for republish with transform from 's.*' to 'x.{{wildcard(3)}}' not valid",
    ),
  ],
  [
    { republish: { src: 'z.>', dest: 'x.>' } },
    created({ name: 'S', subjects: ['s.>'], republish: { src: 'z.>', dest: 'x.>' } }),
  ],
  [
    { subject_delete_marker_ttl: 1 },
    failed('stream_create', 500, 10052, 'subject delete marker TTL must be at least 1 second'),
  ],
  [
    { subject_delete_marker_ttl: -1 },
    failed('stream_create', 500, 10052, 'subject delete marker TTL must not be negative'),
  ],
  [
    { subject_delete_marker_ttl: 1_000_000_000, pedantic: true },
    failed('stream_create', 500, 10052, 'subject delete marker cannot be set if message TTLs are disabled'),
  ],
  [
    { subject_delete_marker_ttl: 1_000_000_000, deny_purge: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_rollup_hdrs: true,
      allow_msg_ttl: true,
      subject_delete_marker_ttl: 1000000000,
      metadata: levels(1),
    }),
  ],
  [
    { allow_msg_counter: true, allow_msg_ttl: true },
    failed('stream_create', 500, 10052, 'counter stream cannot use message TTLs'),
  ],
  [
    { allow_msg_counter: true, discard: 'new', max_msgs: 5 },
    failed('stream_create', 500, 10052, 'counter stream cannot use discard new'),
  ],
  [
    { allow_msg_counter: true, retention: 'interest' },
    failed('stream_create', 500, 10052, 'counter stream can only use limits retention'),
  ],
  [
    { allow_msg_counter: true, retention: 'workqueue' },
    failed('stream_create', 500, 10052, 'counter stream can only use limits retention'),
  ],
  [
    { allow_msg_counter: true, allow_msg_schedules: true },
    failed('stream_create', 500, 10052, 'counter stream cannot use message schedules'),
  ],
  [
    { allow_msg_schedules: true, deny_purge: true },
    created({
      name: 'S',
      subjects: ['s.>'],
      allow_rollup_hdrs: true,
      allow_msg_schedules: true,
      metadata: levels(2),
    }),
  ],
  [
    { persist_mode: 'async', storage: 'memory' },
    failed('stream_create', 500, 10052, 'async persist mode is only supported on file storage'),
  ],
  [
    { persist_mode: 'async', allow_atomic: true },
    failed('stream_create', 500, 10052, 'async persist mode is not supported with atomic batch publish'),
  ],
  [
    { persist_mode: 'async', num_replicas: 3 },
    failed('stream_create', 500, 10052, 'async persist mode is not supported on replicated streams'),
  ],
  [
    { consumer_limits: { inactive_threshold: -1 } },
    created({ name: 'S', subjects: ['s.>'], consumer_limits: { inactive_threshold: -1 } }),
  ],
  [
    { consumer_limits: { max_ack_pending: -1 } },
    created({ name: 'S', subjects: ['s.>'], consumer_limits: { max_ack_pending: -1 } }),
  ],
  [{ mirror: { name: 'O' } }, failed('stream_create', 400, 10034, 'stream mirrors can not contain subjects')],
  [
    { subjects: undefined, mirror: { name: '' } },
    failed('stream_create', 400, 10142, 'mirrored stream name is invalid'),
  ],
  [{ subjects: undefined, mirror: { name: 'S' } }, failed('stream_create', 500, 10052, 'detected cycle')],
  [
    { subjects: undefined, mirror: { name: 'a.b' } },
    failed('stream_create', 400, 10142, 'mirrored stream name is invalid'),
  ],
  [
    { subjects: undefined, mirror: { name: 'NONE' } },
    streamInfo('stream_create', {
      config: { name: 'S', mirror: { name: 'NONE' }, duplicate_window: undefined },
      mirror: { name: 'NONE', lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, sources: [{ name: 'O' }] },
    failed('stream_create', 400, 10031, 'stream mirrors can not also contain other sources'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', opt_start_seq: 1, opt_start_time: '2020-01-01T00:00:00Z' } },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        mirror: { name: 'O', opt_start_seq: 1, opt_start_time: '2020-01-01T00:00:00Z' },
        duplicate_window: undefined,
      },
      mirror: { name: 'O', lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    {
      subjects: undefined,
      mirror: { name: 'O', filter_subject: 'o.a', subject_transforms: [{ src: 'o.a', dest: 'x' }] },
    },
    failed(
      'stream_create',
      400,
      10150,
      'mirror with multiple subject transforms cannot also have a single subject filter',
    ),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', filter_subject: 'zzz' } },
    streamInfo('stream_create', {
      config: { name: 'S', mirror: { name: 'O', filter_subject: 'zzz' }, duplicate_window: undefined },
      mirror: { name: 'O', lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', filter_subject: 'o..a' } },
    failed('stream_create', 500, 10049, "subject filter 'o..a' for the mirror invalid subject"),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', subject_transforms: [{ src: 'o.*', dest: 'x.{{wildcard(2)}}' }] } },
    failed(
      'stream_create',
      400,
      10154,
      'mirror transform: invalid mapping destination: wildcard index out of range in {{wildcard(2)}}: [2]',
    ),
  ],
  [
    {
      subjects: undefined,
      mirror: {
        name: 'O',
        subject_transforms: [
          { src: 'o.*', dest: 'x' },
          { src: 'o.a', dest: 'y' },
        ],
      },
    },
    failed('stream_create', 400, 10152, 'mirror subject filters can not overlap'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, subject_transform: { src: '>', dest: 'x.>' } },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        mirror: { name: 'O' },
        subject_transform: { src: '>', dest: 'x.>' },
        duplicate_window: undefined,
      },
      mirror: { name: 'O', lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, allow_msg_counter: true },
    failed('stream_create', 400, 10173, 'stream mirrors can not also calculate counters'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, allow_atomic: true },
    failed('stream_create', 400, 10198, 'stream mirrors can not also use atomic publishing'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, allow_batched: true },
    failed('stream_create', 400, 10209, 'stream mirrors can not also use batch publishing'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, allow_msg_schedules: true },
    failed('stream_create', 400, 10186, 'stream mirrors can not also schedule messages'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, subject_delete_marker_ttl: 1_000_000_000 },
    failed('stream_create', 500, 10052, 'subject delete markers forbidden on mirrors'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, max_msg_size: 10 },
    failed('stream_create', 400, 10030, 'stream mirror must have max message size >= source'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' }, retention: 'workqueue' },
    streamInfo('stream_create', {
      config: { name: 'S', retention: 'workqueue', mirror: { name: 'O' }, duplicate_window: undefined },
      mirror: { name: 'O', lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', external: { api: '$JS.x.API', deliver: 'd' } } },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        mirror: { name: 'O', external: { api: '$JS.x.API', deliver: 'd' } },
        duplicate_window: undefined,
      },
      mirror: { name: 'O', external: { api: '$JS.x.API', deliver: 'd' }, lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', external: { api: '', deliver: 'd' } } },
    streamInfo('stream_create', {
      config: { name: 'S', mirror: { name: 'O', external: { api: '', deliver: 'd' } }, duplicate_window: undefined },
      mirror: { name: 'O', external: { api: '', deliver: 'd' }, lag: 0, active: ACTIVE },
      did_create: true,
    }),
  ],
  [
    { subjects: undefined, mirror: { name: 'O', external: { api: '$JS.*.API', deliver: 'd' } } },
    failed(
      'stream_create',
      500,
      10052,
      'stream external api prefix "$JS.*.API" must be a valid subject without wildcards',
    ),
  ],
  [
    { sources: [{ name: 'O', external: { api: '$JS.x.API', deliver: 's.d.>' } }] },
    failed('stream_create', 400, 10024, 'stream external delivery prefix s.d.> must not contain wildcards'),
  ],
  [
    { sources: [{ name: 'O', external: { api: 's.x', deliver: 'y' } }] },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        sources: [{ name: 'O', external: { api: 's.x', deliver: 'y' } }],
        duplicate_window: undefined,
      },
      sources: [{ name: 'O', external: { api: 's.x', deliver: 'y' }, lag: 0, active: ACTIVE }],
      did_create: true,
    }),
  ],
  [{ sources: [{ name: '' }] }, failed('stream_create', 400, 10141, 'sourced stream name is invalid')],
  [{ sources: [{ name: 'a.b' }] }, failed('stream_create', 400, 10141, 'sourced stream name is invalid')],
  [{ sources: [{ name: 'S' }] }, failed('stream_create', 500, 10052, 'detected cycle')],
  [
    { sources: [{ name: 'O' }, { name: 'O' }] },
    failed('stream_create', 400, 10140, 'duplicate source configuration detected'),
  ],
  [
    {
      sources: [
        { name: 'O', filter_subject: 'o.a' },
        { name: 'O', filter_subject: 'o.b' },
      ],
    },
    part({
      config: {
        sources: [
          { name: 'O', filter_subject: 'o.a' },
          { name: 'O', filter_subject: 'o.b' },
        ],
      },
      sources: /^\[\{.*\},\{.*\}\]$/,
    }),
  ],
  [
    {
      sources: [
        { name: 'O', filter_subject: 'o.a' },
        { name: 'O', filter_subject: 'o.a' },
      ],
    },
    failed('stream_create', 400, 10140, 'duplicate source configuration detected'),
  ],
  [
    { sources: [{ name: 'O', filter_subject: 'o.>', subject_transforms: [{ src: 'o.a', dest: 'x' }] }] },
    failed(
      'stream_create',
      400,
      10144,
      'source with multiple subject transforms cannot also have a single subject filter',
    ),
  ],
  [
    {
      sources: [
        {
          name: 'O',
          subject_transforms: [
            { src: 'o.*', dest: 'x' },
            { src: 'o.a', dest: 'y' },
          ],
        },
      ],
    },
    failed('stream_create', 400, 10147, 'source filters can not overlap'),
  ],
  [
    { sources: [{ name: 'O', subject_transforms: [{ src: 'o.*', dest: 'x.{{wildcard(4)}}' }] }] },
    failed(
      'stream_create',
      400,
      10146,
      'source transform: invalid mapping destination: wildcard index out of range in {{wildcard(4)}}: [4]',
    ),
  ],
  [
    { sources: [{ name: 'O', opt_start_seq: 1, opt_start_time: '2020-01-01T00:00:00Z' }] },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        sources: [{ name: 'O', opt_start_seq: 1, opt_start_time: '2020-01-01T00:00:00Z' }],
        duplicate_window: undefined,
      },
      sources: [{ name: 'O', lag: 0, active: ACTIVE }],
      did_create: true,
    }),
  ],
  [
    { sources: [{ name: 'O', filter_subject: 'zzz' }] },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        sources: [{ name: 'O', filter_subject: 'zzz' }],
        duplicate_window: undefined,
      },
      sources: [{ name: 'O', lag: 0, active: ACTIVE, filter_subject: 'zzz' }],
      did_create: true,
    }),
  ],
  [
    { sources: [{ name: 'O' }], max_msg_size: 10 },
    failed('stream_create', 400, 10046, 'stream source must have max message size >= target'),
  ],
  [
    { sources: [{ name: 'NONE' }] },
    streamInfo('stream_create', {
      config: { name: 'S', subjects: ['s.>'], sources: [{ name: 'NONE' }], duplicate_window: undefined },
      sources: [{ name: 'NONE', lag: 0, active: ACTIVE }],
      did_create: true,
    }),
  ],
  [
    { sources: [{ name: 'O' }], allow_msg_schedules: true },
    failed('stream_create', 400, 10187, 'stream source can not also schedule messages'),
  ],
  [
    { sources: [{ name: 'O', consumer: { name: 'x' } }] },
    failed('stream_create', 400, 10215, 'stream source consumer config is invalid'),
  ],
  [
    { sources: [{ name: 'O', consumer: { name: 'x', deliver_subject: 'd' } }] },
    streamInfo('stream_create', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        sources: [{ name: 'O', consumer: { name: 'x', deliver_subject: 'd' } }],
        duplicate_window: undefined,
      },
      sources: [{ name: 'O', lag: 0, active: ACTIVE }],
      did_create: true,
    }),
  ],
  [{ subjects: ['o.a'] }, failed('stream_create', 400, 10065, 'subjects overlap with an existing stream')],
  [{ subjects: ['o.>'] }, failed('stream_create', 400, 10065, 'subjects overlap with an existing stream')],
  [
    { subjects: ['*.a'] },
    failed('stream_create', 500, 10052, 'subjects that overlap with jetstream api require no-ack to be true'),
  ],
  [{ pedantic: true }, created({ name: 'S', subjects: ['s.>'] })],
  [{ pedantic: true, max_msgs: 0 }, created({ name: 'S', subjects: ['s.>'] })],
  [
    { pedantic: true, duplicate_window: 1_000_000_000, max_age: 500_000_000 },
    failed('stream_create', 500, 10052, 'duplicates window can not be larger then max age'),
  ],
  [
    { pedantic: true, retention: 'limits', max_age: 30_000_000_000 },
    failed('stream_create', 400, 10157, 'pedantic mode: duplicate window cannot be bigger than max age'),
  ],
  [{ placement: { cluster: 'east' } }, created({ name: 'S', subjects: ['s.>'], placement: { cluster: 'east' } })],
  [{ placement: { tags: ['x'] } }, created({ name: 'S', subjects: ['s.>'], placement: { tags: ['x'] } })],
];

const NAMES: [name: string, expected: AnswerLike][] = [
  ['a.b', NOTHING],
  ['a*', failed('stream_create', 500, 10052, "stream name is required and can not contain '.', '*', '>', '\\', '/'")],
  ['a>', failed('stream_create', 500, 10052, "stream name is required and can not contain '.', '*', '>', '\\', '/'")],
  ['a/b', failed('stream_create', 400, 10128, 'Stream name can not contain path separators')],
  ['a\\b', failed('stream_create', 400, 10128, 'Stream name can not contain path separators')],
  ['é', failed('stream_create', 400, 10056, 'stream name in subject does not match request')],
  [
    'x'.repeat(255),
    created({
      name: 'x'.repeat(255),
      subjects: ['s.>'],
    }),
  ],
  ['x'.repeat(256), failed('stream_create', 500, 10052, 'stream name is too long, maximum allowed is 255')],
];

function shortened(value: unknown): string {
  return JSON.stringify(value).replaceAll(/x{50,}/g, 'x…');
}

/** What a stream may be made with. */
export const jetStreamStreamChecks: JetStreamCase[] = [
  ...GOOD.map(([config, expected]) => ({
    name: `a stream with ${shortened(config)}`,
    steps: [
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s.>'], ...config }, expected),
      // The same once more is no mistake.
      api(
        'STREAM.CREATE.S',
        { name: 'S', subjects: ['s.>'], ...config },
        part({ config: { name: 'S' }, did_create: true }),
      ),
    ],
  })),
  ...DOUBTFUL.map(([config, expected]) => ({
    name: `no stream with ${shortened(config)}`,
    steps: [
      stream('O', { subjects: ['o.>'], max_msg_size: 100 }),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s.>'], ...config }, expected),
    ],
  })),
  ...NAMES.map(([name, expected]) => ({
    name: `a stream that is called ${shortened(name)}`,
    steps: [
      api(
        'STREAM.CREATE.S',
        { name, subjects: ['s.>'] },
        failed('stream_create', 400, 10056, 'stream name in subject does not match request'),
      ),
      api(`STREAM.CREATE.${name}`, { name, subjects: ['s.>'] }, expected),
    ],
  })),
];
