import { codeOf, readFile, removeQuietly, replaceFile, storeError } from './disk.ts';
import { openFileLog } from './file-log.ts';
import { folderName } from './folder-name.ts';
import { JournalFile } from './journal-file.ts';
import { forgetName, keepName, nameOf } from './kept-names.ts';
import { StoreError } from './message-log.ts';
import type { Disk } from './disk.ts';
import type { FileLog } from './file-log.ts';
import type { Journal, MessageLog, StreamPlace, SubjectHash } from './message-log.ts';
import type { SegmentCache } from './segment-cache.ts';
import type { StreamKey } from './stream-key.ts';

export interface FilePlaceOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly cache: SegmentCache;
  readonly hash: SubjectHash;
  readonly sync: 'always' | 'never';
  readonly key: StreamKey | undefined;
  readonly compress: boolean;
  readonly warn: (text: string) => void;
  readonly segmentBytes?: number | undefined;
  /** Takes the folder away. */
  readonly remove: () => void;
  readonly onClosed: () => void;
}

/** Encrypted documents begin with these bytes, as no text does. */
const SEALED = Buffer.from('\0sealed\0');
const JOURNAL_SUFFIX = '.journal';

/** The folder of a stream: `messages`, `documents` and `journals`. */
export class FilePlace implements StreamPlace {
  readonly #options: FilePlaceOptions;
  readonly #log: FileLog;
  readonly #journals = new Map<string, JournalFile>();
  readonly #documentFolder: string;
  readonly #journalFolder: string;

  /** Throws a `StoreError`. */
  constructor(options: FilePlaceOptions) {
    this.#options = options;
    const { disk, folder } = options;
    const messageFolder = `${folder}/messages`;
    this.#documentFolder = `${folder}/documents`;
    this.#journalFolder = `${folder}/journals`;
    try {
      for (const path of [messageFolder, this.#documentFolder, this.#journalFolder]) disk.makeFolder(path);
    } catch (error) {
      throw storeError(error, folder);
    }
    const { segmentBytes } = options;
    this.#log = openFileLog({
      ...options,
      folder: messageFolder,
      ...(segmentBytes === undefined ? {} : { segmentBytes }),
    } as Parameters<typeof openFileLog>[0]);
  }

  get log(): MessageLog {
    return this.#log.log;
  }

  readDocument(name: string): string | undefined {
    const path = this.#documentPath(name);
    const bytes = readFile(this.#options.disk, path);
    if (bytes === undefined) return undefined;
    if (!bytes.subarray(0, SEALED.length).equals(SEALED)) return bytes.toString('utf8');
    const plain = this.#options.key?.forFile(documentSalt(name)).open(bytes.subarray(SEALED.length), SEALED);
    if (plain === undefined) throw new StoreError('key', `"${path}" was encrypted with another key, or changed`);
    return plain.toString('utf8');
  }

  writeDocument(name: string, text: string, kind: 'lasting' | 'new' = 'lasting'): void {
    const plain = Buffer.from(text, 'utf8');
    const key = this.#options.key?.forFile(documentSalt(name));
    let bytes = plain;
    if (key !== undefined) {
      bytes = Buffer.alloc(SEALED.length + key.overheadBytes + plain.length);
      SEALED.copy(bytes);
      key.seal(plain, SEALED, bytes, SEALED.length);
    }
    const { disk, sync, warn } = this.#options;
    const path = this.#documentPath(name);
    const durable = kind === 'lasting' || sync === 'always';
    keepName(disk, this.#documentFolder, name);
    replaceFile(disk, path, bytes, this.#documentFolder, durable);
    if (durable) return;
    disk.syncInBackground(path, (error) => {
      if (error !== undefined && codeOf(error) !== 'ENOENT') warn(storeError(error, path).message);
    });
  }

  removeDocument(name: string): void {
    forgetName(this.#options.disk, this.#documentFolder, name);
    removeQuietly(this.#options.disk, this.#documentPath(name));
  }

  documents(): string[] {
    return this.#names(this.#documentFolder, '');
  }

  openJournal(name: string): Journal {
    const known = this.#journals.get(name);
    if (known !== undefined) return known;
    const path = `${this.#journalFolder}/${folderName(name)}${JOURNAL_SUFFIX}`;
    const onClosed = (): void => void this.#journals.delete(name);
    const journal = new JournalFile({ ...this.#options, folder: this.#journalFolder, onClosed }, path);
    keepName(this.#options.disk, this.#journalFolder, name);
    this.#journals.set(name, journal);
    return journal;
  }

  journals(): string[] {
    return [...new Set([...this.#names(this.#journalFolder, JOURNAL_SUFFIX), ...this.#journals.keys()])];
  }

  syncInBackground(): void {
    this.#log.syncInBackground();
    for (const journal of this.#journals.values()) journal.syncInBackground();
  }

  close(): void {
    this.#options.onClosed();
    let failure: unknown;
    for (const part of [...this.#journals.values(), this.log]) {
      try {
        part.close();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  destroy(): void {
    this.#options.onClosed();
    for (const journal of this.#journals.values()) journal.closeHandle();
    this.#journals.clear();
    this.log.destroy();
    this.#options.remove();
  }

  #documentPath(name: string): string {
    return `${this.#documentFolder}/${folderName(name)}`;
  }

  #names(folder: string, suffix: string): string[] {
    const { disk } = this.#options;
    const files = disk.list(folder).filter(({ name }) => name.endsWith(suffix) && !/\.(new|name)$/.test(name));
    const names = files.map(({ name }) => nameOf(disk, folder, name.slice(0, name.length - suffix.length)));
    return names.filter((name) => name !== undefined).sort();
  }
}

function documentSalt(name: string): Buffer {
  return Buffer.from(`document ${name}`);
}
