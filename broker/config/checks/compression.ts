import type { Compression } from '../blocks/compression.ts';
import { formatGoDuration } from '../../base/duration-text.ts';
import { quote } from '../go/text.ts';
import { OptionsFault } from './options-fault.ts';

/** Levels between which a link is compressed more and more: uncompressed, fast, better, best. */
const THRESHOLDS_MAX = 4;

const MODES = new Set(
  'not supported|not_supported|disabled|off|false|accept|auto|s2_auto|fast|s2_fast|better|s2_better|best|s2_best'.split(
    '|',
  ),
);

/** Throws an `OptionsFault` when there is no such mode. `on` is the mode that `on` stands for. */
export function checkCompression(compression: Compression | undefined, on: string): void {
  const { mode = '', rtt_thresholds: thresholds = [] } = compression ?? {};
  if (mode === '') return;
  const word = /^(?:on|enabled|true)$/i.test(mode) ? on : mode.toLowerCase();
  if (!MODES.has(word)) throw new OptionsFault(`unsupported compression mode ${quote(mode)}`);
  if ((word !== 'auto' && word !== 's2_auto') || thresholds.length === 0) return;
  const listed = `[${thresholds.map(formatGoDuration).join(' ')}]`;
  const levels: number[] = [];
  for (const threshold of thresholds) {
    // Less than nothing is nothing, and nothing leaves a level out.
    const level = Math.max(0, threshold);
    if (level !== 0 && levels.some((before) => level < before)) {
      throw new OptionsFault(`RTT threshold values ${listed} should be in ascending order`);
    }
    levels.push(level);
  }
  while (levels.at(-1) === 0) levels.pop();
  if (levels.length > THRESHOLDS_MAX) {
    throw new OptionsFault(
      `compression mode ${quote(mode)} should have no more than ${THRESHOLDS_MAX} RTT thresholds: ${listed}`,
    );
  }
  if (levels.length === 0) {
    throw new OptionsFault(`compression mode ${quote(mode)} requires at least one RTT threshold`);
  }
}
