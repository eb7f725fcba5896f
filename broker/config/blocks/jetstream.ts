import type { Draft } from '../draft.ts';
import { parseGoDuration, DurationError } from '../../base/duration-text.ts';
import { quote, shown, typeOf } from '../go/text.ts';
import type { MapValue, Token } from '../grammar/token.ts';
import { type Keys, keys, readDuration, readKeys, type Reader, text } from '../fields.ts';
import { asBoolean, asInteger, asString, Fault, mapOf, Scope } from '../report.ts';

type Fields = Record<string, unknown>;

/** `jetstream` of an account: whether it has it, or its limits under nats-server's names. Throws a `Fault`. */
export function readAccountJetStream(token: Token, scope: Scope): boolean | Fields {
  const { value } = token;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return readEnabled(value, token, false);
  const map = mapOf(value);
  if (map === undefined) throw notJetStream(token, false);
  const fields: Fields = {};
  readKeys(map, ACCOUNT_KEYS, fields, new Scope(scope.report), { stopAtFault: true });
  return fields;
}

function notJetStream(token: Token, placed: boolean): Fault {
  return new Fault(token, `Expected map, bool or string to define JetStream, got ${typeOf(token.value)}`, placed);
}

function readEnabled(value: string, token: Token, placed: boolean): boolean {
  const word = value.toLowerCase();
  if (word === 'enabled' || word === 'enable') return true;
  if (word === 'disabled' || word === 'disable') return false;
  throw new Fault(token, `Expected 'enabled' or 'disabled' for string value, got '${value}'`, placed);
}

/** An integer of that name; anything else is a fault that asks for a size. */
const size =
  (name: string): Reader<Fields> =>
  (into, token, _scope, key) => {
    if (typeof token.value !== 'bigint') {
      throw new Fault(token, `Expected a parseable size for ${quote(key)}, got ${shown(token.value)}`);
    }
    into[name] = Number(token.value);
  };

const ACCOUNT_KEYS: Keys<Fields> = keys<Fields>({
  'max_memory|max_mem|mem|memory': size('max_memory'),
  'max_store|max_file|max_disk|store|disk': size('max_store'),
  'max_streams|streams': size('max_streams'),
  'max_consumers|consumers': size('max_consumers'),
  'max_bytes_required|max_stream_bytes|max_bytes': (into, token, _scope, key) => {
    if (typeof token.value !== 'boolean') {
      throw new Fault(token, `Expected a parseable bool for ${quote(key)}, got ${shown(token.value)}`);
    }
    into['max_bytes_required'] = token.value;
  },
  'mem_max_stream_bytes|memory_max_stream_bytes': size('mem_max_stream_bytes'),
  'disk_max_stream_bytes|store_max_stream_bytes': size('disk_max_stream_bytes'),
  max_ack_pending: size('max_ack_pending'),
  cluster_traffic: (into, token, _scope, key) => {
    const { value } = token;
    if (value === 'system' || value === '' || value === 'owner') into['cluster_traffic'] = value || 'system';
    else {
      const wanted =
        typeof value === 'string' ? "'system' or 'owner' string value" : "either 'system' or 'owner' string value";
      throw new Fault(token, `Expected ${wanted} for ${quote(key)}, got ${shown(value)}`);
    }
  },
});

/** Bytes: an integer, or a text like `10G` with a unit of 1024. */
function storageSize(token: Token, name: string): number {
  const { value } = token;
  if (typeof value === 'bigint') return Number(value);
  const wrong = (reason: string): Fault => new Fault(token, `${name} ${reason}`);
  if (typeof value !== 'string') throw wrong('must be int64 or string');
  if (value === '') return 0;
  const digits = value.slice(0, -1);
  if (!/^[-+]?\d+$/.test(digits)) throw wrong(`strconv.ParseInt: parsing ${quote(digits)}: invalid syntax`);
  if (Math.abs(Number(digits)) >= 2 ** 63) {
    throw wrong(`strconv.ParseInt: parsing ${quote(digits)}: value out of range`);
  }
  const power = 'KMGT'.indexOf(value.slice(-1)) + 1;
  if (power === 0) throw wrong('sizes defined as strings must end in K, M, G, T');
  return Number(BigInt.asIntN(64, BigInt(digits) * 1024n ** BigInt(power)));
}

