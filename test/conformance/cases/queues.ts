import { a, b, c, d, oneOf, type Case, type Step } from '../case.ts';

const published = (subject: string): Step => d.send(`PUB ${subject} 1\r\nx\r\n`);

/** The four clients, d being the publisher. */
const connected = [...a.connect(), ...b.connect(), ...c.connect(), ...d.connect()];

const one = (subject: string, sids: Record<string, string>): Step =>
  oneOf(...Object.entries(sids).map(([client, sid]) => ({ client, text: `MSG ${subject} ${sid} 1\r\nx\r\n` })));

const again = (count: number, steps: Step[]): Step[] => Array.from({ length: count }, () => steps).flat();

export const queues: Case[] = [
  {
    name: 'each message goes to one member',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      b.send('SUB foo q 2\r\n'),
      ...b.sync(),
      c.send('SUB foo q 3\r\n'),
      ...c.sync(),
      ...again(12, [published('foo'), ...d.sync(), one('foo', { a: '1', b: '2', c: '3' })]),
    ],
  },
  {
    name: 'all members get some of many messages',
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\nSUB foo q 2\r\nSUB foo q 3\r\n'),
      ...a.sync(),
      d.send('PUB foo 0\r\n\r\n'.repeat(300)),
      a.expect(/^(?=[^]*MSG foo 1 0)(?=[^]*MSG foo 2 0)(?=[^]*MSG foo 3 0)(?:MSG foo [123] 0\r\n\r\n){300}/),
      ...a.sync(),
    ],
  },
  {
    name: 'plain subscriptions get the message beside the group',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      b.send('SUB foo q 2\r\n'),
      ...b.sync(),
      c.send('SUB foo 3\r\n'),
      ...c.sync(),
      published('foo'),
      ...d.sync(),
      c.expect('MSG foo 3 1\r\nx\r\n'),
      one('foo', { a: '1', b: '2' }),
    ],
  },
  {
    name: 'two groups on one subject get the message once each',
    steps: [
      ...connected,
      a.send('SUB foo q1 1\r\nSUB foo q2 2\r\n'),
      ...a.sync(),
      published('foo'),
      a.expect(/^(?:MSG foo 1 1\r\nx\r\nMSG foo 2 1\r\nx\r\n|MSG foo 2 1\r\nx\r\nMSG foo 1 1\r\nx\r\n)/),
      ...a.sync(),
    ],
  },
  {
    name: 'members under different patterns form one group by its name',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...connected,
      a.send('SUB foo.bar q 1\r\n'),
      ...a.sync(),
      b.send('SUB foo.* q 2\r\n'),
      ...b.sync(),
      c.send('SUB > q 3\r\n'),
      ...c.sync(),
      ...again(12, [published('foo.bar'), ...d.sync(), one('foo.bar', { a: '1', b: '2', c: '3' })]),
    ],
  },
  {
    name: 'members under different patterns all get their share',
    steps: [
      ...connected,
      a.send('SUB foo.bar q 1\r\nSUB foo.* q 2\r\nSUB foo.> q 3\r\n'),
      ...a.sync(),
      d.send('PUB foo.bar 0\r\n\r\n'.repeat(300)),
      a.expect(/^(?=[^]*bar 1 0)(?=[^]*bar 2 0)(?=[^]*bar 3 0)(?:MSG foo\.bar [123] 0\r\n\r\n){300}/),
      ...a.sync(),
    ],
  },
  {
    name: 'group names are case-sensitive',
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\nSUB foo Q 2\r\n'),
      ...a.sync(),
      published('foo'),
      a.expect(/^(?:MSG foo 1 1\r\nx\r\nMSG foo 2 1\r\nx\r\n|MSG foo 2 1\r\nx\r\nMSG foo 1 1\r\nx\r\n)/),
    ],
  },
  {
    name: 'a member of one client twice counts twice but gets each message once',
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\nSUB foo q 2\r\n'),
      ...a.sync(),
      published('foo'),
      a.expect(/^MSG foo [12] 1\r\nx\r\n/),
      ...a.sync(),
    ],
  },
  {
    name: 'who leaves is replaced by the others',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      b.send('SUB foo q 2\r\n'),
      ...b.sync(),
      a.leave(),
      ...again(6, [published('foo'), b.expect('MSG foo 2 1\r\nx\r\n')]),
    ],
  },
  {
    name: 'who unsubscribes is replaced by the others',
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      b.send('SUB foo q 2\r\n'),
      ...b.sync(),
      published('foo'),
      ...d.sync(),
      one('foo', { a: '1', b: '2' }),
      a.send('UNSUB 1\r\n'),
      ...a.sync(),
      ...again(6, [published('foo'), b.expect('MSG foo 2 1\r\nx\r\n')]),
    ],
  },
  {
    name: 'with echo off the publisher itself is not picked',
    steps: [
      ...a.connect({ echo: false }),
      ...b.connect(),
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      b.send('SUB foo q 2\r\n'),
      ...b.sync(),
      a.send('PUB foo 1\r\nx\r\n'.repeat(30)),
      ...a.sync(),
      b.expect('MSG foo 2 1\r\nx\r\n'.repeat(30)),
    ],
  },
  {
    name: 'with echo off and no other member the message reaches nobody',
    steps: [...a.connect({ echo: false }), a.send('SUB foo q 1\r\nPUB foo 1\r\nx\r\n'), ...a.sync()],
  },
  {
    name: 'the reply subject reaches the member that is picked',
    steps: [
      ...connected,
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      d.send('PUB foo back 1\r\nx\r\n'),
      a.expect('MSG foo 1 back 1\r\nx\r\n'),
    ],
  },
  {
    name: 'a subject that is also a group name is no member',
    steps: [...connected, a.send('SUB q foo 1\r\n'), ...a.sync(), published('foo'), ...d.sync(), ...a.sync()],
  },
];
