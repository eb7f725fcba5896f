/** What a purge or a deletion would take away, counted by the server before anything is done. */

import type { Loss, PurgeParams } from '../bridge/contract.ts';
import { getBatch } from './stored-messages.ts';
import type { Asking, Way } from './stored-messages.ts';
import type { WireConsumer, WireStream } from './wire.ts';

export interface LossFacts {
  info: WireStream;
  consumers: readonly WireConsumer[];
  /** Messages by subject that match the filter. */
  subjects: ReadonlyMap<string, number>;
  way: Way;
}

export async function lossOf(asking: Asking, params: PurgeParams, facts: LossFacts): Promise<Loss> {
  const { filter, keep, before } = params;
  const { info, consumers, subjects, way } = facts;
  const { state } = info;
  const all = filter === '' || filter === '>';
  const matching = all ? state.messages : [...subjects.values()].reduce((sum, count) => sum + count, 0);
  let messages = Math.max(0, matching - keep);
  let atMost = false;
  if (before > 0) {
    const behind = before > state.last_seq ? 0 : await countFrom(asking, params, way, before);
    if (behind === null) atMost = true;
    else messages = Math.max(0, matching - behind);
  }
  const whole = all && keep === 0 && before === 0;
  return {
    messages,
    atMost,
    bytes: whole ? state.bytes : null,
    subjects: all ? (state.num_subjects ?? 0) : subjects.size,
    consumers: consumers.length,
    unacknowledged: consumers.reduce((sum, { num_ack_pending: pending }) => sum + pending, 0),
  };
}

/** Messages from a sequence on that match; null where the server does not say. */
async function countFrom(
  asking: Asking,
  { stream, filter }: PurgeParams,
  way: Way,
  from: number,
): Promise<number | null> {
  if (!way.direct || !way.batches) return null;
  const { messages, pending } = await getBatch(asking, stream, way, from, filter, 1);
  if (messages.length === 0) return 0;
  return pending === null ? null : pending + messages.length;
}
