import type { PermissionClaims, PermissionsClaims, UserPermissionLimits } from './claims.ts';
import { mismatch, type ObjectReader } from './object-reader.ts';

export function readUser(nats: ObjectReader): UserPermissionLimits {
  return readUserLimits(nats, 0);
}

/** The first version knew neither proxies nor types of connections, and took what was left out for no limit. */
export function readUserV1(nats: ObjectReader): UserPermissionLimits {
  return { ...readCommon(nats, -1), proxy_required: false, allowed_connection_types: [] };
}

/** The template of a scoped signing key: what is left out is no limit. */
export function readTemplate(template: ObjectReader): UserPermissionLimits {
  return readUserLimits(template, -1);
}

export function readPermissions(nats: ObjectReader): PermissionsClaims {
  const resp = nats.object('resp');
  return {
    pub: readPermission(nats.object('pub')),
    sub: readPermission(nats.object('sub')),
    resp: nats.has('resp') ? { max: resp.integer('max'), ttl: resp.integer('ttl') } : undefined,
  };
}

function readUserLimits(nats: ObjectReader, limit: number): UserPermissionLimits {
  return {
    ...readCommon(nats, limit),
    proxy_required: nats.boolean('proxy_required'),
    allowed_connection_types: nats.strings('allowed_connection_types'),
  };
}

function readCommon(
  nats: ObjectReader,
  limit: number,
): Omit<UserPermissionLimits, 'proxy_required' | 'allowed_connection_types'> {
  return {
    ...readPermissions(nats),
    subs: nats.integer('subs', limit),
    data: nats.integer('data', limit),
    payload: nats.integer('payload', limit),
    src: readNetworks(nats),
    times: nats.list('times').map((_, index) => {
      const range = nats.item('times', index);
      return { start: range.string('start'), end: range.string('end') };
    }),
    times_location: nats.string('times_location'),
    bearer_token: nats.boolean('bearer_token'),
  };
}

function readPermission(permission: ObjectReader): PermissionClaims {
  return { allow: permission.strings('allow'), deny: permission.strings('deny') };
}

/** A list, or a text with commas as the first version had it. */
function readNetworks(nats: ObjectReader): readonly string[] {
  const value = nats.raw('src') ?? [];
  if (typeof value === 'string') {
    const networks = value.split(',').map((network) => network.trim().toLowerCase());
    return [...new Set(networks)].filter((network) => network !== '');
  }
  if (Array.isArray(value) && value.every((network) => typeof network === 'string')) return value;
  throw mismatch(value, nats.path('src'), 'string');
}
