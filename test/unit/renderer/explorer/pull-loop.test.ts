import { beforeEach, describe, expect, it } from 'vitest';
import { PullLoop } from '../../../../renderer/explorer/pull-loop.ts';
import type { PullClock, PullOutcome } from '../../../../renderer/explorer/pull-loop.ts';

/** Frames every 16 ms and timers, moved on by hand. */
class FakeClock implements PullClock {
  time = 0;
  #tasks: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  frame(run: () => void): () => void {
    return this.#add((Math.floor(this.time / 16) + 1) * 16, run);
  }

  after(ms: number, run: () => void): () => void {
    return this.#add(this.time + ms, run);
  }

  /** Runs what is due, with the promises in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = this.#tasks.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }

  #add(at: number, run: () => void): () => void {
    const task = { at, run };
    this.#tasks.push(task);
    return () => (this.#tasks = this.#tasks.filter((other) => other !== task));
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

let clock: FakeClock;
let pulls: number[];
let outcome: PullOutcome | null;
let loop: PullLoop;

beforeEach(() => {
  clock = new FakeClock();
  pulls = [];
  outcome = { changed: true, costMs: 1 };
  loop = new PullLoop(clock, () => {
    pulls.push(clock.time);
    return Promise.resolve(outcome);
  });
});

describe('the pull loop', () => {
  it('pulls about thirty times a second while messages come', async () => {
    loop.start();
    await clock.advance(1_000);
    expect(pulls.length).toBeGreaterThan(25);
    expect(pulls.length).toBeLessThan(33);
  });

  it('pulls four times a second while none come', async () => {
    outcome = { changed: false, costMs: 1 };
    loop.start();
    await clock.advance(2_000);
    expect(pulls.length).toBeGreaterThan(6);
    expect(pulls.length).toBeLessThan(11);
  });

  it('pulls in the next frame when rows are asked for, once however often', async () => {
    outcome = { changed: false, costMs: 1 };
    loop.start();
    await clock.advance(40);
    const before = pulls.length;
    for (let times = 0; times < 5; times++) loop.request();
    await clock.advance(17);
    expect(pulls.length).toBe(before + 1);
  });

  it('never has two on their way', async () => {
    let open = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    const slow = new PullLoop(clock, async () => {
      most = Math.max(most, ++open);
      await new Promise<void>((resolve) => answers.push(resolve));
      open--;
      return outcome;
    });
    slow.start();
    await clock.advance(50);
    for (let times = 0; times < 10; times++) {
      slow.request();
      await clock.advance(20);
    }
    expect(most).toBe(1);
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await clock.advance(20);
    expect(answers).toHaveLength(2);
  });

  it('leaves room on the main thread when drawing is dear', async () => {
    outcome = { changed: true, costMs: 6 };
    loop.start();
    await clock.advance(3_000);
    const before = pulls.length;
    await clock.advance(1_000);
    expect((pulls.length - before) * 6).toBeLessThan(70);
    expect(pulls.length - before).toBeGreaterThanOrEqual(9);
    // However dear: four times a second, as often as a cell may blink.
    outcome = { changed: true, costMs: 90 };
    await clock.advance(3_000);
    const dear = pulls.length;
    await clock.advance(1_000);
    expect(pulls.length - dear).toBe(4);
  });

  it('stands still when stopped, also in the middle of a pull', async () => {
    loop.start();
    await clock.advance(100);
    loop.stop();
    const before = pulls.length;
    loop.request();
    await clock.advance(1_000);
    expect(pulls.length).toBe(before);
    loop.start();
    await clock.advance(40);
    expect(pulls.length).toBeGreaterThan(before);
  });

  it('tries again after a second when it failed, not at once', async () => {
    outcome = null;
    loop.start();
    await clock.advance(900);
    expect(pulls.length).toBe(1);
    await clock.advance(200);
    expect(pulls.length).toBe(2);
  });
});
