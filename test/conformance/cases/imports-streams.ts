import { a, b, c, type Case, cases, modern, oneOf, reload, type Step } from '../case.ts';
import { hmsg, hpub, msg, pub, unanswered } from './messages.ts';

/** A publishes, B imports in every way there is, C imports from both. */
const config = `accounts {
  A {
    users: [ { user: a } ]
    exports: [
      { stream: "s.>" }, { stream: "lone" }, { stream: "p.*.*" }, { stream: "p3.*.*.*" }
      { stream: "some.>", accounts: [B] }, { stream: "own.*.x", account_token_position: 2 }
    ]
    mappings: { "mapped.*": "s.plain" }
  }
  B {
    users: [
      { user: b }
      { user: denied, permissions: { subscribe: { deny: "from.a.s.pre.secret" } } }
      { user: allowed, permissions: { subscribe: { allow: ["q.*.1", "s.plain"] } } }
    ]
    imports: [
      { stream: { account: A, subject: "s.plain" } }
      { stream: { account: A, subject: "s.any.*" } }
      { stream: { account: A, subject: "s.pre.>" }, prefix: "from.a" }
      { stream: { account: A, subject: "s.dot.*" }, prefix: "dot." }
      { stream: { account: A, subject: "lone" }, to: "my.lone" }
      { stream: { account: A, subject: "s.wild.>" }, to: "w.>" }
      { stream: { account: A, subject: "p.*.*" }, to: "q.$2.$1" }
      { stream: { account: A, subject: "p3.*.*.*" }, to: "q3.$2.$3.$1" }
      { stream: { account: A, subject: "some.thing" } }
      { stream: { account: A, subject: "own.B.x" }, to: "own" }
    ]
    exports: [ { stream: "s.plain" }, { stream: "b.>" } ]
  }
  C {
    users: [ { user: c } ]
    imports: [
      { stream: { account: B, subject: "s.plain" } }
      { stream: { account: B, subject: "b.>" } }
      { stream: { account: A, subject: "s.any.*" }, to: "c.$1" }
    ]
  }
}`;

const one: Step[] = a.connect({ user: 'a' });
const two: Step[] = b.connect({ user: 'b' });

/** What B is subscribed to, what A publishes, and the subject that B gets it under, if it does. */
const ROUTES: readonly [subscribed: string, published: string, received: string | undefined][] = [
  ['s.plain', 's.plain', 's.plain'],
  ['s.*', 's.plain', 's.plain'],
  ['>', 's.plain', 's.plain'],
  ['s.other', 's.other', undefined],
  ['s.any.x', 's.any.x', 's.any.x'],
  ['s.any.*', 's.any.x', 's.any.x'],
  ['s.any.y', 's.any.x', undefined],
  ['s.>', 's.any.x', 's.any.x'],
  ['*.any.x', 's.any.x', 's.any.x'],
  ['from.a.s.pre.x', 's.pre.x', 'from.a.s.pre.x'],
  ['from.a.s.pre.>', 's.pre.x.y', 'from.a.s.pre.x.y'],
  ['from.>', 's.pre.x', 'from.a.s.pre.x'],
  ['from.*.s.pre.*', 's.pre.x', 'from.a.s.pre.x'],
  ['s.pre.x', 's.pre.x', undefined],
  ['dot.s.dot.x', 's.dot.x', 'dot.s.dot.x'],
  ['my.lone', 'lone', 'my.lone'],
  ['my.*', 'lone', 'my.lone'],
  ['lone', 'lone', undefined],
  ['w.x.y', 's.wild.x.y', 'w.x.y'],
  ['w.*', 's.wild.x', 'w.x'],
  ['w.*', 's.wild.x.y', undefined],
  ['q.*.*', 'p.1.2', 'q.2.1'],
  ['q.2.1', 'p.1.2', 'q.2.1'],
  ['q.1.2', 'p.1.2', undefined],
  ['q.*.1', 'p.1.2', 'q.2.1'],
  ['*.2.>', 'p.1.2', 'q.2.1'],
  ['q3.>', 'p3.1.2.3', 'q3.2.3.1'],
  ['some.thing', 'some.thing', 'some.thing'],
  ['own', 'own.B.x', 'own'],
  ['own', 'own.C.x', undefined],
];

