import { expect, test } from 'vitest';
import { createMemoryLog } from '../../../../broker/store/memory-log.ts';
import { append, expectSame, weakHash } from './log-check.ts';
import { NaiveLog } from './naive-log.ts';
import { LogSteps } from './log-steps.ts';
import { seeded } from './random.ts';

test.each([1, 2, 3, 4, 5, 6])('a memory log does what the model does, seed %i', (seed) => {
  const random = seeded(seed);
  const log = createMemoryLog(weakHash, 4096);
  const steps = new LogSteps(log, new NaiveLog('memory'), random);
  for (let i = 0; i < 1500; i++) {
    steps.step();
    if (i % 100 === 0) expectSame(log, steps.model, random);
  }
  expectSame(log, steps.model, random);
  expect(steps.removedSum).toBe(steps.appendedSum - log.state.bytes);
});

test('segments go with their messages, and numbers of subjects are told when they go', () => {
  const log = createMemoryLog(weakHash);
  const freed: number[] = [];
  log.subjects.onFreed = (subject) => freed.push(subject);
  const time = { seconds: 1_700_000_000, nanos: 1 };
  const body = Buffer.alloc(100_000, 1);
  for (let i = 0; i < 300; i++) append(log, `a.${i % 3}`, body, 0, time);
  expect(log.removeBelow(301)).toBe(300);
  log.commit();
  expect(freed).toHaveLength(3);
  expect(log.state).toMatchObject({ messages: 0, bytes: 0, firstSequence: 301, lastSequence: 300, deleted: 0 });
  expect(append(log, 'a.0', body, 0, time)).toBe(301);
});

test('a message of the greatest size has a segment of its own', () => {
  const log = createMemoryLog(weakHash);
  const time = { seconds: 0, nanos: 0 };
  const body = Buffer.alloc(20_000_000, 7);
  append(log, 'small', Buffer.from('1'), 0, time);
  append(log, 'large', body, 0, time);
  append(log, 'small', Buffer.from('2'), 0, time);
  expect(log.read(2)?.bodyBytes).toBe(body.length);
  expect(log.read(2)?.bytes[(log.read(2)?.bodyStart ?? 0) + body.length - 1]).toBe(7);
  expect(log.nextOf(log.subjects.findText('small'), 1)).toBe(3);
});
