/** A stored message once more to where it is wanted: to its own subject, or to another. */

import type { HeaderField } from '../bridge/contract.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { JetStreamError, throwRefused } from '../jetstream-api/errors.ts';
import type { AccountViews } from './account-views.ts';

/**
 * Headers that say under which circumstances it was to be stored then. Kept, they would have it refused as a duplicate
 * or for a sequence that has passed.
 */
const passing =
  /^nats-(msg-id|expected-|batch-|schedule|rollup|incr|stream$|sequence$|subject$|time-stamp$|last-sequence$)/i;

export function redrivenHeaders(headers: readonly HeaderField[]): HeaderField[] {
  return headers.filter(({ name }) => !passing.test(name));
}

interface Params {
  account?: string;
  stream: string;
  sequence: number;
  /** '' for its own. */
  subject: string;
  remove: boolean;
}

/** The old one is taken away only when the new one is stored. */
export async function redrive(
  api: JetStreamApi,
  views: AccountViews,
  { account, stream, sequence, subject, remove }: Params,
  signal: AbortSignal,
): Promise<{ stream: string; sequence: number; removed: boolean }> {
  const message = await views.message(stream, { seq: sequence }, signal);
  if (message === null) {
    throw new JetStreamError(
      'jetstream-refused',
      `Message ${sequence} of ${stream} is not there any more, so it cannot be sent again.`,
    );
  }
  const headers = redrivenHeaders(message.headers);
  const answer = await api.ask(subject || message.subject, message.payload, {
    account,
    signal,
    change: true,
    ...(headers.length === 0 ? {} : { headers }),
  });
  const stored = readPublishAck(answer.payload);
  if (remove) await views.change(`STREAM.MSG.DELETE.${stream}`, { seq: sequence, no_erase: true });
  if (remove) views.forget(stream, sequence);
  return { ...stored, removed: remove };
}

function readPublishAck(payload: Uint8Array): { stream: string; sequence: number } {
  let ack: { stream?: unknown; seq?: unknown; error?: object };
  try {
    ack = JSON.parse(Buffer.from(payload).toString('utf8')) as typeof ack;
  } catch {
    ack = {};
  }
  if (typeof ack === 'object' && ack !== null) {
    if (ack.error) throwRefused(ack.error, 'publish');
    if (typeof ack.stream === 'string' && typeof ack.seq === 'number') return { stream: ack.stream, sequence: ack.seq };
  }
  throw new JetStreamError(
    'jetstream-unreadable',
    'It was answered by something that is no stream, so nobody knows whether it was stored.',
  );
}
