import { a, b, c, cases, type Case } from '../case.ts';

const PAYLOAD = "-ERR 'Maximum Payload Violation'\r\n";
const CONTROL = "-ERR 'maximum control line exceeded'\r\n";

export const limits: Case[] = [
  {
    name: 'a payload of exactly max_payload is delivered',
    settings: { maxPayloadBytes: 1000 },
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send(`SUB foo 1\r\nPUB foo 1000\r\n${'x'.repeat(1000)}\r\n`),
      a.expect(`MSG foo 1 1000\r\n${'x'.repeat(1000)}\r\n`),
    ],
  },
  ...cases(['PUB foo 1001\r\n', 'PUB foo 999999999\r\n', 'HPUB foo 12 1001\r\n', 'HPUB foo 1001 1001\r\n'], (line) => ({
    name: `${JSON.stringify(line)} violates a max_payload of 1000`,
    settings: { maxPayloadBytes: 1000 },
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [...a.connect({ headers: true }), a.send(line), a.expect(PAYLOAD), a.closed()],
  })),
  {
    name: 'header and body together count for max_payload',
    settings: { maxPayloadBytes: 1000 },
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo 1\r\nHPUB foo 12 1000\r\nNATS/1.0\r\n\r\n${'x'.repeat(988)}\r\n`),
      a.expect(`HMSG foo 1 12 1000\r\nNATS/1.0\r\n\r\n${'x'.repeat(988)}\r\n`),
    ],
  },
  {
    name: 'one byte over the default max_payload is a violation',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send('PUB foo 1048577\r\n'), a.expect(PAYLOAD), a.closed()],
  },
  {
    name: 'what follows a violated max_payload is not read',
    settings: { maxPayloadBytes: 10 },
    steps: [
      ...b.connect(),
      b.send('SUB > 1\r\n'),
      ...b.sync(),
      ...a.connect(),
      a.send('PUB foo 11\r\n'),
      a.expect(PAYLOAD),
      a.closed(),
      ...b.sync(),
    ],
  },
  {
    name: 'a control line of 4096 bytes is taken',
    steps: [
      ...a.connect(),
      a.send(`SUB ${'s'.repeat(4000)} 1\r\nPUB ${'s'.repeat(4000)} 0\r\n\r\n`),
      a.expect(`MSG ${'s'.repeat(4000)} 1 0\r\n\r\n`),
    ],
  },
  ...cases(['PUB ', 'SUB ', 'UNSUB '], (verb) => ({
    name: `a line of ${verb}that goes on and on is too long`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [...a.connect(), a.send(verb, 's'.repeat(5000)), a.expect(CONTROL), a.closed()],
  })),
  {
    name: 'a whole line over max_control_line is refused',
    settings: { maxControlLineBytes: 64 },
    steps: [a.open(), a.send(`SUB ${'s'.repeat(80)} 1\r\n`), a.expect(CONTROL), a.closed()],
  },
  {
    name: 'arguments of exactly max_control_line are taken',
    settings: { maxControlLineBytes: 64 },
    steps: [a.open(), a.send(`SUB ${'s'.repeat(62)} 1\r\n`), a.expect('+OK\r\n'), ...a.sync()],
  },
  {
    name: 'arguments one byte over max_control_line are not',
    settings: { maxControlLineBytes: 64 },
    steps: [a.open(), a.send(`SUB ${'s'.repeat(63)} 1\r\n`), a.expect(CONTROL), a.closed()],
  },
  {
    name: 'arguments one byte over max_control_line, in pieces, are not',
    settings: { maxControlLineBytes: 64 },
    steps: [a.open(), a.send('SUB ', 's'.repeat(30), 's'.repeat(33), ' 1\r\n'), a.expect(CONTROL), a.closed()],
  },
  ...cases(['SUB ', 'PUB '], (verb) => ({
    name: `blanks behind ${verb}do not count for max_control_line`,
    settings: { maxControlLineBytes: 64 },
    steps: [
      a.open(),
      a.send(`${verb}${' '.repeat(200)}foo 1\r\n${verb === 'PUB ' ? 'x\r\n' : ''}`),
      a.expect('+OK\r\n'),
      ...a.sync(),
    ],
  })),
  {
    name: 'nor do they where they come in pieces',
    settings: { maxControlLineBytes: 64 },
    steps: [
      a.open(),
      a.send('SUB', ...Array.from({ length: 50 }, () => ' '.repeat(20))),
      a.quiet(),
      a.send('foo 1\r\n'),
      a.expect('+OK\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'a CONNECT over max_control_line is refused',
    settings: { maxControlLineBytes: 64 },
    steps: [
      a.open(),
      a.send(`CONNECT {"verbose":false,"name":"${'n'.repeat(80)}"}\r\n`),
      a.expect(CONTROL),
      a.closed(),
    ],
  },
  {
    name: 'one connection too many is told so',
    settings: { maxConnections: 2 },
    alone: true,
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      ...b.connect(),
      { client: 'c', do: 'over-limit', text: "-ERR 'maximum connections exceeded'\r\n" },
      ...a.sync(),
      b.leave(),
      ...c.connect(),
    ],
  },
  {
    name: 'one subscription too many is refused and the connection stays',
    settings: { maxSubscriptions: 2 },
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nSUB bar 2\r\n'),
      ...a.sync(),
      a.send('SUB baz 3\r\n'),
      a.expect("-ERR 'maximum subscriptions exceeded'\r\n"),
      ...a.sync(),
      a.send('PUB foo 0\r\n\r\nPUB baz 0\r\n\r\n'),
      a.expect('MSG foo 1 0\r\n\r\n'),
      ...a.sync(),
      a.send('UNSUB 1\r\nSUB baz 3\r\nPUB baz 0\r\n\r\n'),
      a.expect('MSG baz 3 0\r\n\r\n'),
    ],
  },
  {
    name: 'the number of subscriptions is counted for each connection',
    settings: { maxSubscriptions: 2 },
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\nSUB bar 2\r\n'),
      ...a.sync(),
      b.send('SUB foo 1\r\nSUB bar 2\r\n'),
      ...b.sync(),
    ],
  },
  {
    name: 'a subscription of too many tokens is refused',
    settings: { maxSubjectTokens: 3 },
    steps: [
      ...a.connect(),
      a.send('SUB a.b.c 1\r\n'),
      ...a.sync(),
      a.send('SUB a.b.c.d 2\r\n'),
      a.expect(`-ERR 'Permissions Violation for Subscription to "a.b.c.d", too many tokens'\r\n`),
      ...a.sync(),
    ],
  },
  {
    name: 'a consumer that does not read is cut, the publisher goes on',
    settings: { maxPendingBytes: 2_000_000 },
    alone: true,
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      b.cutWhile('a', `PUB foo 100000\r\n${'x'.repeat(100_000)}\r\n`, 30_000_000),
      ...a.sync(),
    ],
  },
  {
    name: 'a consumer that does not read does not hold up another one',
    settings: { maxPendingBytes: 2_000_000 },
    alone: true,
    steps: [
      ...a.connect(),
      ...b.connect(),
      ...c.connect(),
      c.send('SUB bar 1\r\n'),
      ...c.sync(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      b.cutWhile('a', `PUB foo 100000\r\n${'x'.repeat(100_000)}\r\n`, 30_000_000),
      a.send('PUB bar 2\r\nok\r\n'),
      c.expect('MSG bar 1 2\r\nok\r\n'),
    ],
  },
];
