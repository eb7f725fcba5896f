import { a, b, c, type Case, cases, d, modern, type Step } from '../case.ts';
import type { JsonPattern } from '../json-pattern.ts';
import { ABSENT, NUMBER, SERVER_ID, TIME } from '../json-pattern.ts';
import { event } from '../monitoring-steps.ts';
import { hmsg, hpub, msg, pub, unanswered } from './messages.ts';

const config = `server_name: traced
max_payload: 2000
accounts {
  A {
    users: [
      { user: a }
      { user: few, permissions: { publish: { allow: [foo, T] } } }
      { user: deaf, permissions: { subscribe: { deny: "foo.secret" } } }
    ]
    exports: [ { stream: "s.>" }, { service: "q.>", allow_trace: true }, { service: "closed.>" } ]
    mappings: { "map.*": "to.$1", gone: [ { destination: gone, weight: 0 } ] }
    msg_trace: { dest: W, sampling: 100 }
  }
  B {
    users: [ { user: b } ]
    imports: [
      { stream: { account: A, subject: "s.>" }, to: "open.>", allow_trace: true }
      { service: { account: A, subject: "q.>" }, to: "ask.>" }
      { service: { account: A, subject: "closed.>" } }
    ]
    exports: [ { service: "ask.>", allow_trace: true } ]
  }
  C {
    users: [ { user: c } ]
    imports: [ { stream: { account: A, subject: "s.>" } }, { service: { account: B, subject: "ask.>" }, to: "far.>" } ]
  }
}`;

const SERVER: JsonPattern = {
  name: 'traced',
  host: /^"[^"]+"$/,
  id: SERVER_ID,
  ver: /^"2\.15\.\d+"$/,
  feature_flags: /^\{/,
  jetstream: false,
  flags: 0,
  seq: NUMBER,
  time: TIME,
};

const TRACED = ['Nats-Trace-Dest: T'];
const ONLY = ['Nats-Trace-Dest: T', 'Nats-Trace-Only: true'];

type Fields = Record<string, JsonPattern>;

const came = (subject: string, account = 'A', more: Fields = {}): JsonPattern => ({
  type: 'in',
  ts: TIME,
  kind: 0,
  cid: NUMBER,
  name: 'pub',
  acc: account,
  subj: subject,
  ...more,
});

const went = (name: string, fields: Fields): JsonPattern => ({
  type: 'eg',
  ts: TIME,
  kind: 0,
  cid: NUMBER,
  name,
  ...fields,
});

/** The whole event of a message with those headers. */
function traced(headers: Record<string, string[]>, size: number, ...events: JsonPattern[]): { whole: JsonPattern } {
  return { whole: { server: SERVER, request: { header: headers, msgsize: size }, events } };
}

/** The same where the message has no other header than `Nats-Trace-Dest: T`, and two bytes. */
const usual = (...events: JsonPattern[]): { whole: JsonPattern } => traced({ 'Nats-Trace-Dest': ['T'] }, 34, ...events);
const only = (...events: JsonPattern[]): { whole: JsonPattern } =>
  traced({ 'Nats-Trace-Dest': ['T'], 'Nats-Trace-Only': ['true'] }, 57, ...events);

/** Publishes, hears traces, and is subscribed to more. */
const publisher: Step[] = a.connect({ ...modern, user: 'a', name: 'pub' });
const watcher: Step[] = [
  ...d.connect({ ...modern, user: 'a', name: 'watch' }),
  d.send('SUB T 1\r\nSUB W 2\r\n'),
  ...d.sync(),
];

function subscriber(...lines: string[]): Step[] {
  return [
    ...b.connect({ ...modern, user: 'a', name: 'sub' }),
    b.send(lines.map((line) => `${line}\r\n`).join('')),
    ...b.sync(),
  ];
}

/** Headers that do not have a message followed; whether it is delivered. */
const PLAIN: readonly [headers: string[], delivered: boolean][] = [
  [['Nats-Trace-Dest: trace disabled'], true],
  [['Nats-Trace-Dest:'], true],
  [['nats-trace-dest: T'], true],
  [['Nats-Trace-Destination: T'], true],
  [['Nats-Trace-Only: true'], true],
  [['Nats-Trace-Dest: a.*'], true],
  [['Nats-Trace-Dest: a..b'], true],
  [['Nats-Trace-Dest: a.*', 'Nats-Trace-Only: on'], false],
  [['traceparent: 00-a-b-00'], true],
  [['traceparent: 00-a-b-zz'], true],
  [['traceparent: 01'], true],
];

