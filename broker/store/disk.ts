/**
 * What the store asks of a disk: Node's synchronous calls, so that tests can put a failing one in their place. Errors
 * are those of Node, with their `code`.
 */
export interface Disk {
  makeFolder(path: string): void;
  /** Names in a folder, without `.` and `..`; an empty list when there is no such folder. */
  list(path: string): { readonly name: string; readonly folder: boolean }[];
  /** `append` makes the file when there is none. */
  open(path: string, mode: 'read' | 'append' | 'write'): number;
  /** May take less than it is given. */
  write(file: number, bytes: Uint8Array, start: number, length: number, position: number): number;
  read(file: number, bytes: Uint8Array, start: number, length: number, position: number): number;
  size(file: number): number;
  truncate(file: number, size: number): void;
  /** fdatasync. */
  sync(file: number): void;
  /** So that names in it are safe, where the system can. */
  syncFolder(path: string): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  removeFolder(path: string): void;
  /** Bytes that are free where the path is. */
  free(path: string): number;
}
