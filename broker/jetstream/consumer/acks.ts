import { AckKind, ackKind, nakDelay, terminateReason } from './ack-body.ts';
import type { ConsumerMessage } from './consumer-host.ts';
import { headerValue } from './message-header.ts';
import type { ConsumerParts } from './parts.ts';

const MICROS_PER_MS = 1000;
const NANOS_PER_MS = 1e6;

/** Takes in what clients say of messages that they got. */
export class Acks {
  readonly #parts: ConsumerParts;
  /** Percentage of acks that are measured. */
  #sampled = 0;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  configure(sampleFrequency: string | undefined): void {
    const frequency = Number.parseInt((sampleFrequency ?? '').replace(/%$/, ''), 10);
    this.#sampled = Number.isNaN(frequency) ? 0 : frequency;
  }

  /** Returns true when behind the ack stands a request for the next message. */
  take(sequence: number, consumerSequence: number, deliveries: number, message: ConsumerMessage): boolean {
    const { host, progress } = this.#parts;
    const { reply } = message;
    let answered = sequence !== 0;
    // No message has the sequence 0. As in nats-server an ack of it is answered all the same where each one counts.
    const answerable = answered || progress.counting === 'explicit';
    const kind = ackKind(message);
    switch (kind) {
      case AckKind.ack:
        answered = this.#ack(sequence, consumerSequence, deliveries, true) && answerable;
        break;
      case AckKind.next:
        this.#ack(sequence, consumerSequence, deliveries, true);
        return true;
      case AckKind.nak:
        this.#nak(sequence, consumerSequence, deliveries, message);
        break;
      case AckKind.progress:
        this.#progress(sequence);
        break;
      case AckKind.terminate:
        answered = this.terminate(sequence, consumerSequence, deliveries, terminateReason(message));
        answered &&= answerable;
        break;
      case AckKind.unknown:
        break;
    }
    if (reply !== '' && answered) host.send(reply, '');
    return false;
  }

  /** The message is not to be delivered any more. */
  terminate(sequence: number, consumerSequence: number, deliveries: number, reason: string): boolean {
    const done = this.#ack(sequence, consumerSequence, deliveries, false);
    this.#parts.advisories.terminated(sequence, consumerSequence, deliveries, reason);
    return done;
  }

  /** A message that waits for its ack is gone from the stream. */
  removed(slot: number, reason: string): void {
    const { progress, redelivery } = this.#parts;
    const sequence = progress.pending.sequence[slot] as number;
    const consumerSequence = progress.pending.consumerSequence[slot] as number;
    this.terminate(sequence, consumerSequence, Math.max(redelivery.deliveries(sequence) - 1, 1), reason);
    progress.drop(sequence);
    redelivery.unqueue(sequence);
  }

  /** The answer to a flow control message says how far everything has arrived, where that is how acks are given. */
  flowControl(message: ConsumerMessage): void {
    const sequence = Number(headerValue(message, 'Nats-Last-Stream') ?? 0);
    const consumerSequence = Number(headerValue(message, 'Nats-Last-Consumer') ?? 0);
    if (sequence > 0) this.#ack(sequence, Math.max(consumerSequence, 0) || 0, 1, false);
  }

  /** Returns whether it counts: then whoever wants an answer gets one. */
  #ack(sequence: number, consumerSequence: number, deliveries: number, sampled: boolean): boolean {
    const parts = this.#parts;
    const { host, progress, redelivery, config } = parts;
    if (sequence < 0) return false;
    if (sequence >= progress.nextStream && config.flow_control !== true) {
      const { lastSequence } = host.log.state;
      if (sequence > lastSequence) {
        const name = `${host.account} > ${host.stream} > ${parts.name}`;
        host.warn(`JetStream consumer '${name}' ACK sequence ${sequence} past last stream sequence of ${lastSequence}`);
      }
      return false;
    }
    const max = config.max_ack_pending ?? 0;
    const wasFull = max > 0 && progress.pending.size >= max;
    const retains = host.retention !== 'limits';
    if (progress.counting === 'explicit') {
      if (sampled && this.#sampled > 0) this.#sample(sequence, consumerSequence, deliveries);
      progress.ack(sequence);
      if (redelivery.length > 0) redelivery.unqueue(sequence);
      if (retains) host.settled(sequence);
    } else if (progress.counting === 'all') {
      const others: number[] = [];
      const done = (other: number): void => {
        redelivery.unqueue(other);
        if (retains) others.push(other);
      };
      if (!progress.ackUpTo(sequence, consumerSequence, done)) return true;
      redelivery.unqueue(sequence);
      if (retains) {
        host.settled(sequence);
        for (const other of others) host.settled(other);
      }
    } else {
      return retains;
    }
    parts.lastAcked = parts.now();
    if (wasFull) parts.wake();
    return true;
  }

  #nak(sequence: number, consumerSequence: number, deliveries: number, message: ConsumerMessage): void {
    const parts = this.#parts;
    const { host, progress, redelivery, config } = parts;
    if (consumerSequence <= progress.floorConsumer || consumerSequence > progress.nextConsumer) return;
    const slot = progress.pending.find(sequence);
    if (slot === -1) return;
    parts.advisories.naked(sequence, consumerSequence, deliveries);
    const delay = nakDelay(message);
    if (typeof delay === 'number') {
      redelivery.unqueue(sequence);
      const at = parts.now() + (delay - (config.ack_wait ?? 0)) / NANOS_PER_MS;
      progress.touch(slot, Math.round(at * MICROS_PER_MS));
      redelivery.track(slot);
      parts.lastDelivered = parts.now();
    } else {
      if (delay !== undefined) {
        const name = `${host.account} > ${host.stream} > ${parts.name}`;
        host.warn(`JetStream consumer '${name}' bad NAK delay value: ${JSON.stringify(delay)}`);
      }
      redelivery.queue(sequence);
    }
    parts.wake();
  }

  /** Still being worked on: the time for the ack begins anew. */
  #progress(sequence: number): void {
    const parts = this.#parts;
    const { progress, redelivery } = parts;
    const slot = progress.pending.find(sequence);
    if (slot === -1) return;
    progress.touch(slot, Math.round(parts.now() * MICROS_PER_MS));
    if (!redelivery.has(sequence)) redelivery.track(slot);
    parts.lastDelivered = parts.now();
  }

  #sample(sequence: number, consumerSequence: number, deliveries: number): void {
    if (this.#sampled < 100 && Math.floor(Math.random() * 100) > this.#sampled) return;
    const { progress, advisories, host } = this.#parts;
    const slot = progress.pending.find(sequence);
    if (slot === -1) return;
    const waited = host.clock.milliseconds() * MICROS_PER_MS - (progress.pending.time[slot] as number);
    advisories.acked(sequence, consumerSequence, Math.max(Math.round(waited * 1000), 0), deliveries);
  }
}
