import { a, b, type Case, cases, modern, reload } from '../case.ts';
import { hpub, msg, pub, unanswered } from './messages.ts';

/** Every function, each under a source of its own: of sources that overlap, which one counts is left to chance there. */
const FUNCTIONS: readonly [source: string, destination: string, published: string, expected: string][] = [
  ['f1', 'to.f1', 'f1', 'to.f1'],
  ['f2.*', 'to.f2.$1', 'f2.x', 'to.f2.x'],
  ['f3.*.*', 'to.f3.$2.$1', 'f3.x.y', 'to.f3.y.x'],
  ['f4.*.*.*', 'to.f4.$2.$3.$1', 'f4.x.y.z', 'to.f4.y.z.x'],
  ['f5.*.mid.*', 'to.f5.{{wildcard(2)}}.{{ Wildcard ( 1 ) }}', 'f5.x.mid.y', 'to.f5.y.x'],
  ['f6.*.*', 'to.f6.$2', 'f6.x.y', 'to.f6.y'],
  ['f7.*.*', 'to.f7', 'f7.x.y', 'to.f7'],
  ['f8.*', 'to.f8.$1.$1', 'f8.x', 'to.f8.x.x'],
  ['f9.>', 'to.f9.>', 'f9.x.y.z', 'to.f9.x.y.z'],
  ['f10.*.>', 'to.f10.>', 'f10.x.y.z', 'to.f10.y.z'],
  ['f11.*.>', '$1.to.f11.>', 'f11.x.y', 'x.to.f11.y'],
  ['f12.*', 'to.f12.$other.$JS', 'f12.x', 'to.f12.$other.$JS'],
  ['f13.*', 'to.{{partition(10,1)}}', 'f13.foo', 'to.3'],
  ['f14.*.*', 'to.{{partition(1000,1,2)}}', 'f14.12.3', 'to.11'],
  ['f15.*.*', 'to.{{partition(10)}}', 'f15.a.b', 'to.4'],
  ['f16.*', 'to.{{splitfromleft(1,3)}}', 'f16.12345', 'to.123.45'],
  ['f17.*', 'to.{{splitfromright(1,3)}}', 'f17.12345', 'to.12.345'],
  ['f18.*', 'to.{{slicefromleft(1,3)}}', 'f18.1234567890', 'to.123.456.789.0'],
  ['f19.*', 'to.{{slicefromright(1,3)}}', 'f19.1234567890', 'to.1.234.567.890'],
  ['f20.*', 'to.{{split(1,-)}}', 'f20.-abc-def--ghi-', 'to.abc.def.ghi'],
  ['f21.*', 'to.{{splitfromleft(1,9)}}', 'f21.123', 'to.123'],
  ['f22.*', 'to.{{slicefromleft(1,3)}}', 'f22.123456', 'to.123.456'],
  ['f23.*', 'to.{{random(1)}}', 'f23.x', 'to.0'],
  ['f24.*', 'to.{{partition(0)}}', 'f24.x', 'to.0'],
  ['f25.*', 'to.$0', 'f25.x', 'to.f25'],
  ['f26.*', 'to.f26', 'f26.x', 'to.f26'],
  ['f27.*', 'f27.x.y', 'f27.x', 'f27.x.y'],
];

const functions = `mappings = {\n${FUNCTIONS.map(([source, to]) => `  "${source}": "${to}"`).join('\n')}\n}`;

/** Weights, and what is left of them. */
const weights = `mappings = {
  w1: [ { destination: to.1, weight: 50% }, { destination: to.2, weight: 50% } ]
  w2: [ { destination: to.1, weight: 20 } ]
  w3: [ { destination: w3, weight: 70 } ]
  w4: [ { destination: w4, weight: 0% } ]
  w5: { destination: to.5, weight: 100 }
  w6: [ { destination: to.6, weight: 100, cluster: elsewhere }, { destination: to.none, weight: 100 } ]
  w7: [ { destination: to.7, weight: 100, cluster: elsewhere } ]
  w8: "to.{{random(4)}}"
  "w9.*": [ { destination: "to.$1", weight: 50 }, { destination: "other.$1", weight: 30 } ]
}`;

const rules = `mappings = { source: target, "in.*": "out.$1", twice: source, "dark.*": nowhere }
authorization {
  users: [
    { user: all }
    { user: source, permissions: { publish: [source, "in.>"] } }
    { user: target, permissions: { publish: [target, "out.x"] } }
    { user: deny, permissions: { publish: { deny: target } } }
    { user: answers, permissions: { publish: none, subscribe: ">", allow_responses: true } }
  ]
}`;

/** A hundred and more messages at once, and all of them counted. */
const COUNT = 400;

