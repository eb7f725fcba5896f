/**
 * Reads what a stream has stored, and leaves no trace there: direct gets where the stream allows them, `STREAM.MSG.GET`
 * where it does not. Batches of nats-server 2.11 and later are tried once; an older server is asked for each message.
 */

import type { HeaderField } from '../bridge/contract.ts';
import type { AskOptions, JetStreamApi, Reply } from '../jetstream-api/client.ts';
import { JetStreamError, messageNotFound } from '../jetstream-api/errors.ts';
import { batchBytesMax, lastsPerRequest, singleGetsMax } from './limits.ts';

export interface Stored {
  subject: string;
  sequence: number;
  /** Microseconds. */
  time: number;
  /** As they were published. */
  headers: HeaderField[];
  payload: Uint8Array;
}

/** Headers that a server adds to what it gives directly. */
const added = new Set([
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
  'Nats-UpTo-Sequence',
]);

const endOfBatch = 204;
const notFound = 404;

export function headerOf(headers: readonly HeaderField[], name: string): string | undefined {
  return headers.find((field) => field.name === name)?.value;
}

/** Microseconds of an RFC 3339 time; 0 for the time that Go calls zero, and for what is no time. */
export function microseconds(time: string | undefined): number {
  if (time === undefined) return 0;
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds) || milliseconds < 0) return 0;
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return Math.floor(milliseconds / 1000) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

interface GetRequest {
  seq?: number;
  last_by_subj?: string;
  next_by_subj?: string;
  multi_last?: string[];
  batch?: number;
  max_bytes?: number;
}

interface MessageAnswer {
  message: { subject: string; seq: number; hdrs?: string; data?: string; time: string };
}

const encoder = new TextEncoder();

export class StoredMessages {
  readonly #api: JetStreamApi;
  readonly #stream: string;
  readonly #direct: boolean;
  readonly #options: AskOptions;
  /** Whether the server gives batches; unknown until it was asked. */
  #batches: boolean | undefined;

  constructor(api: JetStreamApi, stream: string, direct: boolean, options: Pick<AskOptions, 'account'> = {}) {
    this.#api = api;
    this.#stream = stream;
    this.#direct = direct;
    this.#options = options;
    if (!direct) this.#batches = false;
  }

  /** Null when there is none. */
  async last(subject: string, signal?: AbortSignal): Promise<Stored | null> {
    return await this.#one({ last_by_subj: subject }, signal);
  }

  async at(sequence: number, signal?: AbortSignal): Promise<Stored | null> {
    return await this.#one({ seq: sequence }, signal);
  }

