import { latin1ToText } from '../base/latin1.ts';
import { numberWildcards } from '../subject/transform.ts';
import { isSubset } from '../subject/subset.ts';
import type { AccountOptions, ExportOptions, ImportOptions, LatencyOptions, MappingOptions } from '../options.ts';
import { accountTag } from './account-tag.ts';
import { sortedKeys, unlessEmpty } from './go-json.ts';
import type { MonitoredAccount, MonitorHost } from './host.ts';
import { decodedClaims } from './jwt-payload.ts';
import { RequestError } from './request-error.ts';
import { interestStatistics } from './subsz.ts';
import { API_EXPORT, apiImport, SYSTEM_EXPORTS, systemImports } from './system-services.ts';
import { timestamp } from './time-text.ts';

/** The names of all accounts, or everything about one. Throws a `RequestError`. */
export function accountz(host: MonitorHost, account: string, now: number): object {
  return {
    server_id: host.serverId,
    now: timestamp(now),
    system_account: host.systemAccount?.name,
    accounts: account === '' ? Array.from(host.accounts(), ({ name }) => name) : undefined,
    account_detail: account === '' ? undefined : accountDetail(host, account),
  };
}

/** Throws a `RequestError` when there is no such account. */
export function accountDetail(host: MonitorHost, name: string): object {
  const account = host.account(name);
  if (account === undefined) throw new RequestError(`Account ${name} does not exist`);
  const { options } = account;
  const mappings = account.account.mappingOptions;
  const system = host.systemAccount?.name;
  const claims = options.jwt === undefined ? undefined : decodedClaims(options.jwt);
  return {
    account_name: name,
    update_time: timestamp(account.updatedAt),
    is_system: unlessEmpty(name === system),
    expired: account.expired,
    complete: !account.incomplete,
    jetstream_enabled: host.jetStream?.accounts.some((one) => latin1ToText(one.name) === name) ?? false,
    leafnode_connections: 0,
    client_connections: account.connections,
    subscriptions: account.subscriptionCount,
    mappings: mappings.length > 0 ? mappingDetails(mappings) : undefined,
    exports: unlessEmpty(exportDetails(options, name === system ? systemExports(host) : [])),
    imports: unlessEmpty(importDetails(host, account, system)),
    jwt: unlessEmpty(options.jwt),
    issuer_key: claims?.['iss'],
    name_tag: accountTag(account, name),
    tags: natsClaim(claims, 'tags'),
    decoded_jwt: claims,
    revoked_user: revokedUsers(natsClaim(claims, 'revocations')),
    sublist_stats: interestStatistics([account]),
  };
}

function mappingDetails(mappings: readonly MappingOptions[]): object {
  return sortedKeys(Object.fromEntries(mappings.map((mapping) => [mapping.source, destinations(mapping)])));
}

/** Lightest first, each with the weights of those before it added; what is left over stays on the source, of each cluster. */
function destinations({ source, destinations }: MappingOptions): object[] {
  const clusters = [...new Set(destinations.map(({ cluster = '' }) => cluster))].toSorted();
  const lossy = destinations.some(({ subject }) => subject === source);
  return clusters.flatMap((cluster) => {
    const own = destinations.filter((destination) => (destination.cluster ?? '') === cluster);
    const rest = 100 - own.reduce((sum, { weight }) => sum + weight, 0);
    const all = rest > 0 && !lossy ? [...own, { subject: numberWildcards(source), weight: rest }] : own;
    let sum = 0;
    return all
      .toSorted((a, b) => a.weight - b.weight)
      .map(({ subject, weight }) => ({ subject, weight: (sum += weight), cluster: unlessEmpty(cluster) }));
  });
}

const RESPONSE_TYPES = { singleton: 'Singleton', stream: 'Streamed', chunked: 'Chunked' };

/** Services first. */
function exportDetails({ exports = [] }: AccountOptions, more: readonly ExportOptions[]): object[] {
  const all = [...exports, ...more];
  return [...all.filter(({ type }) => type === 'service'), ...all.filter(({ type }) => type === 'stream')].map(
    exportDetail,
  );
}

function exportDetail(given: ExportOptions): object {
  const service = given.type === 'service';
  return {
    subject: given.subject,
    type: given.type,
    token_req: unlessEmpty(given.tokenRequired),
    response_type: service ? RESPONSE_TYPES[given.responseType ?? 'singleton'] : undefined,
    service_latency: given.latency && latencyDetail(given.latency),
    approved_accounts: given.accounts && unlessEmpty(given.accounts),
    revoked_activations: given.revocations && revokedUsers(given.revocations),
  };
}

function latencyDetail({ sampling, subject }: LatencyOptions): object {
  return { sampling, results: subject };
}

function systemExports({ jetStream }: MonitorHost): readonly ExportOptions[] {
  return jetStream === undefined ? SYSTEM_EXPORTS : [...SYSTEM_EXPORTS, API_EXPORT];
}

/** Whoever imports it from elsewhere has no other one. */
const API_INFO = '$JS.API.INFO';

function importDetails(
  host: MonitorHost,
  { name, options: { imports = [] }, account }: MonitoredAccount,
  system: string | undefined,
): object[] {
  const own = system === undefined ? [] : systemImports(name, system);
  const withApi = host.jetStream !== undefined && name !== system && !account.importsService(API_INFO);
  const all = [...imports, ...own, ...(withApi && system !== undefined ? [apiImport(system)] : [])];
  return [...all.filter(({ type }) => type === 'stream'), ...all.filter(({ type }) => type === 'service')].map((each) =>
    importDetail(host, each),
  );
}

function importDetail(host: MonitorHost, given: ImportOptions): object {
  const service = given.type === 'service';
  const local = given.to || (given.prefix ? `${given.prefix}.${given.subject}` : given.subject);
  const exported = service ? serviceExport(host.account(given.account), given.subject) : undefined;
  return {
    subject: given.subject,
    account: given.account,
    to: service ? local : undefined,
    local_subject: local,
    type: given.type,
    invalid: false,
    share: service && given.share === true,
    tracking: false,
    latency: exported?.latency && latencyDetail(exported.latency),
  };
}

function serviceExport(account: MonitoredAccount | undefined, subject: string): ExportOptions | undefined {
  const services = account?.options.exports?.filter(({ type }) => type === 'service');
  return (
    services?.find((each) => each.subject === subject) ?? services?.find((each) => isSubset(subject, each.subject))
  );
}

function natsClaim(claims: Record<string, unknown> | undefined, name: string): unknown {
  const nats = claims?.['nats'];
  return typeof nats === 'object' && nats !== null ? (nats as Record<string, unknown>)[name] : undefined;
}

/** Times by key. */
function revokedUsers(revocations: unknown): object | undefined {
  if (typeof revocations !== 'object' || revocations === null) return undefined;
  const times = Object.entries(revocations).map(([key, seconds]) => [key, timestamp(Number(seconds) * 1000)] as const);
  return times.length === 0 ? undefined : sortedKeys(Object.fromEntries(times));
}
