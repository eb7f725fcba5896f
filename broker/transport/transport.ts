/** What happens on a connection, told to whoever reads it. */
export interface TransportReader {
  /** Bytes have been put at the beginning of the shared read region. They are gone when this returns. */
  onRead(bytes: number): void;
  /** The other side sends no more. */
  onEnd(): void;
  /** Called once, last; nothing that was written is still being read by the kernel. */
  onClose(error: Error | undefined): void;
}

/** A byte stream to one peer. */
export interface Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Writes at once. False when the kernel did not take everything: the bytes must stay until `onDrained` was called. */
  write(bytes: Uint8Array): boolean;
  /** The same for several pieces in one go. */
  writeAll(pieces: readonly Uint8Array[]): boolean;
  /** Calls back once everything written so far has been taken. Only after a write that returned false. */
  onDrained(callback: () => void): void;
  pause(): void;
  resume(): void;
  /** Ends our direction after what was written. */
  end(): void;
  destroy(): void;
}
