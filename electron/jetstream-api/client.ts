/**
 * JetStream requests over the link of a connection, for all features of its thread that speak with JetStream. Every
 * request has a reply subject of its own below one inbox; an account has one subscription for all of its answers, made
 * with the first question and kept while the link lives.
 */

import type { HeaderField } from '../bridge/contract.ts';
import type { Link, LinkSubscription, RawMessage } from '../link.ts';
import { parseHeaders } from '../message-headers.ts';
import type { HeaderBlock } from '../message-headers.ts';
import { JetStreamError, throwRefused } from './errors.ts';

/** As long as the clients of NATS wait. */
const timeoutMsDefault = 5000;
const noResponders = 503;

/** A message that answers; its bytes are a copy. */
export interface Reply extends HeaderBlock {
  subject: string;
  /** Reply subject of the answer itself: where a delivered message is acknowledged. */
  reply: string;
  payload: Uint8Array;
}

export interface AskOptions {
  /** Name of the account, where the connection is in several; absent: the first one. */
  account?: string | undefined;
  timeoutMs?: number;
  signal?: AbortSignal;
  headers?: readonly HeaderField[];
  /** It changes something; refused with `read-only` on such a connection. Without it the request may only look. */
  change?: boolean;
}

export interface JetStreamApi {
  /** What subjects of the API begin with: `$JS.API`. */
  readonly prefix: string;
  readonly link: Link;
  /**
   * Asks the API: `what` is the subject behind the prefix, `body` goes as JSON. Rejects with `JetStreamError` when the
   * server refuses or does not answer, with `LinkError` when the link does not take it.
   */
  request<T>(what: string, body: unknown, options?: AskOptions): Promise<T>;
  /** One answer, whatever it is. A status in its headers is for the caller to read, but for `no responders`. */
  ask(subject: string, payload: Uint8Array, options?: AskOptions): Promise<Reply>;
  /**
   * All answers until `onReply` says that was the last one. The time-out counts from answer to answer. What it throws
   * ends the question.
   */
  askMany(
    subject: string,
    payload: Uint8Array,
    onReply: (reply: Reply) => 'more' | 'done',
    options?: AskOptions,
  ): Promise<void>;
  /** Whether a message is a request of this client, or an answer to one. */
  isOwn(message: Pick<RawMessage, 'subject' | 'reply'>): boolean;
  /** Number of an account of the link by its name; 0 where there is none to name. */
  accountNumber(name: string | undefined): number;
  dispose(): void;
}

interface Waiting {
  inbox: string;
  subject: string;
  receive(reply: Reply): void;
  fail(error: Error): void;
}

const nothing = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const latin = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

