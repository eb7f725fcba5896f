/**
 * The flags of natscope-server and Go's way to read them: `-x` and `--x` are the same, a value follows as the next word or
 * after `=`, a switch takes a value only after `=`, and reading ends at the first word that is no flag.
 */

/** What a flag's value is. A switch is true by being there. */
export type FlagKind = 'switch' | 'integer' | 'text';

export interface Flag {
  /** Every spelling without dashes; the first one is the key of the result. */
  names: readonly string[];
  kind: FlagKind;
}

/** Every flag of nats-server 2.15. */
export const FLAGS = [
  { names: ['addr', 'a', 'net'], kind: 'text' },
  { names: ['port', 'p'], kind: 'integer' },
  { names: ['server_name', 'n', 'name'], kind: 'text' },
  { names: ['client_advertise'], kind: 'text' },
  { names: ['pid', 'P'], kind: 'text' },
  { names: ['ports_file_dir'], kind: 'text' },
  { names: ['debug', 'D'], kind: 'switch' },
  { names: ['trace', 'V'], kind: 'switch' },
  { names: ['VV'], kind: 'switch' },
  { names: ['DV'], kind: 'switch' },
  { names: ['DVV'], kind: 'switch' },
  { names: ['logtime', 'T'], kind: 'switch' },
  { names: ['logtime_utc'], kind: 'switch' },
  { names: ['log', 'l'], kind: 'text' },
  { names: ['log_size_limit'], kind: 'integer' },
  { names: ['max_traced_msg_len'], kind: 'integer' },
  { names: ['user'], kind: 'text' },
  { names: ['pass'], kind: 'text' },
  { names: ['auth'], kind: 'text' },
  { names: ['signal', 'sl'], kind: 'text' },
  { names: ['help', 'h'], kind: 'switch' },
  { names: ['help_tls'], kind: 'switch' },
  { names: ['version', 'v'], kind: 'switch' },
  { names: ['config', 'c'], kind: 'text' },
  { names: ['t'], kind: 'switch' },
  { names: ['http_port', 'm'], kind: 'integer' },
  { names: ['https_port', 'ms'], kind: 'integer' },
  { names: ['syslog', 's'], kind: 'switch' },
  { names: ['remote_syslog', 'r'], kind: 'text' },
  { names: ['jetstream', 'js'], kind: 'switch' },
  { names: ['store_dir', 'sd'], kind: 'text' },
  { names: ['tls'], kind: 'switch' },
  { names: ['tlscert'], kind: 'text' },
  { names: ['tlskey'], kind: 'text' },
  { names: ['tlsverify'], kind: 'switch' },
  { names: ['tlscacert'], kind: 'text' },
  { names: ['routes'], kind: 'text' },
  { names: ['cluster', 'cluster_listen'], kind: 'text' },
  { names: ['cluster_name'], kind: 'text' },
  { names: ['cluster_advertise'], kind: 'text' },
  { names: ['no_advertise'], kind: 'switch' },
  { names: ['connect_retries'], kind: 'integer' },
  { names: ['profile'], kind: 'integer' },
] as const satisfies readonly Flag[];

/** The first name of a flag. */
export type FlagKey = (typeof FLAGS)[number]['names'][0];

export type FlagValue = string | number | boolean;

export interface ParsedFlags {
  values: Map<FlagKey, FlagValue>;
  /** The words after the flags. */
  rest: string[];
}

/** What a person typed cannot be read as flags. `message` is what Go's flag package says. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Reads the words after the program's name. The last of several spellings of one flag counts. Throws a `FlagError`. */
export function parseFlags(words: readonly string[]): ParsedFlags {
  const parsed: ParsedFlags = { values: new Map(), rest: [] };
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    if (word.length < 2 || !word.startsWith('-')) break;
    index++;
    if (word === '--') break;
    const { name, given } = splitWord(word);
    const flag = (FLAGS as readonly Flag[]).find((candidate) => candidate.names.includes(name));
    if (flag === undefined) throw new FlagError(`flag provided but not defined: -${name}`);
    let value: FlagValue;
    if (flag.kind === 'switch') {
      value = given === undefined ? true : parseSwitch(given, name);
    } else {
      const text = given ?? words[index++];
      if (text === undefined) throw new FlagError(`flag needs an argument: -${name}`);
      value = flag.kind === 'integer' ? parseInteger(text, name) : text;
    }
    parsed.values.set(flag.names[0] as FlagKey, value);
  }
  parsed.rest = words.slice(index);
  return parsed;
}

function splitWord(word: string): { name: string; given: string | undefined } {
  const body = word.startsWith('--') ? word.slice(2) : word.slice(1);
  if (body === '' || body.startsWith('-') || body.startsWith('=')) throw new FlagError(`bad flag syntax: ${word}`);
  const equals = body.indexOf('=');
  return equals < 0 ? { name: body, given: undefined } : { name: body.slice(0, equals), given: body.slice(equals + 1) };
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

function parseSwitch(text: string, name: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw new FlagError(`invalid boolean value ${JSON.stringify(text)} for -${name}: parse error`);
}

/** An integer as Go writes it: a sign, `0x` `0o` `0b` or a leading 0 for other bases, `_` between digits. */
function parseInteger(text: string, name: string): number {
  const match =
    /^([+-]?)(0[xX]_?[\da-fA-F]+(?:_[\da-fA-F]+)*|0[oO]?_?[0-7]+(?:_[0-7]+)*|0[bB]_?[01]+(?:_[01]+)*|0|[1-9]\d*(?:_\d+)*)$/.exec(
      text,
    );
  const digits = match?.[2]?.replaceAll('_', '');
  if (digits === undefined) throw new FlagError(`invalid value ${JSON.stringify(text)} for flag -${name}: parse error`);
  const value = Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (!Number.isSafeInteger(value))
    throw new FlagError(`invalid value ${JSON.stringify(text)} for flag -${name}: value out of range`);
  return match?.[1] === '-' ? -value : value;
}

/** Flags whose values are nobody's business, and flags whose values are addresses that may hold a user and a password. */
const SECRETS: readonly string[] = ['user', 'pass', 'auth'];
const ADDRESSES: readonly string[] = ['routes', 'cluster', 'cluster_listen', 'remote_syslog', 'r'];
const REDACTED = '[REDACTED]';

/** The words with names, passwords and tokens taken out, also those inside addresses, for showing them to others on the machine. */
export function redactedWords(words: readonly string[]): string[] {
  const redacted: string[] = [];
  let redact: ((value: string) => string) | undefined;
  for (const word of words) {
    if (redact !== undefined) {
      redacted.push(redact(word));
      redact = undefined;
      continue;
    }
    const [, dashes = '', name = '', equals = '', value = ''] = /^(--?)([a-z_]+)(=?)([^]*)$/.exec(word) ?? [];
    const redaction = redactionOf(name);
    if (redaction !== undefined && equals === '' && value === '') redact = redaction;
    redacted.push(
      redaction !== undefined && equals === '=' ? `${dashes}${name}=${redaction(value)}` : withoutUser(word),
    );
  }
  return redacted;
}

function redactionOf(name: string): ((value: string) => string) | undefined {
  if (SECRETS.includes(name)) return () => REDACTED;
  return ADDRESSES.includes(name) ? withoutUser : undefined;
}

/** Addresses without user and password, one or several with commas between; up to the last `@`, as passwords may hold one. */
function withoutUser(text: string): string {
  return text.replaceAll(/:\/\/(?:(?!:\/\/).)*@/gs, `://${REDACTED}@`);
}
