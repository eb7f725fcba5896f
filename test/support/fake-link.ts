/** A link without sockets: a little broker of its own, whose messages come when they are published, in this very call. */

import type { HeaderField } from '../../electron/bridge/contract.ts';
import { LinkError } from '../../electron/link.ts';
import type {
  Link,
  LinkAccount,
  LinkSubscription,
  LinkTrouble,
  PublishOptions,
  RawMessage,
} from '../../electron/link.ts';
import { matches } from '../../electron/explorer/subject-bytes.ts';

interface FakeSubscription {
  pattern: Uint8Array;
  subject: string;
  queue: string | undefined;
  onMessage: (message: RawMessage) => void;
  onError: (text: string) => void;
  /** 0: of all accounts. */
  account: number;
}

export interface Sent {
  subject: string;
  payload: Uint8Array;
  reply: string | undefined;
  headers: readonly HeaderField[];
  account: number;
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
  jetstreamPrefix = '$JS.API';
  pendingBytes = 0;
  flushes = 0;
  /** Whether what is published comes back to the subscriptions that match. */
  echo = true;
  readonly sent: Sent[] = [];
  readonly subscriptions = new Set<FakeSubscription>();
  accounts: readonly LinkAccount[] = [];
  #inboxes = 0;
  readonly #listeners = new Set<() => void>();
  readonly #troubled = new Set<(trouble: LinkTrouble) => void>();

  /** Makes it a link into these accounts. */
  tellAccounts(...names: string[]): void {
    const gone = this.accounts
      .filter(({ name }) => !names.includes(name))
      .map((account) => ({ ...account, gone: true }));
    const known = this.accounts.map((account) => gone.find(({ name }) => name === account.name) ?? account);
    const fresh = names.filter((name) => !this.accounts.some((account) => account.name === name));
    this.accounts = [...known, ...fresh.map((name) => ({ name, system: name === '$SYS', gone: false }))];
    for (const listener of this.#listeners) listener();
  }

  onTrouble(listener: (trouble: LinkTrouble) => void): () => void {
    this.#troubled.add(listener);
    return () => void this.#troubled.delete(listener);
  }

  /** As the server would. */
  trouble(trouble: LinkTrouble): void {
    for (const listener of this.#troubled) listener(trouble);
  }

  onAccounts(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish(subject: string, payload: Uint8Array, options: PublishOptions = {}): void {
    if (!this.connected) throw new LinkError('not-connected', 'Not connected.');
    if (this.readOnly) throw new LinkError('read-only', 'This connection is read-only.');
    if (payload.length > this.maxPayload) throw new LinkError('too-large', 'Too large.');
    const { reply, headers: fields = [], account = 0 } = options;
    this.sent.push({ subject, payload: payload.slice(), reply, headers: fields, account });
    if (!this.echo) return;
    const headers = options.headers?.length ? headerBlock(options.headers) : NOTHING;
    const where = account === 0 && this.accounts.length > 0 ? 1 : account;
    this.deliver(bytesOf(subject), payload, bytesOf(options.reply ?? ''), headers, where);
  }

  /** As the server does: a copy for every subscription that matches. Returns how many. */
  deliver(
    subject: Uint8Array,
    payload: Uint8Array,
    reply: Uint8Array = NOTHING,
    headers: Uint8Array = NOTHING,
    account = 0,
  ): number {
    const receivers = [...this.subscriptions].filter(
      (one) => (one.account === 0 || one.account === account) && matches(one.pattern, subject),
    );
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
        account,
      });
      shared.fill(0xaa);
    }
    return receivers.length;
  }

  /** In an account by its name. */
  sayIn(name: string, subject: string, payload = '', reply = ''): number {
    const account = this.accounts.findIndex((one) => one.name === name) + 1;
    return this.deliver(bytesOf(subject), bytesOf(payload), bytesOf(reply), NOTHING, account);
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
    account = 0,
  ): LinkSubscription {
    const subscription = { pattern: bytesOf(subject), subject, queue, onMessage, onError, account };
    this.subscriptions.add(subscription);
    return { unsubscribe: () => void this.subscriptions.delete(subscription) };
  }

  createInbox(): string {
    return `_INBOX.fake.${++this.#inboxes}`;
  }
}
