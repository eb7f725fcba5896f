import { accountz } from './accountz.ts';
import { SILENCE, type SystemRequest } from './answers.ts';
import { connz, type ConnzOptions } from './connz.ts';
import type { MonitorContext } from './context.ts';
import { health } from './healthz.ts';
import { profile } from './profilez.ts';
import type { RequestFields } from './request-fields.ts';
import { SHAPES } from './request-shapes.ts';
import { runtimeVariables } from './runtime.ts';
import { jsz, type JszOptions } from './jsz.ts';
import { gatewayz, ipqueuesz, leafz, RAFT_GROUPS, routez } from './standalone.ts';
import { subsz, type SubszOptions } from './subsz.ts';
import { varz } from './varz.ts';

/** The requests of `$SYS.REQ.SERVER.PING.<name>` and `$SYS.REQ.SERVER.<id>.<name>` that are answered with an envelope. */
export function serverRequests(context: MonitorContext): Record<string, SystemRequest> {
  const { host, resources, httpRequests, now } = context;
  return {
    VARZ: { shape: SHAPES.varz, respond: () => varz(host, resources.usage(), httpRequests, now()) },
    SUBSZ: { shape: SHAPES.subsz, respond: (fields) => subsz(host, subszOptions(fields), now()) },
    CONNZ: { shape: SHAPES.connz, respond: (fields) => connz(host, connzOptions(fields), now()) },
    ROUTEZ: { shape: SHAPES.routez, respond: () => routez(host, now()) },
    GATEWAYZ: { shape: SHAPES.gatewayz, respond: () => gatewayz(host, now()) },
    LEAFZ: { shape: SHAPES.leafz, respond: () => leafz(host, now()) },
    ACCOUNTZ: { shape: SHAPES.accountz, respond: (fields) => accountz(host, fields.text('account'), now()) },
    JSZ: { shape: SHAPES.jsz, respond: (fields) => jsz(host, jszOptions(fields), now()) ?? SILENCE },
    HEALTHZ: { shape: SHAPES.healthz, respond: (fields) => healthOf(context, fields) },
    PROFILEZ: { shape: SHAPES.profilez, respond: (fields) => profile(fields.text('name'), fields.number('duration')) },
    EXPVARZ: { shape: SHAPES.expvarz, respond: runtimeValues },
    IPQUEUESZ: {
      shape: SHAPES.ipqueuesz,
      respond: (fields) => ipqueuesz(fields.boolean('all'), fields.text('filter'), 'System recvQ'),
    },
    RAFTZ: { shape: SHAPES.raftz, respond: () => RAFT_GROUPS },
  };
}

export function connzOptions(fields: RequestFields): ConnzOptions {
  const list = fields.boolean('subscriptions') ? 'list' : 'none';
  return {
    sort: fields.text('sort'),
    auth: fields.boolean('auth'),
    subscriptions: fields.boolean('subscriptions_detail') ? 'detail' : list,
    offset: fields.number('offset'),
    limit: fields.number('limit'),
    clientId: fields.number('cid'),
    state: STATES[fields.number('state')] ?? 'none',
    user: fields.text('user'),
    account: fields.text('acc'),
    mqttClient: fields.text('mqtt_client'),
    filterSubject: fields.text('filter_subject'),
  };
}

/** nats-server's numbers for them. */
const STATES: Readonly<Record<number, ConnzOptions['state']>> = ['open', 'closed', 'all'];

export function subszOptions(fields: RequestFields): SubszOptions {
  return {
    subscriptions: fields.boolean('subscriptions'),
    offset: fields.number('offset'),
    limit: fields.number('limit'),
    account: fields.text('account'),
    test: fields.text('test'),
  };
}

export function jszOptions(fields: RequestFields): JszOptions {
  return {
    account: fields.text('account'),
    accounts: fields.boolean('accounts'),
    streams: fields.boolean('streams'),
    consumers: fields.boolean('consumer'),
    directConsumers: fields.boolean('direct_consumer'),
    config: fields.boolean('config'),
    raft: fields.boolean('raft'),
    leaderOnly: fields.boolean('leader_only'),
    offset: fields.number('offset'),
    limit: fields.number('limit'),
  };
}

function healthOf({ host }: MonitorContext, fields: RequestFields): object {
  const asked = {
    account: fields.text('account'),
    stream: fields.text('stream'),
    consumer: fields.text('consumer'),
    details: fields.boolean('details'),
    enabledOnly: fields.boolean('js-enabled-only') || fields.boolean('js-enabled'),
    serverOnly: fields.boolean('js-server-only'),
  };
  return health(asked, host.jetStream);
}

function runtimeValues(): object {
  const { memstats, cmdline } = runtimeVariables();
  return { memstats, cmdline };
}
