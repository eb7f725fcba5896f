import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket, TLSSocketOptions } from 'node:tls';
import { ENDED, failureOf, NOT_PINNED, TIMED_OUT, type TlsFailure, verificationFailure } from './tls-failure.ts';
import { goVersion } from './tls-names.ts';
import { pinOf, type TlsTerms } from './tls-terms.ts';
import type { TlsFacts } from './transport.ts';

/** Certificates of a client's chain that are looked at. */
const CHAIN_LENGTH_MAX = 10;

/** How a handshake ends: one of the two is called, once. */
export interface HandshakeOutcome {
  onSecure(facts: TlsFacts): void;
  /** The socket is destroyed already, or will be at once. Called before its `close`. `notes` are lines for the debug log. */
  onFailure(failure: TlsFailure, notes: readonly string[]): void;
}

/** What a handshake is held to beside its terms. */
export interface HandshakeLimits {
  /** 0: no limit. */
  readonly timeoutMs: number;
  /** Whether `pinned_certs` counts here. */
  readonly pins: boolean;
}

/**
 * Begins TLS on a socket that talked in clear so far. From here on nothing that comes in is plain text: the socket's
 * bytes go to the TLS library alone. `early` has come already and is the beginning of the handshake.
 */
export function beginTls(
  plain: Socket,
  terms: TlsTerms,
  limits: HandshakeLimits,
  early: Uint8Array,
  outcome: HandshakeOutcome,
): TLSSocket {
  const peer = `read tcp ${addressOf(plain.localAddress, plain.localPort)}->${addressOf(plain.remoteAddress, plain.remotePort)}`;
  // TLS takes over what stands in the read buffer of the socket.
  if (early.length > 0) plain.unshift(early);
  const tls = process.getBuiltinModule('node:tls');
  const socket = new tls.TLSSocket(plain, socketOptions(terms)) as ServerSocket;
  let settled = false;
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    clearTimeout(timer);
    return true;
  };
  const fail = (failure: TlsFailure, notes: readonly string[] = []): void => {
    if (!settle()) return;
    outcome.onFailure(failure, notes);
    socket.destroy();
  };
  const timer =
    limits.timeoutMs === 0
      ? undefined
      : setTimeout(
          () => fail({ text: `${peer}: ${TIMED_OUT}`, level: 'debug' }, ['TLS handshake timeout']),
          limits.timeoutMs,
        );
  socket.on('error', (error) => fail(failureOf(error, peer)));
  socket.on('close', () => fail(ENDED));
  socket.on('secure', () => {
    const chain = chainOf(socket);
    const problem = terms.verify ? socket._handle?.verifyError()?.code : undefined;
    if (problem !== undefined) return fail(verificationFailure(problem, chain));
    const [leaf] = chain;
    if (limits.pins && terms.pinned !== undefined) {
      if (leaf === undefined) {
        return fail(NOT_PINNED, ['Failed pinned cert test as client did not provide a certificate']);
      }
      const pin = pinOf(leaf);
      if (!terms.pinned.has(pin)) return fail(NOT_PINNED, [`Failed pinned cert test for key id: ${pin}`]);
    }
    if (!settle()) return;
    // From here on errors end the socket; before, the TLS library keeps them for the handshake.
    socket._releaseControl();
    outcome.onSecure({
      version: goVersion(socket.getProtocol()),
      cipherSuite: socket.getCipher().standardName,
      verified: terms.verify && leaf !== undefined,
      certificates: chain.map(({ raw }) => raw),
    });
  });
  return socket;
}

/**
 * What the server's half of a `TLSSocket` has beside what is documented: the event `secure`, how the check of the
 * client's certificate went, and the end of the time in which errors belong to the handshake. Node's own `tls.Server`
 * is made of these.
 */
type ServerSocket = TLSSocket & {
  on(event: 'secure', listener: () => void): ServerSocket;
  readonly _handle: { verifyError(): NodeJS.ErrnoException | null } | null;
  _releaseControl(): boolean;
};

function socketOptions(terms: TlsTerms): TLSSocketOptions {
  const { context, contextFor } = terms;
  return {
    isServer: true,
    secureContext: context,
    requestCert: terms.verify,
    rejectUnauthorized: terms.verify,
    ...(contextFor === undefined ? {} : { SNICallback: (name, done) => done(null, contextFor(name)) }),
  };
}

/** What the client showed, leaf first. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < CHAIN_LENGTH_MAX) {
    const certificate = next;
    if (chain.some(({ raw }) => raw.equals(certificate.raw))) break;
    chain.push(certificate);
    next = certificate.issuerCertificate;
  }
  return chain;
}

function addressOf(address = '', port = 0): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
