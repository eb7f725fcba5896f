/** Where a stream has sequences without a message. */

import type { StreamGaps } from '../bridge/contract.ts';
import type { WireStreamState } from './wire.ts';

/** Pure. Deleted sequences as runs; null where they were not listed. */
export function gapsOf(state: WireStreamState): StreamGaps {
  const deleted = state.num_deleted ?? 0;
  const edges = { firstSequence: state.first_seq, lastSequence: state.last_seq, deleted };
  if (deleted === 0) return { ...edges, runs: [] };
  if (state.deleted === undefined) return { ...edges, runs: null };
  const runs: number[] = [];
  for (const sequence of state.deleted.toSorted((a, b) => a - b)) {
    if (sequence < state.first_seq || sequence > state.last_seq) continue;
    if (runs.at(-1) === sequence - 1) runs[runs.length - 1] = sequence;
    else runs.push(sequence, sequence);
  }
  return { ...edges, runs };
}

/** Whether a sequence is in one of the runs, which are in order. */
export function isInRuns(runs: readonly number[], sequence: number): boolean {
  for (let at = 0; at + 1 < runs.length && runs[at]! <= sequence; at += 2) {
    if (sequence <= runs[at + 1]!) return true;
  }
  return false;
}
