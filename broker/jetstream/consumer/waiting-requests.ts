import type { DeliveryTarget } from './consumer-host.ts';
import type { PriorityRequest } from './pull-request.ts';

/** A pull request that waits for messages. Times are milliseconds since the epoch. */
export interface WaitingRequest {
  next: WaitingRequest | undefined;
  readonly target: DeliveryTarget;
  /** Messages that it still gets. */
  left: number;
  /** Messages that it got. */
  delivered: number;
  /** Bytes that it still takes; 0: any number. */
  bytes: number;
  /** Infinity: never. */
  readonly expires: number;
  readonly noWait: boolean;
  /** Milliseconds; 0: no heartbeats. */
  readonly heartbeat: number;
  /** Infinity: none. */
  nextHeartbeat: number;
  readonly priority: PriorityRequest | undefined;
  /** The id that it is pinned with. */
  pinId: string;
}

/** Place of a request that says nothing of its priority: behind all that do. */
const LAST_PRIORITY = 2 ** 31 - 1;

/** Pull requests in the order in which they are served: one message each in turn, or by their priority first. */
export class WaitingRequests {
  length = 0;
  head: WaitingRequest | undefined;
  #tail: WaitingRequest | undefined;
  readonly #capacity: number;
  readonly #prioritized: boolean;
  /** Requests that end when there is nothing left; for a quick no to whether any is there. */
  impatient = 0;

  constructor(capacity: number, prioritized: boolean) {
    this.#capacity = capacity;
    this.#prioritized = prioritized;
  }

  get full(): boolean {
    return this.length === this.#capacity;
  }

  add(request: WaitingRequest): void {
    if (request.noWait) this.impatient++;
    this.length++;
    if (this.#prioritized) this.#insert(request);
    else this.#append(request);
  }

  /** The first one goes to the end, unserved. */
  cycle(): void {
    const request = this.#shift();
    if (request !== undefined) this.#append(request);
  }

  /** The first one gets a message: it goes to the end (of those with its priority), or away when it has all. */
  serve(): WaitingRequest {
    const request = this.head as WaitingRequest;
    request.delivered++;
    request.left--;
    if (request.left <= 0) {
      this.removeFirst();
    } else if (this.length > 1) {
      this.#shift();
      if (this.#prioritized) this.#insert(request);
      else this.#append(request);
    }
    return request;
  }

  removeFirst(): void {
    if (this.head !== undefined) this.remove(undefined, this.head);
  }

  /** `before`: the one in front of it. Returns the one behind it. */
  remove(before: WaitingRequest | undefined, request: WaitingRequest): WaitingRequest | undefined {
    const { next } = request;
    if (before === undefined) this.head = next;
    else before.next = next;
    if (this.#tail === request) this.#tail = before;
    request.next = undefined;
    this.length--;
    if (request.noWait) this.impatient--;
    return next;
  }

  #shift(): WaitingRequest | undefined {
    const request = this.head;
    if (request === undefined) return undefined;
    this.head = request.next;
    if (this.head === undefined) this.#tail = undefined;
    request.next = undefined;
    return request;
  }

  #append(request: WaitingRequest): void {
    if (this.#tail === undefined) this.head = request;
    else this.#tail.next = request;
    this.#tail = request;
  }

  #insert(request: WaitingRequest): void {
    const priority = request.priority?.priority ?? LAST_PRIORITY;
    let before: WaitingRequest | undefined;
    let after = this.head;
    while (after !== undefined && (after.priority?.priority ?? LAST_PRIORITY) <= priority) {
      before = after;
      after = after.next;
    }
    request.next = after;
    if (before === undefined) this.head = request;
    else before.next = request;
    if (after === undefined) this.#tail = request;
  }
}
