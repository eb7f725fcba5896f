/** What an answer in the lab will do, said before it is given. Pure. */

import type { ConsumerDetail, LabAnswer, LabMessage } from '../../../electron/bridge/contract.ts';
import { grouped } from '../../ui/numbers.ts';
import { printDuration } from '../form/field-values.ts';

export function fetchConsequence({ config, row }: ConsumerDetail, count: number): string {
  if (row.push) return listenConsequence(config, row, count);
  if (row.ackPolicy === 'none') return `Takes up to ${count} from ${row.name} for good: it acknowledges by itself`;
  const wait = config.backoff?.[0] ?? config.ack_wait;
  const back = wait === undefined ? 'when they are not answered' : `in ${printDuration(wait)} unless they are answered`;
  return `Takes up to ${count} from those who use ${row.name}; they go back ${back}`;
}

/** What is pushed does not stop at the count: the server sends as much as may be out. */
function listenConsequence(config: ConsumerDetail['config'], row: ConsumerDetail['row'], count: number): string {
  const shared = config.deliver_group ? `Takes its share of ${row.name}` : `Listens to ${config.deliver_subject ?? ''}`;
  const others = row.bound
    ? config.deliver_group
      ? ' from those who listen'
      : '; those who listen get them as well'
    : '; nobody else listens, so delivery begins now';
  const waiting = row.pending;
  if (waiting === 0) return `${shared}${others}. Shows the next ${count}`;
  if (row.ackPolicy === 'none') {
    return `${shared}${others}. Shows ${count}; all ${grouped(waiting)} that wait may go out meanwhile, for good`;
  }
  const out = row.ackPendingMax > 0 ? Math.min(waiting, row.ackPendingMax) : waiting;
  const wait = config.backoff?.[0] ?? config.ack_wait;
  const again = wait === undefined ? 'later' : `in ${printDuration(wait)}`;
  return `${shared}${others}. Shows ${count}; up to ${grouped(out)} go out meanwhile, and come again ${again} unless answered`;
}

export function consequenceOf(answer: LabAnswer, message: LabMessage, { config, row }: ConsumerDetail): string {
  const before = row.ackPolicy === 'all' ? ' and all before it' : '';
  const max = config.max_deliver ?? -1;
  switch (answer) {
    case 'ack':
    case 'next':
      return `Done: ${message.sequence}${before} will not be delivered again`;
    case 'nak':
      return max > 0 && message.deliveries >= max
        ? `Given up: that was delivery ${message.deliveries} of ${max}, so it becomes a dead letter`
        : `Delivered again at once, as delivery ${message.deliveries + 1}${max > 0 ? ` of ${max}` : ''}`;
    case 'term':
      return `Never delivered again, without being done: ${message.sequence} becomes a dead letter`;
    case 'progress':
      return 'The time to answer begins anew';
  }
}
