/** What went wrong, as the window shows it. */

import type { BridgeErrorShape } from '../../electron/bridge/contract.ts';

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

export function shapeOf(error: unknown): BridgeErrorShape {
  const message = error instanceof Error ? error.message : String(error);
  const { details } = (error ?? {}) as { details?: BridgeErrorShape['details'] };
  return { code: codeOf(error) || 'internal', message, ...(details === undefined ? {} : { details }) };
}

/** Number of the error in the server's catalogue, for the place at the right of a notice; '' when it has none. */
export function errorNumber(error: BridgeErrorShape): string {
  const number = error.details?.['errCode'];
  return typeof number === 'number' && number > 0 ? String(number) : '';
}
