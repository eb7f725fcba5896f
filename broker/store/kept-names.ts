import { readFile, removeQuietly, replaceFile } from './disk.ts';
import { folderName, nameOfFolder } from './folder-name.ts';
import type { Disk } from './disk.ts';

/** Names that are too long for a file's name stand in a file of their own beside it. */
const SUFFIX = '.name';

export function keepName(disk: Disk, folder: string, name: string): void {
  const encoded = folderName(name);
  if (nameOfFolder(encoded) !== undefined) return;
  const path = `${folder}/${encoded}${SUFFIX}`;
  if (readFile(disk, path) === undefined) replaceFile(disk, path, Buffer.from(name, 'utf8'), folder);
}

/** Undefined: it is no name that was given here. */
export function nameOf(disk: Disk, folder: string, encoded: string): string | undefined {
  const name = nameOfFolder(encoded);
  if (name !== undefined) return name;
  const kept = readFile(disk, `${folder}/${encoded}${SUFFIX}`)?.toString('utf8');
  return kept !== undefined && folderName(kept) === encoded ? kept : undefined;
}

export function forgetName(disk: Disk, folder: string, name: string): void {
  const encoded = folderName(name);
  if (nameOfFolder(encoded) === undefined) removeQuietly(disk, `${folder}/${encoded}${SUFFIX}`);
}
