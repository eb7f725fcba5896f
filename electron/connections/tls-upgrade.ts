/** The step TLS: the handshake, the verdict on the certificate, and what there is to say about it. */

import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import * as tlsModule from 'node:tls';
import { checkServerIdentity, connect, createSecureContext } from 'node:tls';
import type { PeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import type { TlsOptions } from '../bridge/contract.ts';
import type { TlsFiles } from './credentials.ts';
import type { DialObserver } from './dial-observer.ts';
import { ConnectFailure } from './failure-catalogue.ts';
import type { Fact, FailureCode } from './failure-catalogue.ts';
import { tlsMsMax } from './limits.ts';
import { within } from './within.ts';

export interface TlsUpgrade {
  /** Name to ask for and to verify; an IP address is verified but not asked for, as RFC 6066 wants it. */
  name: string;
  tls: TlsOptions;
  files: TlsFiles;
  signal: AbortSignal;
  observer: DialObserver;
}

export interface Secured {
  socket: TLSSocket;
  /** `TLS 1.3, plant2.edge.acme.internal`. */
  text: string;
  facts: Fact[];
}

/** Certificates that expire within so many days are pointed out. */
const expirySoonDays = 30;
const dayMs = 86_400_000;

const nameMismatch = 'ERR_TLS_CERT_ALTNAME_INVALID';

const verdicts: Record<string, FailureCode> = {
  [nameMismatch]: 'tls-name-mismatch',
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-unknown-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-unknown-authority',
};

let usualContext: SecureContext | undefined;

/**
 * What to trust, and whom to be. Without files of its own a profile trusts Node's own list and the machine's, where
 * companies keep their authorities; reading these takes a quarter of a second, so it is done once.
 */
function contextFor({ ca, cert, key }: TlsFiles): SecureContext {
  if (ca === undefined && cert === undefined) return (usualContext ??= createSecureContext(trusting(authorities())));
  return createSecureContext({ ...trusting(ca ?? authorities()), ...(cert && key ? { cert, key } : {}) });
}

function trusting(ca: string[] | undefined): { ca?: string[] } {
  return ca === undefined ? {} : { ca };
}

function authorities(): string[] | undefined {
  // Electron's TLS library has its own way to the machine's list; without this function Node's defaults count.
  if (typeof tlsModule.getCACertificates !== 'function') return undefined;
  const { getCACertificates } = tlsModule;
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** Throws `ConnectFailure`; the socket is destroyed then. */
export function startTls(below: Socket, { name, tls, files, signal, observer }: TlsUpgrade): Promise<Secured> {
  return within<Secured>(tlsMsMax, signal, 'tls-timeout', (resolve, reject) => {
    const socket = connect({
      socket: below,
      secureContext: contextFor(files),
      ...(isIP(name) === 0 ? { servername: name } : {}),
      // The handshake is carried through so that the certificate can be shown; the verdict stands all the same, and is
      // enforced below, before anything is sent.
      rejectUnauthorized: false,
      checkServerIdentity: (_asked, certificate) =>
        tls.skipNameCheck === true ? undefined : checkServerIdentity(name, certificate),
    });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate(true);
      const version = (socket.getProtocol() ?? 'TLS').replace(/^TLSv/, 'TLS ');
      const subject = commonName(certificate);
      observer.wire('in', `${version} Certificate ${subject}`);
      const verdict = verdictOf(socket);
      const facts = certificateFacts(certificate, verdict, name);
      if (verdict !== undefined) {
        reject(new ConnectFailure(verdicts[verdict] ?? 'tls-certificate-refused', { detail: verdict, facts }));
        return;
      }
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.setNoDelay(true);
      resolve({ socket, text: [version, subject].filter((part) => part !== '').join(', '), facts });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => reject(handshakeFailure(error)));
    socket.once('close', () => reject(new ConnectFailure('tls-failed', { detail: 'closed during the handshake' })));
    return () => {
      socket.destroy();
      below.destroy();
    };
  });
}

/** Node's code for why the certificate is not accepted; undefined when it is. */
function verdictOf(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  // The types say Error; it is the code of one.
  const error: unknown = socket.authorizationError;
  return typeof error === 'string' ? error : ((error as NodeJS.ErrnoException | undefined)?.code ?? 'UNKNOWN');
}

/** What a TLS error means, also one that comes after the handshake: TLS 1.3 refuses client certificates late. */
export function handshakeFailure(error: NodeJS.ErrnoException): ConnectFailure {
  const detail = error.code ?? error.message;
  const text = `${error.code ?? ''} ${error.message}`.toUpperCase();
  const patterns: readonly (readonly [RegExp, FailureCode])[] = [
    [/CERTIFICATE_REQUIRED|CERTIFICATE REQUIRED/, 'tls-client-certificate-wanted'],
    [
      /ALERT_BAD_CERTIFICATE|BAD CERTIFICATE|ALERT_UNKNOWN_CA|ALERT UNKNOWN CA|ALERT_CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)|ALERT CERTIFICATE/,
      'tls-client-certificate-refused',
    ],
    [/WRONG_VERSION_NUMBER|WRONG VERSION NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_TOO/, 'tls-not-spoken'],
    [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, 'tls-version'],
  ];
  const code = patterns.find(([pattern]) => pattern.test(text))?.[1] ?? 'tls-failed';
  return new ConnectFailure(code, { detail });
}

