import { a, b, cases, type Case } from '../case.ts';

/** One subscription, one message, in many spellings. */
const spellings = [
  ['lower case', 'sub foo 1\r\npub foo 2\r\nhi\r\nping\r\n'],
  ['mixed case', 'sUb foo 1\r\nPuB foo 2\r\nhi\r\npInG\r\n'],
  ['lines that end with \\n only', 'SUB foo 1\nPUB foo 2\nhi\r\nPING\n'],
  ['tabs', 'SUB\tfoo\t1\r\nPUB\tfoo\t2\r\nhi\r\nPING\t\r\n'],
  ['many blanks', 'SUB   foo    1  \r\nPUB \t foo \t 2 \t\r\nhi\r\nPING   \r\n'],
  ['text after PING', 'SUB foo 1\r\nPUB foo 2\r\nhi\r\nPINGABLE and more\r\n'],
] as const;

const conversation = 'SUB foo.* 90\r\nPUB foo.bar inbox.1 5\r\nhello\r\nUNSUB 90\r\nPUB foo.bar 0\r\n\r\nPING\r\n';

export const parser: Case[] = [
  ...cases(spellings, ([name, bytes]) => ({
    name: `takes ${name}`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [...a.connect(), a.send(bytes), a.expect('MSG foo 1 2\r\nhi\r\nPONG\r\n')],
  })),
  {
    name: 'takes leading zeros in the size and passes them on',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nPUB foo 000000002\r\nhi\r\n'),
      a.expect('MSG foo 1 000000002\r\nhi\r\n'),
    ],
  },
  {
    name: 'takes a conversation one byte at a time',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.trickle(conversation), a.expect('MSG foo.bar 90 inbox.1 5\r\nhello\r\nPONG\r\n')],
  },
  {
    name: 'takes CONNECT one byte at a time',
    steps: [a.open(), a.trickle('CONNECT {"verbose":false}\r\nPING\r\n'), a.expect('PONG\r\n')],
  },
  ...cases(
    Array.from({ length: conversation.length - 1 }, (_, index) => index + 1).filter((index) => index % 3 === 0),
    (split) => ({
      name: `takes a conversation split at byte ${split}`,
      steps: [
        ...a.connect(),
        a.send(conversation.slice(0, split), conversation.slice(split)),
        a.expect('MSG foo.bar 90 inbox.1 5\r\nhello\r\nPONG\r\n'),
      ],
    }),
  ),
  {
    name: 'takes HPUB one byte at a time',
    steps: [
      ...a.connect({ headers: true }),
      a.trickle('SUB foo 1\r\nHPUB foo 20 22\r\nNATS/1.0\r\nA: 1234\r\n\r\nhi\r\nPING\r\n'.replace('20 22', '21 23')),
      a.expect('HMSG foo 1 21 23\r\nNATS/1.0\r\nA: 1234\r\n\r\nhi\r\nPONG\r\n'),
    ],
  },
  {
    name: 'takes a hundred lines in one segment',
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\n${'PUB foo 3\r\nabc\r\n'.repeat(100)}PING\r\n`),
      a.expect(`${'MSG foo 1 3\r\nabc\r\n'.repeat(100)}PONG\r\n`),
    ],
  },
  {
    name: 'takes payloads that look like protocol',
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nPUB foo 12\r\nPING\r\nPING\r\n\r\nPING\r\n'),
      a.expect('MSG foo 1 12\r\nPING\r\nPING\r\n\r\nPONG\r\n'),
    ],
  },
  {
    name: 'takes +OK and PONG without an answer',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send('+OK\r\nPONG\r\nPONG\r\n+OK\r\n'), ...a.sync()],
  },
  {
    name: 'takes PONG with text after it',
    steps: [...a.connect(), a.send('PONGO bongo\r\n'), ...a.sync()],
  },
  {
    name: 'answers each PING',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send('PING\r\nPING\r\nPING\r\n'), a.expect('PONG\r\nPONG\r\nPONG\r\n'), a.quiet()],
  },
  {
    name: 'gives the sid back as it came, whatever it is made of',
    steps: [
      ...a.connect(),
      a.send('SUB foo "s\xef\xbf{}=1\r\nPUB foo 1\r\nx\r\n'),
      a.expect('MSG foo "s\xef\xbf{}=1 1\r\nx\r\n'),
    ],
  },
  {
    name: 'keeps another connection apart while one is half way through a line',
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\nPING\r\nPUB fo'),
      a.expect('PONG\r\n'),
      b.send('PUB foo 1\r\nb\r\n'),
      ...b.sync(),
      a.expect('MSG foo 1 1\r\nb\r\n'),
      a.send('o 1\r\na\r\n'),
      a.expect('MSG foo 1 1\r\na\r\n'),
    ],
  },
  {
    name: 'keeps another connection apart while one is half way through a payload',
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 10\r\n01234'),
      b.send('PUB foo 1\r\nb\r\n'),
      b.expect('MSG foo 1 1\r\nb\r\n'),
      a.send('56789\r\n'),
      b.expect('MSG foo 1 10\r\n0123456789\r\n'),
    ],
  },
  {
    name: 'drops what was not finished when the connection ends',
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 10\r\n0123456789'),
      a.leave(),
      ...b.sync(),
      b.quiet(),
    ],
  },
];
