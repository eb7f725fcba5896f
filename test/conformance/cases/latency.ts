import { a, b, c, type Case, cases, modern, type Step } from '../case.ts';
import { EVENT_ID, type JsonPattern, NUMBER, SERVER_ID, TIME } from '../json-pattern.ts';
import { event } from '../monitoring-steps.ts';
import { hpub, msg, pub, unanswered } from './messages.ts';

const config = `accounts {
  A {
    users: [ { user: a } ]
    exports: [
      { service: lat, latency: { subject: m.lat, sampling: 100% } }
      { service: short, latency: m.short }
      { service: "wild.*", latency: { subject: m.wild } }
      { service: slow, latency: m.slow, response_threshold: "150ms" }
      { service: head, latency: { subject: m.head, sampling: headers } }
      { service: shown, latency: m.shown }
    ]
  }
  B {
    users: [ { user: b } ]
    imports: [
      { service: { account: A, subject: lat } }, { service: { account: A, subject: short } }
      { service: { account: A, subject: "wild.*" } }, { service: { account: A, subject: slow } }
      { service: { account: A, subject: head } }, { service: { account: A, subject: shown }, share: true }
    ]
    exports: [ { service: lat } ]
  }
  C { users: [ { user: c } ], imports: [ { service: { account: B, subject: lat }, to: far } ] }
}`;

const BRIEF: JsonPattern = { acc: 'B', rtt: NUMBER };

function detailed(account: string, user: string): JsonPattern {
  return {
    start: TIME,
    host: '127.0.0.1',
    id: NUMBER,
    acc: account,
    user,
    lang: 'case',
    ver: '1',
    rtt: NUMBER,
    server: SERVER_ID,
    kind: 'Client',
    client_type: 'nats',
  };
}

const METRIC = { type: 'io.nats.server.metric.v1.service_latency', id: EVENT_ID, timestamp: TIME } as const;
const NO_TIMES = { start: TIME, service: 0, system: 0, total: 0 };

/** The metric of an answer. */
function answered(more: Record<string, JsonPattern> = {}, requestor: JsonPattern = BRIEF): JsonPattern {
  return {
    ...METRIC,
    status: 200,
    requestor,
    responder: detailed('A', 'a'),
    ...more,
    start: TIME,
    service: NUMBER,
    system: NUMBER,
    total: NUMBER,
  };
}

function failed(status: number, description: string, more: Record<string, JsonPattern> = {}): JsonPattern {
  return { ...METRIC, status, description, requestor: BRIEF, ...more, ...NO_TIMES };
}

/** A hears what it exports, and metrics. */
function responder(subject: string, metrics: string): Step[] {
  return [...a.connect({ ...modern, user: 'a' }), a.send(`SUB ${subject} 1\r\nSUB ${metrics} 2\r\n`), ...a.sync()];
}

const requester: Step[] = [
  ...b.connect({ ...modern, user: 'b' }),
  b.send('SUB inbox.* 9\r\nSUB m.> 8\r\n'),
  ...b.sync(),
];

const INFO = 'Nats-Request-Info: \\{[^\\r]*\\}\\r\\n';

/** A request that is measured has a reply that says so. */
function asked(subject: string, { before = '', reply = '(?<reply>_R_\\.\\w{6}\\.\\w{6}\\.\\w{8}\\.T) ' } = {}): RegExp {
  return new RegExp(`^HMSG ${subject} 1 ${reply}\\d+ \\d+\\r\\nNATS/1\\.0\\r\\n${before}${INFO}\\r\\nhi\\r\\n`);
}

const UNMEASURED = '(?<reply>_R_\\.\\w{6}\\.\\w{6}) ';

/** Headers of a request, and those of the metric when it is measured for them. */
const HEADERS: readonly [headers: string[], measured: Record<string, string[]> | undefined][] = [
  [[], undefined],
  [['Other: 1'], undefined],
  [['Uber-Trace-Id: a:b:c:1', 'uberctx-x: y'], { 'Uber-Trace-Id': ['a:b:c:1'], 'Uberctx-X': ['y'] }],
  [['Uber-Trace-Id: a:b:c:0'], undefined],
  [['Uber-Trace-Id: a:b:c:03'], { 'Uber-Trace-Id': ['a:b:c:03'] }],
  [['Uber-Trace-Id: a:b:1'], undefined],
  [['X-B3-Sampled: 1'], { 'X-B3-Sampled': ['1'] }],
  [
    ['X-B3-TraceId: t', 'X-B3-ParentSpanId: p', 'X-B3-SpanId: s', 'X-B3-More: m'],
    { 'X-B3-Parentspanid': ['p'], 'X-B3-Spanid': ['s'], 'X-B3-Traceid': ['t'] },
  ],
  [['X-B3-TraceId: t', 'X-B3-Sampled: 0'], undefined],
  [['B3: t-s-1-p'], { B3: ['t-s-1-p'] }],
  [['B3: 0'], undefined],
  [['B3: t-s-0'], undefined],
  [['Traceparent: 00-t-p-01', 'tracestate: a=b'], { Traceparent: ['00-t-p-01'], Tracestate: ['a=b'] }],
  [['traceparent: 00-t-p-00'], undefined],
  [['traceparent: 00-t-p-81'], undefined],
];

