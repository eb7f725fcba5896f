/**
 * The lab: takes messages as an application would and answers them one by one. What is pulled comes when it is asked for;
 * what is pushed comes while somebody listens, so it is listened to until as many came as were wanted. This takes messages
 * from whoever else consumes, which the window says beforehand; a read-only connection refuses it.
 */

import type { HeaderField, LabAnswer, LabEvent, LabMessage } from '../bridge/contract.ts';
import { createQueue } from '../bridge/feed.ts';
import { LinkError } from '../link.ts';
import type { LinkSubscription, RawMessage } from '../link.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { JetStreamError } from '../jetstream-api/errors.ts';
import { parseHeaders } from '../message-headers.ts';
import { readAckSubject } from './ack-subject.ts';
import { labGraceMs, labMessagesMax } from './limits.ts';
import type { WireConsumer } from './wire.ts';

interface Open {
  ackSubject: string;
  account: string | undefined;
  info: WireConsumer;
}

export interface Pull {
  batch: number;
  expiresMs: number;
  group: string;
}

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);
const statusHeartbeat = 100;
const statusNoMessages = 404;
const noResponders = 503;

export class Lab {
  readonly #api: JetStreamApi;
  readonly #open = new Map<number, Open>();
  #last = 0;

  /** @param delivered told of each message that came, so that its state is known */
  constructor(api: JetStreamApi, delivered: (account: string | undefined, message: LabMessage) => void) {
    this.#api = api;
    this.#delivered = delivered;
  }

  readonly #delivered: (account: string | undefined, message: LabMessage) => void;

  /** As many messages as are wanted, by a pull or by listening, as the consumer is made. */
  take(account: string | undefined, info: WireConsumer, pull: Pull, signal: AbortSignal): AsyncIterable<LabEvent> {
    const { deliver_subject: subject } = info.config;
    return subject ? this.#listen(account, info, subject, pull, signal) : this.#fetch(account, info, pull, signal);
  }

