import type { ApiError } from './api-error.ts';
import { apiError } from './errors.ts';

/** Ends a check at its first fault; only within a check. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: ApiError;

  constructor(reason: ApiError) {
    super(reason.description);
    this.reason = reason;
  }
}

export function refuse(reason: ApiError): never {
  throw new Refusal(reason);
}

/** `streamInvalidConfig`, under which most faults of a configuration come. */
export function refuseConfig(text: string): never {
  refuse(apiError('streamInvalidConfig', { err: text }));
}

/** For requests that want errors where values would be made to fit. */
export function refusePedantic(text: string): never {
  refuse(apiError('pedantic', { err: text }));
}

/** What a check says, or why it refuses. */
export function verdict<T extends object>(check: () => T): T | ApiError {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}
