import { duration, NANOS_PER_MS } from './time-text.ts';

const CPU_NANOS_MAX = 15_000 * NANOS_PER_MS;

/** Go's profiles do not exist here. Questions that make no sense get nats-server's errors, the others a plain no. */
export function profile(name: string, nanos: number): { profile: null; error: string } {
  return { profile: null, error: whyNot(name, nanos) };
}

function whyNot(name: string, nanos: number): string {
  if (name === '') return 'Profile name not specified';
  if (name !== 'cpu') return `Profile ${JSON.stringify(name)} not found`;
  if (nanos <= 0 || nanos > CPU_NANOS_MAX) {
    return `Duration ${duration(nanos / 1000)} should be between 0s and 15s`;
  }
  return 'Failed to start CPU profile: this server does not run on Go';
}