export const mappings: Case[] = [
  ...cases(FUNCTIONS, ([source, destination, published, expected]) => ({
    name: `${source} to ${destination}: ${published} is ${expected}`,
    config: functions,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub(published, 'x')}`),
      a.expect(msg(expected, '1', 'x')),
      ...a.sync(),
    ],
  })),
  {
    name: 'a subject without wildcards has the partition of nothing',
    config: 'mappings = { foo: "to.{{partition(10)}}" }',
    steps: [...a.connect(), a.send(`SUB > 1\r\n${pub('foo')}`), a.expect(msg('to.1', '1')), ...a.sync()],
  },
  {
    name: 'what no source covers stays as it is',
    config: functions,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('f2')}${pub('f2.x.y')}${pub('f1.x')}`),
      a.expect(msg('f2', '1') + msg('f2.x.y', '1') + msg('f1.x', '1')),
      ...a.sync(),
    ],
  },
  {
    name: 'subscriptions to the source get nothing',
    config: functions,
    steps: [
      ...a.connect(),
      a.send(`SUB f2.x 1\r\nSUB f2.* 2\r\nSUB to.f2.x 3\r\n${pub('f2.x', 'x')}`),
      a.expect(msg('to.f2.x', '3', 'x')),
      ...a.sync(),
    ],
  },
  {
    name: 'subscriptions may come and go behind a mapping',
    config: functions,
    steps: [
      ...a.connect(),
      a.send(pub('f2.go') + pub('f2.go')),
      a.send(`SUB to.f2.go 1\r\n${pub('f2.go', '1')}${pub('f2.go', '2')}`),
      a.expect(msg('to.f2.go', '1', '1') + msg('to.f2.go', '1', '2')),
      a.send(`UNSUB 1\r\n${pub('f2.go', '3')}SUB to.*.go 2\r\n${pub('f2.go', '4')}`),
      a.expect(msg('to.f2.go', '2', '4')),
      a.send(`UNSUB 2\r\n${pub('f2.go', '5')}`),
      ...a.sync(),
    ],
  },
  {
    name: 'reply, headers and payload are kept',
    config: functions,
    steps: [
      ...a.connect({ ...modern, no_responders: false }),
      a.send(`SUB to.> 1\r\n${hpub('f2.h', ['A: b'], 'body', 'inbox')}`),
      a.expect('HMSG to.f2.h 1 inbox 18 22\r\nNATS/1.0\r\nA: b\r\n\r\nbody\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'a client without headers gets the payload',
    config: functions,
    steps: [
      ...a.connect({ ...modern, no_responders: false }),
      ...b.connect(),
      b.send('SUB to.f2.hh 1\r\n'),
      ...b.sync(),
      a.send(hpub('f2.hh', ['A: b'], 'body', 'inbox')),
      ...a.sync(),
      b.expect(msg('to.f2.hh', '1', 'body', 'inbox')),
    ],
  },
  {
    name: 'big messages are mapped, too',
    config: functions,
    steps: [
      ...a.connect(),
      a.send(`SUB to.f2.big 1\r\n${pub('f2.big', 'x'.repeat(40_000))}`),
      a.expect(msg('to.f2.big', '1', 'x'.repeat(40_000))),
    ],
  },
  {
    name: 'members of a queue group take turns behind a mapping',
    config: functions,
    steps: [
      ...a.connect(),
      a.send(`SUB to.f2.q g 1\r\nSUB to.f2.q g 2\r\n${pub('f2.q').repeat(3)}`),
      a.expect(/^(MSG to\.f2\.q [12] 0\r\n\r\n){3}/),
      ...a.sync(),
    ],
  },
  {
    name: 'a message is mapped once',
    config: rules,
    steps: [
      ...a.connect({ user: 'all' }),
      a.send(`SUB > 1\r\n${pub('twice')}${pub('target')}`),
      a.expect(msg('source', '1') + msg('target', '1')),
      ...a.sync(),
    ],
  },
  {
    name: 'no responders are told by the mapped subject',
    config: rules,
    steps: [
      ...a.connect({ ...modern, user: 'all' }),
      a.send(`SUB inbox 1\r\n${pub('in.z', 'x', 'inbox')}`),
      a.expect(unanswered('inbox', '1', 'out.z')),
      ...a.sync(),
    ],
  },
  {
    name: 'with verbose comes one +OK',
    config: rules,
    steps: [
      ...a.connect({ user: 'all', verbose: true }).slice(0, 2),
      a.expect('+OK\r\n'),
      ...a.sync(),
      a.send(pub('source')),
      a.expect('+OK\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'permissions are held against the mapped subject: the source allowed',
    config: rules,
    steps: [
      ...a.connect({ user: 'source' }),
      a.send(pub('source')),
      a.expect(`-ERR 'Permissions Violation for Publish to "target"'\r\n`),
      a.send(pub('in.x')),
      a.expect(`-ERR 'Permissions Violation for Publish to "out.x"'\r\n`),
      ...a.sync(),
    ],
  },
  {
    name: 'permissions are held against the mapped subject: the target allowed',
    config: rules,
    steps: [
      ...a.connect({ user: 'target' }),
      ...b.connect({ user: 'all' }),
      b.send('SUB > 1\r\n'),
      ...b.sync(),
      a.send(pub('source', '1') + pub('in.x', '2') + pub('in.y', '3')),
      a.expect(`-ERR 'Permissions Violation for Publish to "out.y"'\r\n`),
      ...a.sync(),
      b.expect(msg('target', '1', '1') + msg('out.x', '1', '2')),
      ...b.sync(),
    ],
  },
  {
    name: 'permissions are held against the mapped subject: the target denied',
    config: rules,
    steps: [
      ...a.connect({ user: 'deny' }),
      a.send(pub('source')),
      a.expect(`-ERR 'Permissions Violation for Publish to "target"'\r\n`),
      a.send(pub('in.x')),
      ...a.sync(),
    ],
  },
  {
    name: 'an answer that is allowed is allowed for the mapped subject',
    config: rules,
    steps: [
      ...a.connect({ user: 'answers' }),
      ...b.connect({ user: 'all' }),
      a.send('SUB ask 1\r\n'),
      ...a.sync(),
      b.send(`SUB out.r 9\r\n${pub('ask', '', 'out.r')}`),
      ...b.sync(),
      a.expect(msg('ask', '1', '', 'out.r')),
      a.send(pub('in.r', 'once') + pub('in.r', 'twice')),
      a.expect(`-ERR 'Permissions Violation for Publish to "out.r"'\r\n`),
      ...a.sync(),
      b.expect(msg('out.r', '9', 'once')),
      ...b.sync(),
    ],
  },
  {
    name: 'pedantic clients are told of the subject they wrote',
    config: rules,
    steps: [
      ...a.connect({ user: 'all', pedantic: true }),
      a.send(`SUB out.* 1\r\n${pub('in.*', 'x')}`),
      a.expect(`-ERR 'Invalid Publish Subject'\r\n`),
      a.expect(msg('out.*', '1', 'x')),
      ...a.sync(),
    ],
  },
  {
    name: 'half and half',
    config: weights,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('w1').repeat(COUNT)}`),
      a.tally(COUNT, { 'to.1': [140, 260], 'to.2': [140, 260] }),
      ...a.sync(),
    ],
  },
  {
    name: 'what is left over stays',
    config: weights,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('w2').repeat(COUNT)}`),
      a.tally(COUNT, { 'to.1': [40, 130], w2: [270, 360] }),
      ...a.sync(),
    ],
  },
  {
    name: 'what is left over is lost where the source is a destination',
    config: weights,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('w3').repeat(COUNT)}${pub('end')}`),
      a.expect(/^(MSG w3 1 0\r\n\r\n){220,340}MSG end 1 0\r\n\r\n/),
      ...a.sync(),
    ],
  },
  {
    name: 'everything may be lost',
    config: weights,
    steps: [
      ...a.connect(modern),
      a.send(`SUB > 1\r\n${pub('w4', 'x').repeat(3)}`),
      ...a.sync(),
      a.send(pub('w4', 'x', 'inbox')),
      a.expect(unanswered('inbox', '1', '')),
      ...a.sync(),
    ],
  },
  {
    name: 'one destination with its whole weight',
    config: weights,
    steps: [...a.connect(), a.send(`SUB > 1\r\n${pub('w5')}`), a.expect(msg('to.5', '1')), ...a.sync()],
  },
  {
    name: 'destinations of other clusters do not count',
    config: weights,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('w6')}${pub('w7')}`),
      a.expect(msg('to.none', '1') + msg('w7', '1')),
      ...a.sync(),
    ],
  },
  {
    name: 'random numbers are drawn for every message',
    config: weights,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('w8').repeat(COUNT)}`),
      a.tally(COUNT, { 'to.0': [60, 140], 'to.1': [60, 140], 'to.2': [60, 140], 'to.3': [60, 140] }),
      ...a.sync(),
    ],
  },
  {
    name: 'weights with wildcards',
    config: weights,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('w9.x').repeat(COUNT)}`),
      a.tally(COUNT, { 'to.x': [140, 260], 'other.x': [70, 170], 'w9.x': [40, 130] }),
      ...a.sync(),
    ],
  },
  {
    name: 'come, change and go with a reload',
    alone: true,
    config: 'mappings = { foo: bar }',
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\n${pub('foo')}${pub('foo')}`),
      a.expect(msg('bar', '1') + msg('bar', '1')),
      reload('mappings = { foo: baz, "x.*": "y.$1" }'),
      a.send(pub('foo') + pub('x.1')),
      a.expect(msg('baz', '1') + msg('y.1', '1')),
      reload('mappings = { other: thing }'),
      a.send(pub('foo') + pub('x.1')),
      a.expect(msg('foo', '1') + msg('x.1', '1')),
      ...a.sync(),
    ],
  },
];
