import { a, b, cases, plain, type Case } from '../case.ts';

const refusedSilently = [
  'CONNECT\r\n',
  'CONNECT \r\n',
  'CONNECT {\r\n',
  'CONNECT nonsense\r\n',
  'CONNECT []\r\n',
  'CONNECT "text"\r\n',
  'CONNECT {"verbose":"yes"}\r\n',
  'CONNECT {"verbose":1}\r\n',
  'CONNECT {"echo":"no"}\r\n',
  'CONNECT {"protocol":"1"}\r\n',
  'CONNECT {"user":1}\r\n',
  'CONNECT {"verbose":false} trailing\r\n',
];

const accepted = [
  'CONNECT {"verbose":false}\r\n',
  'connect {"verbose":false}\r\n',
  'CoNnEcT {"verbose":false}\r\n',
  'CONNECT {"verbose":false}\n',
  'CONNECT\t{"verbose":false}\r\n',
  'CONNECT    { "verbose" : false }   \r\n',
  'CONNECT {"verbose":false,"unknown_field":{"deep":[1,2,{"x":null}]}}\r\n',
  'CONNECT {"VERBOSE":false}\r\n',
  'CONNECT {"verbose":true,"verbose":false}\r\n',
  'CONNECT {"verbose":false,"name":null,"protocol":null}\r\n',
  'CONNECT {"verbose":false,"user":"nobody","pass":"needed","auth_token":"here"}\r\n',
  'CONNECT {"verbose":false,"name":"caf\\u00e9 \\ud83d\\ude00","lang":"","version":""}\r\n',
  'CONNECT {"verbose":false,"tls_required":true}\r\n',
  'CONNECT {"verbose":false,"nkey":"","sig":"","jwt":""}\r\n',
];

export const connect: Case[] = [
  {
    name: 'without fields is verbose',
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), a.send('CONNECT {}\r\n'), a.expect('+OK\r\n'), ...a.sync()],
  },
  {
    name: 'without fields is pedantic',
    alsoOn: ['2.9', '2.10'],
    steps: [
      a.open(),
      a.send('CONNECT {}\r\nPUB a.* 1\r\nx\r\n'),
      a.expect("+OK\r\n-ERR 'Invalid Publish Subject'\r\n"),
      a.expect('+OK\r\n'),
    ],
  },
  {
    name: 'without fields echoes',
    alsoOn: ['2.9', '2.10'],
    steps: [
      a.open(),
      a.send('CONNECT {}\r\nSUB foo 1\r\nPUB foo 1\r\nx\r\n'),
      a.expect('+OK\r\n+OK\r\n+OK\r\nMSG foo 1 1\r\nx\r\n'),
    ],
  },
  {
    name: 'with null is taken as without fields',
    steps: [a.open(), a.send('CONNECT null\r\n'), a.expect('+OK\r\n'), ...a.sync()],
  },
  {
    name: 'with a null for verbose keeps the default',
    steps: [a.open(), a.send('CONNECT {"verbose":null}\r\n'), a.expect('+OK\r\n'), ...a.sync()],
  },
  {
    name: 'may be left out, and then the same defaults hold',
    alsoOn: ['2.9', '2.10'],
    steps: [
      a.open(),
      a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\nPUB foo.* 0\r\n\r\nPING\r\n'),
      a.expect("+OK\r\n+OK\r\nMSG foo 1 1\r\nx\r\n-ERR 'Invalid Publish Subject'\r\n+OK\r\nPONG\r\n"),
    ],
  },
  ...cases(accepted, (line) => ({
    name: `accepts ${JSON.stringify(line)}`,
    steps: [a.open(), a.send(line), ...a.sync()],
  })),
  ...cases(refusedSilently, (line) => ({
    name: `closes without a word on ${JSON.stringify(line)}`,
    steps: [a.open(), a.send(line), a.closed()],
  })),
  ...cases([2, -1, 100], (protocol) => ({
    name: `refuses protocol ${protocol}`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [
      a.open(),
      a.send(`CONNECT ${JSON.stringify({ ...plain, protocol })}\r\n`),
      a.expect("-ERR 'invalid client protocol'\r\n"),
      a.closed(),
    ],
  })),
  ...cases([{ no_responders: true }, { no_responders: true, headers: false }], (fields) => ({
    name: `refuses ${JSON.stringify(fields)}`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [
      a.open(),
      a.send(`CONNECT ${JSON.stringify({ ...plain, ...fields })}\r\n`),
      a.expect("-ERR 'no responders requires headers support'\r\n"),
      a.closed(),
    ],
  })),
  {
    name: 'refuses no_responders where the server has headers off',
    settings: { noHeaders: true },
    steps: [
      a.open(),
      a.send('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n'),
      a.expect("-ERR 'no responders requires headers support'\r\n"),
      a.closed(),
    ],
  },
  ...cases([{ account: 'x' }, { account: 'x', new_account: true }], (fields) => ({
    name: `refuses ${JSON.stringify(fields)}`,
    steps: [
      a.open(),
      a.send(`CONNECT ${JSON.stringify({ ...plain, ...fields })}\r\n`),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  })),
  {
    name: 'again changes the manner of the connection',
    steps: [
      ...a.connect(),
      a.send('CONNECT {"verbose":true}\r\n'),
      a.expect('+OK\r\n'),
      a.send('SUB foo 1\r\n'),
      a.expect('+OK\r\n'),
    ],
  },
  {
    name: 'again drops the subscriptions',
    steps: [
      ...a.connect(),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      a.send('CONNECT {"verbose":false}\r\n'),
      ...a.sync(),
      a.send('PUB foo 1\r\nx\r\nSUB foo 1\r\nPUB foo 1\r\ny\r\n'),
      a.expect('MSG foo 1 1\r\ny\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'with echo off keeps own messages away',
    alsoOn: ['2.9', '2.10'],
    steps: [
      ...a.connect({ echo: false }),
      ...b.connect(),
      b.send('SUB foo 7\r\n'),
      ...b.sync(),
      a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\n'),
      ...a.sync(),
      b.expect('MSG foo 7 1\r\nx\r\n'),
    ],
  },
  {
    name: 'with echo off still takes the messages of others',
    steps: [
      ...a.connect({ echo: false }),
      ...b.connect(),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      b.send('PUB foo 1\r\nx\r\n'),
      a.expect('MSG foo 1 1\r\nx\r\n'),
    ],
  },
  {
    name: 'of a bracketed line longer than a read is taken whole',
    steps: [a.open(), a.send('CONNECT {"verbose":false,"name":"', 'n'.repeat(3000), '"}\r\n'), ...a.sync()],
  },
];
