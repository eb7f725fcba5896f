import { found, msg, part } from '../jetstream/answers.ts';
import { ask, connect, type JetStreamCase, publish, receive, send, subscribe } from '../jetstream/steps.ts';

/** Account A lets B use its streams: the API under a prefix, acks, flow control, and what consumers deliver. */
const CONFIG = `
server_name: case
jetstream { store_dir: "$FOLDER/js", max_mem: 1GB, max_file: 10GB, domain: hub }
accounts {
  A: {
    jetstream: enabled
    users: [ { user: a, password: p } ]
    exports: [
      { service: "$JS.API.>", response_type: stream }
      { service: "$JS.FC.>" }
      { service: "$JS.ACK.>" }
      { stream: "deliver.>" }
      { service: "s.>" }
    ]
  }
  B: {
    jetstream: enabled
    users: [ { user: b, password: p } ]
    imports: [
      { service: { account: A, subject: "$JS.API.>" }, to: "JS.A.API.>" }
      { service: { account: A, subject: "$JS.FC.>" } }
      { service: { account: A, subject: "$JS.ACK.>" } }
      { stream: { account: A, subject: "deliver.>" } }
      { service: { account: A, subject: "s.>" } }
    ]
  }
}`;

const CLIENTS = [connect('a', { user: 'a', pass: 'p' }), connect('b', { user: 'b', pass: 'p' })];
const STREAM = [
  ask('$JS.hub.API.STREAM.CREATE.S', { name: 'S', subjects: ['s.>'] }, part({ config: { name: 'S' } })),
  publish('s.a', 'n1', { stream: 'S', domain: 'hub', seq: 1 }),
];
const B = { client: 'b' };
const external = { api: 'JS.A.API', deliver: 'deliver' };

/** Streams of other accounts. */
export const jetStreamAccounts: JetStreamCase[] = [
  {
    name: 'a message comes to another account under its own subject, and is acknowledged from there',
    config: CONFIG,
    steps: [
      ...CLIENTS,
      ...STREAM,
      ask(
        'JS.A.API.CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', durable_name: 'C', ack_policy: 'explicit' } },
        part({ name: 'C' }),
        B,
      ),
      subscribe('inbox', 'inbox.b', B),
      send('JS.A.API.CONSUMER.MSG.NEXT.S.C', '1', { client: 'b', reply: 'inbox.b' }),
      receive('inbox', msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.0')),
      { do: 'ack', client: 'b', delivery: 1, body: '+ACK', sync: true },
      {
        ...ask('$JS.API.CONSUMER.INFO.S.C', '', part({ num_ack_pending: 0, ack_floor: { stream_seq: 1 } })),
        eventually: true,
      },
    ] as JetStreamCase['steps'],
  },
  {
    name: 'what is published by a service of another account is stored without saying who did, and acknowledged',
    config: CONFIG,
    steps: [
      ...CLIENTS,
      ...STREAM,
      publish('s.b', 'from b', { stream: 'S', domain: 'hub', seq: 2 }, ['Own: header'], 'b'),
      ask('$JS.API.STREAM.MSG.GET.S', { seq: 2 }, found('s.b', 2, 'from b', ['Own: header'])),
    ],
  },
  {
    name: 'sources and mirrors of another account',
    config: CONFIG,
    steps: [
      ...CLIENTS,
      ...STREAM,
      ask('$JS.API.STREAM.CREATE.T', { name: 'T', sources: [{ name: 'S', external }] }, part({ did_create: true }), B),
      ask('$JS.API.STREAM.CREATE.M', { name: 'M', mirror: { name: 'S', external } }, part({ did_create: true }), B),
      { ...ask('$JS.API.STREAM.INFO.T', '', part({ state: { messages: 1 } }), B), eventually: true },
      { ...ask('$JS.API.STREAM.INFO.M', '', part({ state: { messages: 1 } }), B), eventually: true },
      publish('s.a', 'n2', { stream: 'S', domain: 'hub', seq: 2 }),
      { ...ask('$JS.API.STREAM.INFO.T', '', part({ state: { messages: 2 } }), B), eventually: true },
      { ...ask('$JS.API.STREAM.INFO.M', '', part({ state: { messages: 2 } }), B), eventually: true },
      ask(
        '$JS.API.STREAM.MSG.GET.T',
        { seq: 2 },
        found('s.a', 2, 'n2', ['Nats-Stream-Source: S:<name> 2 > > s.a <name>']),
        B,
      ),
      ask('$JS.API.STREAM.MSG.GET.M', { seq: 2 }, found('s.a', 2, 'n2'), B),
    ] as JetStreamCase['steps'],
  },
];