export function createJetStreamApi(link: Link): JetStreamApi {
  const waiting = new Map<string, Waiting>();
  const inboxes = new Map<number, { inbox: string; subscription: LinkSubscription }>();
  /** What all subjects of answers begin with, one for each account. */
  const prefixes: Uint8Array[] = [];
  let last = 0;

  const endTrouble = link.onTrouble((trouble) => {
    if (trouble.type === 'no-responders') waiting.get(trouble.inbox)?.fail(unavailable());
    else refuse(trouble.text);
  });

  /** `Permissions Violation for Publish to "$JS.API.INFO"` names what was asked. */
  function refuse(text: string): void {
    const subject = /permissions violation for publish to "([^"]+)"/i.exec(text)?.[1];
    if (subject === undefined) return;
    for (const one of [...waiting.values()]) if (one.subject === subject) one.fail(denied(subject));
  }

  function receive(message: RawMessage): void {
    const subject = latin(message.subject);
    const one = waiting.get(subject);
    if (one === undefined) return;
    const block = parseHeaders(message.headers);
    if (block.status === noResponders && message.payload.length === 0) return one.fail(unavailable());
    one.receive({ ...block, subject, reply: latin(message.reply), payload: message.payload.slice() });
  }

  function inboxOf(account: number): string {
    const known = inboxes.get(account);
    if (known !== undefined) return known.inbox;
    const inbox = link.createInbox();
    const subscription = link.subscribe(
      `${inbox}.*`,
      undefined,
      receive,
      (text) => {
        for (const one of [...waiting.values()]) {
          if (one.inbox.startsWith(`${inbox}.`)) one.fail(new JetStreamError('jetstream-denied', inboxRefused(text)));
        }
      },
      account,
    );
    inboxes.set(account, { inbox, subscription });
    prefixes.push(encoder.encode(`${inbox}.`));
    return inbox;
  }

  function accountNumber(name: string | undefined): number {
    // An inbox in every account would take answers of others for one's own.
    if (name === undefined) return link.accounts.length > 0 ? 1 : 0;
    const index = link.accounts.findIndex((account) => account.name === name && !account.gone);
    if (index === -1) {
      throw new JetStreamError('unknown-account', `This connection is in no account "${name}". Choose another one.`);
    }
    return index + 1;
  }

  async function askMany(
    subject: string,
    payload: Uint8Array,
    onReply: (reply: Reply) => 'more' | 'done',
    options: AskOptions = {},
  ): Promise<void> {
    const { timeoutMs = timeoutMsDefault, signal, headers, change = false } = options;
    if (signal?.aborted === true) throw cancelled();
    const account = accountNumber(options.account);
    const inbox = `${inboxOf(account)}.${(++last).toString(36)}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = (): void => reject(timedOut(subject, timeoutMs));
    let timer = setTimeout(late, timeoutMs);
    const onAbort = (): void => reject(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    waiting.set(inbox, {
      inbox,
      subject,
      fail: reject,
      receive(reply) {
        clearTimeout(timer);
        timer = setTimeout(late, timeoutMs);
        try {
          if (onReply(reply) === 'more') return;
          // What comes after the last one in the same read is nobody's.
          waiting.delete(inbox);
          resolve();
        } catch (error) {
          waiting.delete(inbox);
          reject(error);
        }
      },
    });
    try {
      link.publish(subject, payload, {
        reply: inbox,
        look: !change,
        ...(headers === undefined ? {} : { headers }),
        ...(account === 0 ? {} : { account }),
      });
      await promise;
    } finally {
      waiting.delete(inbox);
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async function ask(subject: string, payload: Uint8Array, options?: AskOptions): Promise<Reply> {
    let answer: Reply | undefined;
    await askMany(
      subject,
      payload,
      (reply) => {
        answer = reply;
        return 'done';
      },
      options,
    );
    if (answer === undefined) throw new Error('a question that is done was answered');
    return answer;
  }

  return {
    link,
    get prefix() {
      return link.jetstreamPrefix;
    },
    ask,
    askMany,
    accountNumber,
    isOwn: ({ subject, reply }) => prefixes.some((prefix) => beginsWith(subject, prefix) || beginsWith(reply, prefix)),
    async request<T>(what: string, body: unknown, options?: AskOptions): Promise<T> {
      const subject = `${link.jetstreamPrefix}.${what}`;
      const payload = body === null || body === undefined ? nothing : encoder.encode(JSON.stringify(body));
      const { payload: answer } = await ask(subject, payload, options);
      const parsed = readJson(answer, subject);
      const { error } = parsed as { error?: object };
      if (error !== undefined && error !== null) throwRefused(error, subject);
      return parsed as T;
    },
    dispose() {
      endTrouble();
      for (const { subscription } of inboxes.values()) subscription.unsubscribe();
      inboxes.clear();
      for (const one of [...waiting.values()]) one.fail(cancelled());
    },
  };
}

function beginsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length <= prefix.length) return false;
  // From behind: inboxes of one connection differ in their ends.
  for (let at = prefix.length - 1; at >= 0; at--) if (bytes[at] !== prefix[at]) return false;
  return true;
}

function readJson(bytes: Uint8Array, subject: string): object {
  try {
    const parsed: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Told below: what came is no object of JSON either way.
  }
  throw new JetStreamError(
    'jetstream-unreadable',
    `What answered ${subject} is no JetStream: it sent ${bytes.length} bytes that are no JSON object.`,
  );
}

function unavailable(): JetStreamError {
  return new JetStreamError(
    'jetstream-unavailable',
    'Nobody answers for JetStream here. Enable it in the server and for this account, or set the JetStream domain of the connection.',
  );
}

function denied(subject: string): JetStreamError {
  return new JetStreamError(
    'jetstream-denied',
    `The user of this connection may not publish to ${subject}. Allow it, or connect as another user.`,
    { subject },
  );
}

function inboxRefused(text: string): string {
  return `The server refuses the inbox for answers: ${text}. Allow it, or set the inbox prefix that is allowed.`;
}

function timedOut(subject: string, timeoutMs: number): JetStreamError {
  return new JetStreamError('jetstream-timeout', `No answer to ${subject} within ${timeoutMs / 1000} s.`, { subject });
}

function cancelled(): JetStreamError {
  return new JetStreamError('cancelled', 'Cancelled.');
}
