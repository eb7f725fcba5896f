import { CONSUMER_BYTES_PER_RUN_MAX, CONSUMER_DELIVERIES_PER_RUN_MAX } from '../../limits.ts';
import type { StoredMessage } from '../../store/message-log.ts';
import { AckReplyWriter } from './ack-reply.ts';
import type { Acks } from './acks.ts';
import type { DeliverOptions, DeliveryTarget } from './consumer-host.ts';
import type { ConsumerParts } from './parts.ts';
import type { WaitingRequest } from './waiting-requests.ts';

const MICROS_PER_MS = 1000;
/** `NATS/1.0` and an empty line. */
const EMPTY_HEADER_BYTES = 12;
const SIZE_HEADER_BYTES = 'Nats-Msg-Size: \r\n'.length;

/** Why deliveries end. */
const Stop = {
  /** There is nothing more, or nobody for it. */
  end: 0,
  /** As many messages wait for their acks as may. */
  full: 1,
  /** The next message is not to go yet. */
  paced: 2,
  /** Others have their turn. */
  budget: 3,
} as const;
type Stop = (typeof Stop)[keyof typeof Stop];

/** Brings messages to those who want them. */
export class Deliverer {
  /** When a message may go that is held back; Infinity: none is. */
  resumeAt = Infinity;
  readonly #parts: ConsumerParts;
  readonly #acks: Acks;
  readonly #reply: AckReplyWriter;
  readonly #options: { headersOnly: boolean; pinId: string } & DeliverOptions = { headersOnly: false, pinId: '' };

  constructor(parts: ConsumerParts, acks: Acks) {
    this.#parts = parts;
    this.#acks = acks;
    this.#reply = new AckReplyWriter(parts.host.stream, parts.name);
  }

  /** Delivers what can be delivered; true: there may be more. */
  run(now: number): boolean {
    this.resumeAt = Infinity;
    const stop = this.#deliver(now);
    if (stop === Stop.budget) return true;
    const { pull, pace, progress } = this.#parts;
    if (stop === Stop.paced) this.resumeAt = pace.resumeAt;
    else if (!pace.idle) pace.caughtUp(progress.nextStream);
    const atEnd = stop !== Stop.full;
    if (pull !== undefined && stop !== Stop.paced && pull.isSweepDue(atEnd, now)) pull.sweep(atEnd, now);
    return false;
  }

  #deliver(now: number): Stop {
    const parts = this.#parts;
    const { host, config, progress, selection, redelivery, pull, push, pace } = parts;
    const { log } = host;
    const ackPendingMax = config.max_ack_pending ?? 0;
    const micros = Math.round(now * MICROS_PER_MS);
    const reply = this.#reply;
    const options = this.#options;
    options.headersOnly = config.headers_only === true;
    const pinned = config.priority_policy === 'pinned_client';
    let messages = 0;
    let bytes = 0;
    while (parts.pausedUntil <= now) {
      if (push === undefined ? pull?.waiting.head === undefined : !push.ready) return Stop.end;
      if (messages >= CONSUMER_DELIVERIES_PER_RUN_MAX || bytes >= CONSUMER_BYTES_PER_RUN_MAX) return Stop.budget;
      let sequence = redelivery.length === 0 ? 0 : redelivery.peek();
      const again = sequence !== 0;
      if (!again) {
        if (ackPendingMax > 0 && progress.pending.size >= ackPendingMax) return Stop.full;
        sequence = selection.next();
        if (sequence === 0) return Stop.end;
      }
      const message = log.read(sequence);
      if (message === undefined) {
        this.#missing(sequence, again);
        continue;
      }
      const deliveries = again ? redelivery.deliveries(sequence) + 1 : 1;
      const pending = again ? selection.count : Math.max(selection.count - 1, 0);
      const size =
        reply.write(deliveries, sequence, progress.nextConsumer, message, pending) +
        (options.headersOnly ? headersOnlyBytes(message) : message.bodyBytes);
      const subjectBytes = message.subjectEnd - message.subjectStart;
      if (!pace.idle && !pace.allows(sequence, size + subjectBytes, message, now)) return Stop.paced;
      let target: DeliveryTarget;
      let request: WaitingRequest | undefined;
      if (push === undefined) {
        request = pull?.serve(size + subjectBytes, pending, now);
        if (request === undefined) return Stop.end;
        target = request.target;
        if (pinned) options.pinId = parts.pin.id;
      } else {
        target = push.target;
      }
      let slot: number;
      if (again) {
        redelivery.unqueue(sequence);
        slot = progress.redeliver(sequence, deliveries - 1, micros);
      } else {
        selection.take(sequence);
        slot = progress.deliver(sequence, micros);
      }
      if (slot !== -1) redelivery.track(slot);
      parts.lastDelivered = now;
      messages++;
      bytes += message.bodyBytes;
      const arrived = host.deliver(message, target, reply, options);
      push?.sent(size + target.subject.length, now);
      if (!arrived) {
        this.#undelivered(sequence, again, request);
        return Stop.end;
      }
      if (request !== undefined && request.left <= 0) pull?.completed(request);
      if (slot === -1 && host.retention !== 'limits') host.settled(sequence);
    }
    return Stop.end;
  }

  /** The message is not in the stream any more, or its record is spoilt. */
  #missing(sequence: number, again: boolean): void {
    const { progress, selection, redelivery } = this.#parts;
    if (!again) {
      selection.take(sequence);
      return;
    }
    redelivery.unqueue(sequence);
    const slot = progress.pending.find(sequence);
    if (slot !== -1) this.#acks.removed(slot, 'Unacknowledged message was deleted');
  }

  /** Nobody got it after all. It counts as delivered to nobody, and comes again as soon as somebody is there. */
  #undelivered(sequence: number, again: boolean, request: WaitingRequest | undefined): void {
    const { progress, redelivery, pull, push, activity } = this.#parts;
    if (again) progress.takeBackRedelivery(sequence);
    if (push !== undefined) {
      push.recheck((active) => {
        if (!active) activity.countDown(this.#parts.now());
      });
      return;
    }
    if (request !== undefined) pull?.credit(request);
    if (progress.pending.has(sequence)) redelivery.queue(sequence);
  }
}

/** Header block and payload of a copy without payload. */
function headersOnlyBytes(message: StoredMessage): number {
  const payloadBytes = message.bodyBytes - message.headerBytes;
  return (message.headerBytes || EMPTY_HEADER_BYTES) + SIZE_HEADER_BYTES + String(payloadBytes).length;
}
