import { SYNC_INTERVAL_MS_DEFAULT } from '../limits.ts';
import { readFile, replaceFile, storeError } from './disk.ts';
import { FilePlace } from './file-place.ts';
import { folderName } from './folder-name.ts';
import { forgetName, keepName, nameOf } from './kept-names.ts';
import { openKey } from './key-file.ts';
import { memoryPlace } from './memory-place.ts';
import { StoreError } from './message-log.ts';
import { nodeDisk } from './node-disk.ts';
import { SegmentCache } from './segment-cache.ts';
import type { LogLevel } from '../base/log.ts';
import type { Disk } from './disk.ts';
import type { Encryption } from './key-file.ts';
import type { StreamPlace, SubjectHash } from './message-log.ts';

/** Of the layout of the folder; files of records have a version of their own. */
const STORE_VERSION = 1;
/** Below the store's folder, so that what a nats-server keeps there (`jetstream`) is in nobody's way. */
export const STORE_FOLDER = 'natscope';
const FORMAT_FILE = 'format.json';
const FORMAT = 'natscope store';
/** Says which process has the folder. */
const LOCK_FILE = 'lock';

export interface StoreOptions {
  /** The store's folder. It is made where it is not there. */
  readonly folder: string;
  /** The hash of subjects that `append` is given. */
  readonly hash: SubjectHash;
  readonly disk?: Disk | undefined;
  /** `always`: each commit is synced, and survives a loss of power. Else what was committed survives the end of the process. */
  readonly sync?: 'never' | 'always' | undefined;
  /** Without `always`, everything is synced at least this often. */
  readonly syncIntervalMs?: number | undefined;
  readonly encryption?: Encryption | undefined;
  readonly log?: ((level: LogLevel, text: string) => void) | undefined;
  /** Bytes of messages on disk that are kept in memory, for all streams together. */
  readonly cacheBytes?: number | undefined;
  /** For tests, to which some MiB are too much. */
  readonly segmentBytes?: number | undefined;
}

export interface StreamOptions {
  readonly storage: 'file' | 'memory';
  /** Segments that are full are compressed; what is read stays the same. A stream may be opened with another one later. */
  readonly compression: 'none' | 's2';
}

/** The streams of a broker, by account. One process at a time may have a folder open. */
export interface Store {
  /** Accounts that have streams on disk. */
  accounts(): string[];
  /** Streams of an account on disk, whether open or not. */
  streams(account: string): string[];
  /** Opens a stream or makes it. A stream may be open once. Throws a `StoreError`, and then nothing is changed. */
  openStream(account: string, stream: string, options: StreamOptions): StreamPlace;
  /** Removes a stream on disk that is not open, without looking at it. */
  deleteStream(account: string, stream: string): void;
  /** Bytes that are free on the disk; undefined: unknown. */
  free(): number | undefined;
  /** Closes all streams that are open. */
  close(): void;
}

/** Throws a `StoreError` ('foreign', 'version', 'locked', 'input-output'). */
export function openStore(options: StoreOptions): Store {
  return new FolderStore(options);
}

