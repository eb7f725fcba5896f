import { createMemoryLog } from './memory-log.ts';
import type { Journal, MessageLog, StreamPlace, SubjectHash } from './message-log.ts';

/** The place of a stream that lives in memory only. */
export function memoryPlace(hash: SubjectHash): StreamPlace {
  return new MemoryPlace(hash);
}

class MemoryPlace implements StreamPlace {
  readonly log: MessageLog;
  readonly #documents = new Map<string, string>();
  readonly #journals = new Map<string, MemoryJournal>();

  constructor(hash: SubjectHash) {
    this.log = createMemoryLog(hash);
  }

  readDocument(name: string): string | undefined {
    return this.#documents.get(name);
  }

  writeDocument(name: string, text: string): void {
    this.#documents.set(name, text);
  }

  removeDocument(name: string): void {
    this.#documents.delete(name);
  }

  documents(): string[] {
    return [...this.#documents.keys()];
  }

  openJournal(name: string): Journal {
    const known = this.#journals.get(name);
    if (known !== undefined) return known;
    const journal = new MemoryJournal(() => this.#journals.delete(name));
    this.#journals.set(name, journal);
    return journal;
  }

  journals(): string[] {
    return [...this.#journals.keys()];
  }

  close(): void {
    this.log.close();
  }

  destroy(): void {
    this.log.destroy();
    this.#documents.clear();
    this.#journals.clear();
  }
}

/** Nobody reads it after the process has gone, so records that a snapshot would replace are all that it costs. */
class MemoryJournal implements Journal {
  #records: Uint8Array[] = [];
  bytes = 0;
  readonly dirty = false;
  readonly #onDestroy: () => void;

  constructor(onDestroy: () => void) {
    this.#onDestroy = onDestroy;
  }

  load(): Uint8Array[] {
    return [...this.#records];
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#records.push(bytes.slice(start, end));
    this.bytes += end - start;
  }

  replace(snapshot: Uint8Array): void {
    this.#records = [snapshot.slice()];
    this.bytes = 0;
  }

  commit(): void {}

  close(): void {}

  destroy(): void {
    this.#records = [];
    this.#onDestroy();
  }
}
