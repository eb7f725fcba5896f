import { getRandomValues } from 'node:crypto';
import type { LatencyOptions, ResponseType } from '../options/accounts.ts';
import { isSubset } from '../subject/subset.ts';
import { hasWildcards } from '../subject/validity.ts';
import type { Account } from './account.ts';
import type { ServiceExport } from './exports.ts';
import type { Requester } from './requester.ts';

/** What is measured of a request. */
export interface TrackedRequest {
  readonly latency: LatencyOptions;
  readonly requester: Requester | undefined;
  /** The headers that asked for it, as they came. */
  readonly header: Readonly<Record<string, readonly string[]>> | undefined;
  /** Milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
}

/** A request that went to another account, as long as answers to it may come. */
export interface PendingResponse {
  /** Where answers come, in the exporting account. */
  readonly subject: string;
  readonly exporter: Account;
  readonly requester: Account;
  /** Where they go, in the requester's account. */
  readonly to: string;
  readonly export: ServiceExport | undefined;
  readonly type: ResponseType;
  readonly share: boolean;
  /** When it was last heard of, in milliseconds of `ResponseClock.now`. */
  at: number;
  tracked: TrackedRequest | undefined;
  /** An answer came, and was measured. */
  answered: boolean;
  /** Told of every answer instead of ending with the first. */
  readonly onAnswer: ((payload: Uint8Array) => void) | undefined;
}

/** Why a response is waited for no more. */
export type ResponseEnd = 'answered' | 'undelivered' | 'expired' | 'abandoned';

export interface ResponseClock {
  /** Milliseconds that only go forward. */
  now(): number;
  after(ms: number, call: () => void): () => void;
}

export const responseClock: ResponseClock = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Answers that an account is waited for, by the subject that they come on. What takes longer than its export allows is
 * given up, within twice that time.
 */
export class ResponseTable {
  /** `_R_.abcdef.`: what all those subjects begin with. */
  readonly prefix = `_R_.${randomText()}.`;
  readonly #bySubject = new Map<string, PendingResponse>();
  readonly #timers = new Map<ServiceExport, () => void>();
  readonly #clock: ResponseClock;
  readonly #onExpired: (response: PendingResponse) => void;

  constructor(onExpired: (response: PendingResponse) => void, clock: ResponseClock = responseClock) {
    this.#onExpired = onExpired;
    this.#clock = clock;
  }

  get count(): number {
    return this.#bySubject.size;
  }

  /** Gives it a subject of its own. `suffix` marks what is measured. */
  open(response: Omit<PendingResponse, 'subject' | 'at' | 'answered'>, suffix = ''): PendingResponse {
    const subject = this.newSubject(suffix);
    const opened: PendingResponse = { ...response, subject, at: this.#clock.now(), answered: false };
    this.#bySubject.set(subject, opened);
    if (response.export !== undefined) this.#watch(response.export);
    return opened;
  }

  /** A subject that nothing else has. */
  newSubject(suffix = ''): string {
    let subject = this.prefix + randomText() + suffix;
    while (this.#bySubject.has(subject)) subject = this.prefix + randomText() + suffix;
    return subject;
  }

  find(subject: string): PendingResponse | undefined {
    return this.#bySubject.get(subject);
  }

  /** More answers may come: the time starts anew. */
  touch(response: PendingResponse): void {
    response.at = this.#clock.now();
  }

  /** False when it was not there any more. */
  close(response: PendingResponse): boolean {
    return this.#bySubject.delete(response.subject);
  }

  dispose(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#bySubject.clear();
  }

  #watch(service: ServiceExport): void {
    if (this.#timers.has(service)) return;
    const check = (): void => {
      this.#timers.delete(service);
      const before = this.#clock.now() - service.thresholdMs;
      const expired: PendingResponse[] = [];
      let left = false;
      for (const response of this.#bySubject.values()) {
        if (response.export !== service) continue;
        if (response.at <= before) expired.push(response);
        else left = true;
      }
      for (const response of expired) this.#onExpired(response);
      if (left) this.#watch(service);
    };
    this.#timers.set(service, this.#clock.after(service.thresholdMs, check));
  }
}

/** What an account waits for, by the subject that its requesters are subscribed to. */
export class AwaitedReplies {
  readonly #byReply = new Map<string, Set<PendingResponse> | PendingResponse>();

  get count(): number {
    return this.#byReply.size;
  }

  add(response: PendingResponse): void {
    const present = this.#byReply.get(response.to);
    if (present === undefined) this.#byReply.set(response.to, response);
    else if (present instanceof Set) present.add(response);
    else this.#byReply.set(response.to, new Set([present, response]));
  }

  delete(response: PendingResponse): void {
    const present = this.#byReply.get(response.to);
    if (present instanceof Set) {
      present.delete(response);
      if (present.size === 0) this.#byReply.delete(response.to);
    } else if (present === response) {
      this.#byReply.delete(response.to);
    }
  }

  /**
   * A subscription went. Takes out and returns what nobody will hear any more; `heard` says whether anybody is still
   * subscribed to a subject.
   */
  abandon(subject: string, heard: (reply: string) => boolean): PendingResponse[] {
    if (this.#byReply.size === 0 || subject.startsWith('_R_.')) return [];
    const replies = hasWildcards(subject) ? this.#within(subject) : this.#byReply.has(subject) ? [subject] : [];
    const abandoned: PendingResponse[] = [];
    for (const reply of replies) {
      const waiting = this.#byReply.get(reply);
      if (waiting === undefined || heard(reply)) continue;
      this.#byReply.delete(reply);
      if (waiting instanceof Set) abandoned.push(...waiting);
      else abandoned.push(waiting);
    }
    return abandoned;
  }

  #within(pattern: string): string[] {
    return [...this.#byReply.keys()].filter((reply) => isSubset(reply, pattern));
  }
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TEXT_LENGTH = 6;
const pool = new Uint8Array(4096);
let used = pool.length;

/** Six letters and digits that nobody can guess. */
function randomText(): string {
  let text = '';
  while (text.length < TEXT_LENGTH) {
    if (used === pool.length) {
      getRandomValues(pool);
      used = 0;
    }
    const byte = pool[used++] as number;
    // What is above a multiple of 62 would make some letters likelier than others.
    if (byte < 248) text += DIGITS[byte % 62];
  }
  return text;
}
