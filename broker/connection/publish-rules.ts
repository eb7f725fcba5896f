import { quoteLatin1 } from '../base/latin1.ts';
import type { Arena } from '../base/arena.ts';
import type { Entry } from '../delivery/match-table.ts';
import type { MatchCaches } from '../delivery/match-caches.ts';
import { isValidPublishSubject } from '../subject/validity.ts';
import type { Parser } from '../wire/parser.ts';
import { ERRORS } from '../wire/protocol.ts';
import type { Client } from './client.ts';
import type { Membership } from './membership.ts';

/** What a PUB may not do, and what its connection is told then. All of it is off the usual path of a message. */

/** Prefixes of replies that only the server may ask for. */
const RESERVED_REPLIES = ['_R_.', '$JS.ACK.', '_GR_.'];

export function hasReservedReply(arena: Arena, { replyStart, replyEnd }: Parser): boolean {
  const { bytes } = arena;
  // The first two letters rule out nearly all others.
  const first = bytes[replyStart];
  if (first !== 0x5f && first !== 0x24) return false;
  const second = bytes[replyStart + 1];
  if (second !== 0x52 && second !== 0x47 && second !== 0x4a) return false;
  const reply = arena.latin1(replyStart, replyEnd);
  return RESERVED_REPLIES.some((prefix) => reply.startsWith(prefix));
}

export function refuseReply(client: Client, arena: Arena, { replyStart, replyEnd }: Parser): void {
  const reply = quoteLatin1(arena.latin1(replyStart, replyEnd));
  client.refuseMessage(
    `Permissions Violation for Publish with Reply of ${reply}`,
    `Publish Violation - Reply ${reply}`,
  );
}

export function refusePublish(client: Client, arena: Arena, { subjectStart, subjectEnd }: Parser): void {
  refuseTraceDestination(client, arena.latin1(subjectStart, subjectEnd));
}

/** The same for a subject that the broker would publish to on the client's behalf. */
export function refuseTraceDestination(client: Client, destination: string): void {
  const subject = quoteLatin1(destination);
  client.refuseMessage(`Permissions Violation for Publish to ${subject}`, `Publish Violation - Subject ${subject}`);
}

/** Says that the subject makes no sense; the message goes on its way all the same. */
export function checkPublishSubject(client: Client, arena: Arena, { subjectStart, subjectEnd }: Parser): void {
  if (!isValidPublishSubject(arena.latin1(subjectStart, subjectEnd))) client.sendError(ERRORS.invalidPublishSubject);
}

/** The entry for an answer that may be given although the permissions do not allow it (`allow_responses`). */
export function grantedEntry(
  { account, grants }: Membership,
  caches: MatchCaches,
  arena: Arena,
  entry: Entry,
  parser: Parser,
): Entry | undefined {
  if (entry.verdict === 'reserved' || grants === undefined) return undefined;
  const subject = arena.latin1(parser.subjectStart, parser.subjectEnd);
  if (!grants.use(subject)) return undefined;
  // It may have been mapped already, and is mapped once only.
  parser.hash = parser.hashOf(parser.subjectStart, parser.subjectEnd);
  return caches.inside(account).lookup(parser);
}
