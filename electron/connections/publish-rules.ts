/** What is refused here because a server would refuse it, or would read something else than what was meant. */

import type { HeaderField } from '../bridge/contract.ts';
import { LinkError } from '../link.ts';
import { controlLineBytesMax } from './limits.ts';

/**
 * Requests of the JetStream API that change nothing at the server: facts of the account, lists, states, messages that
 * are stored, and backups. They are all that a read-only connection may send.
 */
const looking =
  /^\$JS\.(?:[^.]+\.)?API\.(?:INFO|STREAM\.(?:NAMES|LIST|INFO\.[^.]+|MSG\.GET\.[^.]+|SNAPSHOT\.[^.]+)|CONSUMER\.(?:NAMES|LIST|INFO)\.[^.]+(?:\.[^.]+)?|DIRECT\.GET\.[^.]+(?:\..+)?)$/;

/** What tells the server that a part of a backup came, so that it sends the next. */
const takingBackup = /^\$JS\.SNAPSHOT\.ACK\./;

/** Whether a request only looks; without a reply subject nobody would see what it says. */
export function onlyLooks(subject: string, reply: string | undefined): boolean {
  return reply === undefined ? takingBackup.test(subject) : looking.test(subject);
}

/** Throws `LinkError` when the line of PUB would not be what was meant, or would cost the connection. */
export function checkPublish(subject: string, reply: string | undefined): void {
  for (const [what, text] of [
    ['subject', subject],
    ['reply subject', reply ?? 'none'],
  ] as const) {
    if (text === '') throw new LinkError('invalid-subject', `The ${what} is empty.`);
    if (/[\s\0]/.test(text)) {
      throw new LinkError('invalid-subject', `The ${what} has a space in it. Separate its tokens by dots.`);
    }
  }
  if (Buffer.byteLength(subject) + Buffer.byteLength(reply ?? '') > controlLineBytesMax - 64) {
    throw new LinkError(
      'too-large',
      `Subject and reply together are longer than a server reads (${controlLineBytesMax}).`,
    );
  }
}

/** Throws `LinkError`; gives the headers back. `carried`: whether the server takes any. */
export function checkHeaders(headers: readonly HeaderField[], carried: boolean): readonly HeaderField[] {
  if (!carried) throw new LinkError('no-headers', 'This server carries no headers. Take them away to publish.');
  for (const { name, value } of headers) {
    if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name)) {
      throw new LinkError('invalid-header', `"${name}" is no header name: printable ASCII without spaces and colons.`);
    }
    if (/[\r\n]/.test(value)) {
      throw new LinkError('invalid-header', `The value of "${name}" has a line break, which ends a header.`);
    }
  }
  return headers;
}
