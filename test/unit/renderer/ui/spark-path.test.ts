import { expect, it } from 'vitest';
import { sparkPath } from '../../../../renderer/ui/spark-path.ts';

it('draws bars from zero and leaves empty ones out', () => {
  expect(sparkPath(Uint8Array.of(0, 255, 0, 128))).toBe('M37.5 20V2.0M87.5 20V11.0');
});

it('shows a single message beside a thousand', () => {
  expect(sparkPath(Uint8Array.of(1, 255))).toBe('M25 20V18.6M75 20V2.0');
});

it('draws nothing without messages', () => {
  expect(sparkPath(new Uint8Array(20))).toBe('');
});
