import { a, b, c, cases, connectLine, logged, modern, plain, type Case, type Step } from '../case.ts';

/** All cases share one server: users are named for what they may do. */
const config = `authorization {
  default_permissions: { publish: { deny: "nobody.>" }, subscribe: { deny: "nobody.>" } }
  users: [
    { user: free, password: p, permissions: { publish: ">", subscribe: ">" } }
    { user: plain, password: p }
    { user: list, password: p, permissions: { publish: ["foo", "bar.*", "baz.>"], subscribe: ["foo", "bar.*", "baz.>"] } }
    { user: one, password: p, permissions: { publish: "foo", subscribe: "foo" } }
    { user: names, password: p, permissions: { pub: { allow: "foo" }, sub: { deny: "foo" } } }
    { user: deny, password: p, permissions: { publish: { allow: ">", deny: ["no.>", "*.no"] }, subscribe: { deny: ["no.>", "*.no"] } } }
    { user: denyonly, password: p, permissions: { publish: { deny: "no" }, subscribe: { deny: "no" } } }
    { user: queues, password: p, permissions: {
      subscribe: { allow: ["foo.*", "bar.> q*", "baz.>", "qq.> v1.*", "x q1", "both", "both q1"], deny: ["baz.no", "baz.z.* q2"] } } }
    { user: denyqueues, password: p, permissions: { subscribe: { deny: ["no q1", "many v.*", "all *.d"] } } }
    { user: emptylists, password: p, permissions: { publish: { allow: [] }, subscribe: { allow: [] } } }
    { user: responder, password: p, permissions: { subscribe: "svc.*", allow_responses: true } }
    { user: three, password: p, permissions: { subscribe: "svc.*", allow_responses: { max: 3, expires: "1m" } } }
    { user: many, password: p, permissions: { subscribe: "svc.*", allow_responses: { max: -1, expires: "1m" } } }
    { user: brief, password: p, permissions: { subscribe: "svc.*", allow_responses: { max: 10, expires: "100ms" } } }
    { user: also, password: p, permissions: { publish: "log", subscribe: "svc.*", allow_responses: true } }
    { user: denied, password: p, permissions: { publish: { deny: "log" }, subscribe: "svc.*", allow_responses: true } }
    { user: utf8, password: p, permissions: { publish: "grüße", subscribe: "grüße" } }
  ]
}`;

const as = (user: string, more: object = {}) => ({ user, pass: 'p', ...more });
const publishDenied = (subject: string): string => `-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`;
const subscribeDenied = (subject: string, queue?: string): string =>
  `-ERR 'Permissions Violation for Subscription to "${subject}"${queue === undefined ? '' : ` using queue "${queue}"`}'\r\n`;

/** Who may publish what: each subject is published to, and either comes through or is refused. */
function publishes(user: string, subjects: Record<string, boolean>): Step[] {
  return [
    ...a.connect(as(user)),
    ...b.connect(as('free')),
    b.send('SUB > 1\r\n'),
    ...b.sync(),
    ...Object.entries(subjects).flatMap(([subject, allowed]) => [
      a.send(`PUB ${subject} 2\r\nhi\r\n`),
      ...(allowed ? [b.expect(`MSG ${subject} 1 2\r\nhi\r\n`)] : [a.expect(publishDenied(subject)), ...b.sync()]),
    ]),
    ...a.sync(),
  ];
}

/** Who may subscribe to what: a subject, or a subject and a queue group. */
function subscribes(user: string, subjects: Record<string, boolean>): Step[] {
  return [
    ...a.connect(as(user)),
    ...Object.entries(subjects).flatMap(([text, allowed], index) => {
      const [subject = '', queue] = text.split(' ');
      return [
        a.send(`SUB ${text} ${index + 1}\r\n`),
        ...(allowed ? [] : [a.expect(subscribeDenied(subject, queue))]),
        ...a.sync(),
      ];
    }),
  ];
}

