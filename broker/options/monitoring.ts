/** The HTTP endpoints. With `tls` of the broker where `secure`. */
export interface MonitoringOptions {
  readonly host?: string | undefined;
  /** 1 … 65535, or -1 for any free port. */
  readonly port: number;
  readonly secure?: boolean | undefined;
  /** Begins with a slash; absent: `/`. */
  readonly basePath?: string | undefined;
}