function certificateFacts(certificate: PeerCertificate, verdict: string | undefined, name: string): Fact[] {
  const code = verdict === undefined ? undefined : (verdicts[verdict] ?? 'tls-certificate-refused');
  const facts: Fact[] = [];
  if (code === 'tls-name-mismatch') facts.push({ label: 'Asked for', value: name, bad: true });
  const names = certificateNames(certificate);
  if (names.length > 0) facts.push({ label: 'Valid for', value: names.join(', ') });
  const trusted = code === undefined || code === 'tls-name-mismatch';
  const issuer = certificate.issuer as PeerCertificate['issuer'] | undefined;
  const issuerName = text(issuer?.CN) || text(issuer?.O);
  if (issuerName !== '') {
    facts.push({
      label: 'Issuer',
      value: trusted ? `${issuerName}, trusted` : issuerName,
      ...(code === 'tls-unknown-authority' ? { bad: true } : {}),
    });
  }
  const from = Date.parse(certificate.valid_from);
  const to = Date.parse(certificate.valid_to);
  if (code === 'tls-not-yet-valid' && !Number.isNaN(from))
    facts.push({ label: 'Valid from', value: day(from), bad: true });
  if (!Number.isNaN(to)) {
    const days = Math.floor((to - Date.now()) / dayMs);
    const left = days < 0 ? `, ${-days} d ago` : days <= expirySoonDays ? `, in ${days} d` : '';
    facts.push({ label: days < 0 ? 'Expired' : 'Expires', value: day(to) + left, ...(days < 0 ? { bad: true } : {}) });
  }
  return facts;
}

/** DNS names and addresses of a certificate, or its common name when it has none. */
export function certificateNames(certificate: PeerCertificate): string[] {
  const names = (certificate.subjectaltname ?? '')
    .split(', ')
    .map((part) => /^(?:DNS|IP Address):(.+)$/.exec(part)?.[1])
    .filter((part) => part !== undefined);
  const common = commonName(certificate);
  return names.length > 0 || common === '' ? names : [common];
}

function commonName(certificate: PeerCertificate): string {
  const subject = certificate.subject as PeerCertificate['subject'] | undefined;
  const first = (certificate.subjectaltname ?? '').split(', ')[0] ?? '';
  return text(subject?.CN) || first.replace(/^[^:]*:/, '');
}

/** Several values of one attribute come as a list. */
function text(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
