/** TLS of one listener. Names of files are relative to the working directory, as nats-server has it. */
export interface TlsOptions {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Several pairs instead of one. */
  readonly certificates?: readonly { readonly certFile: string; readonly keyFile: string }[] | undefined;
  readonly caFile?: string | undefined;
  /** A client certificate is needed. */
  readonly verify?: boolean | undefined;
  /** A client certificate is needed, and its names say who the user is. */
  readonly verifyAndMap?: boolean | undefined;
  readonly insecure?: boolean | undefined;
  /** Another one when there is something else in the files; absent: nobody has looked. */
  readonly filesDigest?: string | undefined;
  /** Names as Go has them (`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`). */
  readonly cipherSuites?: readonly string[] | undefined;
  /** `X25519`, `CurveP256`, `CurveP384`, `CurveP521` … */
  readonly curvePreferences?: readonly string[] | undefined;
  readonly versionMin?: '1.2' | '1.3' | undefined;
  readonly timeoutMs?: number | undefined;
  /** Connections that may begin a handshake per second; 0 or absent: any number. */
  readonly connectionRateLimit?: number | undefined;
  /** SHA-256 of the client's public key (SPKI), lower-case hex. */
  readonly pinnedCertificates?: readonly string[] | undefined;
  /** The handshake comes before INFO: always, or when the client begins within that many milliseconds. */
  readonly handshakeFirst?: boolean | { readonly fallbackMs: number } | undefined;
}
