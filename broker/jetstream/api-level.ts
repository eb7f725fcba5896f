import { API_LEVEL, SERVER_VERSION } from '../limits.ts';
import type { ConsumerConfig } from './consumer/consumer-config.ts';
import type { StreamConfig } from './stream/stream-config.ts';

/** Which level of the API streams and consumers need (ADR-44): kept in their metadata, and told with what the server has. */

export const REQUIRED_LEVEL_KEY = '_nats.req.level';
const VERSION_KEY = '_nats.ver';
const LEVEL_KEY = '_nats.level';

/** Header of a request that only a server of some level may answer. */
export const REQUIRED_LEVEL_HEADER = 'Nats-Required-Api-Level';

type Metadata = Readonly<Record<string, string>>;

/** Whether the header of a request asks for more than there is; undefined: it has none. */
export function needsHigherLevel(header: string | undefined): boolean {
  if (header === undefined || header === '') return false;
  return !/^[-+]?\d+$/.test(header) || Number(header) > API_LEVEL;
}

/** Whether a stream or consumer that lies on disk can be served here. */
export function supportsLevel(metadata: Metadata | undefined): boolean {
  return !needsHigherLevel(metadata?.[REQUIRED_LEVEL_KEY]);
}

/** What is kept of a stream's metadata: what the client said, and the level it needs. */
export function streamMetadata(config: Partial<StreamConfig>): Record<string, string> {
  const needs = [
    config.allow_msg_ttl === true || (config.subject_delete_marker_ttl ?? 0) > 0 ? 1 : 0,
    config.allow_msg_counter === true || config.allow_atomic === true || config.allow_msg_schedules === true ? 2 : 0,
    config.persist_mode === 'async' ? 2 : 0,
    config.allow_batched === true ? 4 : 0,
  ];
  return withRequired(config.metadata, Math.max(...needs));
}

/** The same of a consumer. */
export function consumerMetadata(config: Partial<ConsumerConfig>): Record<string, string> {
  const policy = config.priority_policy ?? 'none';
  const grouped =
    policy !== 'none' || (config.priority_timeout ?? 0) !== 0 || (config.priority_groups ?? []).length > 0;
  const pauses = config.pause_until !== undefined && config.pause_until !== '0001-01-01T00:00:00Z';
  return withRequired(config.metadata, config.ack_policy === 'flow_control' ? 4 : grouped || pauses ? 1 : 0);
}

/** As answers show metadata. */
export function shownMetadata(metadata: Metadata | undefined): Record<string, string> {
  return { ...metadata, [VERSION_KEY]: SERVER_VERSION, [LEVEL_KEY]: String(API_LEVEL) };
}

/** Whether two say the same but for what the server adds. */
export function sameMetadata(one: Metadata | undefined, other: Metadata | undefined): boolean {
  const own = (metadata: Metadata | undefined): string =>
    JSON.stringify(
      Object.entries(metadata ?? {})
        .filter(([key]) => key !== REQUIRED_LEVEL_KEY && key !== VERSION_KEY && key !== LEVEL_KEY)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  return own(one) === own(other);
}

function withRequired(metadata: Metadata | undefined, level: number): Record<string, string> {
  const { [VERSION_KEY]: _version, [LEVEL_KEY]: _level, ...kept } = metadata ?? {};
  return { ...kept, [REQUIRED_LEVEL_KEY]: String(level) };
}
