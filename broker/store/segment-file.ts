import { CHUNK_BYTES_MAX, decodeChunks, encodeChunk } from './chunks.ts';
import { codeOf, readAll, storeError, writeAll } from './disk.ts';
import { checkSalt, decodeFileHead, encodeFileHead, FILE_HEAD_BYTES, FLAG, newFileHead } from './file-head.ts';
import { StoreError } from './message-log.ts';
import { padded } from './record.ts';
import type { ChunkOptions } from './chunks.ts';
import type { Image } from './record.ts';
import type { Disk } from './disk.ts';
import type { FileHead } from './file-head.ts';
import type { SegmentCache } from './segment-cache.ts';
import type { StreamKey } from './stream-key.ts';

/** What the files of one log have in common. */
export interface LogFiles {
  readonly disk: Disk;
  readonly folder: string;
  readonly cache: SegmentCache;
  readonly key: StreamKey | undefined;
}

export const SEGMENT_SUFFIX = '.log';
export const INDEX_SUFFIX = '.index';
/** Of a segment that is written anew. */
export const FRESH_SUFFIX = '.fresh';

export function segmentPath(folder: string, number: number, suffix: string): string {
  return `${folder}/${String(number).padStart(10, '0')}${suffix}`;
}

/** Said of what is encrypted with a file's key, but does not stand in it. */
const BESIDE = Buffer.from('index');

/** What a file holds, as far as it holds. */
export interface FileContent {
  readonly image: Image;
  /** Bytes of records. */
  readonly length: number;
  /** Places in the file that could not be made out. */
  readonly spoilt: readonly number[];
}

/** The file of a segment: 64 bytes of head, then the records as they are, or in chunks. */
export class SegmentFile {
  readonly head: FileHead;
  readonly path: string;
  readonly indexPath: string;
  /** Bytes of the file that are in use; 0: there is no file yet. */
  size: number;
  /** Whether it is sure to be there, with its first record, after a loss of power. */
  startSynced = false;
  /** Whether its name is, too. */
  nameSynced = false;
  /** Chunks that were appended since it was opened. */
  chunkCount = 0;
  readonly #files: LogFiles;
  readonly #chunks: ChunkOptions | undefined;
  #handle = -1;
  /** Size that the file had at the last commit. */
  #committedSize: number;

  private constructor(files: LogFiles, head: FileHead, path: string, size: number, compress: boolean) {
    this.#files = files;
    this.head = head;
    this.path = path;
    this.indexPath = segmentPath(files.folder, head.number, INDEX_SUFFIX);
    this.size = size;
    this.#committedSize = size;
    if ((head.flags & FLAG.chunked) !== 0) {
      const key = (head.flags & FLAG.sealed) === 0 ? undefined : files.key?.forFile(head.salt);
      this.#chunks = { key, compress, salt: checkSalt(head) };
    }
  }

  /** A new one, of which nothing is on the disk before the first `append`. */
  static create(files: LogFiles, number: number): SegmentFile {
    const flags = files.key === undefined ? 0 : FLAG.chunked | FLAG.sealed;
    return new SegmentFile(
      files,
      newFileHead(number, flags),
      segmentPath(files.folder, number, SEGMENT_SUFFIX),
      0,
      false,
    );
  }

