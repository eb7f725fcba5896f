import type { ApiError } from '../api-error.ts';

/** Why a backup cannot be put back; the message is told to whoever sent it. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/** An error of the API within another one, as Go writes it. */
export function apiErrorText({ description, err_code: number }: ApiError): string {
  return `${description} (${number})`;
}
