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
  unlinkSync,
  writeSync,
} from 'node:fs';
import { codeOf } from './disk.ts';
import { lockFolder } from './folder-lock.ts';
import type { Disk } from './disk.ts';

const FLAGS = { read: 'r', write: 'r+', create: 'w+' } as const;

/** The disk of the machine. Files are for their owner only. */
export const nodeDisk: Disk = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true, mode: 0o750 }),
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
