/**
 * Requests with an inbox of their own each, so that replies are told apart from everything else that is subscribed to,
 * `>` included.
 */

import type { RequestEvent, RequestParams } from '../bridge/contract.ts';
import { createQueue } from '../bridge/feed.ts';
import type { Link, LinkSubscription, RawMessage } from '../link.ts';
import type { Clock } from './clock.ts';
import { checkRange, ExplorerError } from './errors.ts';
import { parseHeaders, statusOf } from '../message-headers.ts';
import type { ExplorerLimits } from './limits.ts';
import { prepare } from './outgoing.ts';
import { subjectText } from './subject-bytes.ts';

const TIMEOUT_MILLISECONDS_MAX = 600_000;
const REPLIES_MAX = 1_000_000;
const NO_RESPONDERS = 503;

type EndReason = Extract<RequestEvent, { type: 'end' }>['reason'];

interface Waiting {
  inbox: string;
  receive(message: RawMessage): void;
  end(reason: EndReason): void;
}

export class Requests {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #limits: ExplorerLimits;
  readonly #waiting = new Set<Waiting>();

  constructor(link: Link, clock: Clock, limits: ExplorerLimits) {
    this.#link = link;
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * A server gives its "no responders" to one subscription that matches the inbox, and that can be one of the
   * capture's. To be called with every captured message that carries a status.
   */
  offer(message: RawMessage): void {
    if (this.#waiting.size === 0 || statusOf(message.headers) !== NO_RESPONDERS) return;
    const inbox = subjectText(message.subject);
    for (const waiting of this.#waiting) if (waiting.inbox === inbox) waiting.receive(message);
  }

  dispose(): void {
    for (const waiting of this.#waiting) waiting.end('closed');
  }

  /** @param account its number; 0: the first of the link */
  async *run(params: RequestParams, account: number, signal: AbortSignal): AsyncIterable<RequestEvent> {
    const link = this.#link;
    const limits = this.#limits;
    checkRange('timeoutMs', params.timeoutMs, 1, TIMEOUT_MILLISECONDS_MAX);
    checkRange('replies', params.replies, 0, REPLIES_MAX);
    const outgoing = prepare(params);
    const queue = createQueue<RequestEvent>(limits.repliesWaitingMax);
    const inbox = link.createInbox();
    let reason: EndReason | null = null;
    let refused: string | null = null;
    let count = 0;
    let waitingBytes = 0;
    let sentAt = 0;
    const waiting: Waiting = {
      inbox,
      receive: (message) => {
        if (reason !== null) return;
        const latency = this.#clock.now() - sentAt;
        const { status, statusText, fields } = parseHeaders(message.headers);
        if (status === NO_RESPONDERS && message.payload.length === 0 && count === 0)
          return waiting.end('no-responders');
        count++;
        // A window that does not keep up gets the size of a payload where it no longer gets its bytes.
        const fits = waitingBytes + message.payload.length <= limits.repliesWaitingBytesMax;
        const payload = fits ? message.payload.slice() : new Uint8Array(0);
        const payloadBytes = message.payload.length;
        if (queue.push({ type: 'reply', latency, headers: fields, payload, payloadBytes, status, statusText })) {
          waitingBytes += payload.length;
        }
        if (count === params.replies) waiting.end('replies');
      },
      end(why) {
        reason ??= why;
        queue.end();
      },
    };
    const onAbort = (): void => waiting.end('cancelled');
    let subscription: LinkSubscription | null = null;
    let cancelTimer = (): void => {};
    this.#waiting.add(waiting);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      subscription = link.subscribe(
        inbox,
        undefined,
        (message) => waiting.receive(message),
        (text) => {
          refused = text;
          waiting.end('closed');
        },
        // An inbox in every account would take answers of others for one's own.
        account === 0 && link.accounts.length > 0 ? 1 : account,
      );
      sentAt = this.#clock.now();
      queue.push({ type: 'sent', time: sentAt });
      outgoing.send(link, { count: 1, now: sentAt }, inbox, account);
      cancelTimer = this.#clock.later(params.timeoutMs, () => waiting.end('timeout'));
      for await (const event of queue.iterate(NEVER)) {
        if (event.type === 'reply') waitingBytes -= event.payload.length;
        yield event;
      }
      if (refused !== null) {
        throw new ExplorerError(
          'inbox-refused',
          `The server refuses the inbox ${inbox} for replies: ${String(refused)}. Allow it, or set the inbox prefix that is allowed.`,
        );
      }
      yield { type: 'end', reason: reason ?? 'closed', count };
    } finally {
      cancelTimer();
      subscription?.unsubscribe();
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(waiting);
    }
  }
}

const NEVER = new AbortController().signal;