  async *#listen(
    account: string | undefined,
    info: WireConsumer,
    subject: string,
    { batch, expiresMs }: Pull,
    signal: AbortSignal,
  ): AsyncIterable<LabEvent> {
    const { link } = this.#api;
    if (link.readOnly) {
      throw new LinkError('read-only', 'The connection is read-only, and whoever listens takes what is pushed.');
    }
    if (!link.connected) throw new LinkError('not-connected', 'The connection does not stand now. Open it first.');
    const number = this.#api.accountNumber(account);
    const queue = createQueue<LabEvent>(batch + 1);
    let count = 0;
    const end = (text: string): void => {
      queue.push({ type: 'end', count, status: 0, text });
      queue.end();
    };
    const subscription = link.subscribe(
      subject,
      info.config.deliver_group,
      (raw) => {
        const { status, fields } = parseHeaders(raw.headers);
        if (status === statusHeartbeat) return this.#keepUp(raw, fields, number);
        if (count === batch) return;
        const message = this.#receive(raw, account, info);
        if (message === null) return;
        count++;
        queue.push({ type: 'message', message });
        if (count < batch) return;
        // What is sent beyond is another's, or comes again.
        subscription.unsubscribe();
        end('');
      },
      (text) => end(text),
      number,
    );
    const timer = setTimeout(() => end(count === 0 ? 'No messages' : ''), expiresMs);
    try {
      yield* queue.iterate(signal);
    } finally {
      clearTimeout(timer);
      subscription.unsubscribe();
    }
  }

  /** A server with flow control waits until it is told that what came before was taken. */
  #keepUp(raw: RawMessage, fields: readonly HeaderField[], number: number): void {
    const stalled = fields.find(({ name }) => name === 'Nats-Consumer-Stalled')?.value;
    const subject = raw.reply.length > 0 ? Buffer.from(raw.reply).toString('utf8') : stalled;
    if (subject) this.#api.link.publish(subject, nothing, number === 0 ? {} : { account: number });
  }

  async *#fetch(
    account: string | undefined,
    info: WireConsumer,
    { batch, expiresMs, group }: Pull,
    signal: AbortSignal,
  ): AsyncIterable<LabEvent> {
    const { link, prefix } = this.#api;
    const inbox = link.createInbox();
    const queue = createQueue<LabEvent>(batch + 1);
    let count = 0;
    const end = (status: number, text: string): void => {
      queue.push({ type: 'end', count, status, text });
      queue.end();
    };
    const subscription = this.#subscribe(inbox, account, (raw) => {
      const { status, statusText } = parseHeaders(raw.headers);
      if (status === statusHeartbeat) return;
      if (status === noResponders) return end(status, 'No answer for this consumer');
      if (status >= statusNoMessages) return end(status, statusText);
      const message = this.#receive(raw, account, info);
      if (message === null) return;
      count++;
      queue.push({ type: 'message', message });
      if (count === batch) end(0, '');
    });
    const timer = setTimeout(() => end(0, 'No more answers'), expiresMs + labGraceMs);
    try {
      const request = { batch, expires: expiresMs * 1e6, ...(group === '' ? {} : { group }) };
      const number = this.#api.accountNumber(account);
      link.publish(
        `${prefix}.CONSUMER.MSG.NEXT.${info.stream_name}.${info.name}`,
        encoder.encode(JSON.stringify(request)),
        { reply: inbox, ...(number === 0 ? {} : { account: number }) },
      );
      yield* queue.iterate(signal);
    } finally {
      clearTimeout(timer);
      subscription.unsubscribe();
    }
  }

  /** Rejects with `jetstream-timeout` when the server does not confirm. */
  async answer(
    id: number,
    answer: LabAnswer,
    delayMs: number,
    reason: string,
    signal: AbortSignal,
  ): Promise<{ confirmed: boolean; next: LabMessage | null }> {
    const open = this.#open.get(id);
    if (open === undefined) {
      throw new JetStreamError(
        'jetstream-refused',
        'This message was answered already. Fetch it again to answer anew.',
      );
    }
    if (answer === 'next') return this.#next(id, open, signal);
    const words: Record<Exclude<LabAnswer, 'next'>, string> = {
      ack: '+ACK',
      nak: delayMs > 0 ? `-NAK ${JSON.stringify({ delay: delayMs * 1e6 })}` : '-NAK',
      term: reason === '' ? '+TERM' : `+TERM ${reason}`,
      progress: '+WPI',
    };
    // With a reply subject the server says that it took the answer.
    await this.#api.ask(open.ackSubject, encoder.encode(words[answer]), {
      account: open.account,
      change: true,
      signal,
    });
    if (answer !== 'progress') this.#open.delete(id);
    return { confirmed: true, next: null };
  }

  /** Acknowledges and asks for the next one in the same breath; the next one is the confirmation. */
  async #next(id: number, open: Open, signal: AbortSignal): Promise<{ confirmed: boolean; next: LabMessage | null }> {
    const { link } = this.#api;
    const { promise, resolve } = Promise.withResolvers<{ confirmed: boolean; next: LabMessage | null }>();
    const inbox = link.createInbox();
    const subscription = this.#subscribe(inbox, open.account, (raw) => {
      const { status } = parseHeaders(raw.headers);
      if (status === statusHeartbeat) return;
      resolve({ confirmed: status !== noResponders, next: this.#receive(raw, open.account, open.info) });
    });
    const timer = setTimeout(() => resolve({ confirmed: false, next: null }), labGraceMs);
    const onAbort = (): void => resolve({ confirmed: false, next: null });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const number = this.#api.accountNumber(open.account);
      link.publish(open.ackSubject, encoder.encode('+NXT {"batch":1,"no_wait":true}'), {
        reply: inbox,
        ...(number === 0 ? {} : { account: number }),
      });
      this.#open.delete(id);
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      subscription.unsubscribe();
    }
  }

  #subscribe(inbox: string, account: string | undefined, onMessage: (raw: RawMessage) => void): LinkSubscription {
    const number = this.#api.accountNumber(account);
    return this.#api.link.subscribe(inbox, undefined, onMessage, () => undefined, number);
  }

  /** Null for what is no delivered message. */
  #receive(raw: RawMessage, account: string | undefined, info: WireConsumer): LabMessage | null {
    const ackSubject = Buffer.from(raw.reply).toString('utf8');
    const place = readAckSubject(ackSubject);
    if (place === null) return null;
    const receivedAt = Date.now() * 1000;
    const id = ++this.#last;
    this.#open.set(id, { ackSubject, account, info });
    if (this.#open.size > labMessagesMax) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    const { backoff, ack_wait: ackWait = 0, ack_policy: policy } = info.config;
    const wait = backoff?.length ? (backoff[Math.min(place.deliveries, backoff.length) - 1] ?? ackWait) : ackWait;
    const payload = raw.payload.length === 0 ? nothing : raw.payload.slice();
    const message: LabMessage = {
      id,
      stream: place.stream,
      consumer: place.consumer,
      sequence: place.sequence,
      consumerSequence: place.consumerSequence,
      deliveries: place.deliveries,
      pending: place.pending,
      time: place.time,
      receivedAt,
      ackBy: policy === 'none' || wait === 0 ? 0 : receivedAt + Math.round(wait / 1000),
      subject: Buffer.from(raw.subject).toString('utf8'),
      headers: parseHeaders(raw.headers).fields,
      payload,
      payloadBytes: payload.length,
    };
    this.#delivered(account, message);
    return message;
  }
}
