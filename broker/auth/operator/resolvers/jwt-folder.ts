import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { JWT_BYTES_MAX, JWT_EXPIRY_CHECK_MS_MAX } from '../../../limits.ts';
import type { AuthenticationClock } from '../../dependencies.ts';
import { decodeJwt } from '../../jwt/decode.ts';
import { JwtError } from '../../jwt/jwt-error.ts';
import type { Claims } from '../../jwt/claims.ts';
import { isPublicKey } from '../../nkey.ts';

const EXTENSION = '.jwt';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const HASH_BYTES = 32;

/** How files of accounts that are deleted go: not at all, to `<file>.deleted`, or for good. */
export type Deletion = 'none' | 'rename' | 'remove';

export interface JwtFolderOptions {
  readonly folder: string;
  readonly deletion: Deletion;
  /** Files at most; absent: any number. */
  readonly entriesMax?: number | undefined;
  /** When it is full, the file that was not asked for the longest makes room. Else nothing more is taken. */
  readonly evicts: boolean;
  /** Files go when nobody asked for them that long, whatever the JWT says; absent: when the JWT runs out. */
  readonly ttlMs?: number | undefined;
  readonly clock: AuthenticationClock;
}

/** A JWT is not kept. `message` is in nats-server's words. */
export class JwtFolderError extends Error {
  override readonly name = 'JwtFolderError';
  readonly code: 'not-a-folder' | 'invalid-key' | 'invalid-jwt' | 'full' | 'delete-refused' | 'file-system';

