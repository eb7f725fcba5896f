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
/** The API, and what key-value and object stores write. */
const JETSTREAM = ['$JS.', '$KV.', '$O.'].map(ascii);
const ACK = ascii('$JS.ACK.');
const STREAM_HEADER = ascii('\nNats-Stream:');
const SERVICE_ERROR_HEADER = ascii('\nNats-Service-Error-Code:');

const DOLLAR = 0x24;
const ERROR_STATUS_MIN = 400;
/** Reply subjects remembered, by hash; a newer one takes the place of an older. */
const SEEN_SLOTS = 1 << 16;

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++) if (bytes[index] !== prefix[index]) return false;
  return true;
}

/** Position after the first place where bytes hold others; -1 when they do not. */
function after(bytes: Uint8Array, part: Uint8Array): number {
  const last = bytes.length - part.length;
  for (let at = 0; at <= last; at++) {
    let index = 0;
    while (index < part.length && bytes[at + index] === part[index]) index++;
    if (index === part.length) return at + index;
  }
  return -1;
}

/** Code of an error that a service answers with (ADR-32), 0 when there is none. */
export function serviceErrorOf(headers: Uint8Array): number {
  let at = after(headers, SERVICE_ERROR_HEADER);
  if (at < 0) return 0;
  while (headers[at] === 0x20) at++;
  let code = 0;
  for (let digit = headers[at]! - 0x30; digit >= 0 && digit <= 9 && code < 1000; digit = headers[++at]! - 0x30) {
    code = code * 10 + digit;
  }
  return code < 1000 ? code : 0;
}

function isJetStream(subject: Uint8Array): boolean {
  return subject[0] === DOLLAR && JETSTREAM.some((prefix) => startsWith(subject, prefix));
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
    if (isJetStream(subject) || startsWith(reply, ACK)) return KIND_JETSTREAM;
    if (headers.length !== 0 && after(headers, STREAM_HEADER) >= 0) return KIND_JETSTREAM;
    if (inbox) return KIND_REPLY;
    return reply.length !== 0 ? KIND_REQUEST : KIND_PUBLISH;
  }

  isAcknowledgement(subject: Uint8Array): boolean {
    return startsWith(subject, ACK);
  }
}