const ONLY_VALUES: readonly [value: string, only: boolean][] = [
  ['1', true],
  ['true', true],
  ['ON', true],
  ['yes', false],
  ['0', false],
];

export const trace: Case[] = [
  {
    name: 'a message that nobody gets',
    config,
    steps: [...publisher, ...watcher, a.send(hpub('foo', TRACED, 'hi')), event('d', 'T', usual(came('foo')))],
  },
  {
    name: 'a message without a body has its headers, each with all of its values',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(hpub('foo', ['x-y:z ', 'Nats-Trace-Dest: T', 'B: 1', 'A: 1', 'B: 2', 'Empty:'])),
      event('d', 'T', traced({ A: ['1'], B: ['1', '2'], 'Nats-Trace-Dest': ['T'], 'x-y': ['z'] }, 66, came('foo'))),
    ],
  },
  {
    name: 'a message that some get',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo 1'),
      a.send(hpub('foo', TRACED, 'hi')),
      b.expect(hmsg('foo', '1', TRACED, 'hi')),
      event('d', 'T', usual(came('foo'), went('sub', { sub: 'foo' }))),
    ],
  },
  {
    name: 'a message for a pattern and a queue group',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo.* 1', 'SUB foo.> g 2'),
      a.send(hpub('foo.x', TRACED, 'hi')),
      event(
        'd',
        'T',
        usual(came('foo.x'), went('sub', { sub: 'foo.*' }), went('sub', { sub: /^"foo\.(>|\\u003e)"$/, queue: 'g' })),
      ),
      b.expect(hmsg('foo.x', '1', TRACED, 'hi') + hmsg('foo.x', '2', TRACED, 'hi')),
    ],
  },
  ...cases(ONLY_VALUES, ([value, isOnly]) => ({
    name: `Nats-Trace-Only: ${value} ${isOnly ? 'delivers nothing' : 'is nothing'}`,
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo 1'),
      a.send(hpub('foo', [...TRACED, `Nats-Trace-Only: ${value}`], 'hi')),
      event('d', 'T', { part: { events: [came('foo'), went('sub', { sub: 'foo' })] } }),
      ...(isOnly ? [] : [b.expect(hmsg('foo', '1', [...TRACED, `Nats-Trace-Only: ${value}`], 'hi'))]),
      ...b.sync(),
    ],
  })),
  {
    name: 'what is followed only counts for nothing',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo 1', 'UNSUB 1 1'),
      a.send(`SUB inbox 9\r\n${hpub('foo', ONLY, 'hi', 'inbox')}`),
      event('d', 'T', only(came('foo'), went('sub', { sub: 'foo' }))),
      ...a.sync(),
      a.send(hpub('nobody', ONLY, 'hi', 'inbox')),
      a.expect(unanswered('inbox', '9', 'nobody')),
      event('d', 'T', only(came('nobody'))),
      a.send(pub('foo', '1') + pub('foo', '2')),
      ...a.sync(),
      b.expect(msg('foo', '1', '1')),
      ...b.sync(),
    ],
  },
  {
    name: 'a mapping',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB to.x 1'),
      a.send(hpub('map.x', TRACED, 'hi')),
      event('d', 'T', usual(came('map.x'), { type: 'sm', ts: TIME, to: 'to.x' }, went('sub', { sub: 'to.x' }))),
      b.expect(hmsg('to.x', '1', TRACED, 'hi')),
    ],
  },
  {
    name: 'a mapping to nothing',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(hpub('gone', TRACED, 'hi')),
      event('d', 'T', usual(came('gone'), { type: 'sm', ts: TIME, to: '' })),
    ],
  },
  {
    name: 'what may not be published',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'few', name: 'pub' }),
      ...watcher,
      a.send(hpub('bar', TRACED, 'hi')),
      a.expect(`-ERR 'Permissions Violation for Publish to "bar"'\r\n`),
      event('d', 'T', usual(came('bar', 'A', { error: 'Permissions Violation for Publish to "bar"' }))),
    ],
  },
  {
    name: 'a reply that may not be asked for',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(hpub('foo', TRACED, 'hi', '_R_.a.b')),
      a.expect(`-ERR 'Permissions Violation for Publish with Reply of "_R_.a.b"'\r\n`),
      event('d', 'T', usual(came('foo', 'A', { error: 'Permissions Violation for Publish with Reply of "_R_.a.b"' }))),
    ],
  },
  {
    name: 'a destination that may not be published to stops the message',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'few', name: 'pub' }),
      ...subscriber('SUB foo 1'),
      a.send(hpub('foo', ['Nats-Trace-Dest: U'], 'hi')),
      a.expect(`-ERR 'Permissions Violation for Publish to "U"'\r\n`),
      a.send('CONNECT {"user":"few","verbose":true,"headers":true}\r\n'),
      a.expect('+OK\r\n'),
      a.send(hpub('foo', ['Nats-Trace-Dest: U'], 'hi')),
      a.expect(`-ERR 'Permissions Violation for Publish to "U"'\r\n`),
      ...b.sync(),
    ],
  },
  {
    name: 'a payload that is too big',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(`HPUB foo 32 5000\r\nNATS/1.0\r\nNats-Trace-Dest: T\r\n\r\nhi`),
      a.expect("-ERR 'Maximum Payload Violation'\r\n"),
      event(
        'd',
        'T',
        traced({ 'Nats-Trace-Dest': ['T'] }, 5000, came('foo', 'A', { error: 'maximum payload exceeded' })),
      ),
    ],
  },
  {
    name: 'no echo',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a', name: 'pub', echo: false }),
      ...watcher,
      a.send(`SUB foo 1\r\n${hpub('foo', TRACED, 'hi')}`),
      event('d', 'T', usual(came('foo'), went('pub', { sub: 'foo', error: 'Not delivered because of no echo' }))),
      ...a.sync(),
    ],
  },
  {
    name: 'a subject that is denied to a subscription',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...b.connect({ ...modern, user: 'deaf', name: 'sub' }),
      b.send('SUB foo.* 1\r\n'),
      ...b.sync(),
      a.send(hpub('foo.secret', TRACED, 'hi')),
      event(
        'd',
        'T',
        usual(
          came('foo.secret'),
          went('sub', { sub: 'foo.*', error: 'Not delivered because subscription denies this subject' }),
        ),
      ),
      ...b.sync(),
    ],
  },
  ...cases(PLAIN, ([headers, delivered]) => ({
    name: `${headers.join(', ')} is not followed${delivered ? '' : ', nor delivered'}`,
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo 1'),
      a.send(hpub('foo', headers, 'hi')),
      ...a.sync(),
      ...(delivered ? [b.expect(hmsg('foo', '1', headers, 'hi'))] : []),
      ...b.sync(),
      d.quiet(),
    ],
  })),
  ...cases(['traceparent: 00-a-b-01', 'TraceParent: 00-a-b-03'], (header) => ({
    name: `${header} is followed where the account says where to`,
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo 1'),
      a.send(hpub('foo', [header, 'Nats-Trace-Only: true'], 'hi')),
      b.expect(hmsg('foo', '1', [header, 'Nats-Trace-Only: true'], 'hi')),
      event('d', 'W', { part: { events: [came('foo'), went('sub', { sub: 'foo' })] } }),
    ],
  })),
  {
    name: 'traceparent is nothing where the account does not say where to',
    config,
    steps: [
      ...b.connect({ ...modern, user: 'b' }),
      b.send(`SUB > 1\r\n${hpub('foo', ['traceparent: 00-a-b-01'], 'hi')}`),
      b.expect(hmsg('foo', '1', ['traceparent: 00-a-b-01'], 'hi')),
      ...b.sync(),
      b.quiet(),
    ],
  },
  {
    name: 'Nats-Trace-Dest outweighs traceparent',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(hpub('foo', ['traceparent: 00-a-b-01', ...TRACED], 'hi')),
      event('d', 'T', { part: { events: [came('foo')] } }),
      ...d.sync(),
    ],
  },
  {
    name: 'what an older server follows is left alone from here on',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...subscriber('SUB foo 1'),
      a.send(hpub('foo', [...TRACED, 'Nats-Trace-Origin-Account: X'], 'hi')),
      b.expect(hmsg('foo', '1', ['Nats-Trace-Origin-Account: X', 'Nats-Trace-Dest: trace disabled'], 'hi')),
      a.send(hpub('foo', [...ONLY, 'Nats-Trace-Origin-Account: X'], 'hi')),
      ...a.sync(),
      ...b.sync(),
      d.quiet(),
    ],
  },
  {
    name: 'events are packed as it is wished',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(hpub('foo', [...TRACED, 'Accept-Encoding: gzip'])),
      d.expect(/^HMSG T 1 +36 \d+\r\nNATS\/1\.0\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b[^]*\r\n(?=PONG|$)/),
      a.send(hpub('foo', [...TRACED, 'Accept-Encoding: s2'])),
      d.expect(
        /^HMSG T 1 +38 \d+\r\nNATS\/1\.0\r\nContent-Encoding: snappy\r\n\r\n\xff\x06\x00\x00sNaPpY[^]*\r\n(?=PONG|$)/,
      ),
      a.send(hpub('foo', [...TRACED, 'Accept-Encoding: br'])),
      d.expect(/^HMSG T 1 +40 \d+\r\nNATS\/1\.0\r\nContent-Encoding: identity\r\n\r\n\{"server":[^]*\}\r\n/),
    ],
  },
  {
    name: 'a stream export, as far as the importer lets it be followed',
    config,
    steps: [
      ...publisher,
      ...watcher,
      ...b.connect({ ...modern, user: 'b', name: 'bee' }),
      b.send('SUB open.x 1\r\n'),
      ...b.sync(),
      a.send(hpub('s.x', TRACED, 'hi')),
      b.expect(hmsg('open.x', '1', TRACED, 'hi')),
      event(
        'd',
        'T',
        usual(came('s.x'), { type: 'se', ts: TIME, acc: 'B', to: 'open.x' }, went('bee', { acc: 'B', sub: 's.x' })),
      ),
      b.leave(),
      ...c.connect({ ...modern, user: 'c', name: 'sea' }),
      c.send('SUB s.x 1\r\nSUB s.* g 2\r\n'),
      ...c.sync(),
      a.send(hpub('s.x', TRACED, 'hi')),
      c.expect(hmsg('s.x', '1', TRACED, 'hi') + hmsg('s.x', '2', TRACED, 'hi')),
      event(
        'd',
        'T',
        usual(
          came('s.x'),
          { type: 'se', ts: TIME, acc: 'C', to: 's.x' },
          { type: 'se', ts: TIME, acc: 'C', to: 's.x' },
        ),
      ),
      a.send(`SUB inbox 9\r\n${hpub('s.x', ONLY, 'hi', 'inbox')}`),
      event(
        'd',
        'T',
        only(came('s.x'), { type: 'se', ts: TIME, acc: 'C', to: 's.x' }, { type: 'se', ts: TIME, acc: 'C', to: 's.x' }),
      ),
      ...a.sync(),
      ...c.sync(),
    ],
  },
  {
    name: 'a service import, as far as the exporter lets it be followed',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a', name: 'service' }),
      a.send('SUB q.x 1\r\nSUB closed.x 2\r\n'),
      ...a.sync(),
      ...b.connect({ ...modern, user: 'b', name: 'pub' }),
      b.send('SUB T 1\r\nSUB inbox 2\r\n'),
      b.send(hpub('ask.x', TRACED, 'hi', 'inbox')),
      a.take(
        /^HMSG q\.x 1 (?<reply>_R_\.\w{6}\.\w{6}) \d+ \d+\r\nNATS\/1\.0\r\nNats-Request-Info: \{"acc":"B","rtt":\d+\}\r\nNats-Trace-Dest: _R_\.\w{6}\.\w{6}\r\n\r\nhi\r\n/,
      ),
      event(
        'b',
        'T',
        usual(
          came('ask.x', 'B'),
          { type: 'si', ts: TIME, acc: 'A', from: 'ask.x', to: 'q.x' },
          went('service', { acc: 'A', sub: 'q.x' }),
        ),
      ),
      a.send(pub('<reply>', 'ok')),
      b.expect(msg('inbox', '2', 'ok')),
      b.send(hpub('closed.x', TRACED, 'hi', 'inbox')),
      a.take(
        /^HMSG closed\.x 2 (?<reply>_R_\.\w{6}\.\w{6}) \d+ \d+\r\nNATS\/1\.0\r\nNats-Request-Info: \{"acc":"B","rtt":\d+\}\r\nNats-Trace-Dest: trace disabled\r\n\r\nhi\r\n/,
      ),
      event(
        'b',
        'T',
        usual(came('closed.x', 'B'), { type: 'si', ts: TIME, acc: 'A', from: 'closed.x', to: 'closed.x' }),
      ),
      a.send(pub('<reply>', 'ok')),
      b.expect(msg('inbox', '2', 'ok')),
    ],
  },
  {
    name: 'a service import that is followed only',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a', name: 'service' }),
      a.send('SUB q.x 1\r\nSUB closed.x 2\r\n'),
      ...a.sync(),
      ...b.connect({ ...modern, user: 'b', name: 'pub' }),
      b.send('SUB T 1\r\nSUB inbox 2\r\n'),
      b.send(hpub('ask.x', ONLY, 'hi', 'inbox')),
      event(
        'b',
        'T',
        only(
          came('ask.x', 'B'),
          { type: 'si', ts: TIME, acc: 'A', from: 'ask.x', to: 'q.x' },
          went('service', { acc: 'A', sub: 'q.x' }),
        ),
      ),
      b.send(hpub('closed.x', ONLY, 'hi', 'inbox')),
      b.expect(unanswered('inbox', '2', 'closed.x')),
      event(
        'b',
        'T',
        only(came('closed.x', 'B'), { type: 'si', ts: TIME, acc: 'A', from: 'closed.x', to: 'closed.x' }),
      ),
      ...a.sync(),
    ],
  },
  {
    name: 'two service imports in a row',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a', name: 'service' }),
      a.send('SUB q.x 1\r\n'),
      ...a.sync(),
      ...c.connect({ ...modern, user: 'c', name: 'pub' }),
      c.send(`SUB T 1\r\n${hpub('far.x', TRACED, 'hi')}`),
      event(
        'c',
        'T',
        usual(
          came('far.x', 'C'),
          { type: 'si', ts: TIME, acc: 'B', from: 'far.x', to: 'ask.x' },
          { type: 'si', ts: TIME, acc: 'A', from: 'ask.x', to: 'q.x' },
          went('service', { acc: 'A', sub: 'q.x' }),
        ),
      ),
    ],
  },
  {
    name: 'an answer that is followed',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a', name: 'pub' }),
      ...watcher,
      a.send('SUB q.x 1\r\n'),
      ...a.sync(),
      ...b.connect({ ...modern, user: 'b', name: 'bee' }),
      b.send(`SUB inbox 2\r\n${pub('ask.x', 'hi', 'inbox')}`),
      a.take(/^HMSG q\.x 1 (?<reply>_R_\.\w{6}\.\w{6}) [^{]*\{[^}]*\}\r\n\r\nhi\r\n/),
      a.send(hpub('<reply>', TRACED, 'ok')),
      event(
        'd',
        'T',
        usual(came('', 'A', { subj: /^"_R_\.\w{6}\.\w{6}"$/ }), {
          type: 'si',
          ts: TIME,
          acc: 'B',
          from: /^"_R_\.\w{6}\.\w{6}"$/,
          to: 'inbox',
        }),
      ),
      b.expect(hmsg('inbox', '2', ['Nats-Trace-Dest: trace disabled'], 'ok')),
    ],
  },
  {
    name: 'with verbose comes one +OK, whether it is delivered or not',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send('CONNECT {"user":"a","verbose":true,"headers":true,"name":"pub"}\r\n'),
      a.expect('+OK\r\n'),
      a.send(hpub('foo', TRACED, 'hi') + hpub('foo', ONLY, 'hi')),
      a.expect('+OK\r\n+OK\r\n'),
      event('d', 'T', usual(came('foo'))),
      event('d', 'T', only(came('foo'))),
      a.send(hpub('foo', ['Nats-Trace-Dest: a.*', 'Nats-Trace-Only: 1'], 'hi')),
      ...a.sync(),
    ],
  },
  {
    name: 'a connection without a name has none',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a' }),
      ...watcher,
      a.send(hpub('foo', TRACED, 'hi')),
      event('d', 'T', { part: { events: [{ type: 'in', name: ABSENT, acc: 'A', subj: 'foo' }], hops: ABSENT } }),
    ],
  },
  {
    name: 'events follow one another',
    config,
    steps: [
      ...publisher,
      ...watcher,
      a.send(hpub('T', TRACED, 'hi')),
      d.expect(hmsg('T', '1', TRACED, 'hi')),
      event('d', 'T', usual(came('T'), went('watch', { sub: 'T' }))),
    ],
  },
];