const storage =
  (name: string, label = name): Reader<Fields> =>
  (into, token) => {
    into[name] = storageSize(token, label);
  };

/** A `jetstream` block while it is read: what has a name of its own, and the rest. */
interface JetStreamDraft {
  readonly draft: Draft;
  readonly more: Fields;
  enabled: boolean;
}

/** `jetstream` of the server. Throws a `Fault`, and what a wrong type inside throws. */
export function readJetStream(draft: Draft, token: Token, scope: Scope): void {
  const { jetstream } = draft;
  if (typeof token.value === 'boolean') jetstream.enabled = token.value;
  else if (typeof token.value === 'string') jetstream.enabled = readEnabled(token.value, token, true);
  else {
    const map = mapOf(token.value);
    if (map === undefined) throw notJetStream(token, true);
    const into: JetStreamDraft = { draft, more: jetstream.more, enabled: true };
    // A wrong type is reported at the block, whose scope knows nothing of its fields.
    readKeys(map, JETSTREAM_KEYS, into, new Scope(scope.report), { stopAtFault: true });
    jetstream.enabled = into.enabled;
  }
}

const more =
  (read: Reader<Fields>): Reader<JetStreamDraft> =>
  (into, token, scope, key) =>
    read(into.more, token, scope, key);

const anySize = (token: Token, key: string): Fault =>
  new Fault(token, `Expected an absolute size for ${quote(key)}, got ${shown(token.value)}`);

/** Streams that may write at once. */
const CONCURRENT_IO_MIN = 4;
const CONCURRENT_IO_MAX = 8192;

const JETSTREAM_KEYS: Keys<JetStreamDraft> = keys<JetStreamDraft>({
  strict: ({ more: fields }, token) => {
    if (typeof token.value !== 'boolean') {
      // `%s` of a number says of what type it is.
      const isNumber = typeof token.value === 'bigint' || typeof token.value === 'number';
      const given = isNumber ? `%!s(${typeOf(token.value)}=${shown(token.value)})` : shown(token.value);
      throw new Fault(token, `Expected 'true' or 'false' for bool value, got '${given}'`);
    }
    fields['strict'] = token.value;
  },
  'store|store_dir|storedir': ({ draft }, token) => {
    readStoreDir(draft, token);
  },
  'sync|sync_interval': ({ more: fields }, token, scope, key) => {
    if (typeof token.value === 'string' && token.value.toLowerCase() === 'always') {
      fields['sync_always'] = true;
    } else fields['sync_interval'] = readDuration(key, token, scope);
  },
  'max_memory_store|max_mem_store|max_mem': ({ draft }, token) => {
    draft.jetstream.maxMemory = storageSize(token, 'max_mem_store');
  },
  'max_file_store|max_file': ({ draft }, token) => {
    draft.jetstream.maxStore = storageSize(token, 'max_file_store');
  },
  domain: ({ draft }, token) => {
    draft.jetstream.domain = asString(token.value);
  },
  'enable|enabled': (into, token) => {
    into.enabled = asBoolean(token.value);
  },
  'key|ek|encryption_key': more(text('key')),
  'prev_key|prev_ek|prev_encryption_key': more(text('prev_key')),
  cipher: more((into, token) => {
    into['cipher'] = readCipher(token);
  }),
  extension_hint: more(text('extension_hint')),
  limits: more((into, token, scope) => {
    into['limits'] = readBlock(token, LIMIT_KEYS, scope, 'JetStreamLimits');
  }),
  tpm: more((into, token, scope) => {
    into['tpm'] = readBlock(token, TPM_KEYS, scope, 'JetStreamLimits');
  }),
  unique_tag: more((into, token) => {
    into['unique_tag'] = asString(token.value).trim().toLowerCase();
  }),
  max_outstanding_catchup: more(storage('max_outstanding_catchup')),
  max_buffered_size: more(storage('max_buffered_size')),
  max_buffered_msgs: more(size('max_buffered_msgs')),
  request_queue_limit: more(size('request_queue_limit')),
  info_queue_limit: more(size('info_queue_limit')),
  meta_compact: more((into, token, _scope, key) => {
    if (typeof token.value !== 'bigint' || token.value < 0n) throw anySize(token, key);
    into['meta_compact'] = Number(token.value);
  }),
  meta_compact_size: more((into, token, _scope, key) => {
    const bytes = storageSize(token, 'meta_compact_size');
    if (bytes < 0) throw anySize(token, key);
    into['meta_compact_size'] = bytes;
  }),
  meta_compact_sync: more((into, token) => {
    into['meta_compact_sync'] = asBoolean(token.value);
  }),
  max_concurrent_io: more((into, token, _scope, key) => {
    const { value } = token;
    if (typeof value !== 'bigint' || value < CONCURRENT_IO_MIN || value > CONCURRENT_IO_MAX) {
      const range = `between ${CONCURRENT_IO_MIN} and ${CONCURRENT_IO_MAX}`;
      throw new Fault(token, `Expected an absolute size for ${quote(key)} ${range}, got ${shown(value)}`);
    }
    into['max_concurrent_io'] = Number(value);
  }),
});

