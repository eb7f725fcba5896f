import { a, b, modern, type Case } from '../case.ts';

/** What nobody answered, as the requester sees it. `total` counts the header, for there is no payload. */
const unanswered = (reply: string, sid: string, subject: string): string => {
  const block = `NATS/1.0 503\r\nNats-Subject: ${subject}\r\n\r\n`;
  return `HMSG ${reply} ${sid} ${block.length} ${block.length}\r\n${block}\r\n`;
};

export const noResponders: Case[] = [
  {
    name: 'a request that nobody takes is answered with 503 and its subject',
    steps: [
      ...a.connect(modern),
      a.send('SUB inbox 1\r\nPUB help inbox 2\r\nhi\r\n'),
      a.expect(unanswered('inbox', '1', 'help')),
      ...a.sync(),
    ],
  },
  {
    name: 'a wildcard on the inbox does',
    steps: [
      ...a.connect(modern),
      a.send('SUB _INBOX.me.* 4\r\nPUB help.me.please _INBOX.me.33 0\r\n\r\n'),
      a.expect(unanswered('_INBOX.me.33', '4', 'help.me.please')),
      ...a.sync(),
    ],
  },
  {
    name: 'a request with headers is answered alike',
    steps: [
      ...a.connect(modern),
      a.send('SUB inbox 1\r\nHPUB help inbox 12 14\r\nNATS/1.0\r\n\r\nhi\r\n'),
      a.expect(unanswered('inbox', '1', 'help')),
    ],
  },
  {
    name: 'the answer does not count for auto-unsubscribe',
    steps: [
      ...a.connect(modern),
      a.send('SUB inbox 1\r\nUNSUB 1 1\r\nPUB help inbox 0\r\n\r\nPUB help inbox 0\r\n\r\n'),
      a.expect(unanswered('inbox', '1', 'help')),
      a.expect(unanswered('inbox', '1', 'help')),
      ...a.sync(),
    ],
  },
  {
    name: 'without the wish for it nothing is said',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect({ headers: true }), a.send('SUB inbox 1\r\nPUB help inbox 0\r\n\r\n'), ...a.sync()],
  },
  {
    name: 'without a subscription of its own on the reply nothing is said',
    steps: [
      ...a.connect(modern),
      ...b.connect(modern),
      b.send('SUB inbox 1\r\n'),
      ...b.sync(),
      a.send('PUB help inbox 0\r\n\r\n'),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  {
    name: 'without a reply nothing is said',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(modern), a.send('SUB inbox 1\r\nPUB help 0\r\n\r\n'), ...a.sync()],
  },
  {
    name: 'a taker that never answers is a taker',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(modern),
      ...b.connect(),
      b.send('SUB help 1\r\n'),
      ...b.sync(),
      a.send('SUB inbox 1\r\nPUB help inbox 0\r\n\r\n'),
      ...a.sync(),
      b.expect('MSG help 1 inbox 0\r\n\r\n'),
    ],
  },
  {
    name: 'a queue group is a taker',
    steps: [
      ...a.connect(modern),
      ...b.connect(),
      b.send('SUB help q 1\r\n'),
      ...b.sync(),
      a.send('SUB inbox 1\r\nPUB help inbox 0\r\n\r\n'),
      ...a.sync(),
      b.expect('MSG help 1 inbox 0\r\n\r\n'),
    ],
  },
  {
    name: 'own interest with echo off is none',
    steps: [
      ...a.connect({ ...modern, echo: false }),
      a.send('SUB inbox 1\r\nSUB help 2\r\nPUB help inbox 0\r\n\r\n'),
      a.expect(unanswered('inbox', '1', 'help')),
      ...a.sync(),
    ],
  },
  {
    name: 'own interest is a taker',
    steps: [
      ...a.connect(modern),
      a.send('SUB inbox 1\r\nSUB help 2\r\nPUB help inbox 0\r\n\r\n'),
      a.expect('MSG help 2 inbox 0\r\n\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'a taker that has left is none any more',
    steps: [
      ...a.connect(modern),
      ...b.connect(),
      b.send('SUB help 1\r\n'),
      ...b.sync(),
      a.send('SUB inbox 1\r\nPUB help inbox 0\r\n\r\n'),
      b.expect('MSG help 1 inbox 0\r\n\r\n'),
      b.send('UNSUB 1\r\n'),
      ...b.sync(),
      a.send('PUB help inbox 0\r\n\r\n'),
      a.expect(unanswered('inbox', '1', 'help')),
    ],
  },
  {
    name: 'a queue subscription on the reply is not told',
    steps: [
      ...a.connect(modern),
      a.send('SUB inbox q 1\r\nPUB help inbox 0\r\n\r\n'),
      a.expect(/^(HMSG inbox 1 [^]*\r\n\r\n\r\n)?/),
      ...a.sync(),
    ],
  },
  {
    name: 'in verbose comes with +OK',
    steps: [
      ...a.connect({ ...modern }),
      a.send('CONNECT {"verbose":true,"headers":true,"no_responders":true}\r\nSUB inbox 1\r\n'),
      a.expect('+OK\r\n+OK\r\n'),
      a.send('PUB help inbox 0\r\n\r\n'),
      a.expect('+OK\r\n'),
      a.expect(unanswered('inbox', '1', 'help')),
    ],
  },
];
