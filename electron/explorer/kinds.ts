/**
 * What kind of message each one is, decided once when it arrives from its subject, reply and header block:
 * an `error` carries a status of 400 or more, `jetstream` is spoken with or delivered by JetStream, a `reply` goes to an
 * inbox, a `request` waits for an answer, all else is a `publish`.
 */

import type { MessageKind } from '../bridge/contract.ts';

export const KINDS: readonly MessageKind[] = ['publish', 'request', 'reply', 'jetstream', 'error'];
export const KIND_PUBLISH = 0;
export const KIND_REQUEST = 1;
export const KIND_REPLY = 2;
export const KIND_JETSTREAM = 3;
export const KIND_ERROR = 4;

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const INBOX = ascii('_INBOX.');
const JETSTREAM = ascii('$JS.');
const ACK = ascii('$JS.ACK.');
const STREAM_HEADER = ascii('\nNats-Stream:');

const ERROR_STATUS_MIN = 400;
/** Reply subjects remembered, by hash; a newer one takes the place of an older. */
const SEEN_SLOTS = 1 << 16;

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++) if (bytes[index] !== prefix[index]) return false;
  return true;
}

function holds(bytes: Uint8Array, part: Uint8Array): boolean {
  const last = bytes.length - part.length;
  for (let at = 0; at <= last; at++) {
    let index = 0;
    while (index < part.length && bytes[at + index] === part[index]) index++;
    if (index === part.length) return true;
  }
  return false;
}

/** Status code of a header block (`NATS/1.0 503`), 0 when it carries none. */
export function statusOf(headers: Uint8Array): number {
  if (headers.length < 12 || headers[8] !== 0x20) return 0;
  let status = 0;
  for (let index = 9; index < 12; index++) {
    const digit = headers[index]! - 0x30;
    if (digit < 0 || digit > 9) return 0;
    status = status * 10 + digit;
  }
  return status;
}

export class Kinds {
  readonly #seen = new Uint32Array(SEEN_SLOTS);

  /** Whether a subject is an address of one use, to which a reply goes. */
  isInbox(subject: Uint8Array, hash: number): boolean {
    return this.#seen[hash & (SEEN_SLOTS - 1)] === hash || startsWith(subject, INBOX);
  }

  /** @param replyHash of the reply subject; 0 when there is none */
  kindOf(
    inbox: boolean,
    subject: Uint8Array,
    reply: Uint8Array,
    replyHash: number,
    headers: Uint8Array,
    status: number,
  ) {
    if (reply.length !== 0 && !startsWith(reply, ACK)) this.#seen[replyHash & (SEEN_SLOTS - 1)] = replyHash;
    if (status >= ERROR_STATUS_MIN) return KIND_ERROR;
    if (startsWith(subject, JETSTREAM) || startsWith(reply, ACK)) return KIND_JETSTREAM;
    if (headers.length !== 0 && holds(headers, STREAM_HEADER)) return KIND_JETSTREAM;
    if (inbox) return KIND_REPLY;
    return reply.length !== 0 ? KIND_REQUEST : KIND_PUBLISH;
  }

  isAcknowledgement(subject: Uint8Array): boolean {
    return startsWith(subject, ACK);
  }
}
