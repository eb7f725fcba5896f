import { a, cases, type Case } from '../case.ts';

const UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n";

/** Bytes that are no operation of a client. */
const unknown = [
  'FOO\r\n',
  'P\r\n',
  'PX\r\n',
  'PIN\r\n',
  'PONK\r\n',
  'PUBLISH foo 1\r\n',
  'PUB\r\n',
  'SUB\r\n',
  'SUBS foo 1\r\n',
  'UNSUB\r\n',
  'UNSUBSCRIBE 1\r\n',
  'HPUB\r\n',
  'HSUB foo 1\r\n',
  'MSG foo 1 1\r\nx\r\n',
  'HMSG foo 1 12 12\r\n',
  '\r\n',
  '\n',
  ' PING\r\n',
  '\0\0\0\0',
  '\x16\x03\x01\x02\x00\x01',
  '\xff\xfe\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  '{"op":"PING"}\r\n',
  '+NO\r\n',
  '-OK\r\n',
  'RS+ $G foo\r\n',
  'A+ x\r\n',
  'LS+ foo\r\n',
];

/** Lines whose arguments cannot be understood. */
const malformed = [
  'CONNECTED {}\r\n',
  'PUB foo\r\n',
  'PUB foo \r\n',
  'PUB foo -1\r\n',
  'PUB foo x\r\n',
  'PUB foo 1x\r\n',
  'PUB foo 1.5\r\n',
  'PUB foo +1\r\n',
  'PUB foo 1000000000\r\n',
  'PUB foo 99999999999999999999\r\n',
  'PUB foo bar baz 1\r\n',
  'PUB 5\r\n',
  'SUB foo\r\n',
  'SUB foo q 1 x\r\n',
  'UNSUB 1 2 3\r\n',
  'HPUB foo 12 12\r\n',
  "-ERR 'x'\r\n",
];

const header = 'NATS/1.0\r\n\r\n';

/** The same for HPUB, which needs a client with headers. */
const malformedHeaders = [
  'HPUB foo\r\n',
  'HPUB foo 12\r\n',
  'HPUB foo x 12\r\n',
  'HPUB foo 12 x\r\n',
  'HPUB foo -1 12\r\n',
  'HPUB foo 12 -1\r\n',
  `HPUB foo 12 11\r\n${header}`,
  'HPUB foo bar baz 12 12\r\n',
  'HPUB foo 12 1000000000\r\n',
];

export const parserRefusals: Case[] = [
  ...cases(unknown, (bytes) => ({
    name: `calls ${JSON.stringify(bytes)} an unknown operation`,
    steps: [...a.connect(), a.send(bytes), a.expect(UNKNOWN), a.closed()],
  })),
  ...cases(malformed, (bytes) => ({
    name: `closes without a word on ${JSON.stringify(bytes)}`,
    steps: [...a.connect(), a.send(bytes), a.closed()],
  })),
  ...cases(malformedHeaders, (bytes) => ({
    name: `closes without a word on ${JSON.stringify(bytes)}`,
    steps: [...a.connect({ headers: true }), a.send(bytes), a.closed()],
  })),
  ...cases(['PUB foo 1\r\nxy\r\n', 'PUB foo 1\r\nx\n', 'PUB foo 0\r\nPING\r\n', 'PUB foo 1\r\nx\rPING'], (bytes) => ({
    name: `misses the line end after the payload in ${JSON.stringify(bytes)}`,
    steps: [...a.connect(), a.send(bytes), a.expect(UNKNOWN), a.closed()],
  })),
  {
    name: 'does what stood before the mistake',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\nBAD\r\nPUB foo 1\r\ny\r\n'),
      a.expect(`MSG foo 1 1\r\nx\r\n${UNKNOWN}`),
      a.closed(),
    ],
  },
  {
    name: 'tells a client that has not connected as well',
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), a.send('BAD\r\n'), a.expect(UNKNOWN), a.closed()],
  },
  {
    name: 'keeps the connection on UNSUB with a number that is none',
    steps: [...a.connect(), a.send('SUB foo 1\r\nUNSUB 1 x\r\nPUB foo 1\r\nx\r\n'), ...a.sync()],
  },
];
