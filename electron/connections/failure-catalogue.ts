/**
 * Everything that can go wrong on the way to a connection: a stable code, the step it belongs to, and a few words. The
 * connector and the diagnosis use the same codes; tests hold that each has a remedy or is named as having none.
 */

import type { Step } from '../bridge/contract.ts';

export interface FailureEntry {
  step: Step;
  text: string;
}

export const failures = {
  'server-invalid': { step: 'dns', text: 'address cannot be read' },
  'host-not-found': { step: 'dns', text: 'host not found' },
  'dns-unavailable': { step: 'dns', text: 'name server does not answer' },
  'dns-timeout': { step: 'dns', text: 'no answer from DNS' },
  'dns-failed': { step: 'dns', text: 'name cannot be looked up' },

  refused: { step: 'tcp', text: 'nothing listens on this port' },
  unreachable: { step: 'tcp', text: 'host cannot be reached' },
  'tcp-timeout': { step: 'tcp', text: 'host does not answer' },
  'tcp-denied': { step: 'tcp', text: 'this machine forbids it' },
  'tcp-failed': { step: 'tcp', text: 'connection broke off' },

  'info-timeout': { step: 'info', text: 'server says nothing' },
  'closed-before-info': { step: 'info', text: 'server closed at once' },
  'http-server': { step: 'info', text: 'an HTTP server, not NATS' },
  'monitoring-port': { step: 'info', text: 'the monitoring port, not the client port' },
  'not-nats': { step: 'info', text: 'not a NATS server' },
  'info-malformed': { step: 'info', text: 'INFO cannot be read' },
  'info-too-long': { step: 'info', text: 'INFO is too long' },
  'tls-first-wanted': { step: 'info', text: 'server wants TLS first' },
  'ws-refused': { step: 'info', text: 'WebSocket upgrade refused' },
  'ws-timeout': { step: 'info', text: 'no answer to the WebSocket upgrade' },
  'ws-failed': { step: 'info', text: 'WebSocket upgrade broke off' },
  'ws-not-http': { step: 'info', text: 'not a WebSocket port' },
  'ws-tls-wanted': { step: 'info', text: 'this WebSocket port wants TLS' },

  'file-missing': { step: 'tls', text: 'file not found' },
  'file-unreadable': { step: 'tls', text: 'file cannot be read' },
  'file-malformed': { step: 'tls', text: 'file is not what it should be' },
  'key-mismatch': { step: 'tls', text: 'key does not belong to the certificate' },
  'key-encrypted': { step: 'tls', text: 'key is protected by a passphrase' },
  'key-without-certificate': { step: 'tls', text: 'certificate and key go together' },
  'tls-not-offered': { step: 'tls', text: 'server offers no TLS' },
  'tls-not-spoken': { step: 'tls', text: 'server does not begin with TLS' },
  'tls-unknown-authority': { step: 'tls', text: 'unknown authority' },
  'tls-name-mismatch': { step: 'tls', text: 'name does not match' },
  'tls-expired': { step: 'tls', text: 'certificate has expired' },
  'tls-not-yet-valid': { step: 'tls', text: 'certificate is not valid yet' },
  'tls-certificate-refused': { step: 'tls', text: 'certificate cannot be trusted' },
  'tls-client-certificate-wanted': { step: 'tls', text: 'server wants a client certificate' },
  'tls-client-certificate-refused': { step: 'tls', text: 'server refuses the client certificate' },
  'tls-version': { step: 'tls', text: 'no common TLS version' },
  'tls-timeout': { step: 'tls', text: 'TLS handshake hangs' },
  'tls-failed': { step: 'tls', text: 'TLS handshake failed' },

  'creds-missing': { step: 'connect', text: 'creds file not found' },
  'creds-unreadable': { step: 'connect', text: 'creds file cannot be read' },
  'creds-malformed': { step: 'connect', text: 'creds file has no JWT and seed' },
  'creds-expired': { step: 'connect', text: 'credentials have expired' },
  'seed-missing': { step: 'connect', text: 'no seed' },
  'seed-malformed': { step: 'connect', text: 'seed is no user seed' },
  'seed-file-missing': { step: 'connect', text: 'seed file not found' },
  'seed-file-unreadable': { step: 'connect', text: 'seed file cannot be read' },
  'jwt-malformed': { step: 'connect', text: 'JWT cannot be read' },
  'authentication-wanted': { step: 'connect', text: 'server wants credentials' },
  'authorization-violation': { step: 'connect', text: 'credentials refused' },
  'method-mismatch': { step: 'connect', text: 'credentials of another kind wanted' },
  'authentication-timeout': { step: 'connect', text: 'server gave up on authentication' },
  'authentication-expired': { step: 'connect', text: 'credentials have expired' },
  'account-expired': { step: 'connect', text: 'account has expired' },
  'authentication-revoked': { step: 'connect', text: 'credentials were revoked' },
  'account-unknown': { step: 'connect', text: 'account cannot be registered' },
  'connections-exceeded': { step: 'connect', text: 'server is full' },
  'account-connections-exceeded': { step: 'connect', text: 'account is full' },
  throttled: { step: 'connect', text: 'server takes connections slowly now' },
  'tls-wanted': { step: 'connect', text: 'server wants TLS' },
  'route-port': { step: 'connect', text: 'the cluster port, not the client port' },
  'leafnode-port': { step: 'connect', text: 'the leaf node port, not the client port' },
  'gateway-port': { step: 'connect', text: 'the gateway port, not the client port' },
  'stale-connection': { step: 'connect', text: 'connection went stale' },
  'lame-duck': { step: 'connect', text: 'server is shutting down' },
  'connect-timeout': { step: 'connect', text: 'no answer to CONNECT' },
  'closed-by-server': { step: 'connect', text: 'server closed the connection' },
  'server-error': { step: 'connect', text: 'server refused' },
  'protocol-error': { step: 'connect', text: 'server does not speak the protocol' },

  'subscription-refused': { step: 'permissions', text: 'subscription refused' },
  'inbox-refused': { step: 'permissions', text: 'no permission for replies' },
  'subscriptions-exceeded': { step: 'permissions', text: 'too many subscriptions' },
  'permissions-timeout': { step: 'permissions', text: 'no answer to the trial subscriptions' },

  cancelled: { step: 'dns', text: 'cancelled' },
} as const satisfies Record<string, FailureEntry>;

