import { expect, test } from 'vitest';
import { openFileLog } from '../../../../broker/store/file-log.ts';
import { StoreError } from '../../../../broker/store/message-log.ts';
import { SegmentCache } from '../../../../broker/store/segment-cache.ts';
import { StreamKey } from '../../../../broker/store/stream-key.ts';
import { failure, FaultyDisk } from '../../../support/faulty-disk.ts';
import { append, expectSame, readText, sequencesOf, weakHash } from './log-check.ts';
import { LogSteps } from './log-steps.ts';
import { NaiveLog } from './naive-log.ts';
import { seeded } from './random.ts';
import type { FileLogOptions } from '../../../../broker/store/file-log.ts';
import type { MessageLog } from '../../../../broker/store/message-log.ts';

/** One in so many operations of the disk fails while faults are on. */
const FAULT_OF = 12;
const FAULTY = new Set(['write', 'read', 'sync', 'truncate', 'open', 'remove', 'rename', 'syncFolder']);
/** So many seeds of each kind; thousands are for whoever changed something: `NATSCOPE_SEEDS=2000`, or `NATSCOPE_SEEDS=500+2000`. */
const seedRange = /^(?:(\d+)\+)?(\d+)$/.exec(process.env['NATSCOPE_SEEDS'] ?? '');
function seeds(usual: number[]): number[] {
  if (seedRange === null) return usual;
  return Array.from({ length: Number(seedRange[2]) }, (_, i) => Number(seedRange[1] ?? 1) + i);
}
const time = { seconds: 1_700_000_000, nanos: 5 };

interface Kind {
  readonly sync: 'always' | 'never';
  readonly cipher?: 'aes' | 'chacha';
  readonly compress?: boolean;
}

function open(
  disk: FaultyDisk,
  { sync, cipher, compress = false }: Kind,
  warn: (text: string) => void = () => {},
): MessageLog {
  disk.makeFolder('/log');
  const options: FileLogOptions = {
    disk,
    folder: '/log',
    cache: new SegmentCache(20_000),
    key: cipher === undefined ? undefined : new StreamKey(cipher, Buffer.alloc(32, 3)),
    hash: weakHash,
    sync,
    compress,
    warn,
    segmentBytes: 4096,
  };
  return openFileLog(options).log;
}

/** A log over a disk on which anything may fail, and what has to be true of it all the same. */
class Simulation {
  readonly disk: FaultyDisk;
  readonly kind: Kind;
  readonly random: (below: number) => number;
  readonly steps: LogSteps;
  /** What was committed last. */
  safe = new NaiveLog('file');
  refused = 0;
  commits = 0;
  #faults = false;

  constructor(seed: number, kind: Kind) {
    this.random = seeded(seed);
    this.disk = new FaultyDisk(this.random);
    this.disk.shortWriteOf = 5;
    this.disk.defersSyncs = true;
    this.kind = kind;
    this.steps = new LogSteps(open(this.disk, kind), new NaiveLog('file'), this.random);
  }

  step(): void {
    const dice = this.random(100);
    if (dice < 60) this.steps.change();
    else if (dice < 82) this.commit();
    else if (dice < 88) this.#read();
    else if (dice < 93) this.steps.log.tidy(0);
    else if (dice < 95) this.disk.finishSyncs();
    else if (dice < 96) this.#truncate();
    else if (dice < 98) this.#turnFaults();
    else this.#crash();
  }

  /** What cannot be read now is there again when the disk can, and what is read is right. */
  #read(): void {
    const { log, model, history } = this.steps;
    const sequence = model.sequences[this.random(model.sequences.length)];
    if (sequence === undefined) return;
    const served = readText(log, sequence);
    if (served === undefined && this.#faults) return;
    const { subject, body } = history.get(sequence) ?? {};
    expect([sequence, served]).toMatchObject([sequence, { subject, body: body?.toString('latin1') }]);
  }

