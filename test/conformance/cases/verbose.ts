import { a, cases, type Case, type Step } from '../case.ts';

const opened = (pedantic = false): Step[] => [
  a.open(),
  a.send(`CONNECT ${JSON.stringify({ verbose: true, pedantic, headers: true })}\r\n`),
  a.expect('+OK\r\n'),
];

const answers = [
  ['SUB', 'SUB foo 1\r\n', '+OK\r\n'],
  ['SUB with a queue', 'SUB foo q 1\r\n', '+OK\r\n'],
  ['SUB with a sid in use', 'SUB foo 1\r\nSUB foo 1\r\n', '+OK\r\n+OK\r\n'],
  ['UNSUB', 'SUB foo 1\r\nUNSUB 1\r\n', '+OK\r\n+OK\r\n'],
  ['UNSUB with a number', 'SUB foo 1\r\nUNSUB 1 5\r\n', '+OK\r\n+OK\r\n'],
  ['UNSUB of nothing', 'UNSUB 5\r\n', '+OK\r\n'],
  ['PUB', 'PUB foo 1\r\nx\r\n', '+OK\r\n'],
  ['PUB with a reply', 'PUB foo bar 1\r\nx\r\n', '+OK\r\n'],
  ['HPUB', 'HPUB foo 12 13\r\nNATS/1.0\r\n\r\nx\r\n', '+OK\r\n'],
  ['PING', 'PING\r\n', 'PONG\r\n'],
  ['PONG', 'PONG\r\n', ''],
  ['+OK', '+OK\r\n', ''],
  ['CONNECT', 'CONNECT {"verbose":true}\r\n', '+OK\r\n'],
  ['CONNECT that turns it off', 'CONNECT {"verbose":false}\r\n', ''],
  ['a refused SUB', 'SUB a..b 1\r\n', "-ERR 'Invalid Subject'\r\n"],
  [
    'a PUB with a reserved reply',
    'PUB foo _R_.x 1\r\nx\r\n',
    `-ERR 'Permissions Violation for Publish with Reply of "_R_.x"'\r\n`,
  ],
  ['five PUBs', 'PUB foo 1\r\nx\r\n'.repeat(5), '+OK\r\n'.repeat(5)],
] as const;

const invalid = ['foo.*', 'foo.>', '>', '*', 'foo..bar', '.foo', 'foo.', '.'];
const valid = ['foo', 'foo.bar', 'foo*', 'fo>o.bar', '$SYS.x', 'a.b.c.d.e.f.g', 'f\xff'];

export const verbose: Case[] = [
  ...cases(answers, ([name, bytes, answer]) => ({
    name: `${name} is answered ${answer === '' ? 'by nothing' : JSON.stringify(answer.slice(0, 40))}`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [...opened(), a.send(bytes), ...(answer === '' ? [] : [a.expect(answer)]), ...a.sync()],
  })),
  {
    name: '+OK of a PUB comes before its delivery to the same client',
    alsoOn: ['2.9', '2.10'],
    steps: [...opened(), a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\n'), a.expect('+OK\r\n+OK\r\nMSG foo 1 1\r\nx\r\n')],
  },
  ...cases(invalid, (subject) => ({
    name: `pedantic complains of ${subject} and goes on`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [
      ...opened(true),
      a.send(`PUB ${subject} 1\r\nx\r\n`),
      a.expect("-ERR 'Invalid Publish Subject'\r\n+OK\r\n"),
      ...a.sync(),
    ],
  })),
  ...cases(valid, (subject) => ({
    name: `pedantic takes ${JSON.stringify(subject)}`,
    steps: [...opened(true), a.send(`PUB ${subject} 1\r\nx\r\n`), a.expect('+OK\r\n'), ...a.sync()],
  })),
  {
    name: 'pedantic delivers what it complains of',
    steps: [
      ...opened(true),
      a.send('SUB foo.* 1\r\nPUB foo.* 1\r\nx\r\n'),
      a.expect("+OK\r\n-ERR 'Invalid Publish Subject'\r\n+OK\r\nMSG foo.* 1 1\r\nx\r\n"),
    ],
  },
  {
    name: 'pedantic complains of HPUB alike',
    steps: [
      ...opened(true),
      a.send('HPUB foo.* 12 12\r\nNATS/1.0\r\n\r\n\r\n'),
      a.expect("-ERR 'Invalid Publish Subject'\r\n+OK\r\n"),
    ],
  },
  {
    name: 'pedantic does not look at the reply',
    steps: [...opened(true), a.send('PUB foo bar.* 1\r\nx\r\n'), a.expect('+OK\r\n'), ...a.sync()],
  },
  {
    name: 'without pedantic nobody complains',
    steps: [
      ...opened(),
      a.send('PUB foo.* 1\r\nx\r\nPUB foo..bar 1\r\nx\r\n'),
      a.expect('+OK\r\n+OK\r\n'),
      ...a.sync(),
    ],
  },
];
