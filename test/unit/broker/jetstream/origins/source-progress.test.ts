import { expect, test } from 'vitest';
import { SourceProgress } from '../../../../../broker/jetstream/origins/source-progress.ts';
import { LogInput } from '../../../../../broker/jetstream/stream/log-input.ts';
import { createMemoryLog } from '../../../../../broker/store/memory-log.ts';
import { type Journal, StoreError, type StreamPlace } from '../../../../../broker/store/message-log.ts';
import { subjectHash } from '../../../../../broker/wire/subject-hash.ts';

const hash = subjectHash(1);
const S = 'S > >';
const T = 'T > >';

/** A journal in memory, on a disk that may refuse. */
class JournalDouble implements Journal {
  safe: Uint8Array[] = [];
  full = false;
  #waiting: Uint8Array[] = [];

  load(): Uint8Array[] {
    return this.safe;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#waiting.push(bytes.slice(start, end));
  }

  get bytes(): number {
    return [...this.safe, ...this.#waiting].reduce((sum, { length }) => sum + length, 0);
  }

  replace(snapshot: Uint8Array): void {
    this.safe = [snapshot.slice()];
    this.#waiting = [];
  }

  get dirty(): boolean {
    return this.#waiting.length > 0;
  }

  commit(): void {
    if (this.full) throw new StoreError('full', 'no room');
    this.safe.push(...this.#waiting.splice(0));
  }

  close(): void {}

  destroy(): void {}
}

function open(journal: Journal): SourceProgress {
  return new SourceProgress({ openJournal: () => journal } as unknown as StreamPlace, true);
}

test('what is written down is there again, and what came behind it is read from the messages', () => {
  const journal = new JournalDouble();
  const progress = open(journal);
  progress.keep([[S, { sequence: 5, identity: 'i' }]], 2);
  progress.keep([[T, { sequence: 1, identity: '' }]], 3);
  const log = createMemoryLog(hash);
  const input = new LogInput();
  for (const [sequence, from] of [
    [4, 'S 4'],
    [5, 'S 5'],
    [1, 'T 1'],
    [6, 'S 6'],
    [7, 'S 7'],
  ] as const) {
    const [name] = from.split(' ');
    const header = `NATS/1.0\r\nNats-Stream-Source: ${name} ${sequence} > > s.a\r\n\r\n`;
    input.compose(hash, 's.a', header, new Uint8Array(0));
    log.append(input, input.hash, { seconds: 1, nanos: 0 });
  }
  const again = open(journal);
  expect(again.safe.get(S)).toEqual({ sequence: 5, identity: 'i' });
  again.recover(log);
  expect(again.safe.get(S)?.sequence).toBe(7);
  expect(again.safe.get(T)).toEqual({ sequence: 1, identity: '' });
});

test('what the disk refuses is written with what comes next, or once it is asked again', () => {
  const journal = new JournalDouble();
  const progress = open(journal);
  journal.full = true;
  const points = [[S, { sequence: 5, identity: '' }]] as const;
  expect(() => progress.keep(points, 2)).toThrow(StoreError);
  expect(() => progress.keep(points, 2)).toThrow(StoreError);
  journal.full = false;
  progress.keep(points, 2);
  expect(open(journal).safe.get(S)?.sequence).toBe(5);
});

test('a journal that grew long is replaced by how far all are', () => {
  const journal = new JournalDouble();
  const progress = open(journal);
  for (let sequence = 1; sequence <= 3000; sequence++) {
    progress.keep([[sequence % 2 === 0 ? S : T, { sequence, identity: '' }]], sequence);
  }
  expect(journal.bytes).toBeLessThan(80_000);
  const again = open(journal);
  expect([again.safe.get(S)?.sequence, again.safe.get(T)?.sequence]).toEqual([3000, 2999]);
});
