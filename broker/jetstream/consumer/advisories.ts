import type { Time } from '../../store/message-log.ts';
import type { ConsumerHost } from './consumer-host.ts';

/** What a consumer makes known of itself. Fields are in the order in which nats-server writes them. */
export class Advisories {
  readonly #host: ConsumerHost;
  readonly #consumer: string;

  constructor(host: ConsumerHost, consumer: string) {
    this.#host = host;
    this.#consumer = consumer;
  }

  created(): void {
    this.#host.advise('CREATED', { ...this.#names(), action: 'create', domain: this.#host.domain });
  }

  deleted(): void {
    this.#host.advise('DELETED', { ...this.#names(), action: 'delete', domain: this.#host.domain });
  }

  /** `until`: RFC 3339; undefined: it is not paused. */
  paused(paused: boolean, until: string | undefined): void {
    const pause_until = until ?? '0001-01-01T00:00:00Z';
    this.#host.advise('PAUSE', { ...this.#names(), paused, pause_until, domain: this.#host.domain });
  }

  maxDeliveries(sequence: number, deliveries: number): void {
    this.#host.advise('MAX_DELIVERIES', {
      ...this.#names(),
      stream_seq: sequence,
      deliveries,
      domain: this.#host.domain,
    });
  }

  naked(sequence: number, consumerSequence: number, deliveries: number): void {
    this.#host.advise('MSG_NAKED', {
      ...this.#message(sequence, consumerSequence, deliveries),
      domain: this.#host.domain,
    });
  }

  terminated(sequence: number, consumerSequence: number, deliveries: number, reason: string): void {
    this.#host.advise('MSG_TERMINATED', {
      ...this.#message(sequence, consumerSequence, deliveries),
      reason: reason === '' ? undefined : reason,
      domain: this.#host.domain,
    });
  }

  pinned(group: string, id: string): void {
    this.#host.advise('PINNED', { ...this.#groupNames(), group, pinned_id: id });
  }

  unpinned(group: string, reason: 'timeout' | 'admin'): void {
    this.#host.advise('UNPINNED', { ...this.#groupNames(), group, reason });
  }

  /** `waited`: nanoseconds from delivery to ack. */
  acked(sequence: number, consumerSequence: number, waited: number, deliveries: number): void {
    this.#host.metric({
      ...this.#names(),
      consumer_seq: consumerSequence,
      stream_seq: sequence,
      ack_time: waited,
      deliveries,
      domain: this.#host.domain,
    });
  }

  #names(): { stream: string; consumer: string } {
    return { stream: this.#host.stream, consumer: this.#consumer };
  }

  #groupNames(): Record<string, unknown> {
    return { account: this.#host.account, ...this.#names(), domain: this.#host.domain };
  }

  #message(sequence: number, consumerSequence: number, deliveries: number): Record<string, unknown> {
    return { ...this.#names(), consumer_seq: consumerSequence, stream_seq: sequence, deliveries };
  }
}

/** The time that so many milliseconds since the epoch are. */
export function timeOf(milliseconds: number): Time {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.floor((milliseconds - seconds * 1000) * 1e6) };
}
