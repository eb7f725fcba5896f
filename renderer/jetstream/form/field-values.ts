/** Values of a configuration as a person writes them, and the way back. Pure. */

import type { FieldSpec } from './field-spec.ts';

export type Config = Readonly<Record<string, unknown>>;

/** What stands at a path of names parted by dots; undefined for nothing. */
export function readPath(config: Config, path: string): unknown {
  let at: unknown = config;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** The configuration with another value at a path. Undefined takes it out, and objects that are empty then. */
export function writePath(config: Config, path: string, value: unknown): Config {
  const [name = '', ...rest] = path.split('.');
  const { [name]: before, ...others } = config;
  const inner =
    rest.length === 0
      ? value
      : writePath(typeof before === 'object' && before !== null ? (before as Config) : {}, rest.join('.'), value);
  const empty =
    inner === undefined ||
    (rest.length > 0 && typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0);
  if (empty) return others;
  // Where it stood before it stands again, so that a comparison shows the value and no move.
  if (!(name in config)) return { ...config, [name]: inner };
  return Object.fromEntries(Object.entries(config).map(([key, old]) => [key, key === name ? inner : old]));
}

export type Parsed = { value: unknown } | { error: string };

const nanosecondsOf: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
  y: 31_536_000e9,
};

/** `1h30m`, `90s`, `7d`, `250ms` as nanoseconds; null when it is no duration. */
export function parseDuration(text: string): number | null {
  const compact = text.trim().toLowerCase().replaceAll(/\s+/g, '');
  if (compact === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w|y))+$/.test(compact)) return null;
  let sum = 0;
  for (const [, number = '', unit = ''] of compact.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)/g)) {
    sum += Number(number) * (nanosecondsOf[unit] ?? NaN);
  }
  return Number.isSafeInteger(Math.round(sum)) || sum < 2 ** 63 ? Math.round(sum) : null;
}

/** The shortest that says it exactly: `2m`, `1h30m`, `1.5s` as `1s500ms`. */
export function printDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  let rest = nanoseconds;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms', 'us', 'ns']) {
    const size = nanosecondsOf[unit]!;
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

const bytesOf: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `10 MB`, `1GiB`, `4096` as bytes, counted in 1024; null when it is no size. */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b?)$/i.exec(text.trim());
  if (match === null) return null;
  const size = Math.round(Number(match[1]) * bytesOf[(match[2] ?? '').toLowerCase()]!);
  return Number.isSafeInteger(size) ? size : null;
}

export function printSize(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K']) {
    const size = bytesOf[unit.toLowerCase()]!;
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${unit}B`;
  }
  return `${bytes} B`;
}

/** Whether a value says nothing: no limit, no text. */
function says(spec: FieldSpec, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object') return Object.keys(value).length > 0;
  if (value === -1) return false;
  // Zero says nothing where the server reads it as "none" or takes its default.
  return !(value === 0 && spec.zero !== true);
}

/** As it stands in a field. */
export function printField(spec: FieldSpec, value: unknown): string {
  if (!says(spec, value)) return '';
  switch (spec.kind) {
    case 'duration':
      return printDuration(Number(value));
    case 'size':
      return printSize(Number(value));
    case 'words':
    case 'lines':
      return (value as string[]).join(spec.kind === 'words' ? ' ' : '\n');
    case 'durations':
      return (value as number[]).map(printDuration).join(' ');
    case 'pairs':
      return Object.entries(value as Record<string, string>)
        .map(([name, text]) => `${name}=${text}`)
        .join('\n');
    default:
      return String(value);
  }
}

/** What was written, as the configuration has it; undefined for an empty field, which leaves it to the server. */
export function parseField(spec: FieldSpec, text: string): Parsed {
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined };
  switch (spec.kind) {
    case 'number': {
      const value = Number(trimmed.replaceAll(/[\s_\u202f]/g, ''));
      if (!Number.isSafeInteger(value) || value < -1) return { error: 'A whole number, or empty for none' };
      return { value };
    }
    case 'duration': {
      const value = parseDuration(trimmed);
      return value === null ? { error: 'A duration, like 30s, 2m, 1h30m or 7d' } : { value };
    }
    case 'size': {
      const value = parseSize(trimmed);
      return value === null ? { error: 'A size, like 512, 64 KB or 10 GB' } : { value };
    }
    case 'words':
      return { value: trimmed.split(/[\s,]+/).filter(Boolean) };
    case 'lines':
      return {
        value: trimmed
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      };
    case 'durations': {
      const values = trimmed.split(/[\s,]+/).map(parseDuration);
      return values.includes(null) ? { error: 'Durations, like 1s 5s 1m' } : { value: values };
    }
    case 'pairs':
      return parsePairs(trimmed);
    case 'time': {
      const value = Date.parse(trimmed);
      return Number.isNaN(value)
        ? { error: 'A time, like 2026-05-11T09:14:00Z' }
        : { value: /Z|[+-]\d\d:\d\d$/.test(trimmed) ? trimmed : new Date(value).toISOString() };
    }
    default:
      return { value: trimmed };
  }
}

function parsePairs(text: string): Parsed {
  const pairs: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    if (at < 1) return { error: `"${line.trim().slice(0, 40)}" is no pair: write name=value` };
    pairs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return { value: pairs };
}

/** Why a name is none; null for one that the server takes. */
export function nameFault(name: string): string | null {
  if (name === '') return 'A name is needed';
  if (/[\s.*>/\\\0]/.test(name)) return 'No space, ".", "*", ">", "/" or "\\"';
  return name.length > 255 ? '255 characters at most' : null;
}
