import { a, b, cases, type Case } from '../case.ts';

const KEYS = [
  'server_id',
  'server_name',
  'version',
  'proto',
  'go',
  'host',
  'port',
  'headers',
  'max_payload',
  'client_id',
  'client_ip',
  'api_lvl',
  'xkey',
];

export const info: Case[] = [
  {
    name: 'is the first line, JSON, with a space before its end',
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), a.quiet()],
  },
  { name: 'has these fields in this order', steps: [a.open(), a.infoKeys(KEYS)] },
  {
    name: 'names the server, the protocol and the limits',
    steps: [
      a.open(),
      a.info({
        server_id: /^N[A-Z2-7]{55}$/,
        server_name: /^N[A-Z2-7]{55}$/,
        version: /^2\.15\.\d+$/,
        proto: 1,
        host: '127.0.0.1',
        port: '<port>',
        headers: true,
        max_payload: 1048576,
        client_ip: '127.0.0.1',
        api_lvl: 5,
        xkey: /^X[A-Z2-7]{55}$/,
      }),
    ],
  },
  {
    name: 'leaves out what does not apply to a server that stands alone and is open',
    steps: [
      a.open(),
      a.info({}, [
        'auth_required',
        'tls_required',
        'tls_verify',
        'tls_available',
        'jetstream',
        'ip',
        'nonce',
        'cluster',
        'cluster_dynamic',
        'domain',
        'connect_urls',
        'ws_connect_urls',
        'ldm',
        'connect_info',
        'remote_account',
        'acc_is_sys',
      ]),
    ],
  },
  {
    name: 'numbers connections upwards',
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), b.open(), b.laterThan('a'), a.leave(), a.open(), a.laterThan('b')],
  },
  {
    name: 'says auth_required with a user',
    settings: { user: 'ada', pass: 'secret' },
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), a.info({ auth_required: true }, ['nonce'])],
  },
  {
    name: 'says auth_required with a token',
    settings: { token: 's3cr3t' },
    steps: [a.open(), a.info({ auth_required: true }, ['nonce'])],
  },
  {
    name: 'carries the configured name',
    settings: { serverName: 'harbour' },
    steps: [a.open(), a.info({ server_name: 'harbour', server_id: /^N/ })],
  },
  {
    name: 'carries the configured max_payload',
    settings: { maxPayloadBytes: 1000 },
    steps: [a.open(), a.info({ max_payload: 1000 })],
  },
  {
    name: 'says that headers are off',
    settings: { noHeaders: true },
    steps: [a.open(), a.info({ headers: false })],
  },
  {
    name: 'carries the advertised address as its own, and no list of addresses',
    settings: { clientAdvertise: 'example.test:4333' },
    steps: [a.open(), a.info({ host: 'example.test', port: 4333 }, ['connect_urls'])],
  },
  ...cases([1, 0, undefined], (protocol) => ({
    name: `comes ${protocol === 1 ? 'again, with connect_info, after the first PONG' : 'once'} for protocol ${protocol ?? 'not given'}`,
    steps: [
      a.open(),
      a.send(`CONNECT ${JSON.stringify({ verbose: false, protocol })}\r\n`),
      a.quiet(),
      a.send('PING\r\n'),
      a.expect('PONG\r\n'),
      ...(protocol === 1
        ? [
            a.expect(
              /^INFO \{"server_id":"N[^\n]*"connect_info":true,"remote_account":"\$G","api_lvl":5,"xkey":"X[A-Z2-7]{55}"\} \r\n/,
            ),
          ]
        : []),
      ...a.sync(),
      a.quiet(),
    ],
  })),
  {
    name: 'from a client makes the server say its own again',
    steps: [a.open(), a.send('INFO {}\r\n'), a.quiet()],
  },
];
