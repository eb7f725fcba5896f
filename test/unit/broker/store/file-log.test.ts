import { expect, test } from 'vitest';
import { openFileLog } from '../../../../broker/store/file-log.ts';
import { SegmentCache } from '../../../../broker/store/segment-cache.ts';
import { StreamKey } from '../../../../broker/store/stream-key.ts';
import { FaultyDisk } from '../../../support/faulty-disk.ts';
import { append, expectSame, weakHash } from './log-check.ts';
import { LogSteps } from './log-steps.ts';
import { NaiveLog } from './naive-log.ts';
import { seeded } from './random.ts';
import type { FileLogOptions } from '../../../../broker/store/file-log.ts';

const time = { seconds: 1_700_000_000, nanos: 5 };

function optionsOf(disk: FaultyDisk, more: Partial<FileLogOptions> = {}): FileLogOptions {
  disk.makeFolder('/log');
  return {
    disk,
    folder: '/log',
    cache: new SegmentCache(20_000),
    key: undefined,
    hash: weakHash,
    sync: 'never',
    compress: false,
    warn: () => {},
    segmentBytes: 4096,
    ...more,
  };
}

const kinds: [name: string, more: Partial<FileLogOptions>][] = [
  ['plain', {}],
  ['compressed', { compress: true }],
  ['chacha', { key: new StreamKey('chacha', Buffer.alloc(32, 1)) }],
  ['aes and compressed', { key: new StreamKey('aes', Buffer.alloc(32, 2)), compress: true }],
];

test.each(kinds.flatMap(([name, more]) => [1, 2, 3, 4].map((seed) => [name, seed, more] as const)))(
  'a file log does what the model does, however often it is opened anew: %s, seed %i',
  (_, seed, more) => {
    const random = seeded(seed);
    const disk = new FaultyDisk(random);
    const options = optionsOf(disk, more);
    const steps = new LogSteps(openFileLog(options).log, new NaiveLog('file'), random);
    for (let i = 0; i < 1500; i++) {
      steps.step();
      if (i % 75 !== 74) continue;
      if (random(2) === 0) {
        steps.log.close();
        expect(disk.openFiles).toBe(0);
      } else {
        steps.log.commit();
        disk.kill();
      }
      steps.log = openFileLog({ ...options, cache: new SegmentCache(20_000) }).log;
      steps.listen();
      expect(steps.log.damage).toEqual([]);
      expectSame(steps.log, steps.model, random);
    }
    expectSame(steps.log, steps.model, random);
    expect(steps.removedSum).toBe(steps.appendedSum - steps.log.state.bytes);
  },
  30_000,
);

test('what is gone takes no room on the disk', () => {
  const disk = new FaultyDisk();
  const { log } = openFileLog(optionsOf(disk));
  for (let i = 0; i < 500; i++) append(log, `a.${i % 7}`, Buffer.alloc(200), 0, time);
  log.commit();
  expect(disk.paths.length).toBeGreaterThan(20);
  log.removeBelow(500);
  log.commit();
  while (log.tidy(100));
  expect(disk.used).toBeLessThan(10_000);
  log.removeBelow(501);
  log.commit();
  expect(disk.used).toBeLessThan(2000);
});