  /** The last message of each subject that has one; their order is nobody's business. */
  async lasts(subjects: readonly string[], onMessage: (message: Stored) => void, signal?: AbortSignal): Promise<void> {
    let open = [...subjects];
    while (open.length > 0 && this.#batches !== false) {
      const part = open.slice(0, lastsPerRequest);
      const wanted = new Set(part);
      const more = await this.#batch({ multi_last: part, max_bytes: batchBytesMax }, signal, (message) => {
        wanted.delete(message.subject);
        onMessage(message);
      });
      if (more === 'unsupported') break;
      // What the limit on bytes left out is asked for again, behind the others.
      const left = more && wanted.size < part.length ? [...wanted] : [];
      open = [...open.slice(part.length), ...left];
    }
    await this.#eachOf(open, async (subject) => {
      const message = await this.last(subject, signal);
      if (message !== null) onMessage(message);
    });
  }

  /**
   * Up to `count` messages of a subject in order, from a sequence on. Ends early at the last one, or when `onMessage`
   * answers false.
   */
  async run(
    subject: string,
    from: number,
    count: number,
    onMessage: (message: Stored) => boolean | void,
    signal?: AbortSignal,
  ): Promise<void> {
    let next = Math.max(1, from);
    let left = count;
    let stopped = false;
    const take = (message: Stored): void => {
      if (stopped) return;
      next = message.sequence + 1;
      left--;
      if (onMessage(message) === false) stopped = true;
    };
    while (left > 0 && !stopped) {
      if (this.#batches !== false) {
        const before = left;
        const request = { seq: next, next_by_subj: subject, batch: left, max_bytes: batchBytesMax };
        const more = await this.#batch(request, signal, take);
        if (more === true && left < before) continue;
        if (more !== 'unsupported') return;
      }
      const message = await this.#one({ seq: next, next_by_subj: subject }, signal);
      if (message === null) return;
      take(message);
    }
  }

  /** True when there is more than what came; `unsupported` when the server has no batches, and nothing came. */
  async #batch(
    request: GetRequest,
    signal: AbortSignal | undefined,
    onMessage: (message: Stored) => void,
  ): Promise<boolean | 'unsupported'> {
    let pending = 0;
    let outcome: 'done' | 'unsupported' = 'done';
    await this.#api.askMany(
      `${this.#api.prefix}.DIRECT.GET.${this.#stream}`,
      encoder.encode(JSON.stringify(request)),
      (reply) => {
        if (reply.status === endOfBatch) {
          pending = Number(headerOf(reply.fields, 'Nats-Num-Pending') ?? 0);
          return 'done';
        }
        if (reply.status === notFound) return 'done';
        if (reply.status !== 0) {
          // 408: a server that does not know the fields sees an empty request.
          if (this.#batches === true || reply.status !== 408) throw refused(reply);
          outcome = 'unsupported';
          return 'done';
        }
        if (headerOf(reply.fields, 'Nats-Num-Pending') === undefined) {
          // An older server takes the request for one of a single message.
          outcome = 'unsupported';
          return 'done';
        }
        this.#batches = true;
        onMessage(storedOf(reply));
        return 'more';
      },
      { ...this.#options, ...(signal === undefined ? {} : { signal }) },
    );
    // The callback has set it; the compiler does not see that.
    if ((outcome as string) === 'unsupported') {
      this.#batches = false;
      return 'unsupported';
    }
    return pending > 0;
  }

  async #one(request: GetRequest, signal?: AbortSignal): Promise<Stored | null> {
    const options = { ...this.#options, ...(signal === undefined ? {} : { signal }) };
    if (!this.#direct) return await this.#byApi(request, options);
    const { prefix } = this.#api;
    const reply = await this.#api.ask(
      `${prefix}.DIRECT.GET.${this.#stream}`,
      encoder.encode(JSON.stringify(request)),
      options,
    );
    if (reply.status === notFound) return null;
    if (reply.status !== 0) throw refused(reply);
    return storedOf(reply);
  }

  async #byApi(request: GetRequest, options: AskOptions): Promise<Stored | null> {
    let answer: MessageAnswer;
    try {
      answer = await this.#api.request<MessageAnswer>(`STREAM.MSG.GET.${this.#stream}`, request, options);
    } catch (error) {
      if (error instanceof JetStreamError && error.errCode === messageNotFound) return null;
      throw error;
    }
    const { subject, seq, hdrs, data, time } = answer.message;
    return {
      subject,
      sequence: seq,
      time: microseconds(time),
      headers: hdrs === undefined ? [] : readHeaders(Buffer.from(hdrs, 'base64')),
      payload: data === undefined ? new Uint8Array(0) : new Uint8Array(Buffer.from(data, 'base64')),
    };
  }

  async #eachOf(subjects: readonly string[], read: (subject: string) => Promise<void>): Promise<void> {
    let at = 0;
    const worker = async (): Promise<void> => {
      while (at < subjects.length) await read(subjects[at++]!);
    };
    await Promise.all(Array.from({ length: Math.min(singleGetsMax, subjects.length) }, worker));
  }
}

function storedOf(reply: Reply): Stored {
  const { fields, payload } = reply;
  return {
    subject: headerOf(fields, 'Nats-Subject') ?? '',
    sequence: Number(headerOf(fields, 'Nats-Sequence') ?? 0),
    time: microseconds(headerOf(fields, 'Nats-Time-Stamp')),
    headers: fields.filter(({ name }) => !added.has(name)),
    payload,
  };
}

function refused(reply: Reply): JetStreamError {
  return new JetStreamError('jetstream-refused', `The server does not give the message: ${reply.statusText}.`, {
    code: reply.status,
    errCode: 0,
    description: reply.statusText,
  });
}

function readHeaders(block: Buffer): HeaderField[] {
  const [, ...lines] = block.toString('utf8').split('\r\n');
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [{ name: line.slice(0, colon), value: line.slice(colon + 1).trim() }];
  });
}
