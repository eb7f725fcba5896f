/** What happens on a connection, told to whoever reads it. */
export interface TransportReader {
  /** Bytes have been put at the beginning of the shared read region. They are gone when this returns. */
  onRead(bytes: number): void;
  /** The other side sends no more. */
  onEnd(): void;
  /** The peer broke the rules of the transport and was told so; nothing more comes of it. */
  onBroken?(text: string): void;
  /** Called once, last; nothing that was written is still being read by the kernel. */
  onClose(error: Error | undefined): void;
}

/** A byte stream to one peer. */
export interface Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** What the TLS handshake showed; absent while bytes go in clear. */
  readonly tls?: TlsFacts | undefined;
  /** What the upgrade request said; absent on other connections. */
  readonly webSocket?: WebSocketFacts | undefined;
  /** Writes at once. False when the kernel did not take everything: the bytes must stay until `onDrained` was called. */
  write(bytes: Uint8Array): boolean;
  /** The same for several pieces in one go. */
  writeAll(pieces: readonly Uint8Array[]): boolean;
  /** Calls back once everything written so far has been taken. Only after a write that returned false. */
  onDrained(callback: () => void): void;
  pause(): void;
  resume(): void;
  /** Why the connection will end, in the words of connz. Protocols that can tell the peer do so in `end`. */
  announceEnd?(reason: string): void;
  /** Ends our direction after what was written. */
  end(): void;
  destroy(): void;
}

/** What a TLS handshake showed. Names are Go's, because nats-server shows those. */
export interface TlsFacts {
  /** `1.3` */
  readonly version: string;
  /** `TLS_AES_128_GCM_SHA256` */
  readonly cipherSuite: string;
  /** Whether the client's certificate was checked against the CA. */
  readonly verified: boolean;
  /** Chain of the client, leaf first, as DER; empty when it showed none. */
  readonly certificates: readonly Buffer[];
}

/** What an upgrade request said beside what it is for. */
export interface WebSocketFacts {
  /** First value of `X-Forwarded-For`, if it is an IP address. The log shows it; nothing else trusts it. */
  readonly forwardedFor: string | undefined;
  /** Values of the cookies that the options name; '' where there was none. */
  readonly cookies: WebSocketCookies;
}

export interface WebSocketCookies {
  readonly jwt: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
}
