/** The HTTP endpoints. With `tls` of the broker where `secure`. */
export interface MonitoringOptions {
  readonly host?: string | undefined;
  /** 1 … 65535, or -1 for any free port; 0: none, whatever else is said. */
  readonly port: number;
  readonly secure?: boolean | undefined;
  /** Port of the secure endpoints where plain ones are asked for too, on `port`. Both cannot be had. */
  readonly conflictingPort?: number | undefined;
  /** Begins with a slash; absent: `/`. */
  readonly basePath?: string | undefined;
}
