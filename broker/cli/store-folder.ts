import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JetStreamBlock } from '../options.ts';

/** Folder that nats-server keeps streams in, below the one it is given. */
const STORE_FOLDER = 'jetstream';

/**
 * Why streams could not be kept where they should be, in nats-server's words; undefined when they could. Nothing is
 * written, as there are no streams yet: only what stands in the way is found.
 */
export function storeFolderProblem(jetstream: JetStreamBlock | undefined): string | undefined {
  if (jetstream?.enabled !== true) return undefined;
  const folder = join(jetstream.storeDir || join(tmpdir(), 'nats'), STORE_FOLDER);
  try {
    return statSync(folder).isDirectory() ? undefined : NOT_A_FOLDER;
  } catch (error) {
    // Otherwise something above it is no folder.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : NOT_A_FOLDER;
  }
}

const NOT_A_FOLDER = "Can't start JetStream: storage directory is not a directory";
