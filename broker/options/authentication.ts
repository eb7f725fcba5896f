import type { ConnectionType, PermissionsOptions } from './permissions.ts';

/** A user of the configuration, known by name and password, by TLS certificate (the name), or by nkey. */
export interface UserOptions {
  readonly user?: string | undefined;
  /** Plain or a bcrypt hash (`$2a$…`). */
  readonly password?: string | undefined;
  /** Public key `U…`. */
  readonly nkey?: string | undefined;
  /** Name of its account; absent: `$G`. */
  readonly account?: string | undefined;
  readonly permissions?: PermissionsOptions | undefined;
  readonly connectionTypes?: readonly ConnectionType[] | undefined;
  readonly proxyRequired?: boolean | undefined;
}

/** ADR-26: another program decides who comes in. */
export interface AuthCalloutOptions {
  /** Public key of the account that signs answers. */
  readonly issuer: string;
  /** Account that the program is connected to; absent: `$G`. */
  readonly account?: string | undefined;
  /** Users (names or nkeys) that the program itself comes in as. */
  readonly authUsers: readonly string[];
  /** Public curve key `X…` of the program: requests are encrypted to it. */
  readonly xkey?: string | undefined;
  /** Accounts that it may put users in; absent: all. */
  readonly allowedAccounts?: readonly string[] | undefined;
}

/** Operator mode: who may do what is told by JWTs. */
export interface OperatorOptions {
  /** Operator JWTs, as text. */
  readonly operators: readonly string[];
  /** Public keys `O…` that account JWTs may be signed with, where no operator JWT is given. */
  readonly trustedKeys?: readonly string[] | undefined;
  readonly resolver?: ResolverOptions | undefined;
  /** Account JWTs by public key. */
  readonly preload?: Readonly<Record<string, string>> | undefined;
  /** Accounts whose connections are taken; absent: all. */
  readonly pinnedAccounts?: readonly string[] | undefined;
  /** A bearer user JWT for connections that show nothing. */
  readonly defaultSentinel?: string | undefined;
}

export type ResolverOptions =
  | { readonly type: 'memory' }
  | { readonly type: 'url'; readonly url: string; readonly tls?: TlsClientOptions | undefined }
  | {
      readonly type: 'full' | 'cache';
      readonly folder: string;
      readonly deleteAllowed?: boolean | undefined;
      readonly hardDelete?: boolean | undefined;
      /** JWTs kept; 0 or absent: any number. */
      readonly entriesMax?: number | undefined;
      /** `cache` only. */
      readonly ttlMs?: number | undefined;
      /** `full` only. */
      readonly syncIntervalMs?: number | undefined;
      readonly timeoutMs?: number | undefined;
    };

/** TLS of a connection that the broker makes. Names of files. */
export interface TlsClientOptions {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly insecure?: boolean | undefined;
}
