import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message, MessageClient } from './client.ts';
import { parsed } from './judge.ts';

const CHUNK_MS_MAX = 10_000;
const CHUNK_BYTES = 64 * 1024;

let backups = 0;

/** A stream as the server gave it out: its configuration and state as JSON, and the bytes that restore takes. */
export class Backup {
  /** What the server said of it first. */
  readonly answer: Message;
  readonly chunks: readonly string[];

  constructor(answer: Message, chunks: readonly string[]) {
    this.answer = answer;
    this.chunks = chunks;
  }

  /** One that nats-server 2.15.1 gave out: the JSON of its answer, and its bytes. */
  static async read(name: string): Promise<Backup> {
    const path = join(import.meta.dirname, 'backups', name);
    const payload = await readFile(`${path}.json`, 'latin1');
    const bytes = await readFile(`${path}.bin`, 'latin1');
    return new Backup({ subject: '', reply: '', status: '', headers: [], payload }, [bytes]);
  }

  /** Takes a backup, answering every chunk. `request` is JSON without `deliver_subject`. */
  static async fetch(client: MessageClient, stream: string, request: string): Promise<Backup> {
    const delivery = `_BACKUP.${process.pid}.${++backups}`;
    const sid = client.subscribe(delivery);
    const wanted = { deliver_subject: delivery, ...(JSON.parse(request || '{}') as object) };
    const answer = await ask(client, `$JS.API.STREAM.SNAPSHOT.${stream}`, JSON.stringify(wanted));
    const chunks: string[] = [];
    const { error } = (parsed(answer.payload) ?? {}) as { error?: unknown };
    while (error === undefined) {
      const chunk = await client.next(sid, CHUNK_MS_MAX);
      if (chunk === undefined) throw new Error('the backup stopped');
      if (chunk.payload === '') {
        if (!['', '204'].includes(chunk.status)) throw new Error(`the backup ended with ${chunk.status}`);
        break;
      }
      chunks.push(chunk.payload);
      if (chunk.reply !== '') client.publish(chunk.reply, '', '', []);
    }
    client.unsubscribe(sid);
    return new Backup(answer, chunks);
  }

  /** Gives it back under a name; `change` goes over its configuration. `last` is missing when the server refused at once. */
  async restore(
    client: MessageClient,
    stream: string,
    change: Readonly<Record<string, unknown>>,
  ): Promise<{ first: Message; last: Message | undefined }> {
    const { config, state } = parsed(this.answer.payload) as { config: object; state: object };
    const request = JSON.stringify({ config: { ...config, name: stream, ...change }, state });
    const first = await ask(client, `$JS.API.STREAM.RESTORE.${stream}`, request);
    const { deliver_subject: target } = parsed(first.payload) as { deliver_subject?: string };
    if (target === undefined || target === '') return { first, last: undefined };
    for (const chunk of this.chunks) {
      for (let start = 0; start < chunk.length; start += CHUNK_BYTES) {
        const answer = await ask(client, target, chunk.slice(start, start + CHUNK_BYTES));
        if (answer.payload !== '') return { first, last: answer };
      }
    }
    return { first, last: await ask(client, target, '') };
  }
}

/** A request with latin1 bytes. */
async function ask(client: MessageClient, subject: string, payload: string): Promise<Message> {
  const inbox = `_INBOX.backup.${process.pid}.${++backups}`;
  const sid = client.subscribe(inbox);
  client.publish(subject, inbox, payload, []);
  const answer = await client.next(sid, CHUNK_MS_MAX);
  client.unsubscribe(sid);
  if (answer === undefined) throw new Error(`no answer to ${subject}`);
  return answer;
}
