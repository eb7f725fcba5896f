import { a, b, c, type Case, cases, d, modern, reload, type Step } from '../case.ts';
import { hmsg, hpub, msg, pub, unanswered } from './messages.ts';

/** A answers, B asks in every way there is, C asks by way of B and D answers too. */
const config = `accounts {
  A {
    users: [
      { user: a }
      { user: answers, permissions: { publish: none, subscribe: ">", allow_responses: true } }
    ]
    exports: [
      { service: help }, { service: "q.>" }, { service: "one.*" }, { service: "two.*.*" }
      { service: stream, response_type: stream }, { service: chunk, response: chunked }
      { service: "own.*", account_token_position: 2 }, { service: some, accounts: [B] }, { service: "m.>" }
      { service: shown }, { service: both }, { stream: both }
    ]
    mappings: { "m.old": "m.new" }
  }
  B {
    users: [ { user: b }, { user: mute, permissions: { publish: { deny: help } } } ]
    imports: [
      { service: { account: A, subject: help } }
      { service: { account: A, subject: help }, to: please }
      { service: { account: A, subject: "q.>" }, to: "ask.>" }
      { service: { account: A, subject: "one.*" } }
      { service: { account: A, subject: "two.*.*" }, to: "due.$2.$1" }
      { service: { account: A, subject: stream } }
      { service: { account: A, subject: chunk } }
      { service: { account: A, subject: "own.B" }, to: own }
      { service: { account: A, subject: some } }
      { service: { account: A, subject: "m.>" } }
      { service: { account: A, subject: shown }, share: true }
      { service: { account: A, subject: both } }
      { service: { account: D, subject: many } }
      { service: { account: E, subject: many } }
    ]
    exports: [ { service: please }, { service: shown } ]
    mappings: { alias: help }
  }
  C {
    users: [ { user: c } ]
    imports: [
      { service: { account: B, subject: please }, to: chained }
      { service: { account: B, subject: shown } }
      { stream: { account: A, subject: both } }
    ]
  }
  D { users: [ { user: d } ], exports: [ { service: many } ] }
  E { users: [ { user: e } ], exports: [ { service: many } ] }
}`;

const asking: Step[] = [...b.connect({ ...modern, user: 'b' }), b.send('SUB inbox.* 9\r\n'), ...b.sync()];

function answering(...subjects: string[]): Step[] {
  const lines = subjects.map((subject, index) => `SUB ${subject} ${index + 1}\r\n`).join('');
  return [...a.connect({ ...modern, user: 'a' }), a.send(lines), ...a.sync()];
}

const BRIEF = '\\{"acc":"B","rtt":\\d+\\}';

interface Asked {
  readonly payload?: string;
  /** Pattern of the JSON. */
  readonly info?: string;
  /** Header lines in front of it. */
  readonly before?: string;
  /** What the reply is called from then on; '' when there is none. */
  readonly reply?: string;
}

/** A request as the responder gets it. */
function asked(
  subject: string,
  sid: string,
  { payload = '', info = BRIEF, before = '', reply = 'reply' }: Asked = {},
): RegExp {
  const replyWord = reply === '' ? '' : `(?<${reply}>_R_\\.\\w{6}\\.\\w{6}) `;
  const head = `^HMSG ${subject.replaceAll('.', '\\.')} ${sid} ${replyWord}\\d+ \\d+\\r\\n`;
  return new RegExp(`${head}NATS/1\\.0\\r\\n${before}Nats-Request-Info: ${info}\\r\\n\\r\\n${payload}\\r\\n`);
}

/** What B asks, and what A is subscribed to and gets it as. */
const ROUTES: readonly [published: string, subject: string][] = [
  ['help', 'help'],
  ['please', 'help'],
  ['ask.a', 'q.a'],
  ['ask.a.b.c', 'q.a.b.c'],
  ['one.x', 'one.x'],
  ['due.x.y', 'two.y.x'],
  ['own', 'own.B'],
  ['some', 'some'],
  ['m.x', 'm.x'],
  ['m.old', 'm.new'],
  ['alias', 'help'],
];

