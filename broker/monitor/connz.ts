import { createHash, X509Certificate } from 'node:crypto';
import { GLOBAL_ACCOUNT } from '../account/account.ts';
import { latin1ToText, textToLatin1 } from '../base/latin1.ts';
import { MONITOR_LIST_LENGTH_DEFAULT } from '../limits.ts';
import { subjectsCollide } from '../subject/subset.ts';
import { accountTag } from './account-tag.ts';
import { subjectText } from './distinguished-name.ts';
import { RequestError } from './request-error.ts';
import { comparison, isSort, type ConnectionSort } from './connz-sort.ts';
import { unlessEmpty } from './go-json.ts';
import type { MonitoredConnection, MonitorHost } from './host.ts';
import { withoutBearerToken } from './jwt-payload.ts';
import { subscriptionDetail } from './subsz.ts';
import { duration, timestamp, uptime } from './time-text.ts';

export interface ConnzOptions {
  /** '' for `cid`. */
  readonly sort: string;
  /** Who they are, too. */
  readonly auth: boolean;
  readonly subscriptions: 'none' | 'list' | 'detail';
  readonly offset: number;
  /** 0 or less: 1024. */
  readonly limit: number;
  /** One connection; 0: all. */
  readonly clientId: number;
  readonly state: 'open' | 'closed' | 'all' | 'none';
  /** Filters; '' for none. */
  readonly user: string;
  readonly account: string;
  readonly mqttClient: string;
  /** Connections whose subscriptions may get messages on this subject; only with `account`. */
  readonly filterSubject: string;
}

/** Connections, open and closed. Throws a `RequestError`. */
export function connz(host: MonitorHost, options: ConnzOptions, now: number): object {
  const sort = checkedSort(options);
  const offset = Math.max(0, options.offset);
  const limit = options.clientId > 0 ? 1 : options.limit > 0 ? options.limit : MONITOR_LIST_LENGTH_DEFAULT;
  const { account, filterSubject } = options;
  if (filterSubject !== '' && filterSubject !== '>' && account === '') {
    throw new RequestError('filter by subject only valid with account filtering');
  }
  if (account !== '' && host.account(account) === undefined) {
    return connections('', now, 0, offset, limit, null);
  }

  const inAccount = (connection: MonitoredConnection): boolean => account === '' || connection.account === account;
  const { state } = options;
  const open = state === 'open' || state === 'all' ? [...host.connections()].filter(inAccount) : [];
  const closed =
    state === 'closed' || state === 'all' ? [...host.closedConnections()].filter(closedFilter(account)) : [];
  const shown = options.clientId > 0 ? oneOf(host, closed, options) : manyOf(open, closed, options);
  shown.sort(comparison(sort, now));
  const page = shown.slice(offset, offset + limit);
  const infos = page.map((connection) => connectionInfo(host, connection, options, now));
  return connections(host.serverId, now, open.length + closed.length, offset, limit, infos);
}

function connections(
  serverId: string,
  now: number,
  total: number,
  offset: number,
  limit: number,
  infos: object[] | null,
): object {
  return {
    server_id: serverId,
    now: timestamp(now),
    num_connections: infos?.length ?? 0,
    total,
    offset,
    limit,
    connections: infos,
  };
}

function checkedSort({ sort, state }: ConnzOptions): ConnectionSort {
  if (sort === '') return 'cid';
  if (!isSort(sort)) throw new RequestError(`invalid sorting option: ${sort}`);
  if ((sort === 'stop' || sort === 'reason') && state !== 'closed') {
    throw new RequestError(`sort by ${sort} only valid on closed connections`);
  }
  return sort;
}

/** nats-server does not remember that a closed connection was in `$G`. */
function closedFilter(account: string): (connection: MonitoredConnection) => boolean {
  return (connection) => account === '' || (connection.account === account && account !== GLOBAL_ACCOUNT);
}

/** An open connection is shown whoever it is; only a closed one has to be the user who is asked for. */
function oneOf(host: MonitorHost, closed: MonitoredConnection[], options: ConnzOptions): MonitoredConnection[] {
  const { clientId, state } = options;
  const open = state === 'open' || state === 'all' ? host.connection(clientId) : undefined;
  if (open !== undefined) return [open];
  return closed.filter((connection) => connection.clientId === clientId && isUser(connection, options));
}

function manyOf(
  open: MonitoredConnection[],
  closed: MonitoredConnection[],
  options: ConnzOptions,
): MonitoredConnection[] {
  const subscribing = open.filter((connection) => isUser(connection, options) && subscribes(connection, options));
  return [...subscribing, ...closed.filter((connection) => isUser(connection, options))];
}