  #truncate(): void {
    this.commit();
    const { log, model } = this.steps;
    const to = Math.max(0, model.last - 1 - this.random(10));
    try {
      log.truncate(to);
      if (model.last === 0) return;
      model.truncate(to);
      model.lastTime = { ...log.state.lastTime };
      this.safe = model.copy();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.refused++;
    }
    expect([log.state.lastSequence, sequencesOf(log)]).toEqual([model.last, model.sequences]);
  }

  commit(): void {
    const { log, model } = this.steps;
    this.commits++;
    try {
      log.commit();
      this.safe = model.copy();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      expect(['full', 'input-output']).toContain(error.code);
      this.refused++;
      this.#goBack();
    }
    expect(sequencesOf(log)).toEqual(this.steps.model.sequences);
  }

  /** What was appended is gone; what was removed stays so. */
  #goBack(): void {
    const { model } = this.steps;
    const kept = this.safe.copy();
    for (const sequence of kept.sequences) if (!model.messages.has(sequence)) kept.remove(sequence);
    this.steps.model = kept;
  }

  #turnFaults(): void {
    this.#faults = !this.#faults;
    const { disk, random } = this;
    disk.capacity = this.#faults && random(2) === 0 ? disk.used + random(3000) : Infinity;
    disk.before = (operation, path) => {
      if (!this.#faults || !FAULTY.has(operation) || random(FAULT_OF) > 0) return;
      throw failure(random(2) === 0 ? 'EIO' : 'ENOSPC', path);
    };
  }

  #crash(): void {
    const { disk, random, steps } = this;
    if (this.kind.sync === 'always' && random(2) === 0) disk.losePower();
    else disk.kill();
    this.#faults = false;
    disk.capacity = Infinity;
    steps.log = this.#open();
    steps.listen();
    this.#expectSafe();
  }

  /** A disk that fails at the start is told of, and has done no harm. */
  #open(): MessageLog {
    const { disk, random } = this;
    for (let failing = random(3) === 0; failing; failing = random(2) === 0) {
      disk.before = (operation, path) => {
        if (FAULTY.has(operation) && random(4) === 0) throw failure('EIO', path);
      };
      try {
        open(disk, this.kind);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
      disk.kill();
    }
    return open(disk, this.kind);
  }

  /** Nothing committed is lost, nothing removed returns, nothing is there that nobody appended. */
  #expectSafe(): void {
    const { log, model } = this.steps;
    const found = sequencesOf(log);
    const foundSet = new Set(found);
    for (const [sequence, message] of this.safe.messages) {
      // Its removal was not committed: either may be.
      if (!model.messages.has(sequence) && !foundSet.has(sequence)) continue;
      const { subject, body, headerBytes, time: at } = message;
      expect([sequence, readText(log, sequence)]).toEqual([
        sequence,
        { subject, body: body.toString('latin1'), headerBytes, ...at },
      ]);
    }
    for (const sequence of found) {
      if (sequence <= this.safe.last) expect([sequence, this.safe.messages.has(sequence)]).toEqual([sequence, true]);
    }
    // What was refused may be there after all, since the disk would not take it back. Nobody was told of it.
    log.truncate(Math.max(this.safe.last, 0));
    const kept = this.safe.copy();
    for (const sequence of kept.sequences) if (!foundSet.has(sequence)) kept.remove(sequence);
    if (log.state.lastSequence < this.safe.last) throw new Error(`last is ${log.state.lastSequence}`);
    kept.lastTime = { ...log.state.lastTime };
    this.steps.model = kept;
    this.safe = kept.copy();
    expectSame(log, kept, this.random);
  }
}

const kinds: Kind[] = [
  { sync: 'never' },
  { sync: 'always' },
  { sync: 'always', cipher: 'aes' },
  { sync: 'always', cipher: 'chacha', compress: true },
];

test.each(
  kinds.flatMap((kind) =>
    seeds([102, 110, 118, 119, 122, 129]).map((seed) => [JSON.stringify(kind), seed, kind] as const),
  ),
)(
  'nothing committed is lost and nothing removed returns, whatever the disk does: %s, seed %i',
  (_, seed, kind) => {
    const simulation = new Simulation(seed, kind);
    for (let i = 0; i < 1000; i++) simulation.step();
    expect(simulation.refused).toBeGreaterThan(seedRange === null ? 3 : -1);
    expect(simulation.commits).toBeGreaterThan(100);
  },
  30_000,
);

