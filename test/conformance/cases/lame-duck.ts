import { a, b, refused, signal, type Case } from '../case.ts';

export const lameDuck: Case[] = [
  {
    name: 'clients of protocol 1 are told, those of protocol 0 are not',
    alone: true,
    steps: [
      a.open(),
      a.send('CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n'),
      a.expect(/^PONG\r\nINFO [^\n]*\n/),
      ...b.connect(),
      signal('SIGUSR2'),
      a.expect(/^INFO \{[^\n]*"ldm":true[^\n]*\} \r\n/),
      ...b.sync(),
      b.quiet(),
    ],
  },
  {
    name: 'no new connection is taken, the others are still served',
    alone: true,
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      signal('SIGUSR2'),
      refused(),
      b.send('PUB foo 1\r\nx\r\n'),
      a.expect('MSG foo 1 1\r\nx\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'SIGTERM does not end it early',
    alone: true,
    steps: [...a.connect(), signal('SIGUSR2'), refused(), signal('SIGTERM'), a.quiet(300), ...a.sync()],
  },
  {
    name: 'a second SIGUSR2 is harmless',
    alone: true,
    steps: [...a.connect(), signal('SIGUSR2'), refused(), signal('SIGUSR2'), a.quiet(300), ...a.sync()],
  },
  {
    name: 'SIGINT closes the connections at once',
    alone: true,
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), signal('SIGINT'), a.closed()],
  },
  {
    name: 'SIGTERM closes the connections at once',
    alone: true,
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), signal('SIGTERM'), a.closed()],
  },
];
