import type { ConnectionContext } from './context.ts';
import type { Client } from './client.ts';
import type { Outbound } from './outbound.ts';
import { CONGESTED_BYTES_MAX, STALL_BYTES_PER_MS } from '../limits.ts';
import { CLOSE_REASONS, type CloseReason } from '../wire/protocol.ts';
import { goDuration } from '../base/go-duration.ts';

/**
 * What happens to a consumer that does not keep up, all in one place:
 *
 * 1. Above a mark (8 MiB, or three quarters of `max_pending` if that is less) it is congested: whoever publishes to it
 *    is held back after each read, until the consumer has come down to half the mark or for as long as lets 6.4 MB/s
 *    through.
 * 2. With `no_fast_producer_stall` nobody is held back; above three quarters of `max_pending` its messages are dropped
 *    and counted.
 * 3. Above `max_pending`, or when the kernel has not finished a write for `write_deadline`, the connection is cut without
 *    a word, as nats-server does.
 */
export class SlowConsumer {
  readonly #context: ConnectionContext;
  readonly #client: Client;
  readonly #mark: number;
  /** Publishers that wait for this consumer. */
  #waiting: Client[] = [];
  #deadline: NodeJS.Timeout | undefined;

  constructor(context: ConnectionContext, client: Client) {
    this.#context = context;
    this.#client = client;
    this.#mark = Math.min(CONGESTED_BYTES_MAX, Math.floor((context.limits.pendingBytesMax / 4) * 3));
  }

  onBehind(outbound: Outbound): void {
    const { limits } = this.#context;
    const pending = outbound.pendingBytes;
    if (pending > limits.pendingBytesMax) {
      this.#cut(
        CLOSE_REASONS.slowConsumerPendingBytes,
        `Slow Consumer Detected: MaxPending of ${limits.pendingBytesMax} Exceeded`,
        pending,
      );
      return;
    }
    outbound.congested = pending > this.#mark && !limits.noFastProducerStall;
    outbound.dropping = limits.noFastProducerStall && pending > (limits.pendingBytesMax / 4) * 3;
    if (outbound.blocked && this.#deadline === undefined) this.#watch(limits.writeDeadlineMs);
  }

  onProgress(outbound: Outbound): void {
    const pending = outbound.pendingBytes;
    outbound.dropping &&= pending > (this.#context.limits.pendingBytesMax / 4) * 3;
    if (pending > this.#mark / 2) return;
    outbound.congested = false;
    this.#letGo();
  }

  /** Holds a publisher back that has just published so many bytes, this consumer's among them. */
  hold(publisher: Client, bytes: number): void {
    if (publisher === this.#client || publisher.stalled) return;
    this.#waiting.push(publisher);
    publisher.stall(Math.max(1, Math.ceil(bytes / STALL_BYTES_PER_MS)));
  }

  release(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#letGo();
  }

  #letGo(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const publisher of waiting) publisher.unstall();
  }

  /** One timer at a time, looked at when it rings: writes begin and end thousands of times within a deadline. */
  #watch(ms: number): void {
    this.#deadline = setTimeout(() => {
      this.#deadline = undefined;
      const { outbound } = this.#client;
      if (!outbound.blocked) return;
      const left = outbound.blockedSince + this.#context.limits.writeDeadlineMs - performance.now();
      if (left > 0) return this.#watch(Math.ceil(left));
      this.#cut(
        CLOSE_REASONS.slowConsumerWriteDeadline,
        `Slow Consumer Detected: WriteDeadline of ${goDuration(this.#context.limits.writeDeadlineMs)} exceeded with ` +
          `${outbound.pendingPieces} chunks of ${outbound.pendingBytes} total bytes.`,
        outbound.pendingBytes,
      );
    }, ms);
  }

  #cut(reason: CloseReason, text: string, pending: number): void {
    const { counters } = this.#context;
    counters.slowConsumers++;
    if (this.#client.membership !== undefined) this.#client.membership.account.slowConsumers++;
    this.#client.log('info', text);
    this.#context.emit({ type: 'slow-consumer', clientId: this.#client.clientId, pendingBytes: pending });
    this.#client.cut(reason);
  }
}
