/**
 * A JSON file with a version: `{"version": 1, "data": …}`. Read once at the start, written whole at each change. What
 * cannot be read is set aside under another name and said in the log; it is never overwritten.
 */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { setAside, writeFileAtomic } from './atomic-file.ts';
import type { PersistenceLog } from './log.ts';

/** Makes the data of version `to - 1` into that of version `to`. */
export interface Migration {
  to: number;
  migrate(data: unknown): unknown;
}

export interface DocumentOptions<T> {
  path: string;
  schema: v.GenericSchema<unknown, T>;
  /** In ascending order, without gaps. The version of the file is that of the last one, or 1. */
  migrations: readonly Migration[];
  initial: () => T;
  log: PersistenceLog;
}

export interface Document<T> {
  readonly value: T;
  /** The value counts at once; the promise tells when it is on the disk. Rejects with `PersistenceError`. */
  save(value: T): Promise<void>;
}

export class PersistenceError extends Error {
  override readonly name = 'PersistenceError';
  readonly code = 'not-saved';
}

export async function openDocument<T>(options: DocumentOptions<T>): Promise<Document<T>> {
  const { path, migrations } = options;
  const version = migrations.at(-1)?.to ?? 1;
  migrations.forEach(({ to }, index) => {
    if (to !== index + 2) throw new Error(`migration ${index + 1} of ${basename(path)} must lead to ${index + 2}`);
  });
  let { value } = await load(options, version);
  let queue: Promise<unknown> = Promise.resolve();
  /** The write that has not begun yet; it takes all that is saved until then. */
  let next: Promise<void> | undefined;

  async function write(): Promise<void> {
    next = undefined;
    try {
      await writeFileAtomic(path, formatContent(version, value));
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      const advice = reason === 'ENOSPC' ? 'Free some space on the disk' : 'Check the rights of its folder';
      throw new PersistenceError(`${path} could not be written (${reason}). ${advice} and try again.`);
    }
  }

  return {
    get value() {
      return value;
    },
    save(changed) {
      value = changed;
      if (next === undefined) {
        next = queue.then(write);
        queue = next.catch(() => undefined);
      }
      return next;
    },
  };
}

function formatContent(version: number, data: unknown): string {
  return `${JSON.stringify({ version, data }, undefined, 2)}\n`;
}

async function load<T>(options: DocumentOptions<T>, version: number): Promise<{ value: T }> {
  const { path, schema, migrations, initial, log } = options;
  const putAside = async (reason: string): Promise<{ value: T }> => {
    try {
      const place = await setAside(path, 'unreadable', 'move');
      log('error', `${path} ${reason}. It was kept as ${place}; defaults are used.`);
    } catch (error) {
      log('error', `${path} ${reason}, and could not be moved away: ${(error as Error).message}. Defaults are used.`);
    }
    return { value: initial() };
  };

  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { value: initial() };
    return putAside(`cannot be read (${code ?? String(error)})`);
  }
  const envelope = parseEnvelope(text);
  if (envelope === undefined) return putAside('is not a file of Natscope, or damaged');
  if (envelope.version > version) {
    return putAside(`was written by a newer Natscope (version ${envelope.version} of the file, ${version} is known)`);
  }
  let { data } = envelope;
  if (envelope.version < version) {
    const backup = await setAside(path, `version-${envelope.version}`, 'copy');
    log('info', `${path} is brought from version ${envelope.version} to ${version}; the old one is ${backup}`);
    try {
      for (const migration of migrations) if (migration.to > envelope.version) data = migration.migrate(data);
    } catch (error) {
      return putAside(`cannot be brought to version ${version} (${(error as Error).message})`);
    }
  }
  const checked = v.safeParse(schema, data);
  if (!checked.success) {
    const [issue] = checked.issues;
    return putAside(`has a wrong field, ${v.getDotPath(issue) ?? 'data'}`);
  }
  if (envelope.version < version) {
    await writeFileAtomic(path, formatContent(version, checked.output));
  }
  return { value: checked.output };
}

function parseEnvelope(text: string): { version: number; data: unknown } | undefined {
  try {
    const value = JSON.parse(text) as { version?: unknown; data?: unknown } | null;
    const version = value?.version;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return undefined;
    return { version, data: value?.data };
  } catch {
    return undefined;
  }
}
