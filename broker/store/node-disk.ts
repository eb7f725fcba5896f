import {
  close,
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './disk.ts';
import { lockFolder } from './folder-lock.ts';
import type { Disk } from './disk.ts';

const FOLDER = { mode: 0o750 } as const;
const FLAGS = { read: 'r', write: 'r+', create: 'w+' } as const;

/** The disk of the machine. Files are for their owner only. */
export const nodeDisk: Disk = {
  makeFolder,
  list(path) {
    try {
      return readdirSync(path, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        folder: entry.isDirectory(),
      }));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  },
  open: (path, mode) => openSync(path, FLAGS[mode], 0o640),
  write: (file, bytes, start, length, position) => writeSync(file, bytes, start, length, position),
  read: (file, bytes, start, length, position) => readSync(file, bytes, start, length, position),
  size: (file) => fstatSync(file).size,
  truncate: (file, size) => ftruncateSync(file, size),
  sync: (file) => fdatasyncSync(file),
  syncInBackground(path, done) {
    open(path, 'r+', (error, file) => {
      if (error !== null) return done(error);
      fdatasync(file, (failure) => close(file, () => done(failure ?? undefined)));
    });
  },
  syncFolder(path) {
    // Windows has no such thing: it writes names down by itself.
    if (process.platform === 'win32') return;
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  },
  close: (file) => closeSync(file),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => unlinkSync(path),
  removeFolder: (path) => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  lock: lockFolder,
  free(path) {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  },
};

/** With those above it. Node's own way never ends where a folder is there, but takes none, as below `/proc`. */
function makeFolder(path: string): void {
  if (makeOne(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, FOLDER);
}

/** False: the one above it is not there. */
function makeOne(path: string): boolean {
  try {
    mkdirSync(path, FOLDER);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    if (code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
  return true;
}
