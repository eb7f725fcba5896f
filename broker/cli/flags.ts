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
  /** What has to come before the flag can do anything; a flag without it works. */
  missing?: string;
}

const CONFIGURATION = 'configuration files are not supported yet';
const MONITORING = 'monitoring is not supported yet';
const JETSTREAM = 'JetStream is not supported yet';
const TLS = 'TLS is not supported yet';
const CLUSTER = 'clustering is not supported yet';
const SYSLOG = 'syslog is not supported yet; use -l FILE';

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
  { names: ['config', 'c'], kind: 'text', missing: CONFIGURATION },
  { names: ['t'], kind: 'switch' },
  { names: ['http_port', 'm'], kind: 'integer', missing: MONITORING },
  { names: ['https_port', 'ms'], kind: 'integer', missing: MONITORING },
  { names: ['syslog', 's'], kind: 'switch', missing: SYSLOG },
  { names: ['remote_syslog', 'r'], kind: 'text', missing: SYSLOG },
  { names: ['jetstream', 'js'], kind: 'switch', missing: JETSTREAM },
  { names: ['store_dir', 'sd'], kind: 'text', missing: JETSTREAM },
  { names: ['tls'], kind: 'switch', missing: TLS },
  { names: ['tlscert'], kind: 'text', missing: TLS },
  { names: ['tlskey'], kind: 'text', missing: TLS },
  { names: ['tlsverify'], kind: 'switch', missing: TLS },
  { names: ['tlscacert'], kind: 'text', missing: TLS },
  { names: ['routes'], kind: 'text', missing: CLUSTER },
  { names: ['cluster', 'cluster_listen'], kind: 'text', missing: CLUSTER },
  { names: ['cluster_name'], kind: 'text', missing: CLUSTER },
  { names: ['cluster_advertise'], kind: 'text', missing: CLUSTER },
  { names: ['no_advertise'], kind: 'switch', missing: CLUSTER },
  { names: ['connect_retries'], kind: 'integer', missing: CLUSTER },
  { names: ['profile'], kind: 'integer', missing: 'profiling is done with Node.js: node --cpu-prof' },
] as const satisfies readonly Flag[];

/** The first name of a flag. */
export type FlagKey = (typeof FLAGS)[number]['names'][0];

export type FlagValue = string | number | boolean;

export interface ParsedFlags {
  values: Map<FlagKey, FlagValue>;
  /** Flags that were given and cannot do anything yet, as they were written, each with the reason. */
  missing: { written: string; reason: string }[];
  /** The words after the flags. */
  rest: string[];
}

/** What a person typed cannot be read as flags. `message` is what Go's flag package says. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Reads the words after the program's name. The last of several spellings of one flag counts. Throws a `FlagError`. */
export function parseFlags(words: readonly string[]): ParsedFlags {
  const parsed: ParsedFlags = { values: new Map(), missing: [], rest: [] };
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
    // A value that asks for nothing (`-js=false`, `-m 0`) is granted.
    if (flag.missing !== undefined && Boolean(value))
      parsed.missing.push({ written: word.split('=')[0] ?? word, reason: flag.missing });
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

const SECRETS: readonly string[] = ['pass', 'auth'];

/** The words with passwords and tokens taken out, also those inside addresses, for showing them to others on the machine. */
export function redactedWords(words: readonly string[]): string[] {
  const redacted: string[] = [];
  let secretFollows = false;
  for (const word of words) {
    if (secretFollows) {
      redacted.push('REDACTED');
      secretFollows = false;
      continue;
    }
    const match = /^(--?([a-z_]+))(=?)/.exec(word);
    const secret = match !== null && SECRETS.includes(match[2] ?? '');
    secretFollows = secret && match[3] === '';
    redacted.push(
      secret && match[3] === '=' ? `${match[1]}=REDACTED` : word.replaceAll(/:\/\/[^/@,\s]*@/g, '://REDACTED@'),
    );
  }
  return redacted;
}
