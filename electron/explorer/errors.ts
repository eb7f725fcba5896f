/** Errors of the explorer that a person can mend. They cross the bridge as `{code, message, details}`. */

export type ExplorerErrorCode =
  | 'unknown-view'
  | 'unknown-node'
  | 'unknown-account'
  | 'unknown-subscription'
  | 'unknown-responder'
  | 'duplicate-subscription'
  | 'invalid-subject'
  | 'invalid-template'
  | 'out-of-range'
  | 'too-many'
  | 'inbox-refused';

export class ExplorerError extends Error {
  override readonly name = 'ExplorerError';
  readonly code: ExplorerErrorCode;
  readonly details: Record<string, string | number | boolean | null>;

  constructor(
    code: ExplorerErrorCode,
    message: string,
    details: Record<string, string | number | boolean | null> = {},
  ) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Throws `out-of-range` unless `value` is a whole number from `low` to `high`. */
export function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ExplorerError('out-of-range', `${name} must be a whole number from ${low} to ${high}, not ${value}.`);
}