const publishing: Case[] = [
  {
    name: 'a list of subjects is what may be published to',
    config,
    alsoOn: ['2.10'],
    steps: publishes('list', {
      foo: true,
      'foo.bar': false,
      bar: false,
      'bar.x': true,
      'bar.x.y': false,
      baz: false,
      'baz.x': true,
      'baz.x.y': true,
      fo: false,
      FOO: false,
    }),
  },
  {
    name: 'one subject is a list of one',
    config,
    steps: publishes('one', { foo: true, bar: false }),
  },
  {
    name: 'wildcards of a published subject are text',
    config,
    steps: [
      ...a.connect(as('list')),
      a.send('PUB bar.* 0\r\n\r\nPUB bar.> 0\r\n\r\nPUB > 0\r\n\r\n'),
      a.expect(publishDenied('>')),
      ...a.sync(),
    ],
  },
  {
    name: 'what is denied counts more than what is allowed',
    config,
    steps: publishes('deny', { foo: true, 'no.x': false, 'x.no': false, no: true, 'x.no.x': true }),
  },
  {
    name: 'everything may be published that is not denied',
    config,
    steps: publishes('denyonly', { foo: true, no: false, 'no.x': true }),
  },
  {
    name: 'an empty list allows everything',
    config,
    steps: [...publishes('emptylists', { foo: true, no: true }), a.send('SUB > 1\r\n'), ...a.sync()],
  },
  {
    name: 'short names of the keys do the same',
    config,
    steps: [
      ...publishes('names', { foo: true, bar: false }),
      a.send('SUB foo 1\r\n'),
      a.expect(subscribeDenied('foo')),
    ],
  },
  {
    name: 'subjects are bytes: those of a configuration are UTF-8',
    config,
    steps: [
      ...a.connect(as('utf8')),
      a.send('SUB gr\u00c3\u00bc\u00c3\u009fe 1\r\nPUB gr\u00c3\u00bc\u00c3\u009fe 2\r\nhi\r\n'),
      a.expect('MSG gr\u00c3\u00bc\u00c3\u009fe 1 2\r\nhi\r\n'),
      a.send('PUB gr\u00fc\u00dfe 0\r\n\r\n'),
      a.expect(/^-ERR 'Permissions Violation for Publish to "gr[^"]*"'\r\n/),
      ...a.sync(),
    ],
  },
  {
    name: 'a message with headers that may not be published is refused like any other',
    config,
    steps: [
      ...a.connect(as('one', { headers: true })),
      a.send('HPUB bar 12 14\r\nNATS/1.0\r\n\r\nhi\r\n'),
      a.expect(publishDenied('bar')),
      ...a.sync(),
    ],
  },
  {
    name: 'a verbose client gets no +OK for a message that is refused',
    config,
    steps: [
      a.open(),
      a.send(connectLine({ ...plain, verbose: true, ...as('one') })),
      a.expect('+OK\r\n'),
      a.send('PUB bar 0\r\n\r\nPUB foo 0\r\n\r\n'),
      a.expect(`${publishDenied('bar')}+OK\r\n`),
    ],
  },
  {
    name: 'who asks what it may not is not told that nobody answers',
    config,
    steps: [
      ...a.connect({ ...modern, ...as('one') }),
      a.send('SUB foo 1\r\nPUB bar foo 0\r\n\r\n'),
      a.expect(publishDenied('bar')),
      ...a.sync(),
    ],
  },
  {
    name: 'a refused message is told of in the log',
    config,
    steps: [
      ...a.connect(as('one', { name: 'pl' })),
      a.send('PUB log.me 0\r\n\r\n'),
      a.expect(publishDenied('log.me')),
      logged(
        /\[ERR\] 127\.0\.0\.1:\d+ - cid:\d+ - "v1:case:pl" - "\$G\/user:one" - Publish Violation - Subject "log\.me"\n/,
      ),
    ],
  },
  {
    name: 'a message is refused every time',
    config,
    steps: [
      ...a.connect(as('one')),
      a.send('PUB bar 0\r\n\r\n'.repeat(3)),
      a.expect(publishDenied('bar').repeat(3)),
      a.send('PUB bar 0\r\n\r\nPUB foo 0\r\n\r\nPUB bar 0\r\n\r\n'),
      a.expect(publishDenied('bar').repeat(2)),
      ...a.sync(),
    ],
  },
  {
    name: 'another user of the same account is not bound by it',
    config,
    steps: [
      ...a.connect(as('one')),
      ...b.connect(as('free')),
      a.send('PUB bar 0\r\n\r\n'),
      a.expect(publishDenied('bar')),
      b.send('SUB bar 1\r\nPUB bar 2\r\nhi\r\n'),
      b.expect('MSG bar 1 2\r\nhi\r\n'),
      a.send('PUB bar 0\r\n\r\n'),
      a.expect(publishDenied('bar')),
      ...b.sync(),
    ],
  },
  {
    name: 'permissions that are given to all bind those who have none of their own',
    config,
    steps: [
      ...publishes('plain', { foo: true, 'nobody.x': false }),
      a.send('SUB nobody.x 1\r\n'),
      a.expect(subscribeDenied('nobody.x')),
    ],
  },
  {
    name: 'permissions that are given to all do not bind those who have some of their own',
    config,
    steps: publishes('free', { 'nobody.x': true }),
  },
];

