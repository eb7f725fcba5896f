import type { PermissionsOptions } from './permissions.ts';

/** Everything that a configuration or an account JWT says of an account. */
export interface AccountOptions {
  /** Its name in the configuration, or its public key (`A…`) in operator mode. Unique. */
  readonly name: string;
  /** The name that people gave it, when `name` is a key (`name` of the account JWT). */
  readonly displayName?: string | undefined;
  /** Public key of an account of the configuration. */
  readonly nkey?: string | undefined;
  readonly limits?: AccountLimits | undefined;
  readonly exports?: readonly ExportOptions[] | undefined;
  readonly imports?: readonly ImportOptions[] | undefined;
  readonly mappings?: readonly MappingOptions[] | undefined;
  /** For users that have none of their own. */
  readonly defaultPermissions?: PermissionsOptions | undefined;
  /** Where `traceparent` traces go (ADR-41), and how many of them: 1 … 100 percent. */
  readonly trace?: { readonly destination: string; readonly samplingPercent: number } | undefined;
  /** Kept for JetStream: `true`, or its limits, as the configuration or the JWT has them. */
  readonly jetstream?: boolean | Readonly<Record<string, unknown>> | undefined;
  /** Its JWT has run out. */
  readonly expired?: boolean | undefined;
  /** Where it was told from: the encoded JWT, for accountz and look-ups. */
  readonly jwt?: string | undefined;
}

/** -1 or absent: no limit. */
export interface AccountLimits {
  readonly connectionsMax?: number | undefined;
  readonly leafNodesMax?: number | undefined;
  readonly subscriptionsMax?: number | undefined;
  readonly payloadBytesMax?: number | undefined;
  /** Bytes of messages a connection may send in all (`data` of the JWT); kept, not enforced by nats-server either. */
  readonly dataBytesMax?: number | undefined;
  readonly importsMax?: number | undefined;
  readonly exportsMax?: number | undefined;
  /** Whether exports may have wildcards; absent: yes. */
  readonly wildcardExports?: boolean | undefined;
  readonly disallowBearer?: boolean | undefined;
}

export type ResponseType = 'singleton' | 'stream' | 'chunked';

export interface ExportOptions {
  readonly type: 'stream' | 'service';
  readonly subject: string;
  /** Names of the accounts that may import it; absent: all. */
  readonly accounts?: readonly string[] | undefined;
  /** Importers need an activation token (operator mode). */
  readonly tokenRequired?: boolean | undefined;
  /** Activation tokens issued at or before a time (seconds since the epoch) count no more, by account key; `*` is all. */
  readonly revocations?: Readonly<Record<string, number>> | undefined;
  readonly responseType?: ResponseType | undefined;
  /** How long a response may take, in milliseconds. */
  readonly responseThresholdMs?: number | undefined;
  readonly latency?: LatencyOptions | undefined;
  /** Position, from 1, of the token that must be the importer's account. */
  readonly accountTokenPosition?: number | undefined;
  readonly allowTrace?: boolean | undefined;
}

export interface LatencyOptions {
  /** Where the metric is published, in the exporting account. */
  readonly subject: string;
  /** Percent of the requests, 1 … 100, or those whose headers ask for it. */
  readonly sampling: number | 'headers';
}

export interface ImportOptions {
  readonly type: 'stream' | 'service';
  /** The exporting account's `name`. */
  readonly account: string;
  /** Subject in the exporting account. */
  readonly subject: string;
  /** Subject here; may use `$1` … (`to` of the configuration, `local_subject` of a JWT). */
  readonly to?: string | undefined;
  /** Prefix of the subject here, streams only. */
  readonly prefix?: string | undefined;
  /** Tell the exporter who the requester is. */
  readonly share?: boolean | undefined;
  readonly allowTrace?: boolean | undefined;
  /** Activation token (a JWT) where the export wants one. */
  readonly token?: string | undefined;
}

/** `mappings` of an account: one of the destinations is drawn per message. */
export interface MappingOptions {
  readonly source: string;
  readonly destinations: readonly MappingDestination[];
}

export interface MappingDestination {
  readonly subject: string;
  /** Percent, 0 … 100. */
  readonly weight: number;
  /** Only where the server is in this cluster. */
  readonly cluster?: string | undefined;
}
