/** Why a JetStream request got no good answer. It crosses the bridge as `{code, message, details}`. */

export type JetStreamErrorCode =
  /** The server refused; `details` has its `code`, `errCode` and `description`. */
  | 'jetstream-refused'
  /** Nobody answers: the server, the account or the domain has no JetStream. */
  | 'jetstream-unavailable'
  /** The user of the connection may not ask this. */
  | 'jetstream-denied'
  | 'jetstream-timeout'
  /** The answer was no answer of JetStream. */
  | 'jetstream-unreadable'
  | 'not-connected'
  | 'unknown-account'
  | 'cancelled';

export class JetStreamError extends Error {
  override readonly name = 'JetStreamError';
  readonly code: JetStreamErrorCode;
  readonly details: Record<string, string | number | boolean | null>;

  constructor(
    code: JetStreamErrorCode,
    message: string,
    details: Record<string, string | number | boolean | null> = {},
  ) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** Number of the error in nats-server's catalogue; 0 when it is none of the server's. */
  get errCode(): number {
    const { errCode } = this.details;
    return typeof errCode === 'number' ? errCode : 0;
  }
}

/** Error numbers of nats-server that the app tells apart. */
export const streamNotFound = 10059;
export const consumerNotFound = 10014;
export const messageNotFound = 10037;

interface ErrorField {
  code?: unknown;
  err_code?: unknown;
  description?: unknown;
}

/** Throws what the `error` of an answer says, in the server's words. */
export function throwRefused(error: ErrorField, subject: string): never {
  const description = typeof error.description === 'string' ? error.description : 'no reason given';
  const code = typeof error.code === 'number' ? error.code : 0;
  const errCode = typeof error.err_code === 'number' ? error.err_code : 0;
  throw new JetStreamError('jetstream-refused', sentence(description), { code, errCode, description, subject });
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
