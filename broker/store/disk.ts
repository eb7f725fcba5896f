import { StoreError } from './message-log.ts';

/** `write` needs the file to be there; `create` makes it, and empties it when it is there. Both read, too. */
export type DiskMode = 'read' | 'write' | 'create';

/**
 * What the store asks of a disk: Node's synchronous calls, so that tests can put a failing one in their place. Errors
 * are those of Node, with their `code`.
 */
export interface Disk {
  makeFolder(path: string): void;
  /** Names in a folder, without `.` and `..`; an empty list when there is no such folder. */
  list(path: string): { readonly name: string; readonly folder: boolean }[];
  open(path: string, mode: DiskMode): number;
  /** May take less than it is given. */
  write(file: number, bytes: Uint8Array, start: number, length: number, position: number): number;
  read(file: number, bytes: Uint8Array, start: number, length: number, position: number): number;
  size(file: number): number;
  truncate(file: number, size: number): void;
  /** fdatasync. */
  sync(file: number): void;
  /** The same for a file by its path, while other work goes on; calls back later, with the error if there was one. */
  syncInBackground(path: string, done: (error: Error | undefined) => void): void;
  /** So that names in it are safe, where the system can. */
  syncFolder(path: string): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  removeFolder(path: string): void;
  /**
   * Takes the file at the path for this process, so that no other can until it ends or gives it back, which is what is
   * returned. Throws a `StoreError` ('locked').
   */
  lock(path: string): () => void;
  /** Bytes that are free where the path is. */
  free(path: string): number;
}

/** Writes all of it, in as many calls as the disk needs. */
export function writeAll(
  disk: Disk,
  file: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  position: number,
): void {
  for (let done = 0; done < length;) {
    const written = disk.write(file, bytes, start + done, length - done, position + done);
    if (written === 0) throw Object.assign(new Error('the disk took nothing'), { code: 'ENOSPC' });
    done += written;
  }
}

/** Reads as much as there is, up to the length; returns how much. */
export function readAll(
  disk: Disk,
  file: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  position: number,
): number {
  let done = 0;
  while (done < length) {
    const read = disk.read(file, bytes, start + done, length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** Undefined: there is no such file. */
export function readFile(disk: Disk, path: string): Buffer | undefined {
  let file: number;
  try {
    file = disk.open(path, 'read');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeError(error, path);
  }
  try {
    const bytes = Buffer.allocUnsafeSlow(disk.size(file));
    return bytes.subarray(0, readAll(disk, file, bytes, 0, bytes.length, 0));
  } catch (error) {
    throw storeError(error, path);
  } finally {
    disk.close(file);
  }
}

/**
 * Puts a file in the place of another, so that whatever happens there is the one or the other. Where nothing is replaced
 * it need not be `durable`: what a loss of power then takes is the new one.
 */
export function replaceFile(disk: Disk, path: string, bytes: Uint8Array, folder: string, durable = true): void {
  const beside = `${path}.new`;
  try {
    const file = disk.open(beside, 'create');
    try {
      writeAll(disk, file, bytes, 0, bytes.length, 0);
      if (durable) disk.sync(file);
    } finally {
      disk.close(file);
    }
    disk.rename(beside, path);
    if (durable) disk.syncFolder(folder);
  } catch (error) {
    throw storeError(error, path);
  }
}

/** Removes a file that may not be there; what cannot be removed is in nobody's way. */
export function removeQuietly(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // It is looked for again at the next start.
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a disk threw, in the store's terms. */
export function storeError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  return code !== undefined && FULL_CODES.has(code)
    ? new StoreError('full', `there is no room on the disk for "${path}" (${code}): make some, then go on`, {
        cause: error,
      })
    : new StoreError('input-output', `the disk failed at "${path}": ${said}`, { cause: error });
}