class FolderStore implements Store {
  readonly #options: StoreOptions;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #accountFolder: string;
  readonly #goneFolder: string;
  readonly #cache: SegmentCache;
  readonly #open = new Map<string, FilePlace>();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #unlock: () => void;
  #gone = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#disk = options.disk ?? nodeDisk;
    this.#folder = `${options.folder}/${STORE_FOLDER}`;
    this.#accountFolder = `${this.#folder}/accounts`;
    this.#goneFolder = `${this.#folder}/gone`;
    this.#cache = new SegmentCache(options.cacheBytes);
    this.#checkFormat();
    this.#unlock = this.#lock();
    this.#removeGone();
    if (options.sync === 'always') return;
    this.#timer = setInterval(() => this.#syncInBackground(), options.syncIntervalMs ?? SYNC_INTERVAL_MS_DEFAULT);
    this.#timer.unref();
  }

  accounts(): string[] {
    return this.#named(this.#accountFolder).filter((account) => this.streams(account).length > 0);
  }

  streams(account: string): string[] {
    return this.#named(`${this.#accountFolder}/${folderName(account)}`);
  }

  openStream(account: string, stream: string, { storage, compression }: StreamOptions): StreamPlace {
    const { hash, encryption, sync = 'never', segmentBytes } = this.#options;
    if (storage === 'memory') return memoryPlace(hash);
    const folder = this.#streamFolder(account, stream);
    if (this.#open.has(folder)) throw new Error(`stream "${stream}" of account "${account}" is open`);
    const disk = this.#disk;
    const isNew = !this.streams(account).includes(stream);
    try {
      this.#writeFormat();
      disk.makeFolder(folder);
      keepName(disk, this.#accountFolder, account);
      keepName(disk, `${this.#accountFolder}/${folderName(account)}`, stream);
      const place = new FilePlace({
        disk,
        folder,
        cache: this.#cache,
        hash,
        sync,
        key: openKey(disk, folder, { account, stream }, encryption),
        compress: compression === 's2',
        warn: (text) => this.#options.log?.('warn', text),
        segmentBytes,
        remove: () => this.#remove(account, stream),
        onClosed: () => this.#open.delete(folder),
      });
      this.#open.set(folder, place);
      return place;
    } catch (error) {
      if (isNew) this.#removeQuietly(account, stream);
      throw storeError(error, folder);
    }
  }

  deleteStream(account: string, stream: string): void {
    if (this.#open.has(this.#streamFolder(account, stream))) throw new Error(`stream "${stream}" is open`);
    if (this.streams(account).includes(stream)) this.#remove(account, stream);
  }

  free(): number | undefined {
    for (const path of [this.#folder, this.#options.folder, '.']) {
      try {
        return this.#disk.free(path);
      } catch {
        // The folder is made later; what is above it will do.
      }
    }
    return undefined;
  }

  close(): void {
    clearInterval(this.#timer);
    let failure: unknown;
    for (const place of [...this.#open.values()]) {
      try {
        place.close();
      } catch (error) {
        failure ??= error;
      }
    }
    this.#unlock();
    if (failure !== undefined) throw failure;
  }

  #streamFolder(account: string, stream: string): string {
    return `${this.#accountFolder}/${folderName(account)}/${folderName(stream)}`;
  }

  #named(folder: string): string[] {
    const names = this.#list(folder).filter((entry) => entry.folder);
    return names
      .map(({ name }) => nameOf(this.#disk, folder, name))
      .filter((name) => name !== undefined)
      .sort();
  }

  #list(folder: string): { readonly name: string; readonly folder: boolean }[] {
    try {
      return this.#disk.list(folder);
    } catch (error) {
      throw storeError(error, folder);
    }
  }

  #syncInBackground(): void {
    for (const place of this.#open.values()) place.syncInBackground();
  }

  #lock(): () => void {
    try {
      this.#disk.makeFolder(this.#folder);
      return this.#disk.lock(`${this.#folder}/${LOCK_FILE}`);
    } catch (error) {
      throw storeError(error, this.#folder);
    }
  }

  /** What is there has to be ours, and of this version. */
  #checkFormat(): void {
    const path = `${this.#folder}/${FORMAT_FILE}`;
    const text = readFile(this.#disk, path)?.toString('utf8');
    if (text === undefined) {
      if (this.#list(this.#folder).every(({ name }) => name === LOCK_FILE)) return;
      throw new StoreError(
        'foreign',
        `"${this.#folder}" is no store of Natscope: move it away, or choose another folder`,
      );
    }
    const version = versionOf(text);
    if (version === undefined) {
      throw new StoreError('foreign', `"${path}" does not say what the folder is: restore it, or move the folder away`);
    }
    if (version !== STORE_VERSION) {
      throw new StoreError(
        'version',
        `"${this.#folder}" has version ${version}, and this Natscope knows ${STORE_VERSION}: use the Natscope that wrote it`,
      );
    }
  }

  #writeFormat(): void {
    const path = `${this.#folder}/${FORMAT_FILE}`;
    if (readFile(this.#disk, path) !== undefined) return;
    this.#disk.makeFolder(this.#folder);
    const text = `${JSON.stringify({ format: FORMAT, version: STORE_VERSION })}\n`;
    replaceFile(this.#disk, path, Buffer.from(text), this.#folder);
  }

  /** First out of the way, in one step, so that a crash leaves no half of a stream. */
  #remove(account: string, stream: string): void {
    const folder = this.#streamFolder(account, stream);
    const accountFolder = `${this.#accountFolder}/${folderName(account)}`;
    try {
      this.#disk.makeFolder(this.#goneFolder);
      this.#disk.rename(folder, `${this.#goneFolder}/${Date.now()}-${this.#gone++}`);
      forgetName(this.#disk, accountFolder, stream);
      this.#disk.syncFolder(accountFolder);
    } catch (error) {
      throw storeError(error, folder);
    }
    this.#removeGone();
  }

  #removeQuietly(account: string, stream: string): void {
    try {
      this.#remove(account, stream);
    } catch {
      // It is empty, and may as well stay.
    }
  }

  #removeGone(): void {
    try {
      for (const { name } of this.#disk.list(this.#goneFolder)) this.#disk.removeFolder(`${this.#goneFolder}/${name}`);
    } catch (error) {
      this.#options.log?.(
        'warn',
        `what is left of a stream was not removed: ${storeError(error, this.#goneFolder).message}`,
      );
    }
  }
}

function versionOf(text: string): number | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    return value?.['format'] === FORMAT && typeof value['version'] === 'number' ? value['version'] : undefined;
  } catch {
    return undefined;
  }
}