/** No connection has an MQTT client id. */
function isUser({ user }: MonitoredConnection, options: ConnzOptions): boolean {
  return (options.user === '' || latin1ToText(user) === options.user) && options.mqttClient === '';
}

function subscribes(connection: MonitoredConnection, { filterSubject }: ConnzOptions): boolean {
  if (filterSubject === '' || filterSubject === '>') return true;
  const filter = textToLatin1(filterSubject);
  for (const { subject } of connection.subscriptions()) if (subjectsCollide(filter, subject)) return true;
  return false;
}

/** Looking at a connection whose round trip is not known asks for it. */
function connectionInfo(
  host: MonitorHost,
  connection: MonitoredConnection,
  { auth, subscriptions }: ConnzOptions,
  now: number,
): object {
  const { closedAt, rttMicros, tls } = connection;
  const open = closedAt === undefined;
  if (open && rttMicros === undefined && connection.language !== '') host.measureRoundTrip(connection.clientId);
  const at = closedAt ?? now;
  // What a closed connection showed is told without being asked for, as nats-server does.
  const shown = auth || !open;
  const { account } = connection;
  return {
    cid: connection.clientId,
    kind: connection.kind,
    type: connection.type,
    ip: connection.ip,
    port: connection.port,
    start: timestamp(connection.startedAt),
    last_activity: timestamp(connection.lastActivityAt),
    stop: open ? undefined : timestamp(closedAt),
    reason: unlessEmpty(connection.reason),
    rtt: duration(rttMicros === undefined ? 0 : rttMicros < 1000 ? Math.trunc(rttMicros) : rttMicros),
    uptime: uptime(at - connection.startedAt),
    idle: uptime(at - connection.lastActivityAt),
    pending_bytes: connection.pendingBytes,
    in_msgs: connection.inMessages,
    out_msgs: connection.outMessages,
    in_bytes: connection.inBytes,
    out_bytes: connection.outBytes,
    stalls: unlessEmpty(connection.stalls),
    subscriptions: connection.subscriptionCount,
    name: unlessEmpty(latin1ToText(connection.name)),
    lang: unlessEmpty(latin1ToText(connection.language)),
    version: unlessEmpty(latin1ToText(connection.version)),
    tls_version: tls?.version,
    tls_cipher_suite: tls?.cipherSuite,
    tls_peer_certs: auth && open && tls !== undefined ? unlessEmpty(tls.certificates.map(peerCertificate)) : undefined,
    tls_first: unlessEmpty(connection.tlsFirst),
    authorized_user: auth ? unlessEmpty(latin1ToText(connection.user)) : undefined,
    account: auth && account !== GLOBAL_ACCOUNT ? unlessEmpty(account) : undefined,
    subscriptions_list: subscriptions === 'list' ? subscribedSubjects(connection) : undefined,
    subscriptions_list_detail: subscriptions === 'detail' ? subscriptionDetails(host, connection) : undefined,
    jwt: shown ? unlessEmpty(withoutBearerToken(connection.jwt)) : undefined,
    issuer_key: shown ? unlessEmpty(connection.issuerKey) : undefined,
    name_tag: auth ? unlessEmpty(accountNameTag(host, connection)) : open ? undefined : unlessEmpty(connection.nameTag),
    tags: shown ? unlessEmpty(connection.tags) : undefined,
  };
}

/** With `auth` the name of the account stands here; a closed connection of `$G` keeps that of its user. */
function accountNameTag(host: MonitorHost, { account, closedAt, nameTag }: MonitoredConnection): string {
  if (closedAt !== undefined && account === GLOBAL_ACCOUNT) return nameTag;
  return accountTag(host.account(account), account);
}

function subscribedSubjects(connection: MonitoredConnection): string[] | undefined {
  return unlessEmpty(Array.from(connection.subscriptions(), ({ subject }) => latin1ToText(subject)));
}

function subscriptionDetails(host: MonitorHost, connection: MonitoredConnection): object[] | undefined {
  // Only those of closed connections name their account.
  const account = connection.closedAt === undefined ? undefined : host.account(connection.account);
  return unlessEmpty(
    Array.from(connection.subscriptions(), (subscription) => subscriptionDetail(subscription, account)),
  );
}

function peerCertificate(der: Buffer): object {
  const certificate = new X509Certificate(der);
  const publicKey = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return {
    subject: unlessEmpty(subjectText(der)),
    spki_sha256: createHash('sha256').update(publicKey).digest('hex'),
    cert_sha256: createHash('sha256').update(der).digest('hex'),
  };
}
