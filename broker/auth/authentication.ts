import type { ConnectionType, PermissionsOptions } from '../options/permissions.ts';
import type { ConnectOptions } from '../wire/connect.ts';

/** What is known of a connection beside its CONNECT. */
export interface ConnectionFacts {
  readonly clientId: number;
  readonly type: ConnectionType;
  readonly ip: string;
  readonly port: number;
  /** What INFO asked to be signed; '' when it asked for nothing. */
  readonly nonce: string;
  readonly tls?: TlsFacts | undefined;
}

/** What the handshake showed. */
export interface TlsFacts {
  /** As Go names it: `1.3`. */
  readonly version: string;
  /** As Go names it: `TLS_AES_128_GCM_SHA256`. */
  readonly cipherSuite: string;
  /** Whether the client's certificate was checked against the CA. */
  readonly verified: boolean;
  /** Chain of the client, leaf first, as DER; empty when it showed none. */
  readonly certificates: readonly Buffer[];
}

/** Who a connection is. */
export interface Identity {
  /** `name` of its account. */
  readonly account: string;
  /** What connz shows as `authorized_user`: user name, nkey, or public key of the user JWT; '' for nobody in particular. */
  readonly user: string;
  readonly permissions?: PermissionsOptions | undefined;
  /** The connection ends then, in milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  /** Of this user; -1 or absent: those of account and server. */
  readonly subscriptionsMax?: number | undefined;
  readonly payloadBytesMax?: number | undefined;
  readonly jwt?: string | undefined;
  /** Public key of the account (or its signing key) that issued `jwt`. */
  readonly issuerKey?: string | undefined;
  /** `name` of the user JWT. */
  readonly nameTag?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly allowedTypes?: readonly ConnectionType[] | undefined;
}

/** Why nobody is let in. The client reads `error`, the log `log` (after `authentication error`, no secrets). */
export interface Refusal {
  readonly error: string;
  /** `reason` of connz. */
  readonly reason: 'Authentication Failure' | 'Authentication Expired' | 'Credentials Revoked' | 'Missing Account';
  readonly log?: string | undefined;
}

export type AuthenticationOutcome =
  | { readonly identity: Identity; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly identity?: undefined };

/** Who may come in. Made anew when the options are reloaded. */
export interface Authentication {
  /** Whether anything but CONNECT may come first only from connections that need no credentials: INFO's `auth_required`. */
  required(type: ConnectionType): boolean;
  /** Whether INFO carries a nonce. */
  readonly usesNonce: boolean;
  /** Milliseconds that a client has for it. */
  timeoutMs(type: ConnectionType): number;
  /** Answers at once where it can. Never rejects; time-outs are the caller's, who aborts by the signal. */
  authenticate(
    connect: ConnectOptions,
    facts: ConnectionFacts,
    signal: AbortSignal,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome>;
  /** Who a connection is that begins with something else than CONNECT; undefined: nobody. */
  unannounced(facts: ConnectionFacts): Identity | undefined;
  /**
   * Looks at somebody again who came in under earlier options or claims: who he is now, or why he has to go. `connect`
   * is what he showed then.
   */
  review(
    identity: Identity,
    connect: ConnectOptions,
    facts: ConnectionFacts,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome>;
  /** Ends timers and subscriptions. */
  dispose(): void;
}
