import { expect, test } from 'vitest';
import { MemoryBacking } from '../../../../broker/store/memory-backing.ts';
import { createMemoryLog } from '../../../../broker/store/memory-log.ts';
import { MemoryUpkeep } from '../../../../broker/store/memory-upkeep.ts';
import { MessageIndex } from '../../../../broker/store/message-index.ts';
import { SegmentLog } from '../../../../broker/store/segment-log.ts';
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

test('what little is left of segments comes together, so that memory is given back', () => {
  const index = new MessageIndex(weakHash);
  const backing = new MemoryBacking(4096);
  index.segments.push(backing.begin(1));
  const log = new SegmentLog(index, backing, new MemoryUpkeep(index, backing.segmentBytes));
  const random = seeded(9);
  const model = new NaiveLog('memory');
  const time = { seconds: 1_700_000_000, nanos: 1 };
  const held = (): number => index.segments.reduce((sum, { image }) => sum + image.bytes.length, 0);
  // The last message of each subject stays, and some of the first ones.
  for (let i = 0; i < 5000; i++) {
    const subject = i % 100 === 0 ? `first.${i % 300}` : `last.${i % 7}`;
    const body = Buffer.from(`message ${i}`.repeat(1 + random(5)));
    const sequence = append(log, subject, body, 0, time);
    model.append(subject, body, 0, time);
    if (subject.startsWith('last') && model.remove(sequence - 14)) log.remove(sequence - 14);
    log.commit();
  }
  const before = held();
  while (log.tidy(5));
  expectSame(log, model, random);
  expect(before).toBeGreaterThan(40 * 4096);
  expect(held()).toBeLessThan(8 * 4096);
  expect(index.segments.length).toBeLessThan(8);
  log.remove(1, true);
  model.remove(1);
  append(log, 'last.1', Buffer.from('more'), 0, time);
  model.append('last.1', Buffer.from('more'), 0, time);
  expectSame(log, model, random);
});
