/** What can go wrong with a broker as a whole. Branch on these, never on the text. */
export type BrokerErrorCode =
  | 'address-in-use'
  | 'address-not-available'
  | 'permission-denied'
  | 'listen-failed'
  /** Streams cannot be kept where they should be. */
  | 'jetstream-failed'
  | 'invalid-option'
  | 'invalid-state';

/** An error of the broker as a whole. `message` is what nats-server would log, where it has words for it. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
