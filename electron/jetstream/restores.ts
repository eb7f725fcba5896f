/**
 * Streams out of backups. A window sends parts of any size; they go to the server in messages that it takes one after the
 * other, a few of them under way at once, so that a backup of any size passes through a few MiB.
 */

import type { RestoreChanges, StreamDetail, StreamSettings } from '../bridge/contract.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { JetStreamError, throwRefused } from '../jetstream-api/errors.ts';
import { backupChunkBytes, restoreEndMs, restoreIdleMs, restorePartsAhead, restoresMax } from './limits.ts';
import { streamDetail } from './rows.ts';
import type { WireStream } from './wire.ts';

interface Restore {
  readonly account: string | undefined;
  readonly stream: string;
  /** Where the server wants the parts. */
  readonly subject: string;
  readonly underWay: Set<Promise<void>>;
  failure: unknown;
  /** The part that came last; the next one waits for it, since their order is that of their publishing. */
  before: Promise<void>;
  idle: ReturnType<typeof setTimeout> | undefined;
}

const nothing = new Uint8Array(0);

/** What a backup says of itself; throws what is wrong with it. */
export function readDescription(text: string): { config: StreamSettings; state: object } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = null;
  }
  const { config, state } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
  const named = typeof config === 'object' && config !== null && typeof (config as StreamSettings).name === 'string';
  if (!named || typeof state !== 'object' || state === null) {
    throw new JetStreamError(
      'jetstream-unreadable',
      'This is no backup of a stream: it does not say which configuration and state it has.',
    );
  }
  return { config: config as StreamSettings, state };
}

export class Restores {
  readonly #api: JetStreamApi;
  readonly #restores = new Map<number, Restore>();
  #last = 0;

  constructor(api: JetStreamApi) {
    this.#api = api;
  }

  async begin(
    account: string | undefined,
    text: string,
    { name, subjects, replicas }: RestoreChanges,
  ): Promise<number> {
    if (this.#restores.size >= restoresMax) {
      throw new JetStreamError('jetstream-refused', `${restoresMax} restores are under way here. Wait for one.`);
    }
    const { config: before, state } = readDescription(text);
    const { subjects: _, ...rest } = before;
    const config = {
      ...rest,
      name,
      ...(subjects.length === 0 ? {} : { subjects }),
      ...(replicas === 0 ? {} : { num_replicas: replicas }),
    };
    const what = `STREAM.RESTORE.${name}`;
    const options = { account, change: true };
    const { deliver_subject: subject } = await this.#api.request<{ deliver_subject: string }>(
      what,
      { config, state },
      options,
    );
    const id = ++this.#last;
    const restore: Restore = {
      account,
      stream: name,
      subject,
      underWay: new Set(),
      failure: null,
      before: Promise.resolve(),
      idle: undefined,
    };
    this.#restores.set(id, restore);
    this.#awake(id, restore);
    return id;
  }

  /** Parts may be sent before the ones ahead of them are answered. */
  async part(id: number, bytes: Uint8Array): Promise<void> {
    const restore = this.#get(id);
    this.#awake(id, restore);
    const own = restore.before.then(() => this.#send(restore, bytes));
    restore.before = own.catch(() => undefined);
    await own;
  }

  async #send(restore: Restore, bytes: Uint8Array): Promise<void> {
    const size = Math.min(backupChunkBytes, this.#api.link.maxPayload);
    for (let at = 0; at < bytes.length; at += size) {
      while (restore.underWay.size >= restorePartsAhead && restore.failure === null)
        await Promise.race(restore.underWay);
      throwFailure(restore);
      const sent = this.#ask(restore, bytes.subarray(at, at + size))
        .catch((error: unknown) => void (restore.failure ??= error))
        .finally(() => restore.underWay.delete(sent));
      restore.underWay.add(sent);
    }
  }

  async #ask(restore: Restore, bytes: Uint8Array, timeoutMs?: number): Promise<void> {
    const { payload } = await this.#api.ask(restore.subject, bytes, {
      account: restore.account,
      change: true,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    if (payload.length > 0) throwRefused(errorIn(payload), restore.subject);
  }

  async end(id: number): Promise<StreamDetail> {
    const restore = this.#get(id);
    clearTimeout(restore.idle);
    try {
      await restore.before;
      await Promise.all(restore.underWay);
      throwFailure(restore);
      const { payload } = await this.#api.ask(restore.subject, nothing, {
        account: restore.account,
        change: true,
        timeoutMs: restoreEndMs,
      });
      const made = JSON.parse(Buffer.from(payload).toString('utf8')) as WireStream & { error?: object };
      if (made.error) throwRefused(made.error, restore.subject);
      return streamDetail(made, 0);
    } finally {
      this.cancel(id);
    }
  }

  cancel(id: number): void {
    const restore = this.#restores.get(id);
    if (restore === undefined) return;
    clearTimeout(restore.idle);
    restore.failure ??= new JetStreamError('cancelled', 'This restore was cancelled.');
    this.#restores.delete(id);
  }

  dispose(): void {
    for (const id of this.#restores.keys()) this.cancel(id);
  }

  #get(id: number): Restore {
    const restore = this.#restores.get(id);
    if (restore === undefined) {
      throw new JetStreamError('jetstream-refused', 'This restore was cancelled or given up. Begin it anew.');
    }
    return restore;
  }

  #awake(id: number, restore: Restore): void {
    clearTimeout(restore.idle);
    restore.idle = setTimeout(() => this.cancel(id), restoreIdleMs);
  }
}

function throwFailure({ failure }: Restore): void {
  if (failure !== null) throw failure as Error;
}

/** Of an answer to a part, which is empty when all is well. */
function errorIn(payload: Uint8Array): object {
  try {
    const { error } = JSON.parse(Buffer.from(payload).toString('utf8')) as { error?: object };
    if (typeof error === 'object' && error !== null) return error;
  } catch {
    // It is no JSON then, and said below as it is.
  }
  return { description: Buffer.from(payload).toString('utf8').slice(0, 200) };
}
