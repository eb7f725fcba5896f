import type { ApiError } from '../../api-error.ts';
import type { StreamConfigFields } from '../../api/requests/stream-requests.ts';
import { apiError } from '../../errors.ts';
import { refuse, refuseConfig, verdict } from '../../refusal.ts';
import { sameMetadata } from '../../api-level.ts';
import { sameValue } from '../../same-value.ts';
import type { StreamConfig } from '../stream-config.ts';
import { completeBasics } from './stream-basics.ts';
import type { StreamContext } from './stream-context.ts';
import { completeOrigins } from './stream-origins.ts';
import { checkTransform, completeRepublish, completeSubjects } from './stream-subjects.ts';

/**
 * The configuration with every default filled in, or the first reason why it cannot be one, in the order and the words of
 * nats-server 2.15. `pedantic`: defaults that would replace something are errors.
 */
export function completeStream(
  fields: StreamConfigFields,
  context: StreamContext,
  pedantic = false,
): StreamConfig | ApiError {
  return verdict(() => completeOrRefuse(fields, context, pedantic));
}

/** The same; throws a `Refusal`. */
export function completeOrRefuse(fields: StreamConfigFields, context: StreamContext, pedantic: boolean): StreamConfig {
  const config = completeBasics(fields, context.server, pedantic);
  completeOrigins(config, context, pedantic);
  completeSubjects(config);
  checkBytes(config, context);
  checkTransform(config);
  completeRepublish(config, pedantic);
  checkPlacement(config);
  return config;
}

/** Whether a create asks for what is there; the level that the server wrote down does not count. */
export function sameStream(one: Readonly<StreamConfig>, other: Readonly<StreamConfig>): boolean {
  const { metadata, ...rest } = one;
  const { metadata: otherMetadata, ...otherRest } = other;
  return sameMetadata(metadata, otherMetadata) && sameValue(rest, otherRest);
}

function checkBytes(config: StreamConfig, { limits }: StreamContext): void {
  if (limits === undefined) return;
  if (limits.max_bytes_required && config.max_bytes <= 0) refuse(apiError('streamMaxBytesRequired'));
  const most = config.storage === 'memory' ? limits.memory_max_stream_bytes : limits.storage_max_stream_bytes;
  if (most > 0 && config.max_bytes > most) refuse(apiError('streamMaxStreamBytesExceeded'));
}

function checkPlacement(config: StreamConfig): void {
  const { placement } = config;
  if (placement === undefined) return;
  if (Object.keys(placement).length === 0) delete config.placement;
  else if (placement.preferred !== undefined) refuseConfig('preferred server not permitted in placement');
}
