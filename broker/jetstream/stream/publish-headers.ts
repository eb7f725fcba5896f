import { headerValue } from './header-block.ts';

/**
 * Headers of a published message that the stream acts upon, as they stand there. Names are matched exactly (ADR-22), blanks
 * behind a value belong to it.
 */
export interface PublishHeaders {
  readonly messageId?: string;
  readonly expectedStream?: string;
  readonly expectedLastSequence?: string;
  readonly expectedLastSubjectSequence?: string;
  readonly expectedLastSubjectSequenceSubject?: string;
  readonly expectedLastMessageId?: string;
  readonly rollup?: string;
  readonly ttl?: string;
  readonly increment?: string;
  readonly batchId?: string;
  readonly batchSequence?: string;
  readonly batchCommit?: string;
  readonly schedule?: string;
  readonly scheduleTarget?: string;
  readonly scheduleTtl?: string;
  readonly scheduleSource?: string;
  readonly scheduleRollup?: string;
  readonly scheduleTimeZone?: string;
  readonly scheduler?: string;
  readonly scheduleNext?: string;
  readonly streamSource?: string;
  readonly requiredApiLevel?: string;
  readonly markerReason?: string;
  readonly counterSources?: string;
  readonly requestInfo?: string;
}

const FIELDS: ReadonlyMap<string, keyof PublishHeaders> = new Map([
  ['Nats-Msg-Id', 'messageId'],
  ['Nats-Expected-Stream', 'expectedStream'],
  ['Nats-Expected-Last-Sequence', 'expectedLastSequence'],
  ['Nats-Expected-Last-Subject-Sequence', 'expectedLastSubjectSequence'],
  ['Nats-Expected-Last-Subject-Sequence-Subject', 'expectedLastSubjectSequenceSubject'],
  ['Nats-Expected-Last-Msg-Id', 'expectedLastMessageId'],
  ['Nats-Rollup', 'rollup'],
  ['Nats-TTL', 'ttl'],
  ['Nats-Incr', 'increment'],
  ['Nats-Batch-Id', 'batchId'],
  ['Nats-Batch-Sequence', 'batchSequence'],
  ['Nats-Batch-Commit', 'batchCommit'],
  ['Nats-Schedule', 'schedule'],
  ['Nats-Schedule-Target', 'scheduleTarget'],
  ['Nats-Schedule-TTL', 'scheduleTtl'],
  ['Nats-Schedule-Source', 'scheduleSource'],
  ['Nats-Schedule-Rollup', 'scheduleRollup'],
  ['Nats-Schedule-Time-Zone', 'scheduleTimeZone'],
  ['Nats-Scheduler', 'scheduler'],
  ['Nats-Schedule-Next', 'scheduleNext'],
  ['Nats-Stream-Source', 'streamSource'],
  ['Nats-Required-Api-Level', 'requiredApiLevel'],
  ['Nats-Marker-Reason', 'markerReason'],
  ['Nats-Counter-Sources', 'counterSources'],
  ['Nats-Request-Info', 'requestInfo'],
]);

export const NO_HEADERS: PublishHeaders = {};

/** Reads a header block (latin1, from `NATS/1.0` to its empty line). Of a header that stands there twice the first counts. */
export function readPublishHeaders(block: string): PublishHeaders {
  let at = block.indexOf('\r\nNats-');
  if (at === -1) return NO_HEADERS;
  const found: { -readonly [Name in keyof PublishHeaders]: string } = {};
  while (at !== -1) {
    const start = at + 2;
    const end = block.indexOf('\r\n', start);
    const colon = block.indexOf(':', start);
    if (end === -1) break;
    if (colon !== -1 && colon < end) {
      const field = FIELDS.get(block.slice(start, colon));
      if (field !== undefined) found[field] ??= headerValue(block, colon + 1, end);
    }
    at = block.indexOf('\r\nNats-', end);
  }
  return found;
}
