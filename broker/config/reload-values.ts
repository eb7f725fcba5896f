import { quote } from './go/text.ts';

/** One option that takes effect while the server runs. */
export interface ReloadChange {
  /** nats-server's name of it. */
  readonly name: string;
  /** The line of the log. */
  readonly text: string;
}

/** What a reload does, while it is found out. */
export class ReloadPlan {
  readonly changes: ReloadChange[] = [];
  readonly refused: string[] = [];

  change(name: string, text: string): void {
    this.changes.push({ name, text });
  }

  refuse(reason: string): void {
    this.refused.push(reason);
  }
}

/** Whether two values say different things. A field that is undefined is as good as none. */
export function differs(one: unknown, other: unknown): boolean {
  return canonical(one) !== canonical(other);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}

/** `%v` of an option: lists in brackets, maps in the order of their keys. */
export function shownOption(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return `[${value.map(shownOption).join(' ')}]`;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, entry]) => `${key}:${shownOption(entry)}`).join(' ')}]`;
}

const SECRETS = /pass|token|nkey|key$/i;

/** The fields of a block that are not the same in the other one, without secrets. nats-server shows them all. */
export function shownFields(block: Record<string, unknown>, other: Record<string, unknown>): string {
  const names = [...new Set([...Object.keys(block), ...Object.keys(other)])].filter((name) =>
    differs(block[name], other[name]),
  );
  const fields = names.map((name) => {
    const value = block[name];
    if (value === undefined) return `${name}: none`;
    if (SECRETS.test(name)) return `${name}: [REDACTED]`;
    return `${name}: ${typeof value === 'string' ? quote(value) : shownOption(value)}`;
  });
  return `{${fields.join(', ')}}`;
}

/** Bytes as nats-server shows them: `2.00 MB`, units of 1024. */
export function shownBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.floor(Math.log(bytes) / Math.log(1024));
  return `${(bytes / 1024 ** power).toFixed(2)} ${'KMGTPE'[power - 1]}B`;
}
