import type { Journal, MessageLog, StreamPlace } from '../../store/message-log.ts';
import { headerIn } from '../stream/header-block.ts';
import { headersOf } from '../stream/message-text.ts';
import { parseSourceHeader } from './source-names.ts';

/** Sequence of the last message of a source, and which stream of that name it was. */
export interface SourcePoint {
  readonly sequence: number;
  readonly identity: string;
}

/** No consumer has a dot in its name. */
const JOURNAL = 'stream.sources';
const JOURNAL_BYTES_MAX = 64 * 1024;
const SOURCE_HEADER = 'Nats-Stream-Source';

/** A record: changes by index name, and the last message of the stream that they take in. */
interface ProgressRecord {
  readonly upTo: number;
  readonly points: Readonly<Record<string, readonly [sequence: number, identity: string]>>;
}

/**
 * How far the sources of a stream are, by index name. It is written down with the messages, because these may be gone when
 * the stream is opened again; what it lacks is read from the headers of the messages behind it.
 */
export class SourceProgress {
  /** As it is on disk, with the messages. */
  readonly safe = new Map<string, SourcePoint>();
  readonly #journal: Journal | undefined;
  #upTo = 0;

  constructor(place: StreamPlace, kept: boolean) {
    this.#journal = kept ? place.openJournal(JOURNAL) : undefined;
    for (const bytes of this.#journal?.load() ?? []) this.#read(bytes);
  }

  /** Reads the messages that came after what was written down. */
  recover(log: MessageLog): void {
    const found = new Set<string>();
    const { lastSequence } = log.state;
    for (let at = log.previous(lastSequence); at > this.#upTo; at = log.previous(at - 1)) {
      const message = log.read(at);
      const header = message === undefined ? undefined : headerIn(headersOf(message), SOURCE_HEADER);
      const source = header === undefined ? undefined : parseSourceHeader(header);
      if (source === undefined || found.has(source.indexName)) continue;
      found.add(source.indexName);
      this.safe.set(source.indexName, source);
    }
  }

  /** The messages are safe; so is this, when it returns. Throws a `StoreError`; then it is written with what comes next. */
  keep(points: Iterable<readonly [indexName: string, point: SourcePoint]>, lastSequence: number): void {
    const changes: Record<string, [number, string]> = {};
    let count = 0;
    for (const [name, { sequence, identity }] of points) {
      const before = this.safe.get(name);
      if (before?.sequence === sequence && before.identity === identity) continue;
      this.safe.set(name, { sequence, identity });
      changes[name] = [sequence, identity];
      count++;
    }
    if (this.#journal === undefined || (count === 0 && !this.#journal.dirty)) return;
    this.#upTo = lastSequence;
    if (count > 0) this.#write(this.#journal, changes, lastSequence);
    this.#journal.commit();
  }

  #write(journal: Journal, changes: ProgressRecord['points'], lastSequence: number): void {
    if (journal.bytes > JOURNAL_BYTES_MAX) {
      const all = Array.from(this.safe, ([name, { sequence, identity }]) => [name, [sequence, identity]] as const);
      journal.replace(record({ upTo: lastSequence, points: Object.fromEntries(all) }));
    } else {
      const bytes = record({ upTo: lastSequence, points: changes });
      journal.append(bytes, 0, bytes.length);
    }
  }

  close(): void {
    this.#journal?.close();
  }

  #read(bytes: Uint8Array): void {
    const { upTo, points } = JSON.parse(Buffer.from(bytes).toString('latin1')) as ProgressRecord;
    this.#upTo = upTo;
    for (const [name, [sequence, identity]] of Object.entries(points)) this.safe.set(name, { sequence, identity });
  }
}

function record(content: ProgressRecord): Uint8Array {
  return Buffer.from(JSON.stringify(content), 'latin1');
}