test.each(kinds.flatMap((kind) => seeds([1, 2, 3]).map((seed) => [JSON.stringify(kind), seed, kind] as const)))(
  'a bit that flips is reported, and nothing wrong is ever served: %s, seed %i',
  (_, seed, kind) => {
    const random = seeded(seed);
    let lost = 0;
    for (let round = 0; round < 25; round++) {
      const disk = new FaultyDisk(random);
      const steps = new LogSteps(open(disk, kind), new NaiveLog('file'), random);
      for (let i = 0; i < 150; i++) steps.append();
      for (let i = 0; i < 100; i++) steps.change();
      if (round % 2 === 0) while (steps.log.tidy(50));
      steps.log.close();

      const path = disk.paths[random(disk.paths.length)] as string;
      disk.flip(path, random(disk.contents(path).length), random(8));
      const log = open(disk, kind);
      const found = sequencesOf(log);
      const wrong = steps.model.sequences.length !== found.length;
      let unreadable = 0;
      for (const sequence of found) {
        const served = readText(log, sequence);
        const message = steps.history.get(sequence);
        if (served === undefined) unreadable++;
        else expect(served).toMatchObject({ subject: message?.subject, body: message?.body.toString('latin1') });
      }
      if (path.endsWith('.index')) {
        expect([found, unreadable, log.damage]).toEqual([steps.model.sequences, 0, []]);
      } else if (wrong || unreadable > 0) {
        lost++;
        expect(log.damage.length).toBeGreaterThan(0);
      }
      // It goes on all the same.
      const next = append(log, 'after', Buffer.from('it'), 0, time);
      log.commit();
      expect(readText(log, next)).toMatchObject({ subject: 'after', body: 'it' });
    }
    expect(lost).toBeGreaterThan(3);
  },
  30_000,
);

test('after a loss of power without sync, what is served is what was written', () => {
  const random = seeded(7);
  for (let round = 0; round < 40; round++) {
    const disk = new FaultyDisk(random);
    const steps = new LogSteps(open(disk, { sync: 'never' }), new NaiveLog('file'), random);
    for (let i = 0; i < 200; i++) {
      steps.append();
      if (i % 7 === 0) steps.log.commit();
      if (i % 50 === 0) steps.log.tidy(5);
    }
    disk.losePower();
    const log = open(disk, { sync: 'never' });
    for (const sequence of sequencesOf(log)) {
      const { subject, body } = steps.history.get(sequence) ?? {};
      const served = readText(log, sequence);
      if (served !== undefined) expect(served).toMatchObject({ subject, body: body?.toString('latin1') });
    }
    const next = append(log, 'after', Buffer.from('it'), 0, time);
    log.commit();
    expect(readText(log, next)).toMatchObject({ subject: 'after', body: 'it' });
  }
}, 30_000);

test('a full disk refuses, keeps what it has, and takes more when there is room', () => {
  const disk = new FaultyDisk();
  const log = open(disk, { sync: 'never' });
  const body = Buffer.alloc(500, 1);
  disk.capacity = 20_000;
  let taken = 0;
  const fill = (): void => {
    for (;;) {
      append(log, `a.${taken % 5}`, body, 0, time);
      log.commit();
      taken++;
    }
  };
  expect(fill).toThrow(/no room on the disk .* make some/);
  expect(log.state).toMatchObject({ messages: taken, lastSequence: taken });
  expect(fill).toThrow(StoreError);
  const before = taken;
  expect(before).toBeGreaterThan(20);

  // Removing makes room even where there is none to write it down.
  disk.capacity = disk.used;
  log.removeBelow(before);
  expect(() => log.commit()).toThrow(StoreError);
  log.commit();
  disk.capacity = 20_000;
  expect(fill).toThrow(StoreError);
  expect(taken).toBeGreaterThan(before + 10);

  disk.capacity = Infinity;
  append(log, 'more', body, 0, time);
  log.commit();
  disk.kill();
  const again = open(disk, { sync: 'never' });
  expect(again.state).toMatchObject({ messages: taken - before + 2, firstSequence: before, lastSequence: taken + 1 });
  expect(again.damage).toEqual([]);
});

test('a tail that is torn is cut off at the last whole record, and reported', () => {
  for (const kind of kinds) {
    const disk = new FaultyDisk();
    const log = open(disk, kind);
    for (let i = 0; i < 3; i++) {
      append(log, 'a', Buffer.alloc(100, i), 0, time);
      log.commit();
    }
    const path = disk.paths[0] as string;
    const whole = Buffer.from(disk.contents(path));
    for (let cut = 1; cut < 200; cut += 24) {
      disk.kill();
      disk.put(path, whole.subarray(0, whole.length - cut));
      const warnings: string[] = [];
      const again = open(disk, kind, (text) => warnings.push(text));
      expect(again.damage[0]?.reason).toMatch(/cut off|set aside/);
      expect(warnings).toHaveLength(again.damage.length);
      const { lastSequence } = again.state;
      expect(lastSequence).toBeLessThan(3);
      expect(append(again, 'b', Buffer.from('x'), 0, time)).toBe(lastSequence + 1);
      again.close();
      const once = open(disk, kind);
      expect(once.damage).toEqual([]);
      expect(once.state.lastSequence).toBe(lastSequence + 1);
    }
  }
});