  /** The same file under another name, until it is renamed. */
  beside(): SegmentFile {
    const { head } = this;
    return new SegmentFile(this.#files, head, segmentPath(this.#files.folder, head.number, FRESH_SUFFIX), 0, false);
  }

  /** One that is written at once and then takes the place of that number and of all up to `through`. */
  static createFresh(files: LogFiles, number: number, through: number, compress: boolean): SegmentFile {
    const sealed = files.key !== undefined;
    const flags = (sealed || compress ? FLAG.chunked | FLAG.packed : 0) | (sealed ? FLAG.sealed : 0);
    const head = newFileHead(number, flags, through);
    return new SegmentFile(files, head, segmentPath(files.folder, number, FRESH_SUFFIX), 0, compress);
  }

  /** Undefined: its head is spoilt. Throws a `StoreError` when it is of another version, or encrypted and there is no key. */
  static open(files: LogFiles, number: number): SegmentFile | undefined {
    const path = segmentPath(files.folder, number, SEGMENT_SUFFIX);
    try {
      const handle = files.disk.open(path, 'read');
      try {
        const bytes = Buffer.alloc(FILE_HEAD_BYTES);
        readAll(files.disk, handle, bytes, 0, FILE_HEAD_BYTES, 0);
        const head = decodeFileHead(bytes);
        if (typeof head === 'number') {
          throw new StoreError(
            'version',
            `"${path}" has format ${head}: it was written by a newer version of Natscope`,
          );
        }
        if (head === undefined || head.number !== number) return undefined;
        if ((head.flags & FLAG.sealed) !== 0 && files.key === undefined) {
          throw new StoreError('key', `"${path}" is encrypted: configure the key that it was written with`);
        }
        const file = new SegmentFile(files, head, path, files.disk.size(handle), false);
        file.nameSynced = true;
        return file;
      } finally {
        files.disk.close(handle);
      }
    } catch (error) {
      throw storeError(error, path);
    }
  }

  get salt(): number {
    return checkSalt(this.head);
  }

  /** Whether records stand in the file as they are, so that one can be read or overwritten by itself. */
  get plain(): boolean {
    return this.#chunks === undefined;
  }

  /** Writes records behind those that are there; `offset` is the place of the first among all. Throws what the disk throws. */
  append(image: Image, start: number, end: number, offset: number): void {
    const { disk } = this.#files;
    if (this.size === 0) {
      if (this.#handle >= 0) this.closeHandle();
      this.#use(disk.open(this.path, 'create'));
      const head = encodeFileHead(this.head);
      writeAll(disk, this.#handle, head, 0, head.length, 0);
      this.size = head.length;
    }
    const handle = this.handle();
    if (this.#chunks === undefined) {
      writeAll(disk, handle, image.bytes, start, end - start, this.size);
      this.size += end - start;
      return;
    }
    for (let from = start; from < end; from += CHUNK_BYTES_MAX) {
      const to = Math.min(end, from + CHUNK_BYTES_MAX);
      const chunk = encodeChunk(image.bytes.subarray(from, to), offset + from - start, this.#chunks);
      writeAll(disk, handle, chunk, 0, chunk.length, this.size);
      this.size += chunk.length;
      this.chunkCount++;
    }
  }

  sync(): void {
    this.#files.disk.sync(this.handle());
    this.startSynced = true;
  }

  /** Sees to it that its name survives a loss of power. */
  syncName(): void {
    if (this.nameSynced) return;
    this.#files.disk.syncFolder(this.#files.folder);
    this.nameSynced = true;
  }

  /** Whether it was written at once, in chunks as large as can be. */
  get packed(): boolean {
    return (this.head.flags & FLAG.packed) !== 0;
  }

  /** What was appended is part of the file for good. */
  commit(): void {
    this.#committedSize = this.size;
  }

  /** What was appended since the last `commit` is not; returns whether nothing is left of it. */
  goBack(): boolean {
    this.size = this.#committedSize;
    try {
      if (this.size > 0) {
        this.cutTo(this.size);
        // So that a loss of power does not bring back what was cut off.
        this.#files.disk.sync(this.handle());
        return true;
      }
      this.#removeIfThere();
      // Its first record would cut off what is appended elsewhere from now on, if a loss of power brought it back.
      this.#files.disk.syncFolder(this.#files.folder);
      return true;
    } catch {
      return false;
    }
  }

  cutTo(size: number): void {
    this.#files.disk.truncate(this.handle(), size);
    this.size = size;
    this.#committedSize = size;
  }

  /** Reads the records of a plain file; returns how many bytes there were. */
  read(image: Image, start: number, length: number, offset: number): number {
    return readAll(this.#files.disk, this.handle(), image.bytes, start, length, FILE_HEAD_BYTES + offset);
  }

  /** Overwrites bytes of a plain file in place. */
  overwrite(image: Image, start: number, length: number, offset: number): void {
    writeAll(this.#files.disk, this.handle(), image.bytes, start, length, FILE_HEAD_BYTES + offset);
  }

  /** Reads all of it. Where chunks are spoilt, there are zeros. */
  readAll(room = 0): FileContent {
    const { cache, disk } = this.#files;
    if (this.#chunks === undefined) {
      const length = Math.max(0, this.size - FILE_HEAD_BYTES);
      const image = cache.image(Math.max(room, padded(length)));
      return { image, length: this.read(image, 0, length, 0), spoilt: [] };
    }
    const file = Buffer.from(new ArrayBuffer(padded(this.size)));
    const length = readAll(disk, this.handle(), file, 0, this.size, 0);
    let image: Image | undefined;
    const chunks = decodeChunks(file.subarray(0, length), FILE_HEAD_BYTES, this.#chunks, (size) => {
      image = cache.image(Math.max(room, padded(size)));
      return image.bytes.subarray(0, size);
    });
    this.soundSize = chunks.end;
    return { image: image as Image, length: chunks.plain.length, spoilt: chunks.spoilt };
  }

  /** Where the last sound chunk ended when all was read. */
  soundSize = 0;

  /** Encrypts what stands beside the file, where the file is encrypted. */
  seal(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    const key = this.#chunks?.key;
    if (key === undefined) return bytes;
    const sealed = Buffer.alloc(bytes.length + key.overheadBytes);
    key.seal(bytes, BESIDE, sealed, 0);
    return sealed;
  }

  /** Undefined: that did not come from `seal`. */
  unseal(bytes: Buffer): Buffer | undefined {
    const key = this.#chunks?.key;
    return key === undefined ? bytes : key.open(bytes, BESIDE);
  }

  rename(suffix: string): SegmentFile {
    const { disk, folder } = this.#files;
    this.closeHandle();
    const path = segmentPath(folder, this.head.number, suffix);
    disk.rename(this.path, path);
    return new SegmentFile(this.#files, this.head, path, this.size, false);
  }

  #removeIfThere(): void {
    try {
      this.remove();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  remove(): void {
    this.closeHandle();
    this.#files.disk.remove(this.path);
  }

  closeHandle(): void {
    if (this.#handle < 0) return;
    this.#files.disk.close(this.#handle);
    this.#handle = -1;
    this.#files.cache.closed(this);
  }

  handle(): number {
    if (this.#handle < 0) this.#use(this.#files.disk.open(this.path, 'write'));
    return this.#handle;
  }

  #use(handle: number): void {
    this.#handle = handle;
    this.#files.cache.opened(this);
  }
}
