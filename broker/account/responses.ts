import { getRandomValues } from 'node:crypto';
import type { ResponseType } from '../options/accounts.ts';
import { isSubset } from '../subject/subset.ts';
import { hasWildcards } from '../subject/validity.ts';
import type { Account } from './account.ts';
import type { ServiceExport } from './exports.ts';
import type { Requester } from './requester.ts';

/** What is measured of a request. */
export interface TrackedRequest {
  readonly requester: Requester | undefined;
  /** The headers that asked for it, as they came. */
  readonly header: Readonly<Record<string, readonly string[]>> | undefined;
  /** Milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
}

/** What an answer comes by: an import, or an answer that asks in turn. */
export interface ServiceTerms {
  readonly export: ServiceExport | undefined;
  readonly share: boolean;
  readonly type: ResponseType;
}

/** A request that went to another account, as long as answers to it may come. */
export class PendingResponse {
  /** Where answers come, in the exporting account; '' until it is opened. */
  subject = '';
  readonly exporter: Account;
  readonly requester: Account;
  /** Where they go, in the requester's account. */
  readonly to: string;
  readonly export: ServiceExport | undefined;
  readonly share: boolean;
  readonly type: ResponseType;
  /** When it was last heard of, in milliseconds of `ResponseClock.now`. */
  at = 0;
  tracked: TrackedRequest | undefined;
  /** What its subject ends in: marks what is measured. */
  suffix = '';
  /** An answer came, and was measured. */
  answered = false;

  constructor(exporter: Account, requester: Account, to: string, terms: ServiceTerms) {
    this.exporter = exporter;
    this.requester = requester;
    this.to = to;
    this.export = terms.export;
    this.share = terms.share;
    this.type = terms.type;
  }
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

  /** Gives it a subject of its own. */
  open(response: PendingResponse): void {
    response.subject = this.newSubject(response.suffix);
    response.at = this.#clock.now();
    this.#bySubject.set(response.subject, response);
    if (response.export !== undefined && !this.#timers.has(response.export)) this.#watch(response.export);
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
/** Every two of them: a random text is put together of three. */
const PAIRS = Array.from(DIGITS, (first) => Array.from(DIGITS, (second) => first + second)).flat();
const RANDOM_BELOW = Math.floor(2 ** 16 / PAIRS.length) * PAIRS.length;
const pool = new Uint16Array(4096);
let used = pool.length;

/** Six letters and digits that nobody can guess. */
function randomText(): string {
  return randomPair() + randomPair() + randomPair();
}

function randomPair(): string {
  for (;;) {
    if (used === pool.length) {
      getRandomValues(pool);
      used = 0;
    }
    const number = pool[used++] as number;
    // What is above would make some of them likelier than others.
    if (number < RANDOM_BELOW) return PAIRS[number % PAIRS.length] as string;
  }
}
