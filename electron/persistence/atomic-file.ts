/** Files that are whole at any moment: a crash or a loss of power leaves the old content or the new, never a mixture. */

import { randomBytes } from 'node:crypto';
import { constants, copyFile, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Readable and writable by the owner only. Windows keeps the folder's rights instead. */
export const privateMode = 0o600;

/** Replaces the content of the file. Rejects with the system's error; the old content is untouched then. */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', privateMode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the new name itself survive a loss of power. Not every system can do this, and none needs to. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The rename is done; only its durability is left to the system.
  }
}

/** Gives the file another name that is free, `<path>.<label>`, `<path>.<label>-2` …, and resolves with it. */
export async function setAside(path: string, label: string, keep: 'move' | 'copy'): Promise<string> {
  for (let number = 1; ; number++) {
    const target = `${path}.${label}${number === 1 ? '' : `-${number}`}`;
    try {
      // Copying fails when the name is taken; a rename would replace what is there.
      await copyFile(path, target, constants.COPYFILE_EXCL);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      // A file that may not be read cannot be copied, but its folder may let it be renamed.
      if (keep === 'copy' || code !== 'EACCES') throw error;
      const renamed = `${path}.${label}-${randomBytes(6).toString('hex')}`;
      await rename(path, renamed);
      return renamed;
    }
    if (keep === 'move') await unlink(path);
    return target;
  }
}