export const latency: Case[] = [
  ...cases(
    [
      ['lat', 'lat', 'm.lat'],
      ['short', 'short', 'm.short'],
      ['wild.x', 'wild\\.x', 'm.wild'],
    ] as const,
    ([subject, pattern, metrics]) => ({
      name: `an answer on ${subject} is measured`,
      config,
      steps: [
        ...responder(subject, metrics),
        ...requester,
        b.send(pub(subject, 'hi', 'inbox.1')),
        a.take(asked(pattern)),
        a.send(pub('<reply>', 'ok')),
        event('a', metrics, { whole: answered() }),
        b.expect(msg('inbox.1', '9', 'ok')),
        a.send(pub('<reply>', 'ok')),
        ...a.sync(),
        a.quiet(),
        ...b.sync(),
      ],
    }),
  ),
  {
    name: 'whoever shares is shown',
    config,
    steps: [
      ...responder('shown', 'm.shown'),
      ...requester,
      b.send(pub('shown', 'hi', 'inbox.1')),
      a.take(asked('shown')),
      a.send(pub('<reply>', 'ok')),
      event('a', 'm.shown', { whole: answered({}, detailed('B', 'b')) }),
    ],
  },
  {
    name: 'a request without a reply is a bad one',
    config,
    steps: [
      ...responder('lat', 'm.lat'),
      ...requester,
      b.send(pub('lat', 'hi')),
      a.expect(asked('lat', { reply: '' })),
      event('a', 'm.lat', { whole: failed(400, 'Bad Request') }),
    ],
  },
  {
    name: 'a request that nobody takes',
    config,
    steps: [
      ...responder('other', 'm.lat'),
      ...requester,
      b.send(pub('lat', 'hi', 'inbox.1')),
      event('a', 'm.lat', { whole: failed(503, 'Service Unavailable') }),
      b.expect(unanswered('inbox.1', '9', 'lat')),
    ],
  },
  {
    name: 'a request whose answer nobody waits for any more',
    config,
    steps: [
      ...responder('lat', 'm.lat'),
      ...b.connect({ ...modern, user: 'b' }),
      b.send(`SUB inbox.1 9\r\n${pub('lat', 'hi', 'inbox.1')}`),
      a.take(asked('lat')),
      b.send('UNSUB 9\r\n'),
      event('a', 'm.lat', { whole: failed(408, 'Request Timeout') }),
      a.send(pub('<reply>', 'ok')),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'a request whose requester is gone',
    config,
    steps: [
      ...responder('lat', 'm.lat'),
      ...requester,
      b.send(pub('lat', 'hi', 'inbox.1') + pub('lat', 'hi', 'inbox.2')),
      a.take(asked('lat')),
      a.take(asked('lat')),
      b.leave(),
      event('a', 'm.lat', { part: { status: 408, description: 'Request Timeout' } }),
      event('a', 'm.lat', { part: { status: 408, description: 'Request Timeout' } }),
      ...a.sync(),
    ],
  },
  {
    name: 'interest that goes while there is other interest is no matter',
    config,
    steps: [
      ...responder('lat', 'm.lat'),
      ...requester,
      b.send(`SUB inbox.1 7\r\n${pub('lat', 'hi', 'inbox.1')}`),
      a.take(asked('lat')),
      b.send('UNSUB 7\r\n'),
      ...b.sync(),
      a.quiet(),
      a.send(pub('<reply>', 'ok')),
      event('a', 'm.lat', { part: { status: 200 } }),
      b.expect(msg('inbox.1', '9', 'ok')),
    ],
  },
  {
    name: 'a request that is not answered in time',
    config,
    steps: [
      ...responder('slow', 'm.slow'),
      ...requester,
      b.send(pub('slow', 'hi', 'inbox.1')),
      a.take(asked('slow')),
      event('a', 'm.slow', { whole: failed(504, 'Service Timeout') }),
      a.send(pub('<reply>', 'ok')),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'by way of another account the requester is the first one',
    config,
    steps: [
      ...responder('lat', 'm.lat'),
      ...c.connect({ ...modern, user: 'c' }),
      c.send(`SUB inbox.* 5\r\n${pub('far', 'hi', 'inbox.1')}`),
      a.take(asked('lat')),
      a.send(pub('<reply>', 'ok')),
      event('a', 'm.lat', { whole: answered({}, { acc: 'C', rtt: NUMBER }) }),
      c.expect(msg('inbox.1', '5', 'ok')),
    ],
  },
  ...cases(HEADERS, ([headers, measured]) => ({
    name: `with ${headers.join(', ') || 'no header'} a request is ${measured === undefined ? 'not ' : ''}measured`,
    config,
    steps: [
      ...responder('head', 'm.head'),
      ...requester,
      b.send(headers.length === 0 ? pub('head', 'hi', 'inbox.1') : hpub('head', headers, 'hi', 'inbox.1')),
      a.take(
        asked('head', {
          before: headers.map((line) => `${line}\\r\\n`).join(''),
          ...(measured === undefined ? { reply: UNMEASURED } : {}),
        }),
      ),
      a.send(pub('<reply>', 'ok')),
      ...(measured === undefined
        ? [...a.sync(), a.quiet()]
        : [event('a', 'm.head', { whole: answered({ header: measured }) })]),
      b.expect(msg('inbox.1', '9', 'ok')),
    ],
  })),
  {
    name: 'headers are told of failures, too',
    config,
    steps: [
      ...responder('other', 'm.head'),
      ...requester,
      b.send(hpub('head', ['B3: 1'], 'hi', 'inbox.1')),
      event('a', 'm.head', { whole: failed(503, 'Service Unavailable', { header: { B3: ['1'] } }) }),
      b.send(hpub('head', ['B3: 1'], 'hi')),
      event('a', 'm.head', { whole: failed(400, 'Bad Request', { header: { B3: ['1'] } }) }),
    ],
  },
];
