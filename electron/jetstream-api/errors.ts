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

/** What can be done about errors whose words do not say it. */
const advice: Readonly<Record<number, string>> = {
  10002: 'Delete or purge something, or raise the limits of the account.',
  10023: 'The disk is full, or what JetStream may have of it: delete or purge something, or give it more.',
  10026: 'Delete a consumer that nobody uses, or raise the limit.',
  10027: 'Delete a stream, or raise the limit of the account.',
  10028: 'Delete or purge something in memory, or raise the limit.',
  10039: 'Enable it for the account in the configuration of the server, or connect as a user of another account.',
  10047: 'Delete or purge something, or raise the limit. A full disk is said so, too.',
  10077: 'If its disk is full, make room there, and try again.',
  10076: 'Enable it in the configuration of the server.',
  10122: 'Delete or purge something, or raise the limit.',
};

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
  const text = [sentence(description), advice[errCode]].filter(Boolean).join(' ');
  throw new JetStreamError('jetstream-refused', text, { code, errCode, description, subject });
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