export const streamImports: Case[] = [
  ...cases(ROUTES, ([subscribed, published, received]) => ({
    name: `of ${published} to ${subscribed}: ${received ?? 'nothing'}`,
    config,
    steps: [
      ...one,
      ...two,
      b.send(`SUB ${subscribed} 1\r\n`),
      ...b.sync(),
      a.send(pub(published, 'x')),
      ...a.sync(),
      ...(received === undefined ? [] : [b.expect(msg(received, '1', 'x'))]),
      ...b.sync(),
    ],
  })),
  {
    name: 'one after the other, again and again',
    config,
    steps: [
      ...one,
      ...two,
      b.send('SUB from.a.> 1\r\nSUB q.*.* 2\r\n'),
      ...b.sync(),
      a.send(['x', 'y', 'x', 'z', 'x', 'y'].map((end) => pub(`s.pre.${end}`) + pub(`p.${end}.1`)).join('')),
      ...a.sync(),
      b.expect(
        ['x', 'y', 'x', 'z', 'x', 'y'].map((end) => msg(`from.a.s.pre.${end}`, '1') + msg(`q.1.${end}`, '2')).join(''),
      ),
      ...b.sync(),
    ],
  },
  {
    name: 'reach every subscription, and those at home',
    config,
    steps: [
      ...one,
      ...two,
      ...c.connect({ user: 'b' }),
      a.send('SUB s.plain 7\r\n'),
      b.send('SUB s.plain 1\r\nSUB s.plain 2\r\n'),
      ...b.sync(),
      c.send('SUB s.plain 3\r\n'),
      ...c.sync(),
      a.send(pub('s.plain', 'x')),
      a.expect(msg('s.plain', '7', 'x')),
      b.expect(/^(MSG s\.plain [12] 1\r\nx\r\n){2}/),
      c.expect(msg('s.plain', '3', 'x')),
      ...b.sync(),
    ],
  },
  {
    name: 'keep reply and headers',
    config,
    steps: [
      ...one.slice(0, 1),
      a.send(`CONNECT {"user":"a","verbose":false,"headers":true}\r\n`),
      ...a.sync(),
      ...b.connect({ ...modern, user: 'b' }),
      b.send('SUB my.lone 1\r\n'),
      ...b.sync(),
      a.send(hpub('lone', ['A: b'], 'x', 'inbox')),
      ...a.sync(),
      b.expect(hmsg('my.lone', '1', ['A: b'], 'x', 'inbox')),
    ],
  },
  {
    name: 'without headers for those who do not take them',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a' }),
      ...two,
      b.send('SUB my.lone 1\r\nSUB from.a.s.pre.h 2\r\n'),
      ...b.sync(),
      a.send(hpub('lone', ['A: b'], 'x', 'inbox') + hpub('s.pre.h', ['A: b'], 'y')),
      ...a.sync(),
      b.expect(msg('my.lone', '1', 'x', 'inbox') + msg('from.a.s.pre.h', '2', 'y')),
    ],
  },
  {
    name: 'in big messages',
    config,
    steps: [
      ...one,
      ...two,
      b.send('SUB my.lone 1\r\nSUB q.> 2\r\n'),
      ...b.sync(),
      a.send(pub('lone', 'x'.repeat(70_000)) + pub('p.1.2', 'y'.repeat(70_000))),
      ...a.sync(),
      b.expect(msg('my.lone', '1', 'x'.repeat(70_000)) + msg('q.2.1', '2', 'y'.repeat(70_000))),
    ],
  },
  {
    name: 'lead one way only',
    config,
    steps: [
      ...one,
      ...two,
      a.send('SUB > 1\r\n'),
      ...a.sync(),
      b.send(`SUB s.plain 1\r\n${pub('s.plain', 'b')}`),
      b.expect(msg('s.plain', '1', 'b')),
      ...b.sync(),
      ...a.sync(),
    ],
  },
  {
    name: 'are not exported again',
    config,
    steps: [
      ...one,
      ...two,
      ...c.connect({ user: 'c' }),
      c.send('SUB > 1\r\n'),
      ...c.sync(),
      a.send(pub('s.plain', 'a')),
      ...a.sync(),
      ...c.sync(),
      b.send(pub('s.plain', 'b')),
      ...b.sync(),
      c.expect(msg('s.plain', '1', 'b')),
      a.send(pub('s.any.x', 'a')),
      ...a.sync(),
      c.expect(msg('c.x', '1', 'a')),
      ...c.sync(),
    ],
  },
  {
    name: 'merge queue groups of all accounts by their names',
    config,
    steps: [
      ...one,
      ...two,
      a.send('SUB s.plain g 1\r\n'),
      ...a.sync(),
      b.send('SUB s.plain g 1\r\n'),
      ...b.sync(),
      ...c.connect({ user: 'a' }),
      ...Array.from({ length: 6 }, (): Step[] => [
        c.send(pub('s.plain', 'x')),
        ...c.sync(),
        oneOf({ client: 'a', text: msg('s.plain', '1', 'x') }, { client: 'b', text: msg('s.plain', '1', 'x') }),
      ]).flat(),
    ],
  },
  {
    name: 'go to every queue group with a name of its own',
    config,
    steps: [
      ...one,
      ...two,
      a.send('SUB s.plain g 1\r\n'),
      b.send('SUB s.plain h 1\r\nSUB s.* h 2\r\nSUB my.lone h 3\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', 'x') + pub('lone', 'y')),
      a.expect(msg('s.plain', '1', 'x')),
      ...a.sync(),
      b.expect(/^MSG s\.plain [12] 1\r\nx\r\n/),
      b.expect(msg('my.lone', '3', 'y')),
      ...b.sync(),
    ],
  },
  {
    name: 'count as takers of a request',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a' }),
      ...two,
      a.send(`SUB inbox 1\r\n${pub('s.plain', '', 'inbox')}`),
      a.expect(unanswered('inbox', '1', 's.plain')),
      b.send('SUB s.plain 1\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', '', 'inbox')),
      ...a.sync(),
      b.expect(msg('s.plain', '1', '', 'inbox')),
    ],
  },
  {
    name: 'answers stay in the account of who gives them',
    config,
    steps: [
      ...one,
      ...two,
      a.send('SUB inbox 1\r\n'),
      ...a.sync(),
      b.send('SUB s.plain 1\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', '', 'inbox')),
      b.expect(msg('s.plain', '1', '', 'inbox')),
      b.send(pub('inbox', 'answer')),
      ...b.sync(),
      ...a.sync(),
    ],
  },
  {
    name: 'do not count for auto-unsubscribe',
    config,
    steps: [
      ...one,
      ...two,
      b.send('SUB s.plain 1\r\nUNSUB 1 1\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', '1') + pub('s.plain', '2')),
      ...a.sync(),
      b.expect(msg('s.plain', '1', '1') + msg('s.plain', '1', '2')),
      b.send(pub('s.plain', '3')),
      b.expect(msg('s.plain', '1', '3')),
      ...b.sync(),
      a.send(pub('s.plain', '4')),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'end with UNSUB',
    config,
    steps: [
      ...one,
      ...two,
      b.send('SUB s.plain 1\r\nSUB q.> 2\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', '1') + pub('p.1.2', '1')),
      ...a.sync(),
      b.expect(msg('s.plain', '1', '1') + msg('q.2.1', '2', '1')),
      b.send('UNSUB 1\r\nUNSUB 2\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', '2') + pub('p.1.2', '2')),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'end with the connection',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a' }),
      ...two,
      b.send('SUB s.plain 1\r\n'),
      ...b.sync(),
      b.leave(),
      a.send(`SUB inbox 1\r\n${pub('s.plain', '', 'inbox')}`),
      a.expect(unanswered('inbox', '1', 's.plain')),
    ],
  },
  {
    name: 'are subject to what may be subscribed to here',
    config,
    steps: [
      ...one,
      ...b.connect({ user: 'allowed' }),
      b.send('SUB q.*.1 1\r\nSUB q.*.2 2\r\n'),
      b.expect(`-ERR 'Permissions Violation for Subscription to "q.*.2"'\r\n`),
      a.send(pub('p.1.7') + pub('p.2.7')),
      ...a.sync(),
      b.expect(msg('q.7.1', '1')),
      ...b.sync(),
    ],
  },
  {
    name: 'are subject to what may be delivered here',
    config,
    steps: [
      ...one,
      ...b.connect({ user: 'denied' }),
      b.send('SUB from.a.> 1\r\n'),
      ...b.sync(),
      a.send(pub('s.pre.secret') + pub('s.pre.open')),
      ...a.sync(),
      b.expect(msg('from.a.s.pre.open', '1')),
      ...b.sync(),
    ],
  },
  {
    name: 'begin behind the mappings of the exporter',
    config,
    steps: [
      ...one,
      ...two,
      b.send('SUB s.plain 1\r\n'),
      ...b.sync(),
      a.send(pub('mapped.x', '1') + pub('mapped.x', '2')),
      ...a.sync(),
      b.expect(msg('s.plain', '1', '1') + msg('s.plain', '1', '2')),
    ],
  },
  {
    name: 'come and go with a reload',
    alone: true,
    config,
    steps: [
      ...one,
      ...two,
      b.send('SUB x.> 1\r\nSUB s.plain 2\r\n'),
      ...b.sync(),
      a.send(pub('s.plain', '1')),
      ...a.sync(),
      b.expect(msg('s.plain', '2', '1')),
      reload(`accounts {
        A { users: [ { user: a } ], exports: [ { stream: "s.>" } ] }
        B { users: [ { user: b } ], imports: [ { stream: { account: A, subject: "s.>" }, to: "x.>" } ] }
      }`),
      a.send(pub('s.plain', '2')),
      ...a.sync(),
      b.expect(msg('x.plain', '1', '2')),
      ...b.sync(),
    ],
  },
];