export type FailureCode = keyof typeof failures;

export interface Fact {
  label: string;
  value: string;
  bad?: boolean;
}

/** An attempt to connect failed. `message` is the catalogue's text; `detail` is what the system or the server said. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  readonly code: FailureCode;
  readonly step: Step;
  readonly detail: string;
  readonly facts: Fact[];

  constructor(code: FailureCode, options: { detail?: string; facts?: Fact[]; step?: Step } = {}) {
    super(failures[code].text);
    this.code = code;
    this.step = options.step ?? failures[code].step;
    this.detail = options.detail ?? '';
    this.facts = options.facts ?? [];
  }
}

/** What nats-server says in `-ERR`, lower case, and what it means. The first that is contained counts. */
const serverErrors: readonly (readonly [string, FailureCode])[] = [
  ['authorization violation', 'authorization-violation'],
  ['user authentication expired', 'authentication-expired'],
  ['account authentication expired', 'account-expired'],
  ['user authentication revoked', 'authentication-revoked'],
  ['authentication timeout', 'authentication-timeout'],
  ['failed account registration', 'account-unknown'],
  ['secure connection - tls required', 'tls-wanted'],
  ['maximum connections exceeded', 'connections-exceeded'],
  ['maximum account active connections exceeded', 'account-connections-exceeded'],
  ['maximum subscriptions exceeded', 'subscriptions-exceeded'],
  ['connection throttling is active', 'throttled'],
  ['attempted to connect to route port', 'route-port'],
  ['attempted to connect to leaf node port', 'leafnode-port'],
  ['attempted to connect to gateway port', 'gateway-port'],
  ['stale connection', 'stale-connection'],
  ['permissions violation for subscription', 'subscription-refused'],
];

/** The code for the text of an `-ERR`, quotes or not. Codes are what the rest branches on. */
export function codeOfServerError(text: string): FailureCode {
  const lower = text.toLowerCase();
  return serverErrors.find(([part]) => lower.includes(part))?.[1] ?? 'server-error';
}
