import { decodeChunks, encodeChunk } from './chunks.ts';
import { codeOf, readFile, removeQuietly, storeError, writeAll } from './disk.ts';
import { checkSalt, decodeFileHead, encodeFileHead, FILE_HEAD_BYTES, FLAG, newFileHead } from './file-head.ts';
import { StoreError } from './message-log.ts';
import { check, Image, padded } from './record.ts';
import type { ChunkOptions } from './chunks.ts';
import type { FileHead } from './file-head.ts';
import type { Journal } from './message-log.ts';
import type { LogFiles } from './segment-file.ts';

/** Length and check stand before each record, which is padded to eight bytes. */
const RECORD_HEAD_BYTES = 8;
const IMAGE_BYTES_MIN = 256;
/** What a buffer may keep once its records are written. */
const IMAGE_BYTES_KEPT = 64 * 1024;

export interface JournalOptions extends LogFiles {
  readonly sync: 'always' | 'never';
  readonly warn: (text: string) => void;
  readonly onClosed: () => void;
}

/**
 * A journal in a file: the head that all files have, then records, in chunks where there is a key. A snapshot is a new file
 * that takes the place of the old one. That stays beside it until the next, since nothing is synced where nobody asked for it:
 * whatever a loss of power leaves of the new one, one of the two is whole.
 */
export class JournalFile implements Journal {
  readonly #options: JournalOptions;
  readonly #path: string;
  /** Undefined until there is a file. */
  #head: FileHead | undefined;
  #chunks: ChunkOptions | undefined;
  /** Bytes of the file that are in use. */
  #size = 0;
  /** Bytes of all records, those that are not written yet included. */
  #length = 0;
  #snapshotBytes = 0;
  #handle = -1;
  /** Records that are not written yet. */
  #image = new Image(0);
  #pending = 0;
  /** Whether something was written since it was last synced. */
  #unsynced = false;
  #loaded: Uint8Array[];

  /** The file may not be there yet. Throws a `StoreError`. */
  constructor(options: JournalOptions, path: string) {
    this.#options = options;
    this.#path = path;
    this.#loaded = this.#open(path) ?? this.#open(`${path}.old`) ?? [];
  }

  load(): Uint8Array[] {
    const records = this.#loaded;
    this.#loaded = [];
    return records;
  }

  get dirty(): boolean {
    return this.#pending > 0;
  }

