/** What is under way and what was sent: publishing, requesting, and the list of both. */

import { bridge } from '../../bridge.ts';
import type { RequestEvent } from '../../../electron/bridge/contract.ts';
import { bytes as sizeText, grouped, milliseconds } from '../../ui/numbers.ts';
import { composerLimits } from './compose.ts';
import { composer, type Draft } from './composer-state.svelte.ts';

export interface SentEntry {
  id: number;
  /** Microseconds since the epoch. */
  time: number;
  draft: Draft;
  result: string;
  /** The whole of a result that is longer than its column. */
  title?: string;
  failed: boolean;
}

export type Reply = Extract<RequestEvent, { type: 'reply' }> & { index: number };

export interface PublishRun {
  sent: number;
  count: number;
}

export interface RequestRun {
  subject: string;
  replies: readonly Reply[];
  /** Replies that came after `repliesShownMax`. */
  more: number;
  end: Extract<RequestEvent, { type: 'end' }>['reason'] | null;
  /** Why it could not be sent at all. */
  error: string | null;
}

class Sending {
  sent = $state.raw<readonly SentEntry[]>([]);
  /** Several messages on their way. */
  publishing = $state.raw<PublishRun | null>(null);
  request = $state.raw<RequestRun | null>(null);
  #lastId = 0;
  #publishWork = new AbortController();
  #requestWork = new AbortController();

  get requesting(): boolean {
    return this.request !== null && this.request.end === null && this.request.error === null;
  }

  async publish(): Promise<void> {
    const { draft, numbers, body } = composer;
    if (this.publishing || !('bytes' in body) || numbers.count === null || numbers.intervalMs === null) return;
    const id = this.#add(draft, '…');
    const { count } = numbers;
    const { signal } = (this.#publishWork = new AbortController());
    let last = { sent: 0, count, bytes: 0, done: false };
    this.publishing = { sent: 0, count };
    try {
      const params = {
        ...composer.where,
        subject: draft.subject,
        ...(draft.reply === '' ? {} : { reply: draft.reply }),
        headers: composer.headers,
        payload: body.bytes,
        count,
        intervalMs: numbers.intervalMs,
        templates: draft.templates,
      };
      for await (const progress of bridge.stream('publish.run', params, { signal })) {
        last = progress;
        this.publishing = { sent: progress.sent, count: progress.count };
        if (progress.done) break;
      }
      const size = sizeText(last.bytes);
      const result = count === 1 ? size : `${grouped(last.sent)} × ${sizeText(last.bytes / Math.max(1, last.sent))}`;
      const stopped = !last.done && last.sent < count;
      this.#finish(
        id,
        stopped ? `${grouped(last.sent)} of ${grouped(count)}` : result,
        stopped && !signal.aborted,
        `${grouped(last.sent)} sent, ${size}`,
      );
    } catch (error) {
      const text = messageOf(error);
      this.#finish(id, text, true, last.sent > 0 ? `${text} (${grouped(last.sent)} were sent)` : text);
    } finally {
      this.publishing = null;
    }
  }

  /** Stops what is being sent; what went out stays out. */
  cancel(): void {
    this.#publishWork.abort();
    this.#requestWork.abort();
  }

  async sendRequest(): Promise<void> {
    const { draft, numbers, body } = composer;
    if (this.requesting || !('bytes' in body) || numbers.timeoutMs === null || numbers.replies === null) return;
    const id = this.#add(draft, '…');
    const { subject } = draft;
    const replies: Reply[] = [];
    let more = 0;
    const show = (end: RequestRun['end'], error: string | null = null): void => {
      this.request = { subject, replies: replies.slice(), more, end, error };
    };
    show(null);
    const { signal } = (this.#requestWork = new AbortController());
    const params = {
      ...composer.where,
      subject,
      headers: composer.headers,
      payload: body.bytes,
      timeoutMs: numbers.timeoutMs,
      replies: numbers.replies,
      templates: draft.templates,
    };
    try {
      for await (const event of bridge.stream('request.run', params, { signal })) {
        if (event.type === 'reply') {
          if (replies.length < composerLimits.repliesShownMax) replies.push({ ...event, index: replies.length });
          else more++;
          show(null);
        } else if (event.type === 'end') {
          show(event.reason);
          this.#finish(id, ...resultOf(event, replies));
        }
      }
      if (this.requesting) {
        const reason = signal.aborted ? 'cancelled' : 'closed';
        show(reason);
        this.#finish(id, ...resultOf({ type: 'end', reason, count: replies.length }, replies));
      }
    } catch (error) {
      show(null, messageOf(error));
      this.#finish(id, messageOf(error), true, messageOf(error));
    }
  }

  #add(draft: Draft, result: string): number {
    const entry: SentEntry = { id: ++this.#lastId, time: Date.now() * 1000, draft, result, failed: false };
    this.sent = [entry, ...this.sent].slice(0, composerLimits.sentEntriesMax);
    return entry.id;
  }

  #finish(id: number, result: string, failed: boolean, title?: string): void {
    const change = title === undefined ? { result, failed } : { result, failed, title };
    this.sent = this.sent.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
  }
}

/** A request's line in the history: latency of the first reply, or why there was none. */
export function resultOf(
  end: Extract<RequestEvent, { type: 'end' }>,
  replies: readonly { latency: number; status: number; statusText: string }[],
): [result: string, failed: boolean] {
  const [first] = replies;
  if (end.reason === 'no-responders') return ['no responders', true];
  if (first === undefined) {
    const texts = { replies: 'no reply', timeout: 'timeout', cancelled: 'cancelled', closed: 'closed' };
    return [texts[end.reason], end.reason !== 'cancelled'];
  }
  if (end.count > 1) return [`${grouped(end.count)} replies`, false];
  return [milliseconds(first.latency / 1000), first.status >= 400];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const sending = new Sending();
