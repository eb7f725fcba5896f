/**
 * JetStream of the local broker where the configuration leaves something open: it is on, keeps its streams in the app's
 * own folder, and takes no more than a part of what the machine has. What the configuration says counts.
 */

import { readdir, stat, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { BrokerOptions } from '../../broker/index.ts';

/** What counts where a configuration says nothing, and what the machine has. */
export interface LocalJetStream {
  /** Where streams are kept. */
  readonly folder: string;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  /** All memory of the machine, and what streams could take on the disk of `folder` at most. */
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
}

const mib = 2 ** 20;
const gib = 2 ** 30;
/** Budgets of a machine that has plenty, and the part of it that streams may take at most where it has less. */
const memoryBytesUsual = 256 * mib;
const memoryShare = 1 / 8;
const storageBytesUsual = 8 * gib;
const storageShare = 1 / 2;
/** A budget of nothing would be one that is not told. */
const bytesMin = 16 * mib;

/** Never rejects: what cannot be found out counts as plenty. */
export async function localJetStream(folder: string): Promise<LocalJetStream> {
  const memoryBytesMax = totalmem();
  const free = await freeBytes(folder);
  let storageBytesMax = free;
  // What streams hold already is theirs: a budget that shrank with it would be used up by what is there.
  if (free * storageShare < storageBytesUsual) storageBytesMax += await bytesIn(folder);
  return {
    folder,
    memoryBytes: rounded(Math.min(memoryBytesUsual, memoryBytesMax * memoryShare)),
    storageBytes: rounded(Math.min(storageBytesUsual, storageBytesMax * storageShare)),
    memoryBytesMax,
    storageBytesMax,
  };
}

/** In whole MiB, so that it can be shown as it is. */
function rounded(bytes: number): number {
  return Math.max(bytesMin, Math.floor(bytes / mib) * mib);
}

/** Where the folder is, or will be. */
async function freeBytes(folder: string): Promise<number> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return Number.MAX_SAFE_INTEGER;
    }
  }
}

async function bytesIn(folder: string): Promise<number> {
  let sum = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // One that went meanwhile holds nothing.
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return sum;
}

/** @param said the configuration says whether there is JetStream */
export function withLocalJetStream(options: BrokerOptions, said: boolean, local: LocalJetStream): BrokerOptions {
  const given = options.kept?.jetstream;
  const enabled = said ? given?.enabled === true : true;
  if (!enabled) return options;
  return {
    ...options,
    kept: {
      ...options.kept,
      jetstream: {
        ...given,
        enabled,
        storeDir: given?.storeDir || local.folder,
        maxMemory: given?.maxMemory ?? local.memoryBytes,
        maxStore: given?.maxStore ?? local.storageBytes,
      },
    },
  };
}

/** The options without it, for a broker that is to run all the same. */
export function withoutJetStream(options: BrokerOptions): BrokerOptions {
  const jetstream = options.kept?.jetstream;
  return jetstream === undefined
    ? options
    : { ...options, kept: { ...options.kept, jetstream: { ...jetstream, enabled: false } } };
}
