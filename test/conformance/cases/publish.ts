import { a, b, cases, type Case } from '../case.ts';

const every = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');

export const publish: Case[] = [
  {
    name: 'reaches a subscriber on another connection',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 5\r\nhello\r\n'),
      b.expect('MSG foo 1 5\r\nhello\r\n'),
    ],
  },
  {
    name: 'carries the reply subject',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nPUB foo inbox.22 2\r\nok\r\n'),
      a.expect('MSG foo 1 inbox.22 2\r\nok\r\n'),
    ],
  },
  ...cases(
    [0, 1, 2, 9, 10, 99, 100, 999, 1000, 1023, 1024, 4095, 4096, 9999, 10000, 65535, 65536, 99999, 262144, 1048576],
    (size) => ({
      name: `delivers ${size} bytes`,
      steps: [
        ...a.connect(),
        a.send(`SUB foo 1\r\nPUB foo ${size}\r\n`, 'x'.repeat(size), '\r\n'),
        a.expect(`MSG foo 1 ${size}\r\n${'x'.repeat(size)}\r\n`),
      ],
    }),
  ),
  {
    name: 'delivers each of the 256 bytes unharmed',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nPUB foo 256\r\n${every}\r\n`),
      a.expect(`MSG foo 1 256\r\n${every}\r\n`),
    ],
  },
  {
    name: 'takes a subject that is not UTF-8',
    steps: [
      ...a.connect(),
      a.send('SUB f\xff\xfe.\x80 1\r\nPUB f\xff\xfe.\x80 1\r\nx\r\n'),
      a.expect('MSG f\xff\xfe.\x80 1 1\r\nx\r\n'),
    ],
  },
  {
    name: 'takes a subject with a zero byte',
    steps: [...a.connect(), a.send('SUB f\0o 1\r\nPUB f\0o 1\r\nx\r\n'), a.expect('MSG f\0o 1 1\r\nx\r\n')],
  },
  {
    name: 'takes a subject of many characters',
    steps: [
      ...a.connect(),
      a.send(`SUB ${'s'.repeat(1500)}.* 1\r\nPUB ${'s'.repeat(1500)}.t 1\r\nx\r\n`),
      a.expect(`MSG ${'s'.repeat(1500)}.t 1 1\r\nx\r\n`),
    ],
  },
  {
    name: 'takes a subject of many tokens',
    steps: [
      ...a.connect(),
      a.send(`SUB t.> 1\r\nPUB ${'t.'.repeat(200)}t 1\r\nx\r\n`),
      a.expect(`MSG ${'t.'.repeat(200)}t 1 1\r\nx\r\n`),
    ],
  },
  {
    name: 'keeps the order of one publisher',
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB n.* 1\r\n'),
      ...b.sync(),
      a.send(Array.from({ length: 500 }, (_, n) => `PUB n.${n % 7} 3\r\n${String(n).padStart(3, '0')}\r\n`).join('')),
      b.expect(
        Array.from({ length: 500 }, (_, n) => `MSG n.${n % 7} 1 3\r\n${String(n).padStart(3, '0')}\r\n`).join(''),
      ),
    ],
  },
  {
    name: 'without a subscriber says nothing',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send('PUB foo 1\r\nx\r\nPUB foo reply 1\r\nx\r\n'), ...a.sync()],
  },
  {
    name: 'to an empty token reaches nobody and is no error',
    steps: [
      ...a.connect(),
      a.send('SUB > 1\r\nPUB foo..bar 1\r\nx\r\nPUB .foo 1\r\nx\r\nPUB foo. 1\r\nx\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'to a wildcard subject is legal and matches as text',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo.* 1\r\nPUB foo.* 1\r\nx\r\nPUB foo.> 1\r\ny\r\n'),
      a.expect('MSG foo.* 1 1\r\nx\r\nMSG foo.> 1 1\r\ny\r\n'),
    ],
  },
  {
    name: 'to a wildcard subject does not reach the literals it would cover',
    steps: [...a.connect(), a.send('SUB foo.bar 1\r\nPUB foo.* 1\r\nx\r\nPUB > 1\r\nx\r\n'), ...a.sync()],
  },
  ...cases(
    [
      ['$JS.ACK.x', 'Publish with Reply of'],
      ['_R_.abc', 'Publish with Reply of'],
      ['_GR_.abc', 'Publish with Reply of'],
    ],
    ([reply]) => ({
      name: `with the reserved reply ${reply} is refused and the connection stays`,
      steps: [
        ...a.connect(),
        a.send(`SUB foo 1\r\nPUB foo ${reply} 1\r\nx\r\n`),
        a.expect(`-ERR 'Permissions Violation for Publish with Reply of "${reply}"'\r\n`),
        ...a.sync(),
      ],
    }),
  ),
  ...cases(['_GR_.a.b', '$GR.a.b', '$NRG.x'], (subject) => ({
    name: `to the reserved ${subject} is refused and the connection stays`,
    steps: [
      ...a.connect(),
      a.send(`SUB > 1\r\nPUB ${subject} 1\r\nx\r\n`),
      a.expect(`-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`),
      ...a.sync(),
    ],
  })),
  ...cases(['_R_', '$JS', '$JS.ACKNOWLEDGE', '_RR_.x', '_GRX.a', 'x._R_.a'], (reply) => ({
    name: `with the reply ${reply}, which only resembles a reserved one, is delivered`,
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nPUB foo ${reply} 1\r\nx\r\n`),
      a.expect(`MSG foo 1 ${reply} 1\r\nx\r\n`),
    ],
  })),
  {
    name: 'to a client that has left is dropped',
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      b.leave(),
      a.send('PUB foo 1\r\nx\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'right before the publisher leaves is delivered',
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 4\r\nlast\r\n'),
      a.leave(),
      b.expect('MSG foo 1 4\r\nlast\r\n'),
    ],
  },
  {
    name: 'answers a request through its reply subject',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB help 9\r\n'),
      ...b.sync(),
      a.send('SUB inbox.* 1\r\nPUB help inbox.7 1\r\n?\r\n'),
      b.expect('MSG help 9 inbox.7 1\r\n?\r\n'),
      b.send('PUB inbox.7 3\r\nyes\r\n'),
      a.expect('MSG inbox.7 1 3\r\nyes\r\n'),
    ],
  },
];
