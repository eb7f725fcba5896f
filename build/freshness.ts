/** Whether what was built is still what would be built: a fingerprint of the sources stands beside the output. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Changes with the name, size or time of any file under these paths. */
export function fingerprint(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string) => {
    const state = statSync(join(root, path), { throwIfNoEntry: false });
    if (state?.isDirectory() === true) {
      for (const name of readdirSync(join(root, path)).sort()) add(join(path, name));
    } else if (state !== undefined) hash.update(`${path}\0${state.size}\0${state.mtimeMs}\n`);
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

export interface Stamp {
  print: string;
  /** Folders of the packages that went into the output. */
  packages: string[];
}

/** Null when the output was never built whole. */
export function readStamp(file: string): Stamp | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stamp;
  } catch {
    return null;
  }
}

export function writeStamp(file: string, stamp: Stamp): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(stamp));
}
