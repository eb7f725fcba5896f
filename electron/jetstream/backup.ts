/**
 * A stream as the server's own snapshot of it: configuration and state as JSON, then bytes that the server can restore.
 * Nothing is made at the server but what it needs while it sends.
 */

import type { BackupEvent } from '../bridge/contract.ts';
import { createQueue } from '../bridge/feed.ts';
import { JetStreamError } from '../jetstream-api/errors.ts';
import { parseHeaders } from '../message-headers.ts';
import { backupChunkBytes, backupSilenceMs } from './limits.ts';
import { S2Length } from './s2-length.ts';
import type { Asking } from './stored-messages.ts';
import type { WireStream } from './wire.ts';

/** What waits here is what the server sends before it is told that it came: 8 MiB in parts, and the end. */
const partsMax = 1024;
const statusRefused = 400;

interface Part {
  bytes: Uint8Array;
  /** Where the server wants to hear that it came. */
  took: string;
}

const nothing = new Uint8Array(0);

/** The part that a message of the snapshot is, null for its end; throws what the server says went wrong. */
function readPart(stream: string, headers: Uint8Array, payload: Uint8Array, reply: string): Part | null {
  if (payload.length > 0) return { bytes: payload.slice(), took: reply };
  const { status, statusText } = parseHeaders(headers);
  if (status < statusRefused) return null;
  throw new JetStreamError(
    'jetstream-refused',
    `The server gave up the backup of ${stream}: ${statusText || status}.`,
    {
      code: status,
      errCode: 0,
      description: statusText,
    },
  );
}

export async function* backup(
  { api, account, signal }: Asking & { signal: AbortSignal },
  stream: string,
  consumers: boolean,
): AsyncIterable<BackupEvent> {
  const { link } = api;
  const number = api.accountNumber(account);
  const inbox = link.createInbox();
  const parts = createQueue<Part>(partsMax);
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure ??= error;
    parts.end();
  };
  let heardAt = performance.now();
  const watch = setInterval(() => {
    if (!link.connected) {
      fail(new JetStreamError('not-connected', `The connection was lost in the midst of the backup of ${stream}.`));
    } else if (performance.now() - heardAt > backupSilenceMs) {
      const text = `The backup of ${stream} stopped: nothing came for ${backupSilenceMs / 1000} s.`;
      fail(new JetStreamError('jetstream-timeout', text));
    }
  }, 500);
  const subscription = link.subscribe(
    inbox,
    undefined,
    ({ headers, payload, reply }) => {
      heardAt = performance.now();
      try {
        const part = readPart(stream, headers, payload, Buffer.from(reply).toString('utf8'));
        if (part === null) parts.end();
        else if (!parts.push(part)) fail(tooMuch(stream));
      } catch (error) {
        fail(error);
      }
    },
    (text) => fail(new JetStreamError('jetstream-denied', `The server refuses the inbox for the backup: ${text}.`)),
    number,
  );
  const endTrouble = link.onTrouble((trouble) => {
    // Without the word that a part came nothing more comes.
    if (trouble.type === 'refused' && /publish to "\$JS\.SNAPSHOT\.ACK\./i.test(trouble.text)) {
      fail(
        new JetStreamError(
          'jetstream-denied',
          'The user of this connection may not publish to $JS.SNAPSHOT.ACK.>, which a backup needs. Allow it, or connect as another user.',
        ),
      );
    }
  });
  try {
    const { config, state } = await api.request<WireStream>(
      `STREAM.SNAPSHOT.${stream}`,
      { deliver_subject: inbox, no_consumers: !consumers, chunk_size: backupChunkBytes },
      { account, signal, timeoutMs: backupSilenceMs },
    );
    heardAt = performance.now();
    const description = JSON.stringify({ config, state }, null, 2);
    yield { type: 'begin', description, messages: state.messages, bytes: state.bytes };
    const length = new S2Length();
    let bytes = 0;
    for await (const part of parts.iterate(signal)) {
      bytes += part.bytes.length;
      length.push(part.bytes);
      yield { type: 'bytes', bytes: part.bytes, read: length.length };
      // Only when it was taken: a slow window slows the server, and what waits here is bounded.
      if (part.took === '') continue;
      // While a window took it the server was not to blame for its silence.
      heardAt = performance.now();
      link.publish(part.took, nothing, { look: true, ...(number === 0 ? {} : { account: number }) });
    }
    if (failure !== null) throw failure as Error;
    if (!signal.aborted) yield { type: 'end', bytes };
  } finally {
    clearInterval(watch);
    endTrouble();
    subscription.unsubscribe();
  }
}

function tooMuch(stream: string): JetStreamError {
  return new JetStreamError(
    'jetstream-unreadable',
    `The backup of ${stream} came faster than it was taken, so a part of it is missing. Try it again.`,
  );
}
