/** Errors of buckets that a person can mend; what the server says comes as `JetStreamError`. */

export type BucketErrorCode =
  /** Somebody else was faster: the key has another revision than expected. `details` has both. */
  | 'conflict'
  | 'not-found'
  | 'invalid-name'
  | 'invalid-settings'
  | 'unsupported'
  | 'unknown-view'
  | 'unknown-upload'
  | 'digest'
  | 'exists'
  | 'too-many';

export class BucketError extends Error {
  override readonly name = 'BucketError';
  readonly code: BucketErrorCode;
  readonly details: Record<string, string | number | boolean | null>;

  constructor(code: BucketErrorCode, message: string, details: BucketError['details'] = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