/** `store_dir`, inside of the block or beside it, but only once. */
export function readStoreDir(draft: Draft, token: Token): void {
  if (draft.jetstream.storeDir) throw new Fault(token, "Duplicate 'store_dir' configuration");
  draft.jetstream.storeDir = asString(token.value);
}

function readCipher(token: Token): 'chacha' | 'aes' {
  const name = asString(token.value);
  const word = name.toLowerCase();
  if (word === 'chacha' || word === 'chachapoly') return 'chacha';
  if (word === 'aes') return 'aes';
  throw new Fault(token, `Unknown cipher type: ${quote(name)}`);
}

function readBlock(token: Token, known: Keys<Fields>, scope: Scope, what: string): Fields {
  const map: MapValue | undefined = mapOf(token.value);
  if (map === undefined) throw new Fault(token, `Expected a map to define ${what}, got ${typeOf(token.value)}`);
  const fields: Fields = {};
  readKeys(map, known, fields, scope, { stopAtFault: true });
  return fields;
}

const count =
  (name: string): Reader<Fields> =>
  (into, token) => {
    into[name] = asInteger(token.value);
  };

/** A duration whose faults are reported without a place. */
const time =
  (name: string): Reader<Fields> =>
  (into, token, scope) => {
    const given = asString(token.value);
    try {
      into[name] = parseGoDuration(given);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      scope.report.add(new Fault(token, error.message, false));
    }
  };

const BATCH_KEYS: Keys<Fields> = keys<Fields>({
  max_inflight_per_stream: count('max_inflight_per_stream'),
  max_inflight_total: count('max_inflight_total'),
  max_msgs: count('max_msgs'),
  timeout: time('timeout'),
});

const LIMIT_KEYS: Keys<Fields> = keys<Fields>({
  max_ack_pending: count('max_ack_pending'),
  max_ha_assets: count('max_ha_assets'),
  max_request_batch: count('max_request_batch'),
  default_max_consumers: count('default_max_consumers'),
  duplicate_window: time('duplicate_window'),
  batch: (into, token, scope) => {
    into['batch'] = readBlock(token, BATCH_KEYS, scope, 'batch limits');
  },
});

const TPM_KEYS: Keys<Fields> = keys<Fields>({
  keys_file: text('keys_file'),
  encryption_password: text('encryption_password'),
  srk_password: text('srk_password'),
  pcr: count('pcr'),
  cipher: (into, token) => {
    into['cipher'] = readCipher(token);
  },
});
