import type {
  AccountLimits,
  AccountOptions,
  ExportOptions,
  ImportOptions,
  MappingOptions,
  ResponseType,
} from '../../options/accounts.ts';
import type { PermissionsOptions } from '../../options/permissions.ts';
import { isValidPublishSubject } from '../../subject/validity.ts';
import type {
  AccountClaims,
  AccountLimitsClaims,
  ExportClaims,
  ImportClaims,
  JetStreamLimits,
  PermissionsClaims,
} from '../jwt/claims.ts';

const NANOSECONDS_PER_MS = 1_000_000;
const PERCENT_MAX = 100;
/** What a reply to a request may be, where a permission leaves it open. */
const RESPONSE_MESSAGES_DEFAULT = 1;
const RESPONSE_EXPIRES_MS_DEFAULT = 120_000;

/** What claims say of an account. */
export function accountOptions(claims: AccountClaims, jwt: string): AccountOptions {
  const { nats } = claims;
  return {
    name: claims.sub,
    displayName: claims.name === '' ? undefined : claims.name,
    limits: limitsOf(nats.limits),
    exports: nats.exports.filter((entry) => entry !== undefined).map(exportOf),
    imports: nats.imports.filter((entry) => entry !== undefined).map(importOf),
    mappings: [...nats.mappings].map(([source, destinations]): MappingOptions => ({
      source: source,
      destinations: destinations.map(({ subject, weight, cluster }) => ({
        subject: subject,
        weight: weight === 0 ? PERCENT_MAX : weight,
        cluster: cluster === '' ? undefined : cluster,
      })),
    })),
    defaultPermissions: permissionsOf(nats.default_permissions),
    trace: traceOf(nats.trace),
    jetstream: jetStreamOf(nats.limits),
    jwt,
  };
}

/** Undefined when nothing is said. */
export function permissionsOf(permissions: PermissionsClaims): PermissionsOptions | undefined {
  const { pub, sub, resp } = permissions;
  const publish = listsOf(pub);
  const subscribe = listsOf(sub);
  if (publish === undefined && subscribe === undefined && resp === undefined) return undefined;
  if (resp === undefined) return { publish, subscribe };
  const allowResponses = {
    messagesMax: resp.max === 0 ? RESPONSE_MESSAGES_DEFAULT : resp.max,
    expiresMs: resp.ttl === 0 ? RESPONSE_EXPIRES_MS_DEFAULT : resp.ttl / NANOSECONDS_PER_MS,
  };
  // Who may answer and is told nothing else of publishing may do nothing else.
  return { publish: publish?.allow === undefined ? { ...publish, allow: [] } : publish, subscribe, allowResponses };
}

function listsOf(lists: PermissionsClaims['pub']): PermissionsOptions['publish'] {
  if (lists.allow.length === 0 && lists.deny.length === 0) return undefined;
  return {
    allow: lists.allow.length === 0 ? undefined : lists.allow,
    deny: lists.deny.length === 0 ? undefined : lists.deny,
  };
}

function limitsOf(limits: AccountLimitsClaims): AccountLimits {
  return {
    connectionsMax: limits.conn,
    leafNodesMax: limits.leaf,
    subscriptionsMax: limits.subs,
    payloadBytesMax: limits.payload,
    dataBytesMax: limits.data,
    importsMax: limits.imports,
    exportsMax: limits.exports,
    wildcardExports: limits.wildcards,
    disallowBearer: limits.disallow_bearer,
  };
}

function exportOf(entry: ExportClaims): ExportOptions {
  const { service_latency: latency } = entry;
  return {
    type: entry.type === 'service' ? 'service' : 'stream',
    subject: entry.subject,
    tokenRequired: entry.token_req,
    revocations: entry.revocations.size === 0 ? undefined : Object.fromEntries(entry.revocations),
    responseType: entry.type === 'service' ? responseTypeOf(entry.response_type) : undefined,
    responseThresholdMs: entry.response_threshold === 0 ? undefined : entry.response_threshold / NANOSECONDS_PER_MS,
    latency:
      latency === undefined
        ? undefined
        : {
            subject: latency.results,
            sampling: latency.sampling === 0 ? 'headers' : latency.sampling,
          },
    accountTokenPosition: entry.account_token_position === 0 ? undefined : entry.account_token_position,
    allowTrace: entry.allow_trace,
  };
}

function responseTypeOf(type: string): ResponseType {
  return type === 'Stream' ? 'stream' : type === 'Chunked' ? 'chunked' : 'singleton';
}

/**
 * A service without local subject is imported under `subject`, and `to` is what it is there. A stream has `subject`
 * there, and `to` is a prefix.
 */
function importOf(entry: ImportClaims): ImportOptions {
  const service = entry.type === 'service';
  const common = {
    type: service ? 'service' : 'stream',
    account: entry.account,
    share: entry.share,
    allowTrace: entry.allow_trace,
    token: entry.token === '' ? undefined : entry.token,
  } as const;
  const { subject, local_subject: local, to: old } = entry;
  if (local !== '') return { ...common, subject, to: local };
  if (old === '') return { ...common, subject };
  return service ? { ...common, subject: old, to: subject } : { ...common, subject, prefix: old };
}

function traceOf(trace: AccountClaims['nats']['trace']): AccountOptions['trace'] {
  if (trace === undefined) return undefined;
  const destination = trace.dest;
  if (!isValidPublishSubject(destination)) return undefined;
  const sampled = trace.sampling > 0 && trace.sampling <= PERCENT_MAX;
  return { destination, samplingPercent: sampled ? trace.sampling : PERCENT_MAX };
}

/** Tiers by their name; '' is what counts where there are none. */
function jetStreamOf(limits: AccountLimitsClaims): AccountOptions['jetstream'] {
  const enabled = (tier: JetStreamLimits): boolean => tier.mem_storage !== 0 || tier.disk_storage !== 0;
  if (limits.tiered_limits.size > 0) {
    const tiers = [...limits.tiered_limits];
    if (!tiers.some(([, tier]) => enabled(tier))) return undefined;
    return Object.fromEntries(tiers.map(([name, tier]) => [name, tierOf(tier)]));
  }
  return enabled(limits) ? { '': tierOf(limits) } : undefined;
}

/** Names as the configuration has them; less than 0 is no limit. */
function tierOf(tier: JetStreamLimits): Readonly<Record<string, number | boolean>> {
  const positive = (value: number): number => (value > 0 ? value : -1);
  return {
    max_memory: tier.mem_storage,
    max_store: tier.disk_storage,
    max_streams: tier.streams,
    max_consumers: tier.consumer,
    memory_max_stream_bytes: positive(tier.mem_max_stream_bytes),
    store_max_stream_bytes: positive(tier.disk_max_stream_bytes),
    max_bytes_required: tier.max_bytes_required,
    max_ack_pending: positive(tier.max_ack_pending),
  };
}
