import { a, b, type Case, cases, connectLine, plain } from '../case.ts';
import { arriving } from '../listener-steps.ts';
import { deflated } from '../../support/raw-websocket-client.ts';

const config = 'websocket { host: 127.0.0.1, port: -1, no_tls: true }';
const compressing = 'max_payload: 20000\nwebsocket { host: 127.0.0.1, port: -1, no_tls: true, compression: true }';
const here = arriving('a');
const there = arriving('b');
const CONNECT = connectLine(plain);
const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const BINARY = 2;
const PING = 9;
const PONG = 10;
const CLOSE = 8;

/** Frames and messages of WebSocket once it is one, and how it ends. */
export const webSocket: Case[] = [
  {
    name: 'INFO is a binary message that speaks of the WebSocket listener',
    config,
    steps: [
      ...here.upgrade(),
      here.messageInfo({ host: '127.0.0.1', port: '<webSocketPort>', client_ip: '127.0.0.1' }, [
        'tls_required',
        'tls_available',
        'connect_urls',
      ]),
    ],
  },
  {
    name: 'the protocol goes through, to and from TCP',
    config,
    steps: [
      ...here.webSocket(),
      ...b.connect(),
      here.say('SUB w 1\r\nPING\r\n'),
      here.hear('PONG\r\n'),
      b.send('SUB t 2\r\nPUB w 2\r\nhi\r\n'),
      ...b.sync(),
      here.hear('MSG w 1 2\r\nhi\r\n'),
      here.say('PUB t 3\r\nhey\r\n'),
      b.expect('MSG t 2 3\r\nhey\r\n'),
    ],
  },
  {
    name: 'one WebSocket reaches another',
    config,
    steps: [
      ...here.webSocket({}, { headers: true }),
      ...there.webSocket({}, { headers: true }),
      here.say('SUB w.> 1\r\nPING\r\n'),
      here.hear('PONG\r\n'),
      there.say('HPUB w.a 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n'),
      here.hear('HMSG w.a 1 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n'),
    ],
  },
  ...cases([1, 2], (opcode): Case => ({
    name: `${opcode === 1 ? 'text' : 'binary'} is taken, binary is sent`,
    config,
    steps: [
      ...here.upgrade(),
      here.messageInfo(),
      here.frame(opcode, `${CONNECT}PING\r\n`),
      here.hearFrame(0x82, 'PONG\r\n'),
    ],
  })),
  ...cases([1, 125, 126, 127, 65_535, 65_536, 300_000], (length): Case => ({
    name: `a message of ${length} bytes`,
    config,
    steps: [
      ...here.webSocket(),
      ...there.webSocket(),
      here.say('SUB sized 1\r\nPING\r\n'),
      here.hear('PONG\r\n'),
      there.say(`PUB sized ${length}\r\n${'x'.repeat(length)}\r\n`),
      here.hear(`MSG sized 1 ${length}\r\n${'x'.repeat(length)}\r\n`),
    ],
  })),
  {
    name: 'messages end anywhere in the protocol',
    config,
    steps: [
      ...here.webSocket(),
      ...[...'PING\r\nPING\r\n'].map((byte) => here.say(byte)),
      here.hear('PONG\r\nPONG\r\n'),
    ],
  },
  {
    name: 'a message in frames',
    config,
    steps: [
      ...here.webSocket(),
      here.frame(BINARY, 'PI', { final: false }),
      here.frame(0, '', { final: false }),
      here.frame(0, 'NG', { final: false }),
      here.frame(0, '\r\n'),
      here.hear('PONG\r\n'),
    ],
  },
  {
    name: 'a ping between the frames of a message',
    config,
    steps: [
      ...here.webSocket(),
      here.frame(BINARY, 'PI', { final: false }),
      here.frame(PING, 'still there?'),
      here.hearFrame(0x8a, 'still there?'),
      here.frame(0, 'NG\r\n'),
      here.hear('PONG\r\n'),
    ],
  },
  {
    name: 'frames byte by byte',
    config,
    steps: [...here.webSocket(), a.trickle('\x82\x86\x01\x02\x03\x04QKMC\x0c\x08'), here.hear('PONG\r\n')],
  },
  {
    name: 'empty messages',
    config,
    steps: [...here.webSocket(), here.say(''), here.frame(1, ''), here.say('PING\r\n'), here.hear('PONG\r\n')],
  },
  {
    name: 'a length that is longer than need be',
    config,
    steps: [...here.webSocket(), a.send('\x82\xfe\0\x06\0\0\0\0PING\r\n'), here.hear('PONG\r\n')],
  },
  {
    name: 'no masks, where that was agreed on',
    config,
    steps: [
      ...here.upgrade({ 'Nats-No-Masking': 'true' }),
      here.messageInfo(),
      here.frame(BINARY, `${CONNECT}PING\r\n`, { mask: '' }),
      here.hear('PONG\r\n'),
      here.frame(PING, 'x', { mask: '' }),
      here.hearFrame(0x8a, 'x'),
    ],
  },
  ...cases(['hello', '', 'x'.repeat(125)], (payload): Case => ({
    name: `a ping of ${payload.length} bytes is answered with them`,
    config,
    steps: [...here.webSocket(), here.frame(PING, payload), here.hearFrame(0x8a, payload)],
  })),
  {
    name: 'a pong that nobody asked for is nothing',
    config,
    steps: [...here.webSocket(), here.frame(PONG, 'here'), here.say('PING\r\n'), here.hear('PONG\r\n')],
  },
  ...cases(
    [
      ['with a status', '\x03\xe8', '\x03\xe8'],
      ['with a status and a text', '\x03\xe8bye', '\x03\xe8bye'],
      ['with a status of its own', '\x0b\xb8x', '\x0b\xb8x'],
      ['without a status', '', ''],
      ['with a text that is none', '\x03\xe8\xff\xfe', '\x03\xefinvalid utf8 body in close frame'],
    ],
    ([name, payload, answer]): Case => ({
      name: `a close ${name} is answered, and the end`,
      config,
      steps: [
        ...here.webSocket(),
        here.frame(CLOSE, payload as string),
        here.hearFrame(0x88, answer as string),
        a.closed(),
      ],
    }),
  ),
  {
    name: 'what came before a close is done, what comes behind it is not',
    config,
    steps: [
      ...here.webSocket(),
      ...b.connect(),
      b.send('SUB last 1\r\n'),
      ...b.sync(),
      here.say('PUB last 2\r\nhi\r\n'),
      here.frame(CLOSE, '\x03\xe8'),
      b.expect('MSG last 1 2\r\nhi\r\n'),
      here.hearFrame(0x88, '\x03\xe8'),
      a.closed(),
      ...b.sync(),
    ],
  },
  // The real server may be too late with its close frame: it ends the connection at the same moment.
  ...cases(
    [
      ['no mask', '\x82\x06PING\r\n', 'mask bit missing'],
      ['reserved bit 1', '\xc2\x80abcd', 'compressed frame received without negotiated permessage-deflate'],
      ['reserved bit 2', '\xa2\x80abcd', 'RSV2 and RSV3 must be clear'],
      ['reserved bit 3', '\x92\x80abcd', 'RSV2 and RSV3 must be clear'],
      ['an opcode that is none', '\x83\x80abcd', 'unknown opcode 3'],
      ['a control opcode that is none', '\x8b\x80abcd', 'unknown opcode 11'],
      ['a continuation of nothing', '\x80\x80abcd', 'invalid continuation frame'],
      [
        'a message amid another',
        '\x02\x80abcd\x82\x80abcd',
        'new message started before final frame for previous message was received',
      ],
      [
        'a long ping',
        `\x89\xfe\0\x7eabcd${'x'.repeat(126)}`,
        'control frame length bigger than maximum allowed of 125 bytes',
      ],
      ['a ping in pieces', '\x09\x80abcd', 'control frame does not have final bit set'],
      ['a length of more than 63 bits', '\x82\xff\x80\0\0\0\0\0\0\0abcd', 'invalid 64-bit payload length'],
      ['a close of one byte', '\x88\x81\0\0\0\0\x03', 'close frame payload cannot be 1 byte'],
      ['a close of status 1005', '\x88\x82\0\0\0\0\x03\xed', 'invalid close status code 1005'],
      ['a close of status 999', '\x88\x82\0\0\0\0\x03\xe7', 'invalid close status code 999'],
      ['a close of status 2999', '\x88\x82\0\0\0\0\x0b\xb7', 'invalid close status code 2999'],
      ['a close of status 5000', '\x88\x82\0\0\0\0\x13\x88', 'invalid close status code 5000'],
    ],
    ([name, bytes, fault]): Case => ({
      name: `against the rules: ${name}`,
      config,
      steps: [
        ...here.webSocket(),
        a.send(bytes as string),
        here.hearLast(new RegExp(`^(\\x88[^]\\x03\\xea${fault})?$`)),
      ],
    }),
  ),
  ...cases(
    [['Authorization Violation', 'CONNECT {"user":"x","pass":"y"}\r\n', 1008, 'Authentication Failure']] as [
      string,
      string,
      number,
      string,
    ][],
    ([error, bytes, status, reason]): Case => ({
      name: `the end is told with its reason: ${reason}`,
      config: `authorization { user: a, password: b }\n${config}`,
      steps: [
        ...here.upgrade(),
        here.messageInfo({ auth_required: true }),
        here.say(bytes),
        here.hear(`-ERR '${error}'\r\n`),
        here.hearFrame(0x88, `${String.fromCharCode(status >> 8, status & 255)}${reason}`),
        a.closed(),
      ],
    }),
  ),
  {
    name: 'a line that is too long is told',
    config: `max_control_line: 128\n${config}`,
    steps: [
      ...here.webSocket(),
      here.say(`PUB ${'a'.repeat(200)} 1\r\n`),
      here.hear("-ERR 'maximum control line exceeded'\r\n"),
      here.hearFrame(0x88, '\x03\xf0Maximum Control Line Exceeded'),
      a.closed(),
    ],
  },
  {
    name: 'a payload that is too large is told',
    config: `max_payload: 100\n${config}`,
    steps: [
      ...here.webSocket(),
      here.say('PUB a 101\r\n'),
      here.hear("-ERR 'Maximum Payload Violation'\r\n"),
      here.hearFrame(0x88, '\x03\xf1Maximum Message Payload Exceeded'),
      a.closed(),
    ],
  },
  {
    name: 'one connection too many is told',
    config: `max_connections: 1\n${config}`,
    steps: [
      ...a.connect(),
      ...there.upgrade(),
      there.messageInfo(),
      there.hear("-ERR 'maximum connections exceeded'\r\n"),
      there.hearFrame(0x88, '\x03\xf0Maximum Connections Exceeded'),
      b.closed(),
    ],
  },
  {
    name: 'compressed messages come in',
    config: compressing,
    steps: [
      ...here.upgrade(offer),
      here.messageInfo(),
      here.frame(BINARY, deflated(`${CONNECT}PING\r\n`), { compressed: true }),
      here.hear('PONG\r\n'),
    ],
  },
  {
    name: 'compressed messages come in in frames',
    config: compressing,
    steps: [
      ...here.upgrade(offer),
      here.messageInfo(),
      here.frame(BINARY, deflated(`${CONNECT}PING\r\n`).slice(0, 9), { compressed: true, final: false }),
      here.frame(PING, 'p'),
      here.hearFrame(0x8a, 'p'),
      here.frame(0, deflated(`${CONNECT}PING\r\n`).slice(9)),
      here.hear('PONG\r\n'),
    ],
  },
  {
    name: 'messages need not be compressed because they may be',
    config: compressing,
    steps: [...here.webSocket(offer), here.say('PING\r\n'), here.hearFrame(0x82, 'PONG\r\n')],
  },
  ...cases([50, 51], (length): Case => ({
    name: `a message of ${length + 14} bytes ${length === 50 ? 'is not worth' : 'is worth'} compressing`,
    config: compressing,
    steps: [
      ...here.webSocket(offer),
      here.say(`SUB a 1\r\nPUB a ${length}\r\n${'z'.repeat(length)}\r\n`),
      length === 50 ? here.hearFrame(0x82, `MSG a 1 50\r\n${'z'.repeat(50)}\r\n`) : here.hearFrame(0xc2, /^[^]{3,}$/),
    ],
  })),
  {
    name: 'compressed messages go out',
    config: compressing,
    steps: [
      ...here.webSocket(offer),
      here.say(`SUB a 1\r\nPUB a 5000\r\n${'z'.repeat(5000)}\r\n`),
      here.hear(`MSG a 1 5000\r\n${'z'.repeat(5000)}\r\n`),
    ],
  },
  {
    name: 'without the offer nothing is compressed',
    config: compressing,
    steps: [
      ...here.webSocket(),
      here.say(`SUB a 1\r\nPUB a 500\r\n${'z'.repeat(500)}\r\n`),
      here.hearFrame(0x82, `MSG a 1 500\r\n${'z'.repeat(500)}\r\n`),
    ],
  },
  ...cases(
    [
      ['what is no compressed data', '\xff\xff\xff\xff'],
      ['more than it may unfold to', deflated(' '.repeat(200_000))],
    ],
    ([name, payload]): Case => ({
      name: `a compressed message of ${name} is the end`,
      config: compressing,
      steps: [
        ...here.webSocket(offer),
        here.frame(BINARY, payload as string, { compressed: true }),
        // What was unfolded before it was too much may be told as an error of the protocol first.
        here.hearLast(/^(\x82[^]-ERR [^]*?\r\n)?(\x88[^]*)?$/),
      ],
    }),
  ),
  {
    name: 'a compressed ping is against the rules',
    config: compressing,
    steps: [
      ...here.webSocket(offer),
      here.frame(PING, 'x', { compressed: true }),
      here.hearLast(/^(\x88[^]\x03\xeacontrol frame must not be compressed)?$/),
    ],
  },
  {
    name: 'a compressed continuation is against the rules',
    config: compressing,
    steps: [
      ...here.webSocket(offer),
      here.frame(BINARY, 'x', { compressed: true, final: false }),
      here.frame(0, 'x', { compressed: true }),
      here.hearLast(/^(\x88[^]\x03\xeainvalid continuation frame)?$/),
    ],
  },
  {
    name: 'to browsers frames are small',
    config,
    steps: [
      ...here.upgrade({ 'User-Agent': 'Mozilla/5.0' }),
      here.messageInfo(),
      here.say(`${CONNECT}SUB a 1\r\nPUB a 30000\r\n${'z'.repeat(30_000)}\r\n`),
      here.hearFrame(0x82, /^MSG a 1 30000\r\n[^]{0,4081}$/),
      here.hearFrame(0x82, /^z{1,4096}$/),
    ],
  },
];
