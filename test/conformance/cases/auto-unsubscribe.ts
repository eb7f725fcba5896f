import { a, b, type Case } from '../case.ts';

const publish = (count: number): string => 'PUB foo 1\r\nx\r\n'.repeat(count);
const message = (count: number, sid = '1'): string => `MSG foo ${sid} 1\r\nx\r\n`.repeat(count);

export const autoUnsubscribe: Case[] = [
  {
    name: 'ends after that many messages',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send(`SUB foo 1\r\nUNSUB 1 3\r\n${publish(5)}`), a.expect(message(3)), ...a.sync()],
  },
  {
    name: 'counts what was delivered since SUB',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\n${publish(2)}UNSUB 1 3\r\n${publish(5)}`),
      a.expect(message(3)),
      ...a.sync(),
    ],
  },
  {
    name: 'ends at once where the number is reached already',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\n${publish(3)}UNSUB 1 3\r\n${publish(5)}`),
      a.expect(message(3)),
      ...a.sync(),
    ],
  },
  {
    name: 'ends at once where the number is exceeded already',
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\n${publish(3)}UNSUB 1 2\r\n${publish(5)}`),
      a.expect(message(3)),
      ...a.sync(),
    ],
  },
  {
    name: 'of 0 ends at once',
    steps: [...a.connect(), a.send(`SUB foo 1\r\nUNSUB 1 0\r\n${publish(2)}`), ...a.sync()],
  },
  {
    name: 'of 1 delivers one',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send(`SUB foo 1\r\nUNSUB 1 1\r\n${publish(2)}`), a.expect(message(1)), ...a.sync()],
  },
  {
    name: 'can be raised before it is reached',
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nUNSUB 1 1\r\nUNSUB 1 3\r\n${publish(5)}`),
      a.expect(message(3)),
      ...a.sync(),
    ],
  },
  {
    name: 'can be lowered before it is reached',
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nUNSUB 1 4\r\nUNSUB 1 2\r\n${publish(5)}`),
      a.expect(message(2)),
      ...a.sync(),
    ],
  },
  {
    name: 'is cut short by UNSUB without a number',
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nUNSUB 1 4\r\n${publish(1)}UNSUB 1\r\n${publish(5)}`),
      a.expect(message(1)),
      ...a.sync(),
    ],
  },
  {
    name: 'frees its sid',
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nUNSUB 1 1\r\n${publish(1)}`),
      a.expect(message(1)),
      ...a.sync(),
      a.send(`SUB foo 1\r\n${publish(3)}`),
      a.expect(message(3)),
    ],
  },
  {
    name: 'leaves other subscriptions of the client alone',
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nSUB foo 2\r\nUNSUB 1 1\r\nPUB foo 1\r\nx\r\nPUB foo 1\r\nx\r\n'),
      a.expect(
        /^(?:MSG foo 1 1\r\nx\r\nMSG foo 2 1\r\nx\r\n|MSG foo 2 1\r\nx\r\nMSG foo 1 1\r\nx\r\n)MSG foo 2 1\r\nx\r\n/,
      ),
      ...a.sync(),
    ],
  },
  {
    name: 'counts across subjects of a wildcard',
    steps: [
      ...a.connect(),
      a.send('SUB f.* 1\r\nUNSUB 1 2\r\nPUB f.a 0\r\n\r\nPUB f.b 0\r\n\r\nPUB f.c 0\r\n\r\n'),
      a.expect('MSG f.a 1 0\r\n\r\nMSG f.b 1 0\r\n\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'counts messages of another connection',
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\nUNSUB 1 2\r\n'),
      ...a.sync(),
      b.send(publish(4)),
      ...b.sync(),
      a.expect(message(2)),
      ...a.sync(),
    ],
  },
  {
    name: 'in a queue group gives way to the other members',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo q 1\r\nUNSUB 1 1\r\n'),
      ...a.sync(),
      b.send('SUB foo q 2\r\nUNSUB 2 1\r\n'),
      ...b.sync(),
      a.send(publish(5)),
      a.expect(message(1)),
      ...a.sync(),
      b.expect(message(1, '2')),
      ...b.sync(),
    ],
  },
  {
    name: 'in a queue group loses nothing while one member remains',
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo q 2\r\n'),
      ...b.sync(),
      a.send('SUB foo q 1\r\nUNSUB 1 1\r\n'),
      ...a.sync(),
      // With so many draws the member with a limit is picked for certain, and once only.
      a.send(publish(200)),
      a.expect(message(1)),
      ...a.sync(),
      b.expect(message(199, '2')),
      ...b.sync(),
    ],
  },
];
