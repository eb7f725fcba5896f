/**
 * The subscriptions of a link. They belong to the link, not to a socket: each time a connection stands, all of them are
 * made again, also those that the server refused the last time.
 */

import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import type { LinkSubscription, RawMessage } from '../link.ts';
import { LinkError } from '../link.ts';
import { statusOf } from '../message-headers.ts';
import { codeOfServerError } from './failure-catalogue.ts';
import { rawMessage } from './nats-internals.ts';

/** Status of a request that nobody is subscribed to. */
const noResponders = 503;

interface Entry {
  subject: string;
  queue: string | undefined;
  onMessage: (message: RawMessage) => void;
  onError: (text: string) => void;
  made: Subscription | undefined;
}

export interface Subscriptions {
  add(
    subject: string,
    queue: string | undefined,
    onMessage: (message: RawMessage) => void,
    onError: (text: string) => void,
  ): LinkSubscription;
  /** Makes all of them on a connection that stands now. */
  attach(client: NatsConnection): void;
  /** The connection is gone. */
  detach(): void;
  /** An `-ERR` that names no subscription, though it is about one. */
  serverError(text: string): void;
  /** What was sent before the last PONG was not refused. */
  confirm(): void;
  /** Told of the inbox when the server says that nobody answers: it says so to one of the subscriptions that match. */
  onNoResponders: ((inbox: string) => void) | null;
  /** Messages delivered since the link was made. */
  readonly received: number;
  readonly size: number;
}

/** @param account number that messages are to carry */
export function createSubscriptions(onCallbackError: (error: unknown) => void, account = 0): Subscriptions {
  const entries = new Set<Entry>();
  /** Made on this connection, not yet confirmed by a PONG; the server's answers to them are in order. */
  let unconfirmed: Entry[] = [];
  let client: NatsConnection | undefined;
  let received = 0;

  function make(entry: Entry, on: NatsConnection): void {
    unconfirmed.push(entry);
    entry.made = on.subscribe(entry.subject, {
      ...(entry.queue === undefined ? {} : { queue: entry.queue }),
      callback(error, message) {
        if (error) {
          entry.made = undefined;
          entry.onError(error.message);
          return;
        }
        received++;
        try {
          const raw = rawMessage(message, account);
          entry.onMessage(raw);
          if (raw.headers.length > 0 && raw.payload.length === 0 && statusOf(raw.headers) === noResponders) {
            self.onNoResponders?.(message.subject);
          }
        } catch (cause) {
          // A mistake of a feature must not end the reader, which serves all of them.
          onCallbackError(cause);
        }
      },
    });
  }

  const self: Subscriptions = {
    onNoResponders: null,
    add(subject, queue, onMessage, onError) {
      checkSubscription(subject, queue);
      const entry: Entry = { subject, queue, onMessage, onError, made: undefined };
      entries.add(entry);
      if (client !== undefined && !client.isClosed()) make(entry, client);
      return {
        unsubscribe() {
          if (!entries.delete(entry)) return;
          const { made } = entry;
          entry.made = undefined;
          if (made !== undefined && !made.isClosed() && client?.isClosed() === false) made.unsubscribe();
        },
      };
    },
    attach(connection) {
      client = connection;
      unconfirmed = [];
      for (const entry of entries) make(entry, connection);
    },
    detach() {
      client = undefined;
      unconfirmed = [];
      for (const entry of entries) entry.made = undefined;
    },
    serverError(text) {
      // With a limit on subscriptions it is the last ones that are over it.
      if (codeOfServerError(text) !== 'subscriptions-exceeded' && !/invalid subject/i.test(text)) return;
      const entry = unconfirmed.pop();
      if (entry === undefined) return;
      entry.made = undefined;
      entry.onError(text);
    },
    confirm() {
      unconfirmed = [];
    },
    get received() {
      return received;
    },
    get size() {
      return entries.size;
    },
  };
  return self;
}

/** Rules of nats-server for SUB: tokens that are not empty, `>` at the end only, no whitespace. */
function checkSubscription(subject: string, queue: string | undefined): void {
  const fault = subjectFault(subject);
  if (fault !== undefined) throw new LinkError('invalid-subject', fault);
  if (queue !== undefined && (queue === '' || /\s/.test(queue))) {
    throw new LinkError('invalid-subject', 'A queue group is a word without spaces.');
  }
}

/** Why nobody could subscribe to this subject; undefined when they can. */
export function subjectFault(subject: string): string | undefined {
  if (subject === '') return 'The subject is empty. Write one, or ">" for everything.';
  if (/[\s\0]/.test(subject)) return 'A subject has no spaces. Separate its tokens by dots.';
  const tokens = subject.split('.');
  if (tokens.includes('')) return 'A subject has a token before, between and behind its dots.';
  if (tokens.slice(0, -1).includes('>')) return '">" stands at the end of a subject only. Use "*" for one token.';
  return undefined;
}
