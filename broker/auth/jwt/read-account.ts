import type {
  AccountClaims,
  AccountLimitsClaims,
  JetStreamLimits,
  UserScope,
  WeightedMappingClaims,
} from './claims.ts';
import { JwtError } from './jwt-error.ts';
import { mismatch, ObjectReader } from './object-reader.ts';
import { readExports, readImports, readRevocations } from './read-exports.ts';
import { readPermissions, readTemplate } from './read-user.ts';

type Account = Omit<AccountClaims['nats'], 'type' | 'tags' | 'version'>;

const WEIGHT_MAX = 255;

export function readAccount(nats: ObjectReader): Account {
  const authorization = nats.object('authorization');
  const trace = nats.object('trace');
  return {
    imports: readImports(nats),
    exports: readExports(nats),
    limits: readLimits(nats.object('limits')),
    signing_keys: readSigningKeys(nats),
    revocations: readRevocations(nats),
    default_permissions: readPermissions(nats.object('default_permissions')),
    mappings: readMappings(nats),
    authorization: {
      auth_users: authorization.strings('auth_users'),
      allowed_accounts: authorization.strings('allowed_accounts'),
      xkey: authorization.string('xkey'),
    },
    trace: nats.has('trace') ? { dest: trace.string('dest'), sampling: trace.integer('sampling') } : undefined,
    cluster_traffic: nats.string('cluster_traffic'),
    description: nats.string('description'),
    info_url: nats.string('info_url'),
  };
}

/** The first version had imports, exports, some limits, keys without scope and revocations. */
export function readAccountV1(nats: ObjectReader): Account {
  const nothing = new ObjectReader(undefined, nats.path(''));
  return {
    ...readAccount(nothing),
    imports: readImports(nats),
    exports: readExports(nats),
    limits: { ...readBasicLimits(nats.object('limits')), ...readJetStream(nothing), tiered_limits: new Map() },
    signing_keys: new Map(nats.strings('signing_keys').map((key) => [key, undefined])),
    revocations: readRevocations(nats),
  };
}

function readLimits(limits: ObjectReader): AccountLimitsClaims {
  const tiers = new Map<string, JetStreamLimits>();
  for (const [name, value] of limits.entries('tiered_limits')) {
    tiers.set(name, readJetStream(new ObjectReader(value, limits.path('tiered_limits'))));
  }
  const plain = readJetStream(limits);
  // Where there are tiers, what stands beside them counts for nothing.
  const counting = tiers.size > 0 ? readJetStream(new ObjectReader(undefined, '')) : plain;
  return { ...readBasicLimits(limits), ...counting, tiered_limits: tiers };
}

function readBasicLimits(limits: ObjectReader): Omit<AccountLimitsClaims, keyof JetStreamLimits | 'tiered_limits'> {
  return {
    subs: limits.integer('subs'),
    data: limits.integer('data'),
    payload: limits.integer('payload'),
    imports: limits.integer('imports'),
    exports: limits.integer('exports'),
    wildcards: limits.boolean('wildcards'),
    disallow_bearer: limits.boolean('disallow_bearer'),
    conn: limits.integer('conn'),
    leaf: limits.integer('leaf'),
  };
}

function readJetStream(limits: ObjectReader): JetStreamLimits {
  return {
    mem_storage: limits.integer('mem_storage'),
    disk_storage: limits.integer('disk_storage'),
    streams: limits.integer('streams'),
    consumer: limits.integer('consumer'),
    max_ack_pending: limits.integer('max_ack_pending'),
    mem_max_stream_bytes: limits.integer('mem_max_stream_bytes'),
    disk_max_stream_bytes: limits.integer('disk_max_stream_bytes'),
    max_bytes_required: limits.boolean('max_bytes_required'),
  };
}

/** Keys as text, or with a scope as objects; anything else is passed over, as nats-server does. */
function readSigningKeys(nats: ObjectReader): ReadonlyMap<string, UserScope | undefined> {
  const keys = new Map<string, UserScope | undefined>();
  for (const [index, value] of nats.list('signing_keys').entries()) {
    if (typeof value === 'string') keys.set(value, undefined);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const scope = nats.item('signing_keys', index);
    const kind = scope.string('kind');
    if (kind !== 'user_scope') throw new JwtError(`unknown signing key scope ${JSON.stringify(kind)}`);
    const key = scope.string('key');
    keys.set(key, {
      key,
      role: scope.string('role'),
      description: scope.string('description'),
      template: readTemplate(scope.object('template')),
    });
  }
  return keys;
}

function readMappings(nats: ObjectReader): ReadonlyMap<string, readonly WeightedMappingClaims[]> {
  const mappings = new Map<string, readonly WeightedMappingClaims[]>();
  for (const [source, value] of nats.entries('mappings')) {
    const path = nats.path('mappings');
    if (value !== null && !Array.isArray(value)) throw mismatch(value, path, 'slice');
    mappings.set(
      source,
      (value ?? []).map((destination: unknown) => readDestination(new ObjectReader(destination, path))),
    );
  }
  return mappings;
}

function readDestination(destination: ObjectReader): WeightedMappingClaims {
  const weight = destination.integer('weight');
  if (weight < 0 || weight > WEIGHT_MAX) throw mismatch(weight, destination.path('weight'), 'uint8');
  return { subject: destination.string('subject'), weight, cluster: destination.string('cluster') };
}
