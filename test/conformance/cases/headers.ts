import { a, b, cases, type Case } from '../case.ts';

const H = 'NATS/1.0\r\nA: 1\r\n\r\n';
const EMPTY = 'NATS/1.0\r\n\r\n';

/** Blocks that the server passes on as they are: it does not read them unless something needs to. */
const passedOn = [
  ['an empty block', EMPTY],
  ['a status', 'NATS/1.0 503\r\n\r\n'],
  ['a status with a description', 'NATS/1.0 404 No Messages\r\n\r\n'],
  ['a key twice', 'NATS/1.0\r\nA: 1\r\nA: 2\r\n\r\n'],
  ['an empty value', 'NATS/1.0\r\nA:\r\n\r\n'],
  ['no blank after the colon', 'NATS/1.0\r\nA:1\r\n\r\n'],
  ['bytes that are not UTF-8', 'NATS/1.0\r\nA: \xff\xfe\x00\r\n\r\n'],
  ['a line without a colon', 'NATS/1.0\r\nnothing\r\n\r\n'],
  ['no blank line at the end', 'NATS/1.0\r\nA: 1\r\n'],
  ['another version', 'NATS/9.9\r\nA: 1\r\n\r\n'],
  ['text that is no header block', 'hello world!'],
  ['line feeds only', 'NATS/1.0\nA: 1\n\n'],
] as const;

export const headers: Case[] = [
  {
    name: 'reach a client that asked for them',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo 1\r\nHPUB foo ${H.length} ${H.length + 5}\r\n${H}hello\r\n`),
      a.expect(`HMSG foo 1 ${H.length} ${H.length + 5}\r\n${H}hello\r\n`),
    ],
  },
  {
    name: 'reach it with the reply subject',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo 1\r\nHPUB foo back ${H.length} ${H.length + 5}\r\n${H}hello\r\n`),
      a.expect(`HMSG foo 1 back ${H.length} ${H.length + 5}\r\n${H}hello\r\n`),
    ],
  },
  {
    name: 'reach it without a payload',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo 1\r\nHPUB foo ${H.length} ${H.length}\r\n${H}\r\n`),
      a.expect(`HMSG foo 1 ${H.length} ${H.length}\r\n${H}\r\n`),
    ],
  },
  {
    name: 'are taken away for a client that did not ask',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect({ headers: true }),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send(`HPUB foo back ${H.length} ${H.length + 5}\r\n${H}hello\r\n`),
      b.expect('MSG foo 1 back 5\r\nhello\r\n'),
    ],
  },
  {
    name: 'are taken away where the payload is empty',
    steps: [
      ...a.connect({ headers: true }),
      ...b.connect(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send(`HPUB foo ${H.length} ${H.length}\r\n${H}\r\n`),
      b.expect('MSG foo 1 0\r\n\r\n'),
    ],
  },
  {
    name: 'reach one and are taken away for the other of the same message',
    steps: [
      ...a.connect({ headers: true }),
      ...b.connect(),
      b.send('SUB foo 2\r\n'),
      ...b.sync(),
      a.send(`SUB foo 1\r\nHPUB foo ${H.length} ${H.length + 1}\r\n${H}x\r\nPUB foo 1\r\ny\r\n`),
      a.expect(`HMSG foo 1 ${H.length} ${H.length + 1}\r\n${H}x\r\nMSG foo 1 1\r\ny\r\n`),
      b.expect('MSG foo 2 1\r\nx\r\nMSG foo 2 1\r\ny\r\n'),
    ],
  },
  {
    name: 'are not there for a plain PUB',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect({ headers: true }),
      a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\n'),
      a.expect('MSG foo 1 1\r\nx\r\n'),
    ],
  },
  ...cases(passedOn, ([name, block]) => ({
    name: `with ${name} are passed on as they are`,
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo 1\r\nHPUB foo ${block.length} ${block.length + 2}\r\n${block}hi\r\n`),
      a.expect(`HMSG foo 1 ${block.length} ${block.length + 2}\r\n${block}hi\r\n`),
    ],
  })),
  {
    name: 'of 0 bytes',
    steps: [
      ...a.connect({ headers: true }),
      a.send('SUB foo 1\r\nHPUB foo 0 2\r\nhi\r\n'),
      a.expect(/^H?MSG foo 1 (?:0 )?2\r\nhi\r\n/),
    ],
  },
  {
    name: 'of a client that did not ask for them close it without a word',
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(), a.send(`HPUB foo 12 12\r\n${EMPTY}\r\n`), a.closed()],
  },
  {
    name: 'of a client that has not connected close it without a word',
    steps: [a.open(), a.send(`HPUB foo 12 12\r\n${EMPTY}\r\n`), a.closed()],
  },
  {
    name: 'are refused where the server has them off',
    settings: { noHeaders: true },
    steps: [...a.connect({ headers: true }), a.send(`HPUB foo 12 12\r\n${EMPTY}\r\n`), a.closed()],
  },
  {
    name: 'go through a queue group',
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo q 1\r\nHPUB foo ${H.length} ${H.length + 1}\r\n${H}x\r\n`),
      a.expect(`HMSG foo 1 ${H.length} ${H.length + 1}\r\n${H}x\r\n`),
    ],
  },
  {
    name: 'of many kilobytes arrive whole',
    steps: [
      ...a.connect({ headers: true }),
      a.send(`SUB foo 1\r\nHPUB foo 60014 60016\r\nNATS/1.0\r\nA: `, 'v'.repeat(60014 - 17), '\r\n\r\nhi\r\n'),
      a.expect(`HMSG foo 1 60014 60016\r\nNATS/1.0\r\nA: ${'v'.repeat(60014 - 17)}\r\n\r\nhi\r\n`),
    ],
  },
];
