/** What errors of JetStream mean for the page: whether asking again helps, and what is said above them. */

import { BridgeError } from '../bridge.ts';

/** JetStream is not enabled, in the server or for the account. */
const notEnabled = new Set([10039, 10076]);

/** It will be refused again until somebody changes something at the server. */
export function isRefused(error: unknown): boolean {
  return (
    error instanceof BridgeError &&
    (error.code === 'jetstream-denied' || error.code === 'jetstream-unavailable' || isDisabled(error))
  );
}

function isDisabled({ details }: BridgeError): boolean {
  const number = details?.['errCode'];
  return typeof number === 'number' && notEnabled.has(number);
}

/** Title of a page that has nothing to show but this. */
export function failureTitle(error: BridgeError, connection: string): string {
  if (error.code === 'jetstream-unavailable' || isDisabled(error)) return `No JetStream on ${connection}`;
  if (error.code === 'jetstream-denied') return `JetStream is not allowed on ${connection}`;
  return `JetStream does not answer on ${connection}`;
}
