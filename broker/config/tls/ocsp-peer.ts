import { quote, typeOf } from '../go/text.ts';
import { DurationError, parseGoDuration } from '../../base/duration-text.ts';
import type { Token } from '../grammar/token.ts';
import { type Keys, keys, readKeys, readOrFault, type Reader } from '../fields.ts';
import { Fault, mapOf, type Scope } from '../report.ts';

type Fields = Record<string, unknown>;

/** `ocsp_peer` of a `tls` block: whether and how certificates of the other side are checked for being revoked. */
export function readOcspPeer(token: Token, scope: Scope): Fields {
  if (typeof token.value === 'boolean') return { verify: token.value };
  const map = mapOf(token.value);
  if (map === undefined) {
    // nats-server names the type of the whole tls block here.
    throw new Fault(token, 'error parsing ocsp peer config: unsupported type map[string]interface {}');
  }
  const fields: Fields = {};
  try {
    readOrFault(scope.report, (inner) => readKeys(map, KEYS, fields, inner, { unknown, stopAtFault: true }));
  } catch (error) {
    // The place of the field stands in front of the words, and that of the block in front of it.
    if (error instanceof Fault) throw new Fault(token, error.text);
    throw error;
  }
  return fields;
}

/** `ocsp_cache`. */
export function readOcspCache(token: Token, scope: Scope): Fields {
  if (typeof token.value === 'boolean') return { type: token.value ? 'local' : 'none' };
  const map = mapOf(token.value);
  if (map === undefined) throw new Fault(token, `error parsing tags: unsupported type ${typeOf(token.value)}`);
  const fields: Fields = {};
  const unknownInCache = (key: string, field: Token): never => unknownOf('OCSP peer cache', key, field);
  readOrFault(scope.report, (inner) =>
    readKeys(map, CACHE_KEYS, fields, inner, { unknown: unknownInCache, stopAtFault: true }),
  );
  return fields;
}

function unknownOf(what: string, key: string, token: Token): never {
  throw new Fault(token, `error parsing ${what} config, unknown field [${quote(key)}]`);
}

function unknown(key: string, token: Token): never {
  return unknownOf('tls peer', key, token);
}

const flag =
  (name: string, what = 'tls peer'): Reader<Fields> =>
  (into, token, _scope, key) => {
    if (typeof token.value !== 'boolean') unknownOf(what, key, token);
    into[name] = token.value;
  };

/** Seconds or a duration; less than 0 is let alone. `reason` replaces Go's words on what is none. */
const time =
  (name: string, what: string, reason?: string): Reader<Fields> =>
  (into, token) => {
    const { value } = token;
    const failed = (why: string): never => {
      throw new Fault(token, `error parsing ${what} config, conversion error: ${why}`);
    };
    let ms = 0;
    if (typeof value === 'bigint' || typeof value === 'number') ms = Number(value) * 1000;
    else if (typeof value !== 'string') failed('unexpected type');
    else {
      try {
        ms = parseGoDuration(value);
      } catch (error) {
        if (!(error instanceof DurationError)) throw error;
        throw new Fault(token, `error parsing tls peer config, conversion error: ${reason ?? error.message}`);
      }
    }
    if (ms >= 0) into[name] = ms;
  };

const KEYS: Keys<Fields> = keys<Fields>({
  verify: flag('verify'),
  allowed_clockskew: time('allowed_clockskew', 'tls peer', 'unexpected type'),
  ca_timeout: time('ca_timeout', 'tls peer'),
  cache_ttl_when_next_update_unset: time('cache_ttl_when_next_update_unset', 'tls peer'),
  warn_only: flag('warn_only'),
  unknown_is_good: flag('unknown_is_good'),
  allow_when_ca_unreachable: flag('allow_when_ca_unreachable'),
});

const CACHE_KEYS: Keys<Fields> = keys<Fields>({
  type: (into, token, _scope, key) => {
    const { value } = token;
    if (typeof value !== 'string') unknownOf('OCSP peer cache', key, token);
    else if (!/^(?:none|local)$/i.test(value)) {
      throw new Fault(token, `error parsing OCSP peer cache config, unknown type [${value}]`);
    } else into['type'] = value.toLowerCase();
  },
  local_store: (into, token, _scope, key) => {
    if (typeof token.value !== 'string') unknownOf('OCSP peer cache', key, token);
    into['local_store'] = token.value;
  },
  preserve_revoked: flag('preserve_revoked', 'OCSP peer cache'),
  save_interval: time('save_interval', 'OCSP peer cache'),
});
