/**
 * What NATS JWTs say. Names are those of the JSON; decoding fills in what is left out, as Go does: texts are empty,
 * numbers 0, lists empty. Texts are Unicode strings here, not latin1.
 */

export type ClaimsKind =
  'operator' | 'account' | 'user' | 'activation' | 'authorization_request' | 'authorization_response';

export interface StandardClaims {
  readonly aud: string;
  /** Seconds since the epoch; 0: never. */
  readonly exp: number;
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Public key that signed. */
  readonly iss: string;
  readonly name: string;
  /** Seconds since the epoch; 0: at once. */
  readonly nbf: number;
  readonly sub: string;
}

export interface GenericFields {
  readonly tags: readonly string[];
  readonly version: number;
}

export interface OperatorClaims extends StandardClaims {
  readonly nats: GenericFields & {
    readonly type: 'operator';
    readonly signing_keys: readonly string[];
    readonly account_server_url: string;
    readonly operator_service_urls: readonly string[];
    readonly system_account: string;
    readonly assert_server_version: string;
    readonly strict_signing_key_usage: boolean;
  };
}

export interface AccountClaims extends StandardClaims {
  readonly nats: GenericFields & {
    readonly type: 'account';
    /** `undefined` stands for a `null` in the list, which validation refuses. */
    readonly imports: readonly (ImportClaims | undefined)[];
    readonly exports: readonly (ExportClaims | undefined)[];
    readonly limits: AccountLimitsClaims;
    readonly signing_keys: ReadonlyMap<string, UserScope | undefined>;
    /** Seconds since the epoch by public key; `*` stands for every key. */
    readonly revocations: ReadonlyMap<string, number>;
    readonly default_permissions: PermissionsClaims;
    readonly mappings: ReadonlyMap<string, readonly WeightedMappingClaims[]>;
    readonly authorization: {
      readonly auth_users: readonly string[];
      readonly allowed_accounts: readonly string[];
      readonly xkey: string;
    };
    readonly trace: { readonly dest: string; readonly sampling: number } | undefined;
    readonly cluster_traffic: string;
    readonly description: string;
    readonly info_url: string;
  };
}

/** `subs`, `data`, `payload` and so on: less than 0 is no limit. */
export interface NatsLimits {
  readonly subs: number;
  readonly data: number;
  readonly payload: number;
}

export interface JetStreamLimits {
  readonly mem_storage: number;
  readonly disk_storage: number;
  readonly streams: number;
  readonly consumer: number;
  readonly max_ack_pending: number;
  readonly mem_max_stream_bytes: number;
  readonly disk_max_stream_bytes: number;
  readonly max_bytes_required: boolean;
}

export interface AccountLimitsClaims extends NatsLimits, JetStreamLimits {
  readonly imports: number;
  readonly exports: number;
  readonly wildcards: boolean;
  readonly disallow_bearer: boolean;
  readonly conn: number;
  readonly leaf: number;
  readonly tiered_limits: ReadonlyMap<string, JetStreamLimits>;
}

export type ExportKind = 'stream' | 'service' | '';

export interface ImportClaims {
  readonly name: string;
  readonly subject: string;
  readonly account: string;
  readonly token: string;
  readonly to: string;
  readonly local_subject: string;
  readonly type: ExportKind;
  readonly share: boolean;
  readonly allow_trace: boolean;
}

export interface ExportClaims {
  readonly name: string;
  readonly subject: string;
  readonly type: ExportKind;
  readonly token_req: boolean;
  readonly revocations: ReadonlyMap<string, number>;
  readonly response_type: string;
  /** Nanoseconds. */
  readonly response_threshold: number;
  /** Sampling 0 stands for `headers`. */
  readonly service_latency: { readonly sampling: number; readonly results: string } | undefined;
  readonly account_token_position: number;
  readonly advertise: boolean;
  readonly allow_trace: boolean;
  readonly description: string;
  readonly info_url: string;
}

export interface WeightedMappingClaims {
  readonly subject: string;
  /** Percent; 0 stands for 100. */
  readonly weight: number;
  readonly cluster: string;
}

export interface PermissionClaims {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface PermissionsClaims {
  readonly pub: PermissionClaims;
  readonly sub: PermissionClaims;
  /** `ttl` in nanoseconds. */
  readonly resp: { readonly max: number; readonly ttl: number } | undefined;
}

/** What a user JWT, or the template of a scoped signing key, allows. */
export interface UserPermissionLimits extends PermissionsClaims, NatsLimits {
  /** Networks in CIDR notation. */
  readonly src: readonly string[];
  readonly times: readonly { readonly start: string; readonly end: string }[];
  readonly times_location: string;
  readonly bearer_token: boolean;
  readonly proxy_required: boolean;
  readonly allowed_connection_types: readonly string[];
}

/** A signing key that may sign users of one kind only. */
export interface UserScope {
  readonly key: string;
  readonly role: string;
  readonly description: string;
  readonly template: UserPermissionLimits;
}

export interface UserClaims extends StandardClaims {
  readonly nats: GenericFields &
    UserPermissionLimits & {
      readonly type: 'user';
      /** The account, where a signing key of it signed. */
      readonly issuer_account: string;
    };
}

export interface ActivationClaims extends StandardClaims {
  readonly nats: GenericFields & {
    readonly type: 'activation';
    readonly subject: string;
    readonly kind: ExportKind;
    readonly issuer_account: string;
  };
}

/** What the server asks of a program that decides who comes in (ADR-26). */
export interface AuthorizationRequestClaims extends StandardClaims {
  readonly nats: GenericFields & {
    readonly type: 'authorization_request';
    readonly server_id: {
      readonly name: string;
      readonly host: string;
      readonly id: string;
      readonly version: string;
      readonly cluster: string;
      readonly tags: readonly string[];
      readonly xkey: string;
    };
    readonly user_nkey: string;
    readonly client_info: Readonly<Record<string, unknown>>;
    readonly connect_opts: Readonly<Record<string, unknown>>;
    readonly client_tls: Readonly<Record<string, unknown>> | undefined;
    readonly request_nonce: string;
  };
}

/** What such a program answers. */
export interface AuthorizationResponseClaims extends StandardClaims {
  readonly nats: GenericFields & {
    readonly type: 'authorization_response';
    readonly jwt: string;
    readonly error: string;
    readonly issuer_account: string;
  };
}

/** A JWT of any other kind. */
export interface GenericClaims extends StandardClaims {
  readonly nats: Readonly<Record<string, unknown>> & { readonly type: 'generic' };
}

export type Claims =
  | OperatorClaims
  | AccountClaims
  | UserClaims
  | ActivationClaims
  | AuthorizationRequestClaims
  | AuthorizationResponseClaims
  | GenericClaims;
