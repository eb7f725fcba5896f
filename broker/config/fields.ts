import { DurationError, parseGoDuration } from '../base/duration-text.ts';
import { hostAndPort } from './go/host-port.ts';
import { shown, typeOf } from './go/text.ts';
import type { MapValue, Token } from './grammar/token.ts';
import { arrayOf, asBoolean, asInteger, asString, Fault, Mistyped, mistyped, type Report, Scope } from './report.ts';

/** Reads the value of one key into what the block becomes. `key` is as it was written. */
export type Reader<Into> = (into: Into, token: Token, scope: Scope, key: string) => void;

/** What a block knows, by key in lower case. */
export type Keys<Into> = ReadonlyMap<string, Reader<Into>>;

/** Makes a table of keys; names of the same thing stand together, `|` between them. */
export function keys<Into>(table: Readonly<Record<string, Reader<Into>>>): Keys<Into> {
  const found = new Map<string, Reader<Into>>();
  for (const [names, reader] of Object.entries(table)) for (const name of names.split('|')) found.set(name, reader);
  return found;
}

/** What becomes of a key that is not in the table. */
export type Unknown = (key: string, token: Token) => void;

/**
 * Reads a block key by key, in the order of the text (nats-server's changes from run to run). A fault of one key is reported
 * and the others are read, unless `stopAtFault`: then it is thrown.
 */
export function readKeys<Into>(
  map: MapValue,
  known: Keys<Into>,
  into: Into,
  scope: Scope,
  { unknown, stopAtFault = false }: { unknown?: Unknown; stopAtFault?: boolean } = {},
): void {
  for (const [key, token] of map) {
    scope.open(token);
    const read = known.get(key.toLowerCase());
    if (read === undefined) {
      if (unknown === undefined) scope.unknown(key, token);
      else if (stopAtFault) unknown(key, token);
      else scope.attempt(() => unknown(key, token));
    } else if (stopAtFault) read(into, token, scope, key);
    else scope.attempt(() => read(into, token, scope, key));
  }
}

/** Reads with a scope of its own; a wrong type inside becomes a fault at the value that was looked at last. */
export function readOrFault<T>(report: Report, read: (scope: Scope) => T): T {
  const scope = new Scope(report);
  try {
    return read(scope);
  } catch (error) {
    throw error instanceof Mistyped ? new Fault(scope.last, error.message) : error;
  }
}

/** An object with that field, which its readers set. */
type With<Name extends string, T> = { [N in Name]?: T | undefined };

const set = <Name extends string, T>(into: With<Name, T>, name: Name, value: T): void => {
  (into as Record<string, unknown>)[name] = value;
};

export const text =
  <Name extends string>(name: Name): Reader<With<Name, string>> =>
  (into, { value }) =>
    set(into, name, asString(value));

export const integer =
  <Name extends string>(name: Name): Reader<With<Name, number>> =>
  (into, { value }) =>
    set(into, name, asInteger(value));

export const boolean =
  <Name extends string>(name: Name): Reader<With<Name, boolean>> =>
  (into, { value }) =>
    set(into, name, asBoolean(value));

/** The same for a block that the draft stands beside. */
export const inBlock =
  <Block>(read: Reader<Block>): Reader<{ readonly block: Block }> =>
  ({ block }, token, scope, key) =>
    read(block, token, scope, key);

/** Milliseconds; `field` is its name in messages. */
export const duration =
  <Name extends string>(name: Name, field: string): Reader<With<Name, number>> =>
  (into, token, scope) =>
    set(into, name, readDuration(field, token, scope));

/** A duration; a bare integer is seconds, which is warned of. Reports what is none, and gives 0. */
export function readDuration(field: string, token: Token, scope: Scope): number {
  const { value } = token;
  if (typeof value === 'string') {
    return scope.attempt(() => durationOf(value, token, `error parsing ${field}: `)) ?? 0;
  }
  scope.report.warnOf(field, token, `${field} should be converted to a duration`);
  // Too many seconds run over, as in nats-server.
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value * NANOSECONDS)) / 1e6 : mistyped(value, 'int64');
}

/** Of a second. */
const NANOSECONDS = 1_000_000_000n;

/** Milliseconds of a Go duration; throws a `Fault` with what stands in front of Go's words. */
export function durationOf(value: string, token: Token | undefined, prefix = ''): number {
  try {
    return parseGoDuration(value);
  } catch (error) {
    if (error instanceof DurationError) throw new Fault(token, prefix + error.message);
    throw error;
  }
}

/** Milliseconds of a time-out: seconds, also with a fraction, or a duration. `block` is how messages call the block. */
export function readTimeout(token: Token, block: string): number {
  const { value } = token;
  if (typeof value === 'string') return durationOf(value, token, `error parsing ${block} config, 'timeout' `);
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value) * 1000;
  throw new Fault(token, `error parsing ${block} config, 'timeout' wrong type`);
}

const LONG_TIMEOUT_MS = 60_000;

/** Such a time-out of an authorization; a long one is warned of, since `1m` without quotes is a million seconds. */
export function readAuthTimeout(key: string, token: Token, scope: Scope, block: string): number {
  const ms = readTimeout(token, block);
  if (ms > LONG_TIMEOUT_MS) {
    const seconds = (ms / 1000).toFixed(6);
    const reason = `timeout of ${shown(token.value)} (${seconds} seconds) is high, consider keeping it under 60 seconds. possibly caused by unquoted duration; use '1m' instead of 1m, for example`;
    scope.report.warnOf(key, token, reason);
  }
  return ms;
}

export interface Listening {
  host?: string | undefined;
  port?: number | undefined;
}

/** `listen`: a port, or host and port. */
export const listen: Reader<Listening> = (into, token) => {
  const { host, port } = readListen(token);
  into.host = host === '' ? undefined : host;
  into.port = port;
};

export function readListen(token: Token): { host: string; port: number } {
  const { value } = token;
  if (typeof value === 'bigint') return { host: '', port: Number(value) };
  if (typeof value !== 'string') throw new Fault(token, `expected port or host:port, got ${typeOf(value)}`);
  const split = hostAndPort(value);
  if (typeof split === 'string') throw new Fault(token, split);
  return split;
}

export type WriteTimeout = 'default' | 'close' | 'retry';

export function writeTimeout<Name extends string>(name: Name): Reader<With<Name, WriteTimeout>> {
  return (into, token) => {
    const value = asString(token.value);
    if (value !== 'default' && value !== 'close' && value !== 'retry') {
      set(into, name, 'default');
      throw new Fault(token, "write_timeout must be 'default', 'close' or 'retry'");
    }
    set(into, name, value);
  };
}

/** One string or an array of them; others are reported, and undefined is given for anything else. */
export function readStrings(name: string, token: Token, scope: Scope): string[] | undefined {
  const { value } = token;
  if (typeof value === 'string') return [value];
  const array = arrayOf(value);
  if (array === undefined) {
    scope.report.error(token, `error parsing ${name}: unsupported type ${typeOf(value)}`);
    return undefined;
  }
  const strings: string[] = [];
  for (const entry of array) {
    const string = scope.open(entry);
    if (typeof string === 'string') strings.push(string);
    else scope.report.error(entry, `error parsing ${name}: unsupported type in array ${typeOf(string)}`);
  }
  return strings;
}
