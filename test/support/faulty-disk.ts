import { StoreError } from '../../broker/store/message-log.ts';
import type { Disk } from '../../broker/store/disk.ts';

interface StoredFile {
  bytes: Buffer;
  size: number;
  /** What is sure to survive a loss of power. */
  durable: Buffer;
  /** What was done since, in its order. */
  pending: (() => void)[];
}

/** Draws a number from 0 to below the given one. */
export type Draw = (below: number) => number;

/**
 * A disk in memory with everything that goes wrong with disks: writes that are taken in part, no room, errors, bits that
 * change by themselves, and crashes. After `kill` all that was written is there; after `losePower` of what was not synced only
 * the first part, torn somewhere. The same is true of the names in a folder: what was made, renamed and removed in it counts
 * up to some point, but for what came before its last `syncFolder`.
 */
export class FaultyDisk implements Disk {
  #files = new Map<string, StoredFile>();
  /** Names that are sure to survive a loss of power. */
  #durableFiles = new Map<string, StoredFile>();
  /** By folder: what was done to its names since it was synced, in its order. */
  readonly #pendingNames = new Map<string, (() => void)[]>();
  readonly #background: (() => void)[] = [];
  readonly #locks = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #handles = new Map<number, string>();
  #nextHandle = 1;
  readonly #draw: Draw;
  /** Bytes that all files together may have. */
  capacity = Infinity;
  /** One of so many writes takes only a part of what it is given; 0: none does. */
  shortWriteOf = 0;
  /** Whether what is synced in the background waits for `finishSyncs`. */
  defersSyncs = false;
  /** Called before each operation; may throw what `failure` makes. */
  before: (operation: string, path: string) => void = () => {};
  syncs = 0;

  constructor(draw: Draw = () => 0) {
    this.#draw = draw;
  }