export const serviceImports: Case[] = [
  ...cases(ROUTES, ([published, subject]) => ({
    name: `${published} is ${subject}, and answered`,
    config,
    steps: [
      ...answering(subject),
      ...asking,
      b.send(pub(published, 'hi', 'inbox.1')),
      ...b.sync(),
      a.take(asked(subject, '1', { payload: 'hi' })),
      a.send(pub('<reply>', 'ok')),
      ...a.sync(),
      b.expect(msg('inbox.1', '9', 'ok')),
      ...b.sync(),
    ],
  })),
  {
    name: 'is asked again and again',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      ...['x', 'y', 'x', 'z'].flatMap((name, index): Step[] => [
        b.send(pub('help', name, `inbox.${index}`)),
        a.take(asked('help', '1', { payload: name })),
        a.send(pub('<reply>', name)),
        b.expect(msg(`inbox.${index}`, '9', name)),
      ]),
      ...b.sync(),
    ],
  },
  {
    name: 'many requests under way are answered in any order',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(pub('help', '1', 'inbox.1') + pub('help', '2', 'inbox.2') + pub('help', '3', 'inbox.1')),
      a.take(asked('help', '1', { payload: '1', reply: 'first' })),
      a.take(asked('help', '1', { payload: '2', reply: 'second' })),
      a.take(asked('help', '1', { payload: '3', reply: 'third' })),
      a.send(pub('<third>', 'c') + pub('<first>', 'a') + pub('<second>', 'b')),
      ...a.sync(),
      b.expect(msg('inbox.1', '9', 'c') + msg('inbox.1', '9', 'a') + msg('inbox.2', '9', 'b')),
      ...b.sync(),
    ],
  },
  {
    name: 'headers of the request stay, in front of who asks',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(hpub('help', ['A: 1', 'B: 2'], 'hi', 'inbox.1')),
      a.expect(asked('help', '1', { payload: 'hi', before: 'A: 1\\r\\nB: 2\\r\\n' })),
      ...b.sync(),
    ],
  },
  {
    name: 'nobody says for himself who asks',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(hpub('help', ['Nats-Request-Info: {"acc":"X"}', 'A: 1', 'Nats-Request-Info: {}'], 'hi', 'inbox.1')),
      a.expect(asked('help', '1', { payload: 'hi', before: 'A: 1\\r\\n' })),
      b.send(hpub('help', ['Nats-Request-Info: {"acc":"X"}'], 'hi', 'inbox.1')),
      a.expect(asked('help', '1', { payload: 'hi' })),
      b.send(hpub('help', ['nats-request-info: {"acc":"X"}'], 'hi', 'inbox.1')),
      a.expect(asked('help', '1', { payload: 'hi', before: 'nats-request-info: \\{"acc":"X"\\}\\r\\n' })),
    ],
  },
  {
    name: 'headers of the answer come as they are',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(asked('help', '1', { payload: 'hi' })),
      a.send(hpub('<reply>', ['A: 1'], 'ok')),
      b.expect(hmsg('inbox.1', '9', ['A: 1'], 'ok')),
      ...b.sync(),
    ],
  },
  {
    name: 'a responder without headers gets the payload',
    config,
    steps: [
      ...a.connect({ user: 'a' }),
      a.send('SUB help 1\r\n'),
      ...a.sync(),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(/^MSG help 1 (?<reply>_R_\.\w{6}\.\w{6}) 2\r\nhi\r\n/),
      a.send(pub('<reply>', 'ok')),
      b.expect(msg('inbox.1', '9', 'ok')),
    ],
  },
  {
    name: 'what needs no answer has no reply',
    config,
    steps: [
      ...answering('help', 'q.*'),
      ...asking,
      b.send(pub('help', 'hi') + hpub('ask.x', ['A: 1'], 'ho')),
      a.expect(asked('help', '1', { payload: 'hi', reply: '' })),
      a.expect(asked('q.x', '2', { payload: 'ho', reply: '', before: 'A: 1\\r\\n' })),
      ...a.sync(),
    ],
  },
  {
    name: 'who shares tells more of himself',
    config,
    steps: [
      ...answering('shown'),
      ...b.connect({ ...modern, user: 'b', name: 'me <&>', version: '7' }),
      b.send('SUB inbox.* 9\r\n' + pub('shown', 'hi', 'inbox.1')),
      a.expect(
        asked('shown', '1', {
          payload: 'hi',
          info:
            '\\{"start":"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z","host":"127\\.0\\.0\\.1","id":\\d+,"acc":"B","user":"b",' +
            '"name":"me \\\\u003c\\\\u0026\\\\u003e","lang":"case","ver":"7","rtt":\\d+,"server":"N[A-Z2-7]{55}","kind":"Client","client_type":"nats"\\}',
        }),
      ),
      ...b.sync(),
    ],
  },
  {
    name: 'without a responder the requester is told, by his own subject',
    config,
    steps: [
      ...asking,
      b.send(pub('ask.x', 'hi', 'inbox.1') + pub('help', 'hi', 'inbox.2')),
      b.expect(unanswered('inbox.1', '9', 'ask.x') + unanswered('inbox.2', '9', 'help')),
      ...answering('q.x'),
      b.send(pub('ask.x', 'hi', 'inbox.3')),
      a.expect(asked('q.x', '1', { payload: 'hi' })),
      ...b.sync(),
      a.send('UNSUB 1\r\n'),
      ...a.sync(),
      b.send(pub('ask.x', 'hi', 'inbox.4')),
      b.expect(unanswered('inbox.4', '9', 'ask.x')),
    ],
  },
  {
    name: 'one answer is all',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(asked('help', '1', { payload: 'hi' })),
      a.send(pub('<reply>', '1') + pub('<reply>', '2')),
      ...a.sync(),
      b.expect(msg('inbox.1', '9', '1')),
      ...b.sync(),
    ],
  },
  {
    name: 'of several responders the first counts',
    config,
    steps: [
      ...answering('help', 'help'),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(/^HMSG help [12] (?<one>_R_\S+) (\d+) \d+\r\n[^{]*\{[^}]*\}\r\n\r\nhi\r\n/),
      a.take(/^HMSG help [12] (?<other>_R_\S+) (\d+) \d+\r\n[^{]*\{[^}]*\}\r\n\r\nhi\r\n/),
      a.send(pub('<one>', '1') + pub('<other>', '2')),
      ...a.sync(),
      b.expect(msg('inbox.1', '9', '1')),
      ...b.sync(),
    ],
  },
  {
    name: 'a queue group of responders shares the work',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'a' }),
      a.send('SUB help g 1\r\nSUB help g 2\r\n'),
      ...a.sync(),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(/^HMSG help [12] (?<reply>_R_\S+) \d+ \d+\r\n[^{]*\{[^}]*\}\r\n\r\nhi\r\n/),
      ...a.sync(),
      a.send(pub('<reply>', 'ok')),
      b.expect(msg('inbox.1', '9', 'ok')),
    ],
  },
  {
    name: 'a stream of answers goes on until an empty one',
    config,
    steps: [
      ...answering('stream'),
      ...asking,
      b.send(pub('stream', 'hi', 'inbox.1')),
      a.take(asked('stream', '1', { payload: 'hi' })),
      a.send(
        pub('<reply>', '1') + hpub('<reply>', ['A: 2']) + pub('<reply>', '3') + pub('<reply>') + pub('<reply>', '4'),
      ),
      ...a.sync(),
      b.expect(
        msg('inbox.1', '9', '1') + hmsg('inbox.1', '9', ['A: 2']) + msg('inbox.1', '9', '3') + msg('inbox.1', '9'),
      ),
      ...b.sync(),
    ],
  },
  {
    name: 'an answer in chunks goes on until an empty one',
    config,
    steps: [
      ...answering('chunk'),
      ...asking,
      b.send(pub('chunk', 'hi', 'inbox.1')),
      a.take(asked('chunk', '1', { payload: 'hi' })),
      a.send(pub('<reply>', '1') + pub('<reply>', '2') + pub('<reply>') + pub('<reply>', '3')),
      ...a.sync(),
      b.expect(msg('inbox.1', '9', '1') + msg('inbox.1', '9', '2') + msg('inbox.1', '9')),
      ...b.sync(),
    ],
  },
  {
    name: 'a stream of answers ends with interest in them',
    config,
    steps: [
      ...answering('stream'),
      ...b.connect({ ...modern, user: 'b' }),
      b.send(`SUB inbox.1 9\r\n${pub('stream', 'hi', 'inbox.1')}`),
      a.take(asked('stream', '1', { payload: 'hi' })),
      a.send(pub('<reply>', '1')),
      b.expect(msg('inbox.1', '9', '1')),
      b.send('UNSUB 9\r\n'),
      ...b.sync(),
      a.send(pub('<reply>', '2')),
      ...a.sync(),
      b.send('SUB inbox.1 10\r\n'),
      ...b.sync(),
      a.send(pub('<reply>', '3')),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'an answer may ask in turn',
    config,
    steps: [
      ...answering('help', 'more'),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(asked('help', '1', { payload: 'hi' })),
      a.send(pub('<reply>', 'and?', 'more')),
      b.take(/^MSG inbox\.1 9 (?<back>_R_\.\w{6}\.\w{6}) 4\r\nand\?\r\n/),
      b.send(pub('<back>', 'that')),
      a.expect(msg('more', '2', 'that')),
      b.send(pub('<back>', 'and that')),
      ...b.sync(),
      ...a.sync(),
    ],
  },
  {
    name: 'nobody asks for answers on subjects of the server',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(pub('help', 'hi', '_R_.abcdef.abcdef')),
      b.expect(`-ERR 'Permissions Violation for Publish with Reply of "_R_.abcdef.abcdef"'\r\n`),
      ...a.sync(),
    ],
  },
  {
    name: 'those who listen at home hear the request as it was sent',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      ...c.connect({ user: 'b' }),
      c.send('SUB help 3\r\n'),
      ...c.sync(),
      b.send(pub('help', 'hi', 'inbox.1')),
      c.expect(msg('help', '3', 'hi', 'inbox.1')),
      a.expect(asked('help', '1', { payload: 'hi' })),
      c.send(pub('inbox.1', 'home')),
      b.expect(msg('inbox.1', '9', 'home')),
    ],
  },
  {
    name: 'is not open to those who may not publish to it',
    config,
    steps: [
      ...answering('help'),
      ...b.connect({ user: 'mute' }),
      b.send(pub('help')),
      b.expect(`-ERR 'Permissions Violation for Publish to "help"'\r\n`),
      b.send(pub('please', 'hi')),
      ...b.sync(),
      a.expect(asked('help', '1', { payload: 'hi', reply: '' })),
      ...a.sync(),
    ],
  },
  {
    name: 'who may do nothing but answer may answer',
    config,
    steps: [
      ...a.connect({ ...modern, user: 'answers' }),
      a.send('SUB help 1\r\n'),
      ...a.sync(),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(asked('help', '1', { payload: 'hi' })),
      a.send(pub('<reply>', 'ok') + pub('<reply>', 'ok')),
      a.expect(/^-ERR 'Permissions Violation for Publish to "_R_\.\w{6}\.\w{6}"'\r\n/),
      b.expect(msg('inbox.1', '9', 'ok')),
    ],
  },
  {
    name: 'is not exported as a stream',
    config,
    steps: [
      ...answering('both'),
      ...asking,
      ...c.connect({ user: 'c' }),
      c.send('SUB both 1\r\nSUB both g 2\r\n'),
      ...c.sync(),
      b.send(pub('both', 'hi')),
      ...b.sync(),
      a.expect(asked('both', '1', { payload: 'hi', reply: '' })),
      ...c.sync(),
      a.send(pub('both', 'ho')),
      a.expect(msg('both', '1', 'ho')),
      c.expect(/^(MSG both [12] 2\r\nho\r\n){2}/),
    ],
  },
  {
    name: 'by way of another account names that one, too',
    config,
    steps: [
      ...answering('help'),
      ...c.connect({ ...modern, user: 'c' }),
      c.send(`SUB inbox.* 5\r\n${pub('chained', 'hi', 'inbox.1')}`),
      a.take(asked('help', '1', { payload: 'hi', info: '\\{"acc":"C","svc":"B","rtt":\\d+\\}' })),
      a.send(pub('<reply>', 'ok')),
      c.expect(msg('inbox.1', '5', 'ok')),
      ...c.sync(),
    ],
  },
  {
    name: 'by way of an account that shares tells of the server',
    config,
    steps: [
      ...answering('shown'),
      ...c.connect({ ...modern, user: 'c' }),
      c.send(pub('shown', 'hi')),
      a.expect(
        asked('shown', '1', {
          payload: 'hi',
          reply: '',
          info: '\\{"acc":"C","svc":"B","rtt":\\d+,"server":"N[A-Z2-7]{55}"\\}',
        }),
      ),
    ],
  },
  {
    name: 'by way of another account reaches nobody: the requester is told',
    config,
    steps: [
      ...c.connect({ ...modern, user: 'c' }),
      c.send(`SUB inbox.* 5\r\n${pub('chained', 'hi', 'inbox.1')}`),
      c.expect(unanswered('inbox.1', '5', 'chained')),
      ...c.sync(),
    ],
  },
  {
    name: 'of two accounts under one subject asks both',
    config,
    steps: [
      ...d.connect({ ...modern, user: 'd' }),
      ...a.connect({ ...modern, user: 'e' }),
      d.send('SUB many 1\r\n'),
      ...d.sync(),
      a.send('SUB many 2\r\n'),
      ...a.sync(),
      ...asking,
      b.send(pub('many', 'hi', 'inbox.1')),
      d.take(asked('many', '1', { payload: 'hi', reply: 'one' })),
      a.take(asked('many', '2', { payload: 'hi', reply: 'other' })),
      d.send(pub('<one>', '1')),
      b.expect(msg('inbox.1', '9', '1')),
      a.send(pub('<other>', '2')),
      b.expect(msg('inbox.1', '9', '2')),
    ],
  },
  {
    name: 'big requests and answers',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(pub('help', 'x'.repeat(300_000), 'inbox.1')),
      a.take(asked('help', '1', { payload: 'x{300000}' })),
      a.send(pub('<reply>', 'y'.repeat(300_000))),
      b.expect(msg('inbox.1', '9', 'y'.repeat(300_000))),
    ],
  },
  {
    name: 'with verbose comes +OK',
    config,
    steps: [
      ...answering('help'),
      ...b.connect({ user: 'b' }),
      b.send('CONNECT {"user":"b","verbose":true}\r\n'),
      b.expect('+OK\r\n'),
      b.send(pub('help')),
      b.expect('+OK\r\n'),
      a.expect(asked('help', '1', { reply: '' })),
    ],
  },
  {
    name: 'the requester is gone before the answer comes',
    config,
    steps: [
      ...answering('help'),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(asked('help', '1', { payload: 'hi' })),
      b.leave(),
      a.send(pub('<reply>', 'ok')),
      ...a.sync(),
    ],
  },
  {
    name: 'an answer that comes too late is lost',
    config: `accounts {
      A { users: [ { user: a } ], exports: [ { service: slow, response_threshold: "150ms" } ] }
      B { users: [ { user: b } ], imports: [ { service: { account: A, subject: slow } } ] }
    }`,
    steps: [
      ...answering('slow'),
      ...asking,
      b.send(pub('slow', 'hi', 'inbox.1')),
      a.take(asked('slow', '1', { payload: 'hi' })),
      a.quiet(450),
      a.send(pub('<reply>', 'ok')),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'come and go with a reload',
    alone: true,
    config,
    steps: [
      ...answering('help', 'fresh'),
      ...asking,
      b.send(pub('help', 'hi', 'inbox.1')),
      a.take(asked('help', '1', { payload: 'hi' })),
      reload(`accounts {
        A { users: [ { user: a } ], exports: [ { service: fresh } ] }
        B { users: [ { user: b } ], imports: [ { service: { account: A, subject: fresh } } ] }
      }`),
      a.send(pub('<reply>', 'late')),
      b.expect(msg('inbox.1', '9', 'late')),
      b.send(pub('help', 'hi', 'inbox.2')),
      b.expect(unanswered('inbox.2', '9', 'help')),
      b.send(pub('fresh', 'hi', 'inbox.3')),
      a.take(asked('fresh', '2', { payload: 'hi' })),
      a.send(pub('<reply>', 'ok')),
      b.expect(msg('inbox.3', '9', 'ok')),
    ],
  },
];
