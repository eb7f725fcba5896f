import type { ActivationCheck } from '../account/exports.ts';
import type { ConnectionType, PermissionsOptions } from '../options/permissions.ts';
import type { TlsFacts } from '../transport/transport.ts';
import type { ConnectOptions } from '../wire/connect.ts';

export type { TlsFacts } from '../transport/transport.ts';

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

/** Who a connection is. */
export interface Identity {
  /** `name` of its account. */
  readonly account: string;
  /**
   * What connz shows as `authorized_user`: user name, nkey, public key of the user JWT, or `[REDACTED]` for a token; ''
   * for nobody in particular.
   */
  readonly user: string;
  /** How the log names it: `user:…`, `nkey:…`, `jwt:…` or `token`; absent: not at all. */
  readonly label?: string | undefined;
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

/**
 * Why nobody is let in, or somebody has to go. The client reads `error` ('': it is closed without a word), the log `log`
 * (absent: `authentication error`; '': nothing). No secrets.
 */
export interface Refusal {
  /** '': the connection is closed without a word. */
  readonly error: string;
  /** `reason` of connz. */
  readonly reason:
    | 'Authentication Failure'
    | 'Authentication Expired'
    | 'Credentials Revoked'
    | 'Missing Account'
    | 'Proxy Not Trusted'
    | 'Proxy Required'
    | 'Client Closed';
  readonly log?: string | undefined;
  /** More, for the log of who debugs. */
  readonly debug?: string | undefined;
  /** An account that is told of it by an event, with more of a reason; absent: `$G` is, with `reason`. */
  readonly told?: { readonly account: string; readonly reason: string } | undefined;
}

export type AuthenticationOutcome =
  | {
      readonly identity: Identity;
      /** What counts as shown from now on, where it is not what was shown: for a CONNECT that adds to it, and for reviews. */
      readonly shown?: ConnectOptions | undefined;
      readonly refusal?: undefined;
    }
  | { readonly refusal: Refusal; readonly identity?: undefined };

/** Who may come in. Made anew when the options are reloaded. */
export interface Authentication {
  /**
   * Whether a connection has to be somebody before it may do anything. It has `timeoutMs` for that, and is asked about by
   * `authenticate` when it begins with CONNECT, by `unannounced` when with anything else.
   */
  required(type: ConnectionType): boolean;
  /** INFO's `auth_required`: not where those who show nothing are somebody too (`no_auth_user`). */
  demanded(type: ConnectionType): boolean;
  /** Whether INFO carries a nonce. */
  readonly usesNonce: boolean;
  /** Milliseconds that a client has for it. */
  timeoutMs(type: ConnectionType): number;
  /** Answers at once where it can, and in the end always; never rejects. `signal` aborts when the connection is gone. */
  authenticate(
    connect: ConnectOptions,
    facts: ConnectionFacts,
    signal: AbortSignal,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome>;
  /** Who a connection is that begins with something else than CONNECT; undefined: nobody. As `authenticate` otherwise. */
  unannounced(
    facts: ConnectionFacts,
    signal: AbortSignal,
  ): AuthenticationOutcome | undefined | Promise<AuthenticationOutcome | undefined>;
  /**
   * Looks at somebody again who came in under earlier options or claims: who he is now, or why he has to go. `connect`
   * is what he showed then.
   */
  review(
    identity: Identity,
    connect: ConnectOptions,
    facts: ConnectionFacts,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome>;
  /**
   * Finds out what has to be there for the broker to start, and says nothing to the log. Rejects with a `BrokerError` when
   * it cannot.
   */
  prepare?(): Promise<void>;
  /** Begins, after `prepare`: until then nobody may be let in. Throws a `BrokerError` when it cannot. */
  start?(): void;
  /** Brings in an account that is known elsewhere, where there is one of that name; never rejects. */
  bring?(account: string): Promise<void>;
  /** Whether an activation token counts; absent: none does. */
  readonly checkActivation?: ActivationCheck | undefined;
  /** Ends timers and subscriptions. */
  dispose(): void;
}
