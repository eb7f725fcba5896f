/**
 * Blocks of the configuration as they were read and checked. Of these this broker acts upon `jetstream` only. Their fields
 * have nats-server's names; durations are milliseconds, sizes bytes.
 */
export interface KeptBlocks {
  readonly jetstream?: JetStreamBlock | undefined;
  readonly cluster?: Readonly<Record<string, unknown>> | undefined;
  readonly gateway?: Readonly<Record<string, unknown>> | undefined;
  readonly leafnodes?: Readonly<Record<string, unknown>> | undefined;
  readonly mqtt?: Readonly<Record<string, unknown>> | undefined;
  readonly ocsp?: Readonly<Record<string, unknown>> | undefined;
  /** `ocsp_peer` of the server's `tls` block. */
  readonly ocspPeer?: Readonly<Record<string, unknown>> | undefined;
  readonly ocspCache?: Readonly<Record<string, unknown>> | undefined;
  readonly proxies?: readonly string[] | undefined;
}

export interface JetStreamBlock {
  readonly enabled: boolean;
  readonly storeDir?: string | undefined;
  readonly maxMemory?: number | undefined;
  readonly maxStore?: number | undefined;
  readonly domain?: string | undefined;
  /** Everything else that was said. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}
