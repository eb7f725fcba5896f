import { PROXY_HEADER_MS_MAX } from '../limits.ts';
import { PROXY_PREFIX_BYTES, readProxyHeader } from './proxy-protocol.ts';
import type { RateLimit } from './rate-limit.ts';
import type { TcpTransport } from './tcp-transport.ts';
import type { TlsTerms } from './tls-terms.ts';
import type { TransportReader } from './transport.ts';

/** How connections of a listener begin, if not simply with INFO in clear. */
export interface OpeningTerms {
  readonly tls: TlsTerms | undefined;
  /** With `tls`: who does not begin with a handshake goes on in clear. */
  readonly allowNonTls: boolean;
  /** Connections may begin with a header of the PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** Handshakes per second. */
  readonly rateLimit: RateLimit | undefined;
}

/** Whose connection is being opened. */
export interface OpeningOwner {
  readonly closed: boolean;
  /** Sends INFO at once. `tlsRequired` is what it says; without `withAddress` it leaves out where the client is. */
  sayHello(tlsRequired: boolean, withAddress: boolean): void;
  log(level: 'debug' | 'warn' | 'error', text: string): void;
  /** It is open: what comes in is the client's protocol. Returns who reads it. */
  onOpened(tlsFirst: boolean): TransportReader;
  /** The handshake came to nothing; its connection is gone. */
  onTlsFailed(): void;
  /** Too many handshakes in this second. */
  onThrottled(): void;
  /** The PROXY protocol's header cannot be read. `problem` is for the log. */
  onProxyRefused(problem: string): void;
  /** As of a `TransportReader`, while it is being opened. */
  onEnd(): void;
  onClose(error: Error | undefined): void;
}

/** First byte of a TLS handshake. */
const HANDSHAKE_RECORD = 0x16;

/**
 * Opens a connection as nats-server does: INFO before the handshake or after it, a glance at the first byte where both TLS
 * and plain text are welcome, the PROXY protocol before everything else. What comes in before TLS has begun is never
 * taken for the client's protocol unless the connection stays in clear.
 */
export function openConnection(transport: TcpTransport, terms: OpeningTerms, owner: OpeningOwner): void {
  const early = new EarlyBytes(transport, owner);
  transport.reader = early;
  void negotiate(transport, terms, owner, early);
}

async function negotiate(
  transport: TcpTransport,
  terms: OpeningTerms,
  owner: OpeningOwner,
  early: EarlyBytes,
): Promise<void> {
  const { tls, allowNonTls, proxyProtocol } = terms;
  const required = tls !== undefined && !allowNonTls;
  const before = tls?.handshakeFirst ?? false;
  let first = before !== false;
  let secure = required || first;
  if (!first) owner.sayHello(required, !proxyProtocol);
  // Whoever accepted the connection may find that it is one too many.
  await Promise.resolve();
  if (typeof before === 'object' && !(await early.have(1, before.fallbackMs))) {
    if (owner.closed) return;
    first = false;
    secure = required;
    owner.sayHello(required, !proxyProtocol);
  }
  const sniffs = tls !== undefined && allowNonTls && !first;
  if (sniffs) secure = (await early.have(1, tls.timeoutMs)) && early.bytes[0] === HANDSHAKE_RECORD;
  if (owner.closed) return;
  if (proxyProtocol) {
    const found = await readHeader(transport, owner, early);
    if (owner.closed) return;
    // What was looked at before was the proxy's.
    if (found && sniffs) secure = (await early.have(1, tls.timeoutMs)) && early.bytes[0] === HANDSHAKE_RECORD;
    if (owner.closed) return;
  }
  if (tls !== undefined && secure) return secureConnection(transport, terms, tls, owner, early, first);
  transport.reader = owner.onOpened(false);
  const bytes = early.take();
  if (bytes.length > 0) transport.deliver(bytes);
}

/** Whether there was a header. */
async function readHeader(transport: TcpTransport, owner: OpeningOwner, early: EarlyBytes): Promise<boolean> {
  const until = performance.now() + PROXY_HEADER_MS_MAX;
  let wanted = PROXY_PREFIX_BYTES;
  for (;;) {
    const came = await early.have(wanted, Math.max(0, until - performance.now()));
    if (owner.closed) return false;
    if (!came) {
      owner.onProxyRefused('timeout reading PROXY protocol header');
      return false;
    }
    const header = readProxyHeader(early.bytes);
    switch (header.state) {
      case 'incomplete':
        wanted = early.bytes.length + 1;
        continue;
      case 'none':
        return false;
      case 'wrong':
        owner.onProxyRefused(header.problem);
        return false;
      case 'read':
        if (header.source !== undefined) {
          transport.remoteAddress = header.source.ip;
          transport.remotePort = header.source.port;
        }
        early.drop(header.end);
        return true;
    }
  }
}

function secureConnection(
  transport: TcpTransport,
  { rateLimit }: OpeningTerms,
  tls: TlsTerms,
  owner: OpeningOwner,
  early: EarlyBytes,
  first: boolean,
): void {
  if (rateLimit !== undefined && !rateLimit.allows()) {
    owner.onThrottled();
    return;
  }
  owner.log('debug', 'Starting TLS client connection handshake');
  transport.startTls(tls, { timeoutMs: tls.timeoutMs, pins: true }, early.take(), {
    onSecure({ version, cipherSuite }) {
      if (owner.closed) return;
      if (first) owner.sayHello(true, true);
      transport.reader = owner.onOpened(first);
      owner.log('debug', 'TLS handshake complete');
      owner.log('debug', `TLS version ${version}, cipher suite ${cipherSuite}`);
    },
    onFailure({ level, text }, notes) {
      if (owner.closed) return;
      for (const note of notes) owner.log('debug', note);
      owner.log(level, `TLS handshake error: ${text}`);
      owner.onTlsFailed();
    },
  });
}

/** Reads a connection that is being opened: keeps what comes until it is known what it is. */
class EarlyBytes implements TransportReader {
  bytes: Buffer = Buffer.alloc(0);
  readonly #transport: TcpTransport;
  readonly #owner: OpeningOwner;
  #changed: () => void = () => {};
  #over = false;

  constructor(transport: TcpTransport, owner: OpeningOwner) {
    this.#transport = transport;
    this.#owner = owner;
  }

  /** Waits until there are so many bytes; false when the time is over or the connection is. */
  async have(bytesMin: number, timeoutMs: number): Promise<boolean> {
    if (this.bytes.length >= bytesMin) return true;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
      this.#changed = () => {
        if (this.bytes.length >= bytesMin || this.#over) resolve();
      };
      this.#changed();
    });
    clearTimeout(timer);
    this.#changed = () => {};
    return this.bytes.length >= bytesMin;
  }

  drop(bytes: number): void {
    this.bytes = this.bytes.subarray(bytes);
  }

  take(): Buffer {
    const { bytes } = this;
    this.bytes = Buffer.alloc(0);
    return bytes;
  }

  onRead(bytes: number): void {
    if (this.#owner.closed) return;
    this.bytes = Buffer.concat([this.bytes, this.#transport.copyOfRead(bytes)]);
    this.#changed();
  }

  onEnd(): void {
    this.#over = true;
    this.#owner.onEnd();
    this.#changed();
  }

  onClose(error: Error | undefined): void {
    this.#over = true;
    this.#owner.onClose(error);
    this.#changed();
  }
}
