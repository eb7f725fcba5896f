import { isSubset } from '../../subject/subset.ts';
import type { MessageLog } from '../../store/message-log.ts';
import { ConsumerFilter } from './consumer-filter.ts';

/**
 * Where a consumer with those filters goes on after messages of a subject (undefined: all) were purged: sequences below
 * need not be looked at any more. Undefined: the purge is none of its business.
 */
export function purgedUpTo(
  log: MessageLog,
  filters: readonly string[],
  subject: string | undefined,
): number | undefined {
  const { firstSequence, lastSequence } = log.state;
  if (subject === undefined || subject === '') return firstSequence;
  const some = filters.some((filter) => filter === subject || isSubset(filter, subject));
  const all = some && filters.every((filter) => isSubset(filter, subject));
  if (all) return log.next(firstSequence, new ConsumerFilter([subject], log.subjects)) || lastSequence + 1;
  const within = filters.length === 0 || filters.some((filter) => isSubset(subject, filter));
  return some || within ? firstSequence : undefined;
}
