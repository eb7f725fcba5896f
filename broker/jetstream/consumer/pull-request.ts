import type { ConsumerMessage } from './consumer-host.ts';

/** What a pull request asks for. Durations are nanoseconds. */
export interface PullRequest {
  readonly batch: number;
  /** 0: does not end by itself. */
  readonly expires: number;
  /** 0: no limit. */
  readonly maxBytes: number;
  readonly noWait: boolean;
  readonly heartbeat: number;
  /** Undefined where the request is not in JSON: then nothing of it is checked. */
  readonly priority: PriorityRequest | undefined;
}

export interface PriorityRequest {
  readonly group: string;
  readonly minPending: number;
  readonly minAckPending: number;
  readonly id: string;
  readonly priority: number;
}

/** One message, whenever there is one. */
const ONE: PullRequest = { batch: 1, expires: 0, maxBytes: 0, noWait: false, heartbeat: 0, priority: undefined };

/** Reads the payload from that byte on. A string is what is wrong with it, as it is told to whoever asked. */
export function parsePullRequest(message: ConsumerMessage, skipped = 0): PullRequest | string {
  const from = message.bodyStart + message.headerBytes + skipped;
  const to = message.bodyStart + message.bodyBytes;
  if (from >= to) return ONE;
  const { bytes } = message;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
    .toString('utf8')
    .trim();
  if (text === '') return ONE;
  if (text.startsWith('{')) return parseJson(text);
  return /^[+-]?\d{1,18}$/.test(text) ? { ...ONE, batch: Number(text) } : ONE;
}

function parseJson(text: string): PullRequest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'invalid JSON';
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const read = new FieldReader(fields);
  const expires = read.integer('expires', 'time.Duration');
  const batch = read.integer('batch', 'int');
  const maxBytes = read.integer('max_bytes', 'int');
  const noWait = read.boolean('no_wait');
  const heartbeat = read.integer('idle_heartbeat', 'time.Duration');
  const priority = {
    group: read.text('group'),
    minPending: read.integer('min_pending', 'int64'),
    minAckPending: read.integer('min_ack_pending', 'int64'),
    id: read.text('id'),
    priority: read.integer('priority', 'int'),
  };
  if (read.fault !== '') return read.fault;
  if (heartbeat > 0 && heartbeat * 2 > expires) return 'heartbeat value too large';
  return { batch, expires, maxBytes, noWait, heartbeat, priority };
}

/** Fields of the request; what is not there is zero. The first one of a wrong kind is what is told. */
class FieldReader {
  fault = '';
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  integer(name: string, type: string): number {
    const value = this.#fields[name];
    if (value === undefined || value === null) return 0;
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    return this.#wrong(value, name, type, 0);
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (value === undefined || value === null) return '';
    return typeof value === 'string' ? value : this.#wrong(value, name, 'string', '');
  }

  boolean(name: string): boolean {
    const value = this.#fields[name];
    if (value === undefined || value === null) return false;
    return typeof value === 'boolean' ? value : this.#wrong(value, name, 'bool', false);
  }

  #wrong<T>(value: unknown, name: string, type: string, zero: T): T {
    if (this.fault !== '') return zero;
    const kind = Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? `number ${value}`
        : typeof value === 'boolean'
          ? 'bool'
          : typeof value;
    this.fault = `json: cannot unmarshal ${kind} into Go struct field JSApiConsumerGetNextRequest.${name} of type ${type}`;
    return zero;
  }
}
