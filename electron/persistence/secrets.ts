/**
 * Secrets, apart from everything else, in `secrets.json` of the data folder (mode 0600), each encrypted by itself.
 *
 * Kind `system`: encrypted by the operating system's key store (Electron's safeStorage). Protects against whoever gets
 * the files (a backup, a stolen disk), not against a program that runs as the same user while they are logged in.
 *
 * Kind `file`, for the browser front, which has no key store: AES-256-GCM with a random key in `secrets.key` beside it
 * (mode 0600). Protects against other users of the machine and against a look or a copy of `secrets.json` alone (an
 * editor left open, a file sent with a bug report). It does not protect against whoever gets both files, so not against
 * a copy of the whole folder, and not against root.
 */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { privateMode, setAside, writeFileAtomic } from './atomic-file.ts';
import { openDocument } from './document.ts';
import type { PersistenceLog } from './log.ts';

export interface Secrets {
  readonly kind: 'system' | 'file';
  /** Undefined when there is none, or when it cannot be decrypted here; the log says so then. */
  get(id: string): string | undefined;
  set(id: string, value: string): Promise<void>;
  delete(id: string): Promise<void>;
}

/** What Electron's safeStorage can do. */
export interface SystemVault {
  /** False where the system has no real key store, also when Electron would obfuscate with a fixed password. */
  available(): boolean;
  encrypt(text: string): Uint8Array;
  decrypt(bytes: Uint8Array): string;
}

export interface SecretsOptions {
  folder: string;
  vault?: SystemVault;
  log: PersistenceLog;
}

const entrySchema = v.object({ kind: v.picklist(['system', 'file']), value: v.string() });

interface SecretsFile {
  entries: Record<string, v.InferOutput<typeof entrySchema>>;
}

const fileSchema: v.GenericSchema<unknown, SecretsFile> = v.object({ entries: v.record(v.string(), entrySchema) });

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export async function openSecrets({ folder, vault, log }: SecretsOptions): Promise<Secrets> {
  const document = await openDocument<SecretsFile>({
    path: join(folder, 'secrets.json'),
    schema: fileSchema,
    migrations: [],
    initial: () => ({ entries: {} }),
    log,
  });
  const system = vault?.available() === true ? vault : undefined;
  const key = system === undefined ? await openKey(join(folder, 'secrets.key'), log) : undefined;
  const kind = system === undefined ? 'file' : 'system';

  function seal(id: string, text: string): Uint8Array {
    return system === undefined ? encrypt(key as Buffer, id, text) : system.encrypt(text);
  }

  return {
    kind,
    get(id) {
      const { entries } = document.value;
      const entry = Object.hasOwn(entries, id) ? entries[id] : undefined;
      if (entry === undefined) return undefined;
      const bytes = Buffer.from(entry.value, 'base64');
      try {
        if (entry.kind === 'system' && system !== undefined) return system.decrypt(bytes);
        if (entry.kind === 'file' && key !== undefined) return decrypt(key, id, bytes);
      } catch {
        log('error', `The stored secret of "${id}" cannot be decrypted. Enter it again.`);
        return undefined;
      }
      const where = entry.kind === 'system' ? "the system's key store" : 'the browser front';
      log('warn', `The stored secret of "${id}" belongs to ${where}, which is not at hand here. Enter it again.`);
      return undefined;
    },
    async set(id, value) {
      const entry = { kind, value: Buffer.from(seal(id, value)).toString('base64') } as const;
      await document.save({ entries: { ...document.value.entries, [id]: entry } });
    },
    async delete(id) {
      if (!Object.hasOwn(document.value.entries, id)) return;
      const { [id]: _gone, ...entries } = document.value.entries;
      await document.save({ entries });
    },
  };
}

async function openKey(path: string, log: PersistenceLog): Promise<Buffer> {
  try {
    const key = await readFile(path);
    if (key.length === keyBytes) {
      await narrow(path, log);
      return key;
    }
    const place = await setAside(path, 'unreadable', 'move');
    log('error', `${path} is damaged and was kept as ${place}. Secrets that were stored have to be entered again.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = randomBytes(keyBytes);
  await writeFileAtomic(path, key);
  return key;
}

/** A key that others could read is made private again; whether somebody did read it nobody knows. */
async function narrow(path: string, log: PersistenceLog): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  await chmod(path, privateMode);
  log('warn', `${path} could be read by other users of this machine. That was changed; renew secrets that matter.`);
}

/** The id is authenticated with the text, so that entries cannot be swapped in the file. */
function encrypt(key: Buffer, id: string, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, id: string, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(id))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
}
