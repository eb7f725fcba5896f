/** The built renderer as files that a front may hand out, and nothing beside them. */

import { readFile, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';

export interface WindowFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
  /** Its name holds a hash of its content: it never changes. */
  immutable: boolean;
}

/** Only what the build makes; a file of another kind is not handed out. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * The file of a URL's path under `folder`, null when there is none. `path` is percent-encoded as it came; whatever it
 * holds, nothing outside the folder and no hidden file is read.
 */
export async function readWindowFile(folder: string, path: string): Promise<WindowFile | null> {
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (name.includes('\0') || name.includes('\\')) return null;
  if (name === '/') name = '/index.html';
  const parts = name.split('/').slice(1);
  if (parts.some((part) => part === '' || part.startsWith('.'))) return null;
  const root = resolve(folder);
  const file = resolve(root, ...parts);
  if (!file.startsWith(root + sep)) return null;
  const type = types[extname(file)];
  if (type === undefined) return null;
  try {
    if (!(await stat(file)).isFile()) return null;
    const bytes = new Uint8Array(await readFile(file));
    return { bytes, type, immutable: parts[0] === 'assets' };
  } catch {
    return null;
  }
}
