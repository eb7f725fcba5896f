import { describe, expect, test } from 'vitest';
import { unfinishedFrom } from '../../../../../../broker/jetstream/stream/batch/unfinished.ts';
import { IntakeDouble } from '../intake-double.ts';

const ALLOWED = { allow_atomic: true };

/** A log as it is found: its messages were put there without being looked at. */
function found(...headers: (readonly string[])[]): IntakeDouble {
  const stream = new IntakeDouble(ALLOWED);
  for (const lines of headers) {
    const block = lines.length === 0 ? '' : `NATS/1.0\r\n${lines.join('\r\n')}\r\n\r\n`;
    stream.input.compose(stream.hash, 's.a', block, Buffer.from('x'));
    stream.append();
  }
  return stream;
}

const part = (sequence: number, ...more: string[]): string[] => [
  'Nats-Batch-Id: b',
  `Nats-Batch-Sequence: ${sequence}`,
  ...more,
];

describe('unfinishedFrom', () => {
  test('a batch that was cut off is found, whole ones are not', () => {
    expect(unfinishedFrom(found([], part(1), part(2)).log, found().config)).toBe(2);
    expect(unfinishedFrom(found(part(1), part(2)).log, found().config)).toBe(1);
    expect(unfinishedFrom(found(part(1), part(2, 'Nats-Batch-Commit: 1')).log, found().config)).toBe(0);
    expect(unfinishedFrom(found([], []).log, found().config)).toBe(0);
    expect(unfinishedFrom(found().log, found().config)).toBe(0);
  });

  test('messages that only look like it stay', () => {
    expect(unfinishedFrom(found([], part(2)).log, found().config)).toBe(0);
    expect(unfinishedFrom(found(part(1, 'Nats-Stream-Source: O 1 > >')).log, found().config)).toBe(0);
    expect(unfinishedFrom(found(part(1, 'Nats-Scheduler: s.b')).log, found().config)).toBe(0);
    expect(unfinishedFrom(found(part(1)).log, new IntakeDouble().config)).toBe(0);
    const removed = found(part(1), part(2, 'Nats-Batch-Commit: 1'));
    removed.log.remove(2);
    expect(unfinishedFrom(removed.log, removed.config)).toBe(0);
  });
});
