import { a, b, cases, type Case } from '../case.ts';

export const subscribe: Case[] = [
  ...cases(['.', '..', '.foo', 'foo.', 'foo..bar', 'foo.>.bar', '>.foo', '>.>', '>.*', 'foo..>'], (subject) => ({
    name: `refuses ${subject} and keeps the connection`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [...a.connect(), a.send(`SUB ${subject} 1\r\n`), a.expect("-ERR 'Invalid Subject'\r\n"), ...a.sync()],
  })),
  {
    name: 'refused in verbose is answered by the error alone',
    steps: [
      a.open(),
      a.send('CONNECT {"pedantic":false}\r\n'),
      a.expect('+OK\r\n'),
      a.send('SUB foo..bar 1\r\n'),
      a.expect("-ERR 'Invalid Subject'\r\n"),
      ...a.sync(),
    ],
  },
  {
    name: 'delivers once per subscription of the same client',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nSUB foo 2\r\nPUB foo 1\r\nx\r\n'),
      a.expect(/^MSG foo ([12]) 1\r\nx\r\nMSG foo (?!\1)[12] 1\r\nx\r\n/),
      ...a.sync(),
    ],
  },
  {
    name: 'with a sid in use changes nothing',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nSUB bar 1\r\nPUB bar 1\r\nx\r\nPUB foo 1\r\ny\r\n'),
      a.expect('MSG foo 1 1\r\ny\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'with a sid in use and the same subject delivers once',
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nSUB foo 1\r\nPUB foo 1\r\nx\r\n'),
      a.expect('MSG foo 1 1\r\nx\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'may use the sid of another client',
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 1\r\nx\r\n'),
      a.expect('MSG foo 1 1\r\nx\r\n'),
      b.expect('MSG foo 1 1\r\nx\r\n'),
    ],
  },
  {
    name: 'with a long sid gives it back whole',
    steps: [
      ...a.connect(),
      a.send(`SUB foo ${'9'.repeat(300)}\r\nPUB foo 0\r\n\r\n`),
      a.expect(`MSG foo ${'9'.repeat(300)} 0\r\n\r\n`),
    ],
  },
  {
    name: 'and UNSUB of an unknown sid is no error',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send('UNSUB 77\r\nUNSUB 77 5\r\n'), ...a.sync()],
  },
  {
    name: 'ends with UNSUB',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send('SUB foo 1\r\nUNSUB 1\r\nPUB foo 1\r\nx\r\n'), ...a.sync()],
  },
  {
    name: 'and UNSUB of one leaves the other on the same subject',
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nSUB foo 2\r\nUNSUB 1\r\nPUB foo 1\r\nx\r\n'),
      a.expect('MSG foo 2 1\r\nx\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'may use a sid again after UNSUB',
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nUNSUB 1\r\nSUB bar 1\r\nPUB foo 0\r\n\r\nPUB bar 0\r\n\r\n'),
      a.expect('MSG bar 1 0\r\n\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'takes the sid of UNSUB as text, not as a number',
    steps: [...a.connect(), a.send('SUB foo 1\r\nUNSUB 01\r\nPUB foo 0\r\n\r\n'), a.expect('MSG foo 1 0\r\n\r\n')],
  },
  {
    name: 'counts from the moment of SUB: what came before is not seen',
    steps: [
      ...a.connect(),
      a.send('PUB foo 1\r\nx\r\nSUB foo 1\r\nPUB foo 1\r\ny\r\n'),
      a.expect('MSG foo 1 1\r\ny\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'is case-sensitive in subjects',
    steps: [...a.connect(), a.send('SUB foo 1\r\nPUB FOO 0\r\n\r\nPUB Foo 0\r\n\r\n'), ...a.sync()],
  },
  {
    name: 'a thousand times, each delivers its own',
    steps: [
      ...a.connect(),
      a.send(Array.from({ length: 1000 }, (_, n) => `SUB t.${n} ${n}\r\n`).join('')),
      a.send(Array.from({ length: 1000 }, (_, n) => `PUB t.${n} 0\r\n\r\n`).join('')),
      a.expect(Array.from({ length: 1000 }, (_, n) => `MSG t.${n} ${n} 0\r\n\r\n`).join('')),
      a.send(Array.from({ length: 1000 }, (_, n) => `UNSUB ${n}\r\n`).join('')),
      a.send(Array.from({ length: 1000 }, (_, n) => `PUB t.${n} 0\r\n\r\n`).join('')),
      ...a.sync(),
    ],
  },
  {
    name: 'while messages flow: interest of a match seen before follows SUB and UNSUB',
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('PUB foo.bar 0\r\n\r\n'),
      ...a.sync(),
      b.send('SUB foo.* 1\r\n'),
      ...b.sync(),
      a.send('PUB foo.bar 0\r\n\r\n'),
      b.expect('MSG foo.bar 1 0\r\n\r\n'),
      b.send('SUB foo.bar 2\r\nUNSUB 1\r\n'),
      ...b.sync(),
      a.send('PUB foo.bar 0\r\n\r\n'),
      b.expect('MSG foo.bar 2 0\r\n\r\n'),
      b.send('UNSUB 2\r\n'),
      ...b.sync(),
      a.send('PUB foo.bar 0\r\n\r\n'),
      ...a.sync(),
      ...b.sync(),
    ],
  },
];
