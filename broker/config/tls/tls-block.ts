import type { TlsOptions } from '../../options/tls.ts';
import { DurationError, parseGoDuration } from '../../base/duration-text.ts';
import { quote, shown, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { type Keys, keys, readKeys, readOrFault, type Reader, readTimeout } from '../fields.ts';
import { arrayOf, asArray, asMap, asString, Fault, mapOf, type Report, type Scope } from '../report.ts';
import { readOcspPeer } from './ocsp-peer.ts';
import { CIPHER_SUITES, CURVES, INSECURE_CIPHER_SUITES } from './cipher-suites.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** A `tls` block with what only some listeners have. */
export interface TlsBlock extends TlsOptions {
  /** The peer's certificate must name a configured address (cluster and gateway). */
  readonly checkKnownUrls?: boolean | undefined;
  readonly ocspPeer?: Readonly<Record<string, unknown>> | undefined;
  readonly certificateStore?: string | undefined;
}

/** What is read of a block, with what says whether it may be so. */
interface Draft {
  readonly block: Writable<TlsBlock>;
  /** Whether this listener takes `verify_cert_and_check_known_urls`. */
  readonly knowsUrls: boolean;
  insecureAllowed: boolean;
}

/** How long a client has to begin the handshake before INFO comes first after all, with `handshake_first: auto`. */
const FALLBACK_MS = 50;

/** Reads a `tls` block without looking at its files. Throws a `Fault`. */
export function readTlsBlock(token: Token, report: Report, knowsUrls = false): TlsBlock {
  return readOrFault(report, (scope) => {
    const map = asMap(scope.open(token));
    const draft: Draft = { block: {}, knowsUrls, insecureAllowed: false };
    const unknown = (key: string, field: Token): never => {
      throw new Fault(field, `error parsing tls config, unknown field ${quote(key)}`);
    };
    readKeys(map, TLS_KEYS, draft, scope, { unknown, stopAtFault: true });
    check(draft, token);
    return draft.block;
  });
}

function check({ block, insecureAllowed }: Draft, token: Token): void {
  if ((block.certificates?.length ?? 0) > 0 && block.certFile) {
    throw new Fault(token, "error parsing tls config, cannot combine 'cert_file' option with 'certs' option");
  }
  const insecure = (block.cipherSuites ?? []).filter((name) => isOneOf(INSECURE_CIPHER_SUITES, name));
  if (insecure.length > 0 && !insecureAllowed) {
    throw new Fault(
      token,
      `insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: ${insecure.join(', ')}`,
    );
  }
}

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name);

function expected(token: Token, key: string, what: string): never {
  throw new Fault(token, `error parsing tls config, expected '${key}' to be ${what}`);
}

const file =
  (key: string, name: 'certFile' | 'keyFile' | 'caFile'): Reader<Draft> =>
  ({ block }, token) => {
    if (typeof token.value !== 'string') expected(token, key, 'filename');
    block[name] = token.value;
  };

const flag =
  (key: string, apply: (draft: Draft, on: boolean, token: Token) => void): Reader<Draft> =>
  (draft, token) => {
    if (typeof token.value !== 'boolean') expected(token, key, 'a boolean');
    apply(draft, token.value, token);
  };

/** Entries of a list that takes none but known names. */
function names(token: Token, scope: Scope, key: string, known: readonly string[], what: string): string[] {
  const entries = asArray(token.value);
  if (entries.length === 0) throw new Fault(token, `error parsing tls config, '${key}' cannot be empty`);
  return entries.map((entry) => {
    const name = asString(scope.open(entry));
    if (!known.includes(name)) throw new Fault(entry, `unrecognized ${what} ${name}`);
    return name;
  });
}

/** Fields for Windows' store of certificates: other systems refuse the store itself. */
const storeText =
  (key: string, check: (value: string, token: Token) => void): Reader<Draft> =>
  (_draft, token) => {
    const { value } = token;
    if (typeof value !== 'string' || value === '') {
      throw new Fault(token, `expected '${key}' to be a valid non-empty string`);
    }
    check(value, token);
  };

