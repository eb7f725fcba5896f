import { beforeEach, describe, expect, test } from 'vitest';
import { InterestReview } from '../../../../../broker/jetstream/stream/interest-review.ts';
import { LogInput } from '../../../../../broker/jetstream/stream/log-input.ts';
import { createMemoryLog } from '../../../../../broker/store/memory-log.ts';
import { subjectHash } from '../../../../../broker/wire/subject-hash.ts';
import { subjectMatches } from '../../../../../broker/subject/matching.ts';

const hash = subjectHash(1);
const NOTHING = new Uint8Array(0);

/** Somebody who wants a subject and has had everything up to a sequence. */
class Consumer {
  filter: string;
  floor: number;
  readonly #subjectOf: (subject: number) => string;

  constructor(filter: string, floor: number, subjectOf: (subject: number) => string) {
    this.filter = filter;
    this.floor = floor;
    this.#subjectOf = subjectOf;
  }

  needs(sequence: number, subject: number): boolean {
    return this.wants(this.#subjectOf(subject)) && sequence > this.floor;
  }

  wants(subject: string): boolean {
    return subjectMatches(this.filter, subject);
  }
}

let log: ReturnType<typeof createMemoryLog>;
let consumers: Map<string, Consumer>;
let woken: number;
let now: number;
let review: InterestReview;

beforeEach(() => {
  log = createMemoryLog(hash);
  consumers = new Map();
  woken = 0;
  now = 0;
  review = new InterestReview(
    {
      log,
      consumers,
      wake: () => void woken++,
      letGo: (sequence) => void log.remove(sequence),
    },
    () => now++,
  );
});

function fill(count: number, subjects: readonly string[]): void {
  const input = new LogInput();
  for (let i = 0; i < count; i++) {
    input.compose(hash, subjects[i % subjects.length] as string, '', NOTHING);
    log.append(input, input.hash, { seconds: 1, nanos: 0 });
  }
}

function add(name: string, filter: string, floor = 0): void {
  consumers.set(name, new Consumer(filter, floor, (subject) => log.subjects.text(subject)));
}

function left(): number[] {
  const found: number[] = [];
  for (let at = log.next(1); at !== 0; at = log.next(at + 1)) found.push(at);
  return found;
}

describe('InterestReview', () => {
  test('what nobody waits for goes, from where it begins', () => {
    fill(6, ['s.a', 's.b']);
    add('A', 's.b', 2);
    review.begin(3, 'unneeded');
    expect(left()).toEqual([1, 2, 4, 6]);
    expect(woken).toBe(0);
    review.begin(1, 'unneeded');
    expect(left()).toEqual([4, 6]);
  });

  test('what somebody was done with goes, and what nobody ever wanted stays', () => {
    fill(6, ['s.a', 's.b', 's.c']);
    add('A', 's.a', 6);
    add('B', 's.*', 1);
    review.begin(1, 'done');
    expect(left()).toEqual([2, 3, 4, 5, 6]);
    consumers.delete('B');
    review.begin(1, 'done');
    expect(left()).toEqual([2, 3, 5, 6]);
  });

  test('a long stream takes several turns; what comes meanwhile is not looked at', () => {
    fill(512 * 40, ['s.a']);
    add('A', 's.b');
    // Each look at the clock takes a millisecond: 20 of them, then 4 each time.
    review.begin(1, 'unneeded');
    expect(woken).toBe(1);
    expect(left()[0]).toBe(512 * 21 + 1);
    fill(1, ['s.a']);
    let turns = 1;
    while (review.run()) turns++;
    expect(turns).toBe(4);
    expect(left()).toEqual([512 * 40 + 1]);
  });

  test('another review before the end of one takes on what was left', () => {
    fill(512 * 30, ['s.a']);
    add('A', 's.b');
    review.begin(1, 'unneeded');
    const [next = 0] = left();
    review.begin(512 * 29, 'done');
    expect(woken).toBe(1);
    while (review.run());
    expect(next).toBeGreaterThan(1);
    expect(left()).toEqual([]);
  });

  test('who comes meanwhile is asked, too', () => {
    fill(512 * 40, ['s.a']);
    add('A', 's.b');
    review.begin(1, 'unneeded');
    const kept = left();
    add('B', 's.a');
    while (review.run());
    expect(left()).toEqual(kept);
  });
});
