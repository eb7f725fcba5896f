import { a, b, connectLine, plain, type Case, type Step } from '../case.ts';

// The intervals are long enough for a busy machine: what has to be answered in time is answered well within them.

/** Connects without waiting for an answer, which on a busy machine might come behind the first PING. */
const connected: Step[] = [a.open(), a.send(connectLine(plain))];

export const timers: Case[] = [
  {
    name: 'the first PING comes about two seconds after CONNECT',
    alone: true,
    pingsCount: true,
    steps: [
      a.open(),
      a.send('CONNECT {"verbose":false}\r\n'),
      a.quiet(1000),
      a.expect('PING\r\n'),
      a.send('PONG\r\n'),
      a.quiet(1000),
    ],
  },
  {
    name: 'PINGs come at the interval',
    settings: { pingIntervalMs: 700 },
    alone: true,
    pingsCount: true,
    steps: [
      ...connected,
      a.expect('PING\r\n'),
      a.send('PONG\r\n'),
      a.expect('PING\r\n'),
      a.send('PONG\r\n'),
      a.expect('PING\r\n'),
      a.send('PONG\r\n'),
    ],
  },
  {
    name: 'who answers no PING is stale',
    settings: { pingIntervalMs: 200, pingsOutMax: 2 },
    alone: true,
    pingsCount: true,
    alsoOn: ['2.9', '2.10'],
    steps: [...connected, a.expect('PING\r\nPING\r\n'), a.expect("-ERR 'Stale Connection'\r\n"), a.closed()],
  },
  {
    name: 'who answers no PING is stale after one where one is allowed',
    settings: { pingIntervalMs: 200, pingsOutMax: 1 },
    alone: true,
    pingsCount: true,
    steps: [...connected, a.expect('PING\r\n'), a.expect("-ERR 'Stale Connection'\r\n"), a.closed()],
  },
  {
    name: 'an answered PING starts the count again',
    settings: { pingIntervalMs: 800, pingsOutMax: 2 },
    alone: true,
    pingsCount: true,
    steps: [
      ...connected,
      a.expect('PING\r\nPING\r\n'),
      a.send('PONG\r\n'),
      a.expect('PING\r\nPING\r\n'),
      a.send('PONG\r\n'),
      a.expect('PING\r\n'),
      a.send('PONG\r\n'),
    ],
  },
  {
    name: 'a connection that never said CONNECT is pinged too',
    settings: { pingIntervalMs: 1000, pingsOutMax: 1 },
    alone: true,
    pingsCount: true,
    steps: [
      a.open(),
      a.send('PING\r\n'),
      a.expect('PONG\r\n'),
      a.expect('PING\r\n'),
      a.expect("-ERR 'Stale Connection'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'a stale connection loses its subscriptions',
    settings: { pingIntervalMs: 1000, pingsOutMax: 1 },
    alone: true,
    pingsCount: true,
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      a.expect('PING\r\n'),
      a.expect("-ERR 'Stale Connection'\r\n"),
      a.closed(),
      ...b.connect({ headers: true, no_responders: true }),
      b.send('SUB inbox 1\r\nPUB foo inbox 0\r\n\r\n'),
      b.expect(/^(?:PING\r\n)?HMSG inbox 1 /),
    ],
  },
];
