/** A request to the API: its subject behind `$JS.API.`, its body, and the lines of its headers. */
export type Request = readonly [subject: string, body?: object | string, headers?: string];

/**
 * Requests that are sent one after the other to an account without streams; each answer is compared. Bodies given as text
 * are latin1.
 */
export interface ConfigCase {
  readonly name: string;
  /** Which account they are sent to; see `servers.ts`. */
  readonly account?: AccountName;
  readonly requests: readonly Request[];
}

export type AccountName = 'plain' | 'narrow' | 'bounded' | 'lax' | 'capped';

/** One case for each value of each field, added to a request that is good without it. */
export function eachValue(
  fields: Readonly<Record<string, readonly unknown[]>>,
  request: (added: Readonly<Record<string, unknown>>) => readonly Request[],
  account: AccountName = 'plain',
): ConfigCase[] {
  return Object.entries(fields).flatMap(([field, values]) =>
    values.map((value) => ({
      name: `${field}: ${shortened(JSON.stringify(value) ?? 'undefined')}`,
      account,
      requests: request({ [field]: value }),
    })),
  );
}

/** One case for each set of fields. */
export function eachSet(
  sets: readonly Readonly<Record<string, unknown>>[],
  request: (added: Readonly<Record<string, unknown>>) => readonly Request[],
  account: AccountName = 'plain',
): ConfigCase[] {
  return sets.map((set) => ({ name: shortened(JSON.stringify(set)), account, requests: request(set) }));
}

export function shortened(text: string): string {
  return text.length > 150 ? `${text.slice(0, 147)}…` : text;
}
