/** A link without sockets: a little broker of its own, whose messages come when they are published, in this very call. */

import type { HeaderField } from '../../electron/bridge/contract.ts';
import { LinkError } from '../../electron/link.ts';
import type { Link, LinkSubscription, PublishOptions, RawMessage } from '../../electron/link.ts';
import { matches } from '../../electron/explorer/subject-bytes.ts';

interface FakeSubscription {
  pattern: Uint8Array;
  subject: string;
  queue: string | undefined;
  onMessage: (message: RawMessage) => void;
  onError: (text: string) => void;
}

export interface Sent {
  subject: string;
  payload: Uint8Array;
  reply: string | undefined;
  headers: readonly HeaderField[];
}

export const NOTHING: Uint8Array = new Uint8Array(0);

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

export function headerBlock(headers: readonly HeaderField[], status = ''): Uint8Array {
  return bytesOf(`NATS/1.0${status}\r\n${headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n`);
}

export class FakeLink implements Link {
  connected = true;
  readOnly = false;
  maxPayload = 1024 * 1024;
  headers = true;
  pendingBytes = 0;
  flushes = 0;
  /** Whether what is published comes back to the subscriptions that match. */
  echo = true;
  readonly sent: Sent[] = [];
  readonly subscriptions = new Set<FakeSubscription>();
  #inboxes = 0;

  publish(subject: string, payload: Uint8Array, options: PublishOptions = {}): void {
    if (!this.connected) throw new LinkError('not-connected', 'Not connected.');
    if (this.readOnly) throw new LinkError('read-only', 'This connection is read-only.');
    if (payload.length > this.maxPayload) throw new LinkError('too-large', 'Too large.');
    this.sent.push({ subject, payload: payload.slice(), reply: options.reply, headers: options.headers ?? [] });
    if (!this.echo) return;
    const headers = options.headers?.length ? headerBlock(options.headers) : NOTHING;
    this.deliver(bytesOf(subject), payload, bytesOf(options.reply ?? ''), headers);
  }

  /** As the server does: a copy for every subscription that matches. Returns how many. */
  deliver(
    subject: Uint8Array,
    payload: Uint8Array,
    reply: Uint8Array = NOTHING,
    headers: Uint8Array = NOTHING,
  ): number {
    const receivers = [...this.subscriptions].filter((one) => matches(one.pattern, subject));
    // One buffer for all messages that is used again, as a socket's is.
    const shared = new Uint8Array(subject.length + payload.length + reply.length + headers.length);
    for (const receiver of receivers) {
      let at = 0;
      const part = (bytes: Uint8Array): Uint8Array => {
        shared.set(bytes, at);
        at += bytes.length;
        return shared.subarray(at - bytes.length, at);
      };
      receiver.onMessage({
        subject: part(subject),
        reply: part(reply),
        headers: part(headers),
        payload: part(payload),
      });
      shared.fill(0xaa);
    }
    return receivers.length;
  }

  say(subject: string, payload = '', reply = '', headers: readonly HeaderField[] = []): number {
    return this.deliver(
      bytesOf(subject),
      bytesOf(payload),
      bytesOf(reply),
      headers.length ? headerBlock(headers) : NOTHING,
    );
  }

  async flush(): Promise<void> {
    this.flushes++;
    this.pendingBytes = 0;
  }

  subscribe(
    subject: string,
    queue: string | undefined,
    onMessage: (message: RawMessage) => void,
    onError: (text: string) => void,
  ): LinkSubscription {
    const subscription = { pattern: bytesOf(subject), subject, queue, onMessage, onError };
    this.subscriptions.add(subscription);
    return { unsubscribe: () => void this.subscriptions.delete(subscription) };
  }

  createInbox(): string {
    return `_INBOX.fake.${++this.#inboxes}`;
  }
}