const subscribing: Case[] = [
  {
    name: 'a list of subjects is what may be subscribed to',
    config,
    alsoOn: ['2.10'],
    steps: subscribes('list', {
      foo: true,
      'foo.bar': false,
      'bar.x': true,
      'bar.*': true,
      // The tokens of what is asked for are text, here as there.
      'bar.>': true,
      'bar.x.y': false,
      'baz.*': true,
      'baz.>': true,
      'baz.x.>': true,
      '*.x': false,
      '>': false,
      '*': false,
    }),
  },
  {
    name: 'everything may be subscribed to that is not denied, and more than that with wildcards',
    config,
    steps: subscribes('deny', {
      foo: true,
      'no.x': false,
      'x.no': false,
      'no.>': false,
      'no.*': false,
      '*.no': false,
      '*.x': true,
      '>': true,
      no: true,
    }),
  },
  {
    name: 'a denied subscription may be in a group',
    config,
    steps: subscribes('deny', { 'foo q': true, 'no.x q': false }),
  },
  {
    name: 'entries with a queue are for members of that group',
    config,
    alsoOn: ['2.10'],
    steps: subscribes('queues', {
      'foo.*': true,
      'foo.>': true,
      'foo.a q': true,
      '*.a': false,
      'bar.x': false,
      'bar.x q1': false,
      'bar.x q': false,
      'bar.x q*': true,
      'baz.>': true,
      'baz.no': false,
      'baz.no q': false,
      'baz.z.* q2': false,
      'baz.z.a q2': false,
      'baz.z.a q3': true,
      'baz.z.a': true,
      'qq.a v1.x': true,
      'qq.a v1.x.y': false,
      'qq.a v1.*': true,
      'qq.a': false,
      x: false,
      'x q1': true,
      'x q2': false,
    }),
  },
  {
    name: 'an entry with a queue outweighs one without for members of groups',
    config,
    steps: subscribes('queues', { both: true, 'both q1': true, 'both q2': false }),
  },
  {
    name: 'entries with a queue deny members of that group only',
    config,
    steps: subscribes('denyqueues', {
      no: true,
      'no q1': false,
      'no q2': true,
      'many v.1': false,
      'many v.1.2': true,
      many: true,
      'all a.d': false,
      'all d': true,
    }),
  },
  {
    name: 'a refused subscription is told of in the log',
    config,
    steps: [
      ...a.connect(as('one')),
      a.send('SUB log.sub 7\r\nSUB log.q q 8\r\n'),
      a.expect(`${subscribeDenied('log.sub')}${subscribeDenied('log.q', 'q')}`),
      logged(/"\$G\/user:one" - Subscription Violation - Subject "log\.sub", SID 7\n/),
      logged(/"\$G\/user:one" - Subscription Violation - Subject "log\.q", Queue: "q", SID 8\n/),
    ],
  },
  {
    name: 'a subject that is no subject is refused as one that is not allowed',
    config,
    steps: [...a.connect(as('one')), a.send('SUB foo..bar 1\r\n'), a.expect(subscribeDenied('foo..bar')), ...a.sync()],
  },
  {
    name: 'a verbose client gets no +OK for a subscription that is refused, and one for its end',
    config,
    steps: [
      a.open(),
      a.send(connectLine({ ...plain, verbose: true, ...as('one') })),
      a.expect('+OK\r\n'),
      a.send('SUB bar 1\r\nUNSUB 1\r\nSUB foo 1\r\n'),
      a.expect(`${subscribeDenied('bar')}+OK\r\n+OK\r\n`),
    ],
  },
  {
    name: 'the sid of a refused subscription is free',
    config,
    steps: [
      ...a.connect(as('one')),
      a.send('SUB bar 1\r\n'),
      a.expect(subscribeDenied('bar')),
      a.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n'),
      a.expect('MSG foo 1 2\r\nhi\r\n'),
    ],
  },
];