  get used(): number {
    let sum = 0;
    for (const { size } of this.#files.values()) sum += size;
    return sum;
  }

  get paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  get openFiles(): number {
    return this.#handles.size;
  }

  makeFolder(path: string): void {
    const parts = path.split('/');
    for (let i = 1; i <= parts.length; i++) this.#folders.add(parts.slice(0, i).join('/'));
  }

  list(path: string): { readonly name: string; readonly folder: boolean }[] {
    this.before('list', path);
    const entries = new Map<string, boolean>();
    for (const [paths, folder] of [[this.#files.keys(), false] as const, [this.#folders, true] as const]) {
      for (const other of paths) {
        if (!other.startsWith(`${path}/`)) continue;
        const [name = '', ...rest] = other.slice(path.length + 1).split('/');
        entries.set(name, folder || rest.length > 0 || entries.get(name) === true);
      }
    }
    return [...entries].map(([name, folder]) => ({ name, folder }));
  }

  open(path: string, mode: 'read' | 'write' | 'create'): number {
    this.before('open', path);
    const file = this.#files.get(path);
    if (file === undefined && mode !== 'create') throw failure('ENOENT', path);
    if (!this.#folders.has(path.slice(0, path.lastIndexOf('/')))) throw failure('ENOENT', path);
    if (file === undefined) {
      const made: StoredFile = { bytes: Buffer.alloc(0), size: 0, durable: Buffer.alloc(0), pending: [] };
      this.#files.set(path, made);
      this.#nameLater(path, (names) => names.set(path, made));
    } else if (mode === 'create') {
      this.#truncate(file, 0);
    }
    this.#handles.set(this.#nextHandle, path);
    return this.#nextHandle++;
  }

  write(handle: number, bytes: Uint8Array, start: number, length: number, position: number): number {
    const { file, path } = this.#file(handle);
    this.before('write', path);
    let taken = length;
    if (this.shortWriteOf > 0 && length > 1 && this.#draw(this.shortWriteOf) === 0) taken = 1 + this.#draw(length - 1);
    const growth = Math.max(0, position + taken - file.size);
    if (this.used + growth > this.capacity) {
      const room = Math.max(0, this.capacity - this.used) + Math.max(0, file.size - position);
      if (room <= 0) throw failure('ENOSPC', path);
      taken = Math.min(taken, room);
    }
    const copy = Buffer.from(bytes.subarray(start, start + taken));
    put(file, copy, position);
    file.pending.push(() => this.#putDurable(file, copy, position));
    return taken;
  }

  read(handle: number, bytes: Uint8Array, start: number, length: number, position: number): number {
    const { file, path } = this.#file(handle);
    this.before('read', path);
    const end = Math.min(file.size, position + length);
    if (end <= position) return 0;
    bytes.set(file.bytes.subarray(position, end), start);
    return end - position;
  }

  size(handle: number): number {
    return this.#file(handle).file.size;
  }

  truncate(handle: number, size: number): void {
    const { file, path } = this.#file(handle);
    this.before('truncate', path);
    this.#truncate(file, size);
  }

  sync(handle: number): void {
    const { file, path } = this.#file(handle);
    this.before('sync', path);
    this.#sync(file);
  }

  syncInBackground(path: string, done: (error: Error | undefined) => void): void {
    const sync = (): void => {
      const file = this.#files.get(path);
      let error = file === undefined ? failure('ENOENT', path) : undefined;
      try {
        this.before('sync', path);
        if (file !== undefined) this.#sync(file);
      } catch (fault) {
        error ??= fault as NodeJS.ErrnoException;
      }
      done(error);
    };
    if (this.defersSyncs) this.#background.push(sync);
    else sync();
  }

  /** What is synced in the background is through. */
  finishSyncs(): void {
    for (const sync of this.#background.splice(0)) sync();
  }

  syncFolder(path: string): void {
    this.before('syncFolder', path);
    for (const apply of this.#pendingNames.get(path) ?? []) apply();
    this.#pendingNames.delete(path);
  }

  close(handle: number): void {
    if (!this.#handles.delete(handle)) throw failure('EBADF', String(handle));
  }

  rename(from: string, to: string): void {
    this.before('rename', from);
    const file = this.#files.get(from);
    if (file !== undefined) {
      this.#files.delete(from);
      this.#files.set(to, file);
      // At once in both folders, as a journal of the file system does it.
      this.#nameLater(to, (names) => {
        names.delete(from);
        names.set(to, file);
      });
      return;
    }
    if (!this.#folders.has(from)) throw failure('ENOENT', from);
    for (const path of [...this.#files.keys()].filter((one) => one.startsWith(`${from}/`))) {
      this.#files.set(to + path.slice(from.length), this.#files.get(path) as StoredFile);
      this.#files.delete(path);
    }
    this.#durableFiles = new Map(this.#files);
    this.#pendingNames.clear();
    for (const path of [...this.#folders].filter((one) => one === from || one.startsWith(`${from}/`))) {
      this.#folders.add(to + path.slice(from.length));
      this.#folders.delete(path);
    }
  }

  remove(path: string): void {
    this.before('remove', path);
    if (!this.#files.delete(path)) throw failure('ENOENT', path);
    this.#nameLater(path, (names) => names.delete(path));
  }

  removeFolder(path: string): void {
    this.before('removeFolder', path);
    for (const files of [this.#files, this.#durableFiles]) {
      for (const one of [...files.keys()]) if (one.startsWith(`${path}/`)) files.delete(one);
    }
    for (const one of [...this.#folders]) if (one === path || one.startsWith(`${path}/`)) this.#folders.delete(one);
  }

  free(): number {
    return Math.max(0, this.capacity - this.used);
  }

  lock(path: string): () => void {
    if (this.#locks.has(path)) throw new StoreError('locked', `${path} is in use`);
    this.#locks.add(path);
    return () => this.#locks.delete(path);
  }

  /** The process is gone; what it wrote is there. */
  kill(): void {
    this.#handles.clear();
    this.#locks.clear();
    this.#background.length = 0;
    this.before = () => {};
  }

  /** The machine is gone. */
  losePower(): void {
    this.kill();
    for (const pending of this.#pendingNames.values()) {
      for (const apply of pending.slice(0, this.#draw(pending.length + 1))) apply();
    }
    this.#pendingNames.clear();
    this.#files = new Map(this.#durableFiles);
    for (const file of this.#files.values()) {
      const synced = file.durable.length;
      const survive = this.#draw(file.pending.length + 1);
      for (const apply of file.pending.slice(0, survive)) apply();
      const { durable } = file;
      // The last write may have got only so far.
      const torn = survive > 0 && this.#draw(2) === 0 ? this.#draw(100) : 0;
      file.bytes = Buffer.from(durable.subarray(0, Math.max(Math.min(synced, durable.length), durable.length - torn)));
      file.size = file.bytes.length;
      file.durable = Buffer.from(file.bytes);
      file.pending = [];
    }
  }

  contents(path: string): Buffer {
    const file = this.#files.get(path);
    if (file === undefined) throw failure('ENOENT', path);
    return file.bytes.subarray(0, file.size);
  }

  /** Flips a bit of what is on the disk. */
  flip(path: string, at: number, bit = 0): void {
    const bytes = this.contents(path);
    bytes[at] = (bytes[at] as number) ^ (1 << bit);
  }

  /** Puts a file there from outside. */
  put(path: string, content: Uint8Array): void {
    this.makeFolder(path.slice(0, path.lastIndexOf('/')));
    const bytes = Buffer.from(content);
    const file: StoredFile = { bytes, size: bytes.length, durable: Buffer.from(bytes), pending: [] };
    this.#files.set(path, file);
    this.#durableFiles.set(path, file);
  }

  #nameLater(path: string, apply: (names: Map<string, StoredFile>) => void): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const pending = this.#pendingNames.get(folder) ?? [];
    pending.push(() => apply(this.#durableFiles));
    this.#pendingNames.set(folder, pending);
  }

  #file(handle: number): { file: StoredFile; path: string } {
    const path = this.#handles.get(handle);
    const file = path === undefined ? undefined : this.#files.get(path);
    if (path === undefined || file === undefined) throw failure('EBADF', path ?? String(handle));
    return { file, path };
  }

  #truncate(file: StoredFile, size: number): void {
    if (size > file.size) throw failure('EINVAL', 'truncate');
    file.size = size;
    file.pending.push(() => {
      file.durable = Buffer.from(file.durable.subarray(0, size));
    });
  }

  #sync(file: StoredFile): void {
    this.syncs++;
    file.durable = Buffer.from(file.bytes.subarray(0, file.size));
    file.pending = [];
  }

  #putDurable(file: StoredFile, bytes: Buffer, position: number): void {
    const grown = Buffer.alloc(Math.max(file.durable.length, position + bytes.length));
    file.durable.copy(grown);
    bytes.copy(grown, position);
    file.durable = grown;
  }
}

function put(file: StoredFile, bytes: Buffer, position: number): void {
  const end = position + bytes.length;
  if (end > file.bytes.length) {
    const grown = Buffer.alloc(Math.max(end, 2 * file.bytes.length));
    file.bytes.copy(grown, 0, 0, file.size);
    file.bytes = grown;
  }
  if (position > file.size) file.bytes.fill(0, file.size, position);
  bytes.copy(file.bytes, position);
  file.size = Math.max(file.size, end);
}

export function failure(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made up, '${path}'`), { code });
}
