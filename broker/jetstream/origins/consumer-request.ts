import { goJson } from '../encode/go-json.ts';
import type { Origin } from './origin.ts';

const NANOS_PER_SECOND = 1_000_000_000;
const HEARTBEAT_NANOS = NANOS_PER_SECOND;
const UNUSED_NANOS = 10 * NANOS_PER_SECOND;
/** Nobody acks, so that nothing comes twice. */
const ACK_WAIT_NANOS = 22 * 3600 * NANOS_PER_SECOND;
const PREFIX = '$JS.API';

/** What a server understands: 5 tells streams of one name apart, 4 knows of consumers for sourcing; undefined: neither. */
export type SourcingLevel = 5 | 4 | undefined;

export interface ConsumerRequestTerms {
  /** Of the stream that asks. */
  readonly stream: string;
  readonly account: string;
  readonly domain: string;
  readonly deliverSubject: string;
  readonly level: SourcingLevel;
}

export interface ConsumerRequest {
  readonly subject: string;
  readonly headers: string;
  readonly body: string;
}

/** Puts a request to the API of another account or domain where it belongs. */
export function apiSubject({ config }: Origin, subject: string): string {
  const { external } = config;
  return external === undefined ? `${PREFIX}.${subject}` : `${external.api}.${subject}`.replaceAll('..', '.');
}

/** What an origin asks for: a consumer of the stream that it comes from. latin1. */
export function consumerRequest(origin: Origin, terms: ConsumerRequestTerms): ConsumerRequest {
  const { config, kind, identity, consumerName } = origin;
  const { level } = terms;
  const headers = headersFor(level, kind === 'source' && level === 5 ? identity : undefined);
  if (config.consumer !== undefined) {
    const subject = apiSubject(origin, `CONSUMER.RESET.${config.name}.${config.consumer.name ?? ''}`);
    return { subject, headers: kind === 'source' ? headers : '', body: '' };
  }
  const filters = config.subject_transforms?.map(({ src }) => src) ?? [];
  const filter = config.filter_subject || (filters.length === 1 ? filters[0] : undefined);
  const name = level === undefined ? `${consumerName}_${randomName()}` : consumerName;
  const prefix = kind === 'mirror' ? '_nats.mirror' : '_nats.src';
  const body = goJson({
    stream_name: config.name,
    config: {
      name,
      ...origin.position(),
      ack_policy: 'none',
      ack_wait: ACK_WAIT_NANOS,
      max_deliver: 1,
      filter_subject: filter,
      filter_subjects: filter === undefined && filters.length > 0 ? filters : undefined,
      replay_policy: 'instant',
      flow_control: true,
      deliver_subject: terms.deliverSubject,
      idle_heartbeat: HEARTBEAT_NANOS,
      inactive_threshold: UNUSED_NANOS,
      num_replicas: 0,
      direct: true,
      sourcing: level === undefined ? undefined : true,
      metadata: {
        [`${prefix}.acc`]: terms.account,
        [`${prefix}.domain`]: terms.domain === '' ? undefined : terms.domain,
        [`${prefix}.stream`]: terms.stream,
      },
    },
    action: '',
  });
  const create = `CONSUMER.CREATE.${config.name}`;
  return { subject: apiSubject(origin, filter === undefined ? create : `${create}.${name}.${filter}`), headers, body };
}

/** An identity is asked for by telling the one that is known; '': none is. */
function headersFor(level: SourcingLevel, identity: string | undefined): string {
  if (level === undefined) return '';
  const told = identity === undefined ? '' : `Nats-Stream-Identity: ${identity}\r\n`;
  return `NATS/1.0\r\nNats-Required-Api-Level: ${level}\r\n${told}\r\n`;
}

function randomName(): string {
  return Math.random().toString(36).slice(2, 10).padEnd(8, '0');
}
