import { DurationError, parseGoDuration } from '../../base/duration-text.ts';
import { latin1ToText } from '../../base/latin1.ts';

/** Of a message that outlives `max_age`. */
export const NEVER = -1;
const MS_MIN = 1000;

/**
 * What `Nats-TTL` says (ADR-43): whole seconds that the message is kept, 0 when it says nothing, `NEVER`; undefined when it
 * makes no sense. Fractions of a second are dropped.
 */
export function parseTtl(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return 0;
  if (text.toLowerCase() === 'never') return NEVER;
  const ms = durationMs(text);
  if (ms !== undefined) return ms < MS_MIN ? undefined : Math.floor(ms / 1000);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds of a duration as Go writes it, in latin1; undefined: it is none. */
export function durationMs(text: string): number | undefined {
  // `30` is none, and comes often.
  if (/^[1-9]\d*$/.test(text)) return undefined;
  try {
    return parseGoDuration(latin1ToText(text));
  } catch (error) {
    if (error instanceof DurationError) return undefined;
    throw error;
  }
}