const TLS_KEYS: Keys<Draft> = keys<Draft>({
  cert_file: file('cert_file', 'certFile'),
  key_file: file('key_file', 'keyFile'),
  ca_file: file('ca_file', 'caFile'),
  insecure: flag('insecure', ({ block }, on) => {
    block.insecure = on;
  }),
  verify: flag('verify', ({ block }, on) => {
    block.verify = on;
  }),
  verify_and_map: flag('verify_and_map', ({ block }, on) => {
    if (on) block.verify = true;
    block.verifyAndMap = on;
  }),
  verify_cert_and_check_known_urls: flag('verify_cert_and_check_known_urls', ({ block, knowsUrls }, on, token) => {
    if (on && !knowsUrls) {
      throw new Fault(token, 'verify_cert_and_check_known_urls not supported in this context');
    }
    if (on) block.verify = true;
    block.checkKnownUrls = on;
  }),
  allow_insecure_cipher_suites: flag('allow_insecure_cipher_suites', (draft, on) => {
    draft.insecureAllowed = on;
  }),
  cipher_suites: ({ block }, token, scope) => {
    block.cipherSuites = names(token, scope, 'cipher_suites', [...CIPHER_SUITES, ...INSECURE_CIPHER_SUITES], 'cipher');
  },
  curve_preferences: ({ block }, token, scope) => {
    block.curvePreferences = names(token, scope, 'curve_preferences', CURVES, 'curve preference');
  },
  timeout: ({ block }, token) => {
    block.timeoutMs = readTimeout(token, 'tls');
  },
  connection_rate_limit: ({ block }, token) => {
    if (typeof token.value !== 'bigint') {
      throw new Fault(token, "error parsing tls config, 'connection_rate_limit' wrong type");
    }
    block.connectionRateLimit = Number(token.value);
  },
  pinned_certs: ({ block }, token, scope) => {
    const entries = arrayOf(token.value);
    const what = 'hex-encoded sha256 of DER encoded SubjectPublicKeyInfo';
    if (entries === undefined) return expected(token, 'pinned_certs', `a list of ${what}`);
    const pinned = entries.map((entry) => {
      const hash = asString(scope.open(entry)).toLowerCase();
      if (!/^[a-f0-9]{64}$/.test(hash)) {
        throw new Fault(entry, `error parsing tls config, 'pinned_certs' key ${hash} does not look like ${what}`);
      }
      return hash;
    });
    if (pinned.length > 0) block.pinnedCertificates = [...new Set(pinned)];
  },
  cert_store: storeText('cert_store', (value, token) => {
    const known = /^windows(?:currentuser|localmachine)$/i.test(value);
    throw new Fault(
      token,
      known ? 'cert_store not compatible with current operating system' : 'cert store type not implemented',
    );
  }),
  cert_match_by: storeText('cert_match_by', (value, token) => {
    if (!/^(?:issuer|subject|thumbprint)$/i.test(value)) {
      throw new Fault(token, 'cert match by type not implemented');
    }
  }),
  cert_match: storeText('cert_match', () => {}),
  ca_certs_match: (_draft, token) => {
    const wrong = arrayOf(token.value)?.find(({ value }) => typeof value !== 'string');
    if (wrong !== undefined) {
      throw new Fault(token, 'error parsing ca_cert_match: unsupported type *conf.token where string is expected');
    }
  },
  cert_match_skip_invalid: (_draft, token) => {
    if (typeof token.value !== 'boolean') {
      throw new Fault(token, "expected 'cert_match_skip_invalid' to be a boolean");
    }
  },
  'handshake_first|first|immediate': ({ block }, token, _scope, key) => {
    block.handshakeFirst = readHandshakeFirst(token, key);
  },
  ocsp_peer: ({ block }, token, scope) => {
    block.ocspPeer = readOcspPeer(token, scope);
  },
  'certs|certificates': ({ block }, token, scope) => {
    block.certificates = readPairs(token, scope);
  },
  min_version: ({ block }, token) => {
    block.versionMin = readVersion(token);
  },
});

function readHandshakeFirst(token: Token, key: string): boolean | { fallbackMs: number } {
  const { value } = token;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') {
    throw new Fault(token, `field ${quote(key)} should be a boolean or a string, got ${typeOf(value)}`);
  }
  const word = value.toLowerCase();
  if (word === 'true' || word === 'on') return true;
  if (word === 'false' || word === 'off') return false;
  if (word === 'auto' || word === 'auto_fallback') return { fallbackMs: FALLBACK_MS };
  try {
    const fallbackMs = parseGoDuration(value);
    return fallbackMs === 0 ? true : { fallbackMs };
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    throw new Fault(token, `field ${quote(key)}'s value ${quote(value)} is invalid`);
  }
}

function readPairs(token: Token, scope: Scope): { certFile: string; keyFile: string }[] {
  const wrongType = (at: Token, type: string): Fault =>
    new Fault(at, `error parsing certificates config: unsupported type ${type}`);
  const entries = arrayOf(token.value);
  // nats-server names the type of the whole tls block here.
  if (entries === undefined) throw wrongType(token, 'map[string]interface {}');
  return entries.map((entry) => {
    const pair = mapOf(scope.open(entry));
    if (pair === undefined) throw wrongType(entry, typeOf(entry.value));
    const files = { certFile: '', keyFile: '' };
    let last = entry;
    for (const [key, field] of pair) {
      last = field;
      const value = scope.open(field);
      if (typeof value !== 'string') throw wrongType(field, typeOf(value));
      if (key === 'cert_file') files.certFile = value;
      else if (key === 'key_file') files.keyFile = value;
      else throw new Fault(field, `error parsing tls certs config, unknown field ${quote(key)}`);
    }
    if (files.certFile === '' || files.keyFile === '') {
      throw new Fault(last, "error parsing certificates config: both 'cert_file' and 'cert_key' options are required");
    }
    return files;
  });
}

function readVersion(token: Token): '1.2' | '1.3' {
  const { value } = token;
  if (value === '1.2' || value === '1.3') return value;
  let reason = `unknown version: ${shown(value)}`;
  if (typeof value !== 'string') reason = `'min_version' wrong type: ${shown(value)}`;
  else if (value === '1.0' || value === '1.1') reason = `unsupported TLS version: TLS ${value}`;
  throw new Fault(token, `error parsing tls config: ${reason}`);
}