const delivering: Case[] = [
  {
    name: 'a wide subscription does not get what is denied',
    config,
    alsoOn: ['2.10'],
    steps: [
      ...a.connect(as('deny')),
      ...b.connect(as('free')),
      a.send('SUB > 1\r\nSUB *.* 2\r\nSUB foo.* 3\r\n'),
      ...a.sync(),
      b.send('PUB no.x 2\r\nn1\r\nPUB foo.no 2\r\nn2\r\nPUB foo.yes 2\r\nok\r\nPUB no 2\r\nok\r\nPUB x 1\r\nx\r\n'),
      ...b.sync(),
      a.expect(/^(MSG foo\.yes [123] 2\r\nok\r\n){3}MSG no 1 2\r\nok\r\nMSG x 1 1\r\nx\r\n/),
      ...a.sync(),
    ],
  },
  {
    name: 'what is denied to one is delivered to the others',
    config,
    steps: [
      ...a.connect(as('deny')),
      ...b.connect(as('free')),
      a.send('SUB > 1\r\n'),
      b.send('SUB > 1\r\n'),
      ...a.sync(),
      ...b.sync(),
      b.send('PUB no.x 2\r\nn1\r\n'),
      b.expect('MSG no.x 1 2\r\nn1\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'of a group that member is picked who may have the message',
    config,
    steps: [
      ...a.connect(as('deny')),
      ...b.connect(as('free')),
      a.send('SUB > q 1\r\n'),
      b.send('SUB > q 1\r\n'),
      ...a.sync(),
      ...b.sync(),
      b.send('PUB no.x 2\r\nhi\r\n'.repeat(8)),
      b.expect('MSG no.x 1 2\r\nhi\r\n'.repeat(8)),
      ...a.sync(),
    ],
  },
  {
    name: 'by queue a group may be denied what the others get',
    config,
    steps: [
      ...a.connect(as('denyqueues')),
      a.send('SUB > q1 1\r\nSUB > q2 2\r\nSUB > 3\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('PUB no 2\r\nhi\r\n'),
      ...b.sync(),
      a.expect(/^(MSG no [23] 2\r\nhi\r\n){2}/),
      ...a.sync(),
    ],
  },
  {
    name: 'who asks is told that nobody answers when nobody may have the question',
    config,
    steps: [
      ...a.connect(as('deny')),
      a.send('SUB > 1\r\n'),
      ...a.sync(),
      ...b.connect({ ...modern, ...as('free') }),
      b.send('SUB inbox 1\r\nPUB no.x inbox 0\r\n\r\n'),
      b.expect('HMSG inbox 1 36 36\r\nNATS/1.0 503\r\nNats-Subject: no.x\r\n\r\n\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'what is denied does not count for the end of a subscription',
    config,
    steps: [
      ...a.connect(as('deny')),
      a.send('SUB > 1\r\nUNSUB 1 2\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('PUB no.x 0\r\n\r\nPUB a 1\r\n1\r\nPUB no.x 0\r\n\r\nPUB a 1\r\n2\r\nPUB a 1\r\n3\r\n'),
      ...b.sync(),
      a.expect('MSG a 1 1\r\n1\r\nMSG a 1 1\r\n2\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'what it publishes itself is filtered too',
    config,
    steps: [
      ...a.connect(as('denyonly')),
      a.send('SUB > 1\r\nPUB a 1\r\n1\r\n'),
      a.expect('MSG a 1 1\r\n1\r\n'),
      ...b.connect(as('free')),
      b.send('PUB no 0\r\n\r\n'),
      ...b.sync(),
      ...a.sync(),
    ],
  },
];

/** A service of that user gets a request of `b` and answers some times. */
function answers(user: string, times: number, allowed: number): Step[] {
  return [
    ...a.connect(as(user)),
    a.send('SUB svc.* 1\r\n'),
    ...a.sync(),
    ...b.connect(as('free')),
    b.send('SUB reply.1 1\r\nPUB svc.q reply.1 2\r\nhi\r\n'),
    a.expect('MSG svc.q 1 reply.1 2\r\nhi\r\n'),
    ...Array.from({ length: times }, (_, index) => [
      a.send(`PUB reply.1 1\r\n${index}\r\n`),
      ...(index < allowed ? [b.expect(`MSG reply.1 1 1\r\n${index}\r\n`)] : [a.expect(publishDenied('reply.1'))]),
    ]).flat(),
    ...a.sync(),
    ...b.sync(),
  ];
}

const responding: Case[] = [
  {
    name: 'who may answer may publish nothing else',
    config,
    alsoOn: ['2.10'],
    steps: [
      ...a.connect(as('responder')),
      a.send('PUB foo 0\r\n\r\nPUB reply.1 0\r\n\r\n'),
      a.expect(`${publishDenied('foo')}${publishDenied('reply.1')}`),
    ],
  },
  { name: 'one answer is allowed', config, alsoOn: ['2.10'], steps: answers('responder', 2, 1) },
  { name: 'so many answers are allowed as are said', config, steps: answers('three', 5, 3) },
  { name: 'any number of answers is allowed with -1', config, steps: answers('many', 9, 9) },
  {
    name: 'an answer comes too late',
    config,
    alone: true,
    steps: [
      ...a.connect(as('brief')),
      a.send('SUB svc.* 1\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('PUB svc.q reply.1 2\r\nhi\r\n'),
      a.expect('MSG svc.q 1 reply.1 2\r\nhi\r\n'),
      a.quiet(250),
      a.send('PUB reply.1 0\r\n\r\n'),
      a.expect(publishDenied('reply.1')),
      ...a.sync(),
    ],
  },
  {
    name: 'each question has answers of its own',
    config,
    steps: [
      ...a.connect(as('responder')),
      a.send('SUB svc.* 1\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('SUB reply.* 1\r\nPUB svc.q reply.1 0\r\n\r\nPUB svc.q reply.2 0\r\n\r\n'),
      a.expect('MSG svc.q 1 reply.1 0\r\n\r\nMSG svc.q 1 reply.2 0\r\n\r\n'),
      a.send('PUB reply.2 1\r\n2\r\nPUB reply.1 1\r\n1\r\nPUB reply.2 1\r\n2\r\n'),
      b.expect('MSG reply.2 1 1\r\n2\r\nMSG reply.1 1 1\r\n1\r\n'),
      a.expect(publishDenied('reply.2')),
    ],
  },
  {
    name: 'a question with the same reply allows answers anew',
    config,
    steps: [
      ...a.connect(as('responder')),
      a.send('SUB svc.* 1\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('SUB reply.1 1\r\nPUB svc.q reply.1 0\r\n\r\n'),
      a.expect('MSG svc.q 1 reply.1 0\r\n\r\n'),
      a.send('PUB reply.1 1\r\n1\r\n'),
      b.expect('MSG reply.1 1 1\r\n1\r\n'),
      b.send('PUB svc.q reply.1 0\r\n\r\n'),
      a.expect('MSG svc.q 1 reply.1 0\r\n\r\n'),
      a.send('PUB reply.1 1\r\n2\r\nPUB reply.1 1\r\n3\r\n'),
      b.expect('MSG reply.1 1 1\r\n2\r\n'),
      a.expect(publishDenied('reply.1')),
    ],
  },
  {
    name: 'what was allowed to one is not allowed to another',
    config,
    steps: [
      ...a.connect(as('responder')),
      ...c.connect(as('responder')),
      a.send('SUB svc.a 1\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('PUB svc.a reply.1 0\r\n\r\n'),
      a.expect('MSG svc.a 1 reply.1 0\r\n\r\n'),
      c.send('PUB reply.1 0\r\n\r\n'),
      c.expect(publishDenied('reply.1')),
    ],
  },
  {
    name: 'an answer may ask back, and a question with headers may be answered',
    config,
    steps: [
      ...a.connect({ ...modern, ...as('responder') }),
      a.send('SUB svc.* 1\r\n'),
      ...a.sync(),
      ...b.connect({ ...modern, ...as('free') }),
      b.send('SUB reply.1 1\r\nHPUB svc.q reply.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n'),
      a.expect('HMSG svc.q 1 reply.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n'),
      a.send('HPUB reply.1 svc.back 12 12\r\nNATS/1.0\r\n\r\n\r\n'),
      b.expect('HMSG reply.1 1 svc.back 12 12\r\nNATS/1.0\r\n\r\n\r\n'),
    ],
  },
  {
    name: 'what is allowed anyway is allowed beside answers',
    config,
    steps: [
      ...answers('also', 2, 1),
      a.send('PUB log 0\r\n\r\nPUB foo 0\r\n\r\n'),
      a.expect(publishDenied('foo')),
      ...a.sync(),
    ],
  },
  {
    name: 'with something denied and answers allowed, nothing but answers is',
    config,
    steps: [...answers('denied', 2, 1), a.send('PUB foo 0\r\n\r\n'), a.expect(publishDenied('foo'))],
  },
  {
    name: 'answers may even go where it is denied',
    config,
    steps: [
      ...a.connect(as('denied')),
      a.send('SUB svc.* 1\r\n'),
      ...a.sync(),
      ...b.connect(as('free')),
      b.send('SUB log 1\r\nPUB svc.q log 0\r\n\r\n'),
      a.expect('MSG svc.q 1 log 0\r\n\r\n'),
      a.send('PUB log 2\r\nhi\r\n'),
      b.expect('MSG log 1 2\r\nhi\r\n'),
    ],
  },
];

const accountDefaults = `accounts {
  A {
    default_permissions: { publish: "a" }
    users: [ { user: ada, password: p }, { user: alf, password: p, permissions: { publish: "own" } } ]
  }
  B { users: [ { user: ben, password: p } ] }
}
authorization { default_permissions: { publish: "general" }, users: [ { user: gil, password: p } ] }`;

const defaults: Case[] = cases(
  [
    ['gil', 'general', 'a'],
    ['ada', 'a', 'general'],
    ['alf', 'own', 'a'],
  ] as const,
  ([user, allowed, refused]) => ({
    name: `${user} has the permissions of ${allowed === 'own' ? 'its own' : allowed === 'a' ? 'its account' : 'all who are in none'}`,
    config: accountDefaults,
    steps: [
      ...a.connect(as(user)),
      a.send(`PUB ${allowed} 0\r\n\r\nPUB ${refused} 0\r\n\r\n`),
      a.expect(publishDenied(refused)),
      ...a.sync(),
    ],
  }),
);

/** What users may publish and subscribe to. */
export const permissions: Case[] = [
  ...publishing,
  ...subscribing,
  ...delivering,
  ...responding,
  ...defaults,
  {
    name: 'users of an account are not bound by the permissions of all who are in none',
    config: accountDefaults,
    steps: [...a.connect(as('ben')), a.send('PUB anything 0\r\n\r\n'), ...a.sync()],
  },
  {
    name: 'the single user is bound by none',
    config: 'authorization { user: ada, password: p, default_permissions: { publish: "x" } }',
    steps: [...a.connect(as('ada')), a.send('PUB anything 0\r\n\r\n'), ...a.sync()],
  },
];
