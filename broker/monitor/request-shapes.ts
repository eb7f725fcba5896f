import type { FieldType, RequestShape } from './request-fields.ts';

/** Every request may say which servers it is meant for. */
const FILTERS = {
  server_name: 'string',
  cluster: 'string',
  host: 'string',
  exact_match: 'bool',
  tags: '[]string',
  domain: 'string',
} as const satisfies Record<string, FieldType>;

function shape(struct: string, fields: Record<string, FieldType> = {}): RequestShape {
  return { struct, fields: { ...fields, ...FILTERS } };
}

/** What requests may ask for, with nats-server's names of the structs they are read into. */
export const SHAPES = {
  statsz: shape('StatszEventOptions'),
  varz: shape('VarzEventOptions'),
  subsz: shape('SubszEventOptions', {
    offset: 'int',
    limit: 'int',
    subscriptions: 'bool',
    account: 'string',
    test: 'string',
  }),
  connz: shape('ConnzEventOptions', {
    sort: 'server.SortOpt',
    auth: 'bool',
    subscriptions: 'bool',
    subscriptions_detail: 'bool',
    offset: 'int',
    limit: 'int',
    cid: 'uint64',
    mqtt_client: 'string',
    state: 'server.ConnState',
    user: 'string',
    acc: 'string',
    filter_subject: 'string',
  }),
  routez: shape('RoutezEventOptions', { subscriptions: 'bool', subscriptions_detail: 'bool' }),
  gatewayz: shape('GatewayzEventOptions', {
    name: 'string',
    accounts: 'bool',
    account_name: 'string',
    subscriptions: 'bool',
    subscriptions_detail: 'bool',
  }),
  leafz: shape('LeafzEventOptions', { subscriptions: 'bool', account: 'string' }),
  accountz: shape('AccountzEventOptions', { account: 'string' }),
  jsz: shape('JszEventOptions', {
    account: 'string',
    accounts: 'bool',
    streams: 'bool',
    consumer: 'bool',
    direct_consumer: 'bool',
    config: 'bool',
    leader_only: 'bool',
    offset: 'int',
    limit: 'int',
    raft: 'bool',
    stream_leader_only: 'bool',
  }),
  healthz: shape('HealthzEventOptions', {
    'js-enabled': 'bool',
    'js-enabled-only': 'bool',
    'js-server-only': 'bool',
    'js-meta-only': 'bool',
    account: 'string',
    stream: 'string',
    consumer: 'string',
    details: 'bool',
  }),
  profilez: shape('ProfilezEventOptions', { name: 'string', debug: 'int', duration: 'time.Duration' }),
  expvarz: shape('ExpvarzEventOptions'),
  ipqueuesz: shape('IpqueueszEventOptions', { all: 'bool', filter: 'string' }),
  raftz: shape('RaftzEventOptions', { account: 'string', group: 'string' }),
  accountInfo: shape('AccInfoEventOptions'),
  accountStatz: shape('AccountStatzEventOptions', { accounts: '[]string', include_unused: 'bool' }),
  reload: shape('EventFilterOptions'),
  kick: { struct: 'KickClientReq', fields: { cid: 'uint64' } },
  lameDuck: { struct: 'LDMClientReq', fields: { cid: 'uint64' } },
  accountConnections: { struct: 'accNumConnsReq', fields: { acc: 'string' } },
  subscriberCount: { struct: 'accNumSubsReq', fields: { acc: 'string', subject: 'string', queue: 'string' } },
} as const satisfies Record<string, RequestShape>;