  get bytes(): number {
    return this.#length - this.#snapshotBytes;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const size = RECORD_HEAD_BYTES + padded(length);
    const at = this.#pending;
    if (at + size > this.#image.bytes.length) this.#grow(at + size);
    // The check needs the salt of a file, which is there from now on.
    if (this.#head === undefined)
      this.#use(newFileHead(0, this.#options.key === undefined ? 0 : FLAG.chunked | FLAG.sealed));
    putRecord(this.#image, at, bytes, start, length, checkSalt(this.#head as FileHead));
    this.#pending = at + size;
    this.#length += size;
  }

  /** What a disk refuses waits for the next time. */
  commit(): void {
    if (this.#pending === 0) return;
    try {
      this.#write();
    } catch (error) {
      throw storeError(error, this.#path);
    }
    this.#pending = 0;
    if (this.#image.bytes.length > IMAGE_BYTES_KEPT) this.#image = new Image(0);
  }

  replace(snapshot: Uint8Array): void {
    const { disk, key, sync, folder } = this.#options;
    const head = newFileHead(0, key === undefined ? 0 : FLAG.chunked | FLAG.sealed);
    const image = new Image(RECORD_HEAD_BYTES + padded(snapshot.length));
    putRecord(image, 0, snapshot, 0, snapshot.length, checkSalt(head));
    const beside = `${this.#path}.new`;
    let size: number;
    try {
      const handle = disk.open(beside, 'create');
      try {
        const first = encodeFileHead(head);
        writeAll(disk, handle, first, 0, first.length, 0);
        const bytes =
          key === undefined ? image.bytes : encodeChunk(image.bytes, 0, chunkOptions(head, key.forFile(head.salt)));
        writeAll(disk, handle, bytes, 0, bytes.length, first.length);
        size = first.length + bytes.length;
        if (sync === 'always') disk.sync(handle);
      } finally {
        disk.close(handle);
      }
      this.closeHandle();
      if (this.#size > 0) disk.rename(this.#path, `${this.#path}.old`);
      disk.rename(beside, this.#path);
      if (sync === 'always') disk.syncFolder(folder);
    } catch (error) {
      throw storeError(error, this.#path);
    }
    this.#use(head);
    this.#size = size;
    this.#pending = 0;
    this.#length = image.bytes.length;
    this.#snapshotBytes = image.bytes.length;
    this.#unsynced = true;
  }

  close(): void {
    this.#options.onClosed();
    this.commit();
    this.closeHandle();
  }

  destroy(): void {
    this.#options.onClosed();
    this.closeHandle();
    this.#pending = 0;
    this.#unsynced = false;
    for (const path of [this.#path, `${this.#path}.old`, `${this.#path}.new`]) removeQuietly(this.#options.disk, path);
    this.#size = 0;
  }

  closeHandle(): void {
    if (this.#handle < 0) return;
    this.#options.disk.close(this.#handle);
    this.#handle = -1;
    this.#options.cache.closed(this);
  }

  syncInBackground(): void {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    this.#options.disk.syncInBackground(this.#path, (error) => {
      if (error === undefined || codeOf(error) === 'ENOENT') return;
      this.#options.warn(storeError(error, this.#path).message);
    });
  }

  #write(): void {
    const { disk, sync, folder } = this.#options;
    const isNew = this.#size === 0;
    const handle = isNew ? this.#create() : this.#openHandle();
    const before = this.#size;
    try {
      const chunks = this.#chunks;
      const plain = this.#image.bytes.subarray(0, this.#pending);
      const bytes = chunks === undefined ? plain : encodeChunk(plain, this.#length - this.#pending, chunks);
      writeAll(disk, handle, bytes, 0, bytes.length, before);
      this.#size = before + bytes.length;
      if (sync === 'always') {
        disk.sync(handle);
        if (isNew) disk.syncFolder(folder);
      } else {
        this.#unsynced = true;
      }
    } catch (error) {
      this.#size = before;
      try {
        disk.truncate(handle, before);
      } catch {
        // The next write goes to the same place.
      }
      throw error;
    }
  }

  #create(): number {
    const { disk } = this.#options;
    this.closeHandle();
    const handle = disk.open(this.#path, 'create');
    this.#handle = handle;
    this.#options.cache.opened(this);
    const head = encodeFileHead(this.#head as FileHead);
    writeAll(disk, handle, head, 0, head.length, 0);
    this.#size = head.length;
    return handle;
  }

  #openHandle(): number {
    if (this.#handle < 0) {
      this.#handle = this.#options.disk.open(this.#path, 'write');
      this.#options.cache.opened(this);
    }
    return this.#handle;
  }

  #use(head: FileHead): void {
    this.#head = head;
    const key = (head.flags & FLAG.sealed) === 0 ? undefined : this.#options.key?.forFile(head.salt);
    this.#chunks = (head.flags & FLAG.chunked) === 0 ? undefined : chunkOptions(head, key);
  }

  #grow(size: number): void {
    const image = new Image(padded(Math.max(size, 2 * this.#image.bytes.length, IMAGE_BYTES_MIN)));
    this.#image.bytes.copy(image.bytes, 0, 0, this.#pending);
    this.#image = image;
  }

  /** Its records; undefined: there is no such file, or nothing in it. */
  #open(path: string): Uint8Array[] | undefined {
    const { disk, key, warn } = this.#options;
    const file = readFile(disk, path);
    if (file === undefined) return undefined;
    const head = decodeFileHead(file);
    if (typeof head === 'number') {
      throw new StoreError('version', `"${path}" has format ${head}: it was written by a newer version of Natscope`);
    }
    if (head === undefined) {
      warn(`"${path}" is damaged at 0: a file whose head does not hold`);
      return undefined;
    }
    if ((head.flags & FLAG.sealed) !== 0 && key === undefined) {
      throw new StoreError('key', `"${path}" is encrypted: configure the key that it was written with`);
    }
    const { records, length, size } = this.#read(path, file, head);
    if (records.length === 0) return undefined;
    try {
      if (path !== this.#path) disk.rename(path, this.#path);
      this.#use(head);
      this.#size = size;
      this.#length = length;
      this.#snapshotBytes = RECORD_HEAD_BYTES + padded(records[0]?.length ?? 0);
      if (size < file.length) {
        warn(
          `"${path}" is damaged at ${size}: ${file.length - size} bytes at the end that are no whole record, cut off`,
        );
        disk.truncate(this.#openHandle(), size);
      }
    } catch (error) {
      throw storeError(error, path);
    }
    return records;
  }

  #read(path: string, file: Buffer, head: FileHead): { records: Uint8Array[]; length: number; size: number } {
    const salt = checkSalt(head);
    let plain = file.subarray(FILE_HEAD_BYTES);
    let size = FILE_HEAD_BYTES;
    const chunked = (head.flags & FLAG.chunked) !== 0;
    if (chunked) {
      const key = (head.flags & FLAG.sealed) === 0 ? undefined : this.#options.key?.forFile(head.salt);
      const chunks = decodeChunks(aligned(file), FILE_HEAD_BYTES, chunkOptions(head, key), (bytes) =>
        aligned(Buffer.alloc(bytes)),
      );
      plain = chunks.plain;
      size = chunks.spoilt[0] ?? chunks.end;
    }
    const bytes = aligned(plain);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    const records: Uint8Array[] = [];
    let at = 0;
    while (at + RECORD_HEAD_BYTES <= bytes.length) {
      const length = (words[at >> 2] as number) >>> 0;
      const end = at + RECORD_HEAD_BYTES + padded(length);
      if (end > bytes.length || checkOf(words, at, end, salt) !== words[(at >> 2) + 1]) break;
      records.push(bytes.subarray(at + RECORD_HEAD_BYTES, at + RECORD_HEAD_BYTES + length));
      at = end;
    }
    // A record that is spoilt ends it: what follows would build on what is not known.
    return { records, length: at, size: chunked ? size : FILE_HEAD_BYTES + at };
  }
}

function putRecord(image: Image, at: number, bytes: Uint8Array, start: number, length: number, salt: number): void {
  const end = at + RECORD_HEAD_BYTES + padded(length);
  image.bytes.fill(0, end - 8, end);
  image.words[at >> 2] = length;
  const target = at + RECORD_HEAD_BYTES;
  for (let i = 0; i < length; i++) image.bytes[target + i] = bytes[start + i] as number;
  image.words[(at >> 2) + 1] = checkOf(image.words, at, end, salt);
}

/** The length is part of it, in the place of the salt. */
function checkOf(words: Int32Array, at: number, end: number, salt: number): number {
  return check(words, (at >> 2) + 2, end >> 2, salt ^ Math.imul((words[at >> 2] as number) + 1, 0x9e3779b1));
}

function chunkOptions(head: FileHead, key: ChunkOptions['key']): ChunkOptions {
  return { key, compress: false, salt: checkSalt(head) };
}

/** The same bytes where they can be read as words. */
function aligned(bytes: Buffer): Buffer<ArrayBuffer> {
  const copy = Buffer.from(new ArrayBuffer(padded(bytes.length)));
  bytes.copy(copy);
  return copy.subarray(0, bytes.length);
}
