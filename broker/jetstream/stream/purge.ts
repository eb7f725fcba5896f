import type { MessageLog } from '../../store/message-log.ts';
import { PatternFilter } from './pattern-filter.ts';

/** What goes: all, or what the filter covers; up to a sequence (which stays), or all but the newest so many. */
export interface PurgeOrder {
  readonly filter: string;
  /** 0: no such limit. */
  readonly sequence: number;
  /** 0: nothing is kept. */
  readonly keep: number;
}

/** Returns how many messages went. */
export function purge(log: MessageLog, { filter, sequence, keep }: PurgeOrder): number {
  const { state } = log;
  if (filter === '' || filter === '>') {
    if (keep > 0) return log.removeBelow(nthFromEnd(log, keep));
    const end = state.lastSequence + 1;
    const removed = log.removeBelow(sequence > 0 ? Math.min(sequence, end) : end);
    if (sequence > end) log.skipTo(sequence, state.lastTime);
    return removed;
  }
  const chosen = new PatternFilter(log, [filter]);
  const upTo = sequence > 0 ? sequence - 1 : state.lastSequence;
  let left = keep > 0 ? Math.max(0, log.count(state.firstSequence, chosen) - keep) : Infinity;
  let removed = 0;
  // A subject's messages are chained, so that one subject among many costs what it has.
  if (keep === 0 && chosen.literal !== undefined) {
    const subject = log.subjects.findText(chosen.literal);
    let next = subject === -1 ? 0 : log.subjects.first(subject);
    while (next !== 0 && next <= upTo) {
      const one = next;
      next = log.nextOf(subject, one);
      log.remove(one);
      removed++;
    }
    return removed;
  }
  for (
    let at = log.next(state.firstSequence, chosen);
    at !== 0 && at <= upTo && left > 0;
    at = log.next(at + 1, chosen)
  ) {
    log.remove(at);
    removed++;
    left--;
  }
  return removed;
}

/** Sequence of the message that so many newest ones begin with. */
function nthFromEnd(log: MessageLog, count: number): number {
  let at = log.state.lastSequence + 1;
  for (let left = count; left > 0; left--) {
    const before = log.previous(at - 1);
    if (before === 0) return at;
    at = before;
  }
  return at;
}
