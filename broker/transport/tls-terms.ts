import { constants, createHash, type X509Certificate } from 'node:crypto';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { BrokerError } from '../base/broker-error.ts';
import { TLS_TIMEOUT_MS_DEFAULT } from '../limits.ts';
import type { TlsOptions } from '../options/tls.ts';
import { type CertificatePair, readAuthorities, readPair } from './tls-files.ts';
import { DEFAULT_CURVES, DEFAULT_SUITES, opensslCurve, opensslSuite, TLS_1_3_SUITES } from './tls-names.ts';

/** What TLS of a listener goes by: its files read and checked, every name understood. Made anew by a reload. */
export interface TlsTerms {
  readonly context: SecureContext;
  /** The context with the certificate for a server name; undefined where there is one certificate for all. */
  readonly contextFor: ((serverName: string) => SecureContext) | undefined;
  /** A certificate of the client is asked for, and checked. */
  readonly verify: boolean;
  readonly timeoutMs: number;
  /** SHA-256 of public keys (SPKI), lower-case hex. */
  readonly pinned: ReadonlySet<string> | undefined;
  /** The handshake comes before INFO: always, or when the client begins within that many milliseconds. */
  readonly handshakeFirst: boolean | { readonly fallbackMs: number };
  /** End of the first certificate, in milliseconds since the epoch; undefined when there is none. */
  readonly expiresAt: number | undefined;
}

/** Reads the files of the options. Throws a `BrokerError` with nats-server's words for what is wrong with them. */
export function loadTls(options: TlsOptions): TlsTerms {
  const pairs = pairsOf(options);
  const verify = (options.verify ?? false) || (options.verifyAndMap ?? false);
  const common = commonOptions(options, verify);
  const contexts = pairs.map(({ chain, key }) => contextOf({ ...common, cert: chain, key }));
  const context = contexts[0] ?? contextOf(common);
  const { pinnedCertificates } = options;
  return {
    context,
    contextFor: contexts.length > 1 ? chooser(pairs, contexts) : undefined,
    verify,
    timeoutMs: options.timeoutMs || TLS_TIMEOUT_MS_DEFAULT,
    pinned: pinnedCertificates?.length ? new Set(pinnedCertificates.map(checkPin)) : undefined,
    handshakeFirst: options.handshakeFirst ?? false,
    expiresAt: pairs[0] && Date.parse(pairs[0].leaf.validTo),
  };
}

/** TLS is loaded where it is spoken only. */
function newContext(options: SecureContextOptions): SecureContext {
  return process.getBuiltinModule('node:tls').createSecureContext(options);
}

/** SHA-256 of the public key of a certificate, as `pinned_certs` has it. */
export function pinOf(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function pairsOf({ certFile, keyFile, certificates }: TlsOptions): CertificatePair[] {
  if (certFile && certificates?.length) {
    throw invalid("error parsing tls config, cannot combine 'cert_file' option with 'certs' option");
  }
  if (certFile && !keyFile) throw invalid("missing 'key_file' in TLS configuration");
  if (keyFile && !certFile) throw invalid("missing 'cert_file' in TLS configuration");
  if (certFile && keyFile) return [pair(certFile, keyFile, '')];
  const several = certificates ?? [];
  return several.map((one, index) => pair(one.certFile, one.keyFile, ` ${index + 1}/${several.length}`));
}

function pair(certFile: string, keyFile: string, which: string): CertificatePair {
  return worded(`error parsing X509 certificate/key pair${which}: `, () => readPair(certFile, keyFile));
}

function commonOptions(options: TlsOptions, verify: boolean): SecureContextOptions {
  const { caFile } = options;
  // Without a CA file Go checks against the system's authorities. They are loaded for nobody who is not checked.
  const ca = caFile ? worded('', () => readAuthorities(caFile)) : verify ? undefined : [];
  return {
    minVersion: options.versionMin === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ciphers: suitesOf(options.cipherSuites),
    ecdhCurve: curvesOf(options.curvePreferences),
    honorCipherOrder: true,
    // Go knows no renegotiation on the server's side.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    // Needed to resume sessions of clients whose certificates are checked.
    sessionIdContext: 'nats',
    ...(ca === undefined ? {} : { ca }),
  };
}

/** The suites that the TLS library of this runtime has: some that Go knows are long gone from others. */
function suitesOf(names: readonly string[] | undefined): string {
  const asked = (names?.length ? names : DEFAULT_SUITES).map((name) => {
    const suite = opensslSuite(name);
    if (suite === undefined) throw invalid(`unrecognized cipher ${name}`);
    return suite;
  });
  const all = [...new Set([...TLS_1_3_SUITES, ...asked])];
  const known = isTaken({ ciphers: all.join(':') }) ? all : all.filter((suite) => isTaken({ ciphers: suite }));
  return known.join(':');
}

/** The curves that the TLS library of this runtime has; Electron's is another one than Node's. */
function curvesOf(names: readonly string[] | undefined): string {
  const asked = (names?.length ? names : DEFAULT_CURVES).map((name) => {
    const curve = opensslCurve(name);
    if (curve === undefined) throw invalid(`unrecognized curve preference ${name}`);
    return curve;
  });
  const all = asked.join(':');
  if (isTaken({ ecdhCurve: all })) return all;
  const known = asked.filter((ecdhCurve) => isTaken({ ecdhCurve }));
  if (known.length === 0) throw invalid(`none of the curves ${names?.join(', ')} is available here`);
  return known.join(':');
}

function isTaken(options: SecureContextOptions): boolean {
  try {
    return newContext({ ca: [], ...options }) !== undefined;
  } catch {
    return false;
  }
}

function contextOf(options: SecureContextOptions): SecureContext {
  return worded('error parsing tls config: ', () => newContext(options));
}

/** The first certificate that is for the name, else the first one: as Go chooses. */
function chooser(pairs: readonly CertificatePair[], contexts: readonly SecureContext[]) {
  return (serverName: string): SecureContext => {
    const index = pairs.findIndex(({ leaf }) => leaf.checkHost(serverName, { subject: 'never' }) !== undefined);
    return contexts[Math.max(0, index)] as SecureContext;
  };
}

function checkPin(pin: string): string {
  const lower = pin.toLowerCase();
  if (/^[a-f0-9]{64}$/.test(lower)) return lower;
  throw invalid(
    `error parsing 'pinned_certs' key ${lower} does not look like lower case hex-encoded sha256 of DER encoded SubjectPublicKeyInfo`,
  );
}

function worded<T>(before: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw invalid(`${before}${error instanceof Error ? error.message : String(error)}`);
  }
}

function invalid(text: string): BrokerError {
  return new BrokerError('invalid-option', text);
}
