import type { Api, ApiRequest } from './api.ts';

/** How many requests may wait, of those that only ask and of all others. */
export interface QueueLimits {
  readonly requests: number;
  readonly infos: number;
}

interface Waiting {
  readonly api: Api;
  readonly request: ApiRequest;
}

/** Verbs that change nothing; they wait in a queue of their own, so that those who look cannot push out those who work. */
const INFOS = new Set([
  'INFO',
  'STREAM.NAMES',
  'STREAM.LIST',
  'STREAM.INFO',
  'CONSUMER.NAMES',
  'CONSUMER.LIST',
  'CONSUMER.INFO',
]);

/**
 * Requests to the API of all accounts, in the order in which they came, until the end of the turn. When more wait than
 * may, all of them are dropped, as nats-server does: whoever asked so much is not helped by late answers.
 */
export class ApiQueue {
  readonly #limits: () => QueueLimits;
  readonly #onWaiting: (queue: ApiQueue) => void;
  readonly #onDropped: (requests: number) => void;
  #waiting: Waiting[] = [];
  #infos = 0;

  constructor(limits: () => QueueLimits, onWaiting: (queue: ApiQueue) => void, onDropped: (requests: number) => void) {
    this.#limits = limits;
    this.#onWaiting = onWaiting;
    this.#onDropped = onDropped;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  add(api: Api, request: ApiRequest): void {
    this.#waiting.push({ api, request });
    const info = isInfo(request);
    if (info) this.#infos++;
    const { infos, requests } = this.#limits();
    const waiting = info ? this.#infos : this.#waiting.length - this.#infos;
    if (waiting >= (info ? infos : requests)) this.#drop(info);
    else if (this.#waiting.length === 1) this.#onWaiting(this);
  }

  /** Answers what waits. */
  answer(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#infos = 0;
    for (const { api, request } of waiting) api.answer(request);
  }

  #drop(infos: boolean): void {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ request }) => isInfo(request) !== infos);
    if (infos) this.#infos = 0;
    this.#onDropped(before - this.#waiting.length);
  }
}

function isInfo({ subject, tokens: [first = '', second = ''] }: ApiRequest): boolean {
  return INFOS.has(subject) || INFOS.has(`${first}.${second}`);
}
