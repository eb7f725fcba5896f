import { describe, expect, it } from 'vitest';
import { createQueue, createState } from '../../../../electron/bridge/feed.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a state', () => {
  it('gives its value at once, skips what a slow watcher missed, and ends with the last', async () => {
    const state = createState(1);
    const abort = new AbortController();
    const iterator = state.watch(abort.signal)[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    const next = iterator.next();
    state.set(2);
    state.set(3);
    expect(await next).toEqual({ done: false, value: 3 });
    const last = iterator.next();
    abort.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  it('ends its watchers when it is closed', async () => {
    const state = createState('a');
    const iterator = state.watch(new AbortController().signal)[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    await turn();
    state.close();
    expect((await next).done).toBe(true);
  });
});

describe('a queue', () => {
  it('gives every item in order and then ends', async () => {
    const queue = createQueue<number>(10);
    queue.push(1);
    queue.push(2);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of queue.iterate(new AbortController().signal)) seen.push(item);
    })();
    await turn();
    queue.push(3);
    queue.end();
    await reading;
    expect(seen).toEqual([1, 2, 3]);
    expect(queue.push(4)).toBe(false);
  });

  it('says when an item does not fit', () => {
    const queue = createQueue<number>(1);
    expect(queue.push(1)).toBe(true);
    expect(queue.push(2)).toBe(false);
  });
});
