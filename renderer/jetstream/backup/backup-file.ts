/**
 * A backup as one file: a tar archive of the two files that `nats stream backup` writes, so that the tool can restore what
 * was unpacked from it, and a folder of the tool that was packed can be restored here. Pure.
 */

import type { StreamSettings } from '../../../electron/bridge/contract.ts';

const blockBytes = 512;
const descriptionName = 'backup.json';
const dataName = 'stream.tar.s2';
/** What is larger does not go into the eleven octal digits of a tar header. */
const octalBytesMax = 0o77777777777;
/** A description has a configuration and a state, nothing that grows with the stream. */
const descriptionBytesMax = 16 * 1024 * 1024;
/** Where backups of nats-server 2.15 and later say what they are; it is never compressed. */
const archiveMark = 'NATSARC1';
const markWithinBytes = 256;

export interface BackupFacts {
  config: StreamSettings;
  state: {
    messages: number;
    bytes: number;
    first_seq: number;
    last_seq: number;
    first_ts?: string;
    last_ts?: string;
    consumer_count?: number;
  };
}

export interface Backup {
  description: string;
  facts: BackupFacts;
  data: Blob;
  /** It can be restored under another name; older ones cannot. */
  renames: boolean;
}

/** Of a file in the archive. @param seconds since the epoch */
export function tarHeader(name: string, size: number, seconds: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(blockBytes);
  const write = (at: number, text: string): void => void new TextEncoder().encodeInto(text, block.subarray(at));
  write(0, name);
  write(100, '0000644\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  if (size <= octalBytesMax) write(124, `${size.toString(8).padStart(11, '0')}\0`);
  else {
    // The way of GNU for large files: a set highest bit, then the number in bytes.
    block[124] = 0x80;
    let rest = size;
    for (let at = 135; at > 124 && rest > 0; at--) {
      block[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
  write(136, `${Math.floor(seconds).toString(8).padStart(11, '0')}\0`);
  write(148, ' '.repeat(8));
  write(156, '0');
  write(257, 'ustar');
  write(263, '00');
  const sum = block.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

const padding = (size: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);

/** @param seconds since the epoch, for the files in it */
export function writeBackup(description: string, data: Blob, seconds: number): Blob {
  const text = new TextEncoder().encode(description);
  return new Blob([
    tarHeader(descriptionName, text.length, seconds),
    text,
    padding(text.length),
    tarHeader(dataName, data.size, seconds),
    data,
    padding(data.size),
    new Uint8Array(2 * blockBytes),
  ]);
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

function sizeIn(block: Uint8Array): number {
  if ((block[124]! & 0x80) !== 0) return block.subarray(125, 136).reduce((size, byte) => size * 256 + byte, 0);
  return Number.parseInt(textIn(block, 124, 12).trim() || '0', 8);
}

function textIn(block: Uint8Array, at: number, length: number): string {
  return new TextDecoder().decode(block.subarray(at, at + length)).replace(/\0.*$/s, '');
}

/** Files of a tar archive by the last part of their names. */
async function filesOfTar(archive: Blob): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  for (let at = 0; at + blockBytes <= archive.size;) {
    const block = await bytesOf(archive.slice(at, at + blockBytes));
    if (textIn(block, 257, 5) !== 'ustar') break;
    const size = sizeIn(block);
    const kind = textIn(block, 156, 1);
    const begin = at + blockBytes;
    if (!Number.isSafeInteger(size) || begin + size > archive.size) {
      throw new Error('This backup ends before all of it is there. Copy the file again.');
    }
    if (kind === '0' || kind === '') {
      files.set(textIn(block, 0, 100).split('/').at(-1) ?? '', archive.slice(begin, begin + size));
    }
    at = begin + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}

function readFacts(description: string): BackupFacts {
  let parsed: unknown;
  try {
    parsed = JSON.parse(description);
  } catch {
    parsed = null;
  }
  const facts = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Partial<BackupFacts>;
  if (typeof facts.config?.name !== 'string' || typeof facts.state?.messages !== 'number') {
    throw new Error(`${descriptionName} does not describe a stream. Choose a backup of one.`);
  }
  return facts as BackupFacts;
}

/**
 * What a person chose: one archive, or the two files of the tool. Rejects with what is missing.
 */
export async function readBackup(chosen: readonly File[]): Promise<Backup> {
  const files = new Map<string, Blob>();
  for (const file of chosen) {
    if (file.name === descriptionName || file.name === dataName) files.set(file.name, file);
    else for (const [name, part] of await filesOfTar(file)) files.set(name, part);
  }
  const [described, data] = [files.get(descriptionName), files.get(dataName)];
  if (described === undefined && data === undefined) {
    throw new Error(
      `This is no backup of a stream. Choose a backup that was made here, or ${descriptionName} and ${dataName} of nats stream backup.`,
    );
  }
  if (described === undefined || data === undefined) {
    const missing = described === undefined ? descriptionName : dataName;
    throw new Error(`${missing} is missing. Choose it together with the other file.`);
  }
  if (described.size > descriptionBytesMax) throw new Error(`${descriptionName} is too long for a description.`);
  const description = await described.text();
  const facts = readFacts(description);
  const begin = new TextDecoder('latin1').decode(await bytesOf(data.slice(0, markWithinBytes)));
  return { description, facts, data, renames: begin.includes(archiveMark) };
}
