/** The configuration that the local broker has before anybody wrote one. */

import { readFile } from 'node:fs/promises';

/** Name of the file in the app's data folder. */
export const ownFileName = 'nats-server.conf';
/** Name of the folder beside it that streams are kept in, unless a configuration names another. */
export const storeFolderName = 'jetstream';

export const defaultConfig = `# The local broker of Natscope, in the format of nats-server.
# The page "Local broker" edits this text, and so may you.

server_name: natscope
listen: 127.0.0.1:4222
`;

/** The text of a file; undefined when there is none. Rejects with the system's error for anything else. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