  constructor(code: JwtFolderError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Entry {
  readonly hash: Buffer;
  /** Milliseconds since the epoch; infinite: never. */
  expiresAt: number;
}

/**
 * A folder with one file per JWT, `<key>.jwt`, as nats-server keeps it and nsc knows it. What is done to it is done one
 * thing after the other. The order of the index is the order in which entries were last asked for.
 */
export class JwtFolder {
  readonly path: string;
  readonly #options: JwtFolderOptions;
  #index = new Map<string, Entry>();
  #last: Promise<unknown> = Promise.resolve();
  #cancelCheck: () => void = () => {};
  /** Hears of keys whose JWT is another one now. */
  onChanged: (key: string) => Promise<void> = async () => {};
  /** Hears of keys that were deleted. */
  onDeleted: (key: string) => void = () => {};

  constructor(options: JwtFolderOptions) {
    this.#options = options;
    this.path = resolve(options.folder);
  }

  /** Makes the folder if need be and looks at what is there. Rejects with a `JwtFolderError`. */
  async open(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: FOLDER_MODE }).catch((error: unknown) => {
      throw fileFault(error, `mkdir ${this.path}`);
    });
    const status = await stat(this.path);
    if (!status.isDirectory()) throw new JwtFolderError('not-a-folder', `the path [${this.path}] is not a directory`);
    for (const [key, jwt] of await this.#files()) this.#track(key, jwt);
    this.#scheduleCheck();
  }

  /** The JWT of a key; undefined when there is no file. Rejects with a `JwtFolderError`. */
  async load(key: string): Promise<string | undefined> {
    const path = this.#pathOf(key);
    return this.#next(async () => {
      const jwt = await readJwt(path);
      if (jwt !== undefined) this.#touch(key);
      return jwt;
    });
  }

  /** Keeps a JWT. Rejects with a `JwtFolderError`. */
  async save(key: string, jwt: string): Promise<void> {
    const path = this.#pathOf(key);
    const changed = await this.#next(() => this.#write(path, key, jwt));
    if (changed) await this.onChanged(key);
  }

  /** Keeps a JWT unless the one that is there was issued later. Rejects with a `JwtFolderError` or a `JwtError`. */
  async saveIfNewer(key: string, jwt: string): Promise<void> {
    const path = this.#pathOf(key);
    const changed = await this.#next(async () => {
      const present = await readJwt(path);
      if (present !== undefined && !isNewer(jwt, present, key)) return false;
      return this.#write(path, key, jwt);
    });
    if (changed) await this.onChanged(key);
  }

  /** A key without file is none that was deleted. Rejects with a `JwtFolderError`. */
  async delete(key: string): Promise<void> {
    if (this.#options.deletion === 'none') {
      throw new JwtFolderError('delete-refused', 'store is not set up to for delete');
    }
    const path = this.#pathOf(key);
    const gone = await this.#next(async () => {
      try {
        await (this.#options.deletion === 'rename' ? rename(path, `${path}.deleted`) : rm(path));
      } catch (error) {
        if (isMissing(error)) return false;
        throw fileFault(error, `delete ${path}`);
      }
      this.#index.delete(key);
      return true;
    });
    if (gone) this.onDeleted(key);
  }

  /** Every JWT that is there and has not run out, by key in the order of the file names. */
  async pack(): Promise<[key: string, jwt: string][]> {
    const files = await this.#next(() => this.#files());
    const now = Math.floor(this.#options.clock.now() / 1000);
    return files.filter(([key, jwt]) => this.#index.has(key) && jwt !== '' && !hasRunOut(jwt, now));
  }

  /** Of everything that is kept: the hashes of all of it over one another. */
  hash(): Buffer {
    const sum = Buffer.alloc(HASH_BYTES);
    for (const { hash } of this.#index.values()) {
      for (let i = 0; i < HASH_BYTES; i++) sum[i] = (sum[i] as number) ^ (hash[i] as number);
    }
    return sum;
  }

  /** Looks at the folder anew: somebody else may have written into it. */
  async reload(): Promise<void> {
    const before = this.#index;
    const changed: string[] = [];
    await this.#next(async () => {
      this.#index = new Map();
      for (const [key, jwt] of await this.#files()) {
        this.#track(key, jwt);
        if (before.get(key)?.hash.equals(hashOf(jwt)) !== true) changed.push(key);
      }
    });
    for (const key of changed) await this.onChanged(key);
  }

  dispose(): void {
    this.#cancelCheck();
  }

  /** True when it is another one than before. */
  async #write(path: string, key: string, jwt: string): Promise<boolean> {
    if (jwt === '') throw new JwtFolderError('invalid-jwt', 'invalid JWT');
    const present = this.#index.get(key);
    if (present !== undefined) {
      this.#touch(key);
      if (present.hash.equals(hashOf(jwt))) return false;
    } else {
      await this.#makeRoom();
    }
    // Whole or not at all: a server that dies meanwhile leaves no half of a JWT.
    const draft = `${path}.new`;
    try {
      await writeFile(draft, jwt, { mode: FILE_MODE });
      await rename(draft, path);
    } catch (error) {
      throw fileFault(error, `open ${path}`);
    }
    this.#track(key, jwt);
    return true;
  }

  async #makeRoom(): Promise<void> {
    const { entriesMax, evicts } = this.#options;
    if (entriesMax === undefined || this.#index.size < entriesMax) return;
    const [oldest] = this.#index.keys();
    if (!evicts || oldest === undefined) throw new JwtFolderError('full', 'jwt store is full');
    await rm(this.#pathOf(oldest), { force: true });
    this.#index.delete(oldest);
  }

  #track(key: string, jwt: string): void {
    const { ttlMs, clock } = this.#options;
    const exp = ttlMs === undefined ? (readClaims(jwt)?.exp ?? 0) * 1000 : clock.now() + ttlMs;
    this.#index.delete(key);
    this.#index.set(key, { hash: hashOf(jwt), expiresAt: exp === 0 ? Infinity : exp });
  }

  #touch(key: string): void {
    const entry = this.#index.get(key);
    if (entry === undefined) return;
    const { ttlMs, clock } = this.#options;
    if (ttlMs !== undefined) entry.expiresAt = clock.now() + ttlMs;
    this.#index.delete(key);
    this.#index.set(key, entry);
  }

  #scheduleCheck(): void {
    const { ttlMs, clock } = this.#options;
    const intervalMs = Math.min(ttlMs === undefined ? Infinity : ttlMs / 2, JWT_EXPIRY_CHECK_MS_MAX);
    this.#cancelCheck = clock.after(intervalMs, () => {
      this.#scheduleCheck();
      void this.#next(() => this.#removeExpired());
    });
  }

  async #removeExpired(): Promise<void> {
    const now = this.#options.clock.now();
    for (const [key, { expiresAt }] of this.#index) {
      if (expiresAt > now) continue;
      await rm(this.#pathOf(key), { force: true });
      this.#index.delete(key);
    }
  }

  /** What is in the folder and below it, in the order of names, as nats-server walks. */
  async #files(): Promise<[key: string, jwt: string][]> {
    const entries = await readdir(this.path, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(EXTENSION))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
    const files: [string, string][] = [];
    for (const path of paths) {
      const jwt = await readJwt(path);
      if (jwt !== undefined) files.push([basename(path, EXTENSION), jwt]);
    }
    return files;
  }

  #pathOf(key: string): string {
    if (!isPublicKey(key)) throw new JwtFolderError('invalid-key', 'invalid public key');
    return join(this.path, key + EXTENSION);
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Undefined when there is no file, or one that can be no JWT. */
async function readJwt(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > JWT_BYTES_MAX ? undefined : await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileFault(error, `open ${path}`);
  }
}

function isNewer(jwt: string, present: string, key: string): boolean {
  const added = decodeJwt(jwt);
  const existing = readClaims(present);
  if (existing === undefined) return true;
  if (existing.jti === added.jti || existing.iat > added.iat) return false;
  if (added.sub !== key) throw new JwtError('jwt subject nkey and provided nkey do not match');
  if (existing.sub !== added.sub) throw new JwtError('subject of existing and new jwt do not match');
  return true;
}

function hasRunOut(jwt: string, now: number): boolean {
  const exp = readClaims(jwt)?.exp ?? 0;
  return exp > 0 && exp < now;
}

function readClaims(jwt: string): Claims | undefined {
  try {
    return decodeJwt(jwt);
  } catch (error) {
    if (error instanceof JwtError) return undefined;
    throw error;
  }
}

function hashOf(jwt: string): Buffer {
  return createHash('sha256').update(jwt).digest();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function fileFault(error: unknown, what: string): JwtFolderError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new JwtFolderError('not-a-folder', `the path [${what.slice(what.indexOf(' ') + 1)}] is not a directory`);
  }
  const reason = code === 'EACCES' ? 'permission denied' : code === 'ENOSPC' ? 'no space left on device' : code;
  return new JwtFolderError('file-system', `${what}: ${reason}`);
}
