import { goDuration } from '../../base/go-duration.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import type { ConsumerHost, Header } from './consumer-host.ts';
import type { Pin } from './pin.ts';
import type { PullRequest } from './pull-request.ts';
import { WaitingRequests } from './waiting-requests.ts';
import type { WaitingRequest } from './waiting-requests.ts';

const NANOS_PER_MS = 1e6;
/** A full queue is searched for requests that nobody waits for any more at most this often. */
const FULL_CHECK_MS = 1000;

/** What there is to deliver, as requests look at it. */
export interface Supply {
  /** Messages that were never delivered. */
  readonly pending: number;
  /** Messages to be delivered again. */
  readonly redeliveries: number;
  readonly ackPending: number;
  /** The last sequences that were delivered, for heartbeats. */
  readonly lastConsumer: number;
  readonly lastStream: number;
}

/** The requests of a pull consumer: who is taken on, who gets the next message, and what those are told who get none. */
export class Pull {
  readonly waiting: WaitingRequests;
  /** Last use, in milliseconds since the epoch. */
  lastUse = 0;
  readonly #host: ConsumerHost;
  readonly #supply: Supply;
  readonly #pin: Pin;
  #config: ConsumerConfig;
  /** When a request expires or wants a heartbeat; not later than the first of them. */
  #deadline = Infinity;
  #swept = 0;

  constructor(host: ConsumerHost, config: ConsumerConfig, supply: Supply, pin: Pin) {
    this.#host = host;
    this.#config = config;
    this.#supply = supply;
    this.#pin = pin;
    this.waiting = new WaitingRequests(config.max_waiting ?? 0, config.priority_policy === 'prioritized');
  }

  get deadline(): number {
    return this.#deadline;
  }

  configure(config: ConsumerConfig): void {
    this.#config = config;
  }

  /** Takes a request on that came at that time, or tells it why not. */
  admit(reply: string, request: PullRequest, at: number, now: number): void {
    const refusal = this.#limitFault(request) ?? this.#priorityFault(request, now);
    if (refusal !== undefined) {
      this.#host.send(reply, refusal);
      return;
    }
    const { waiting } = this;
    if (waiting.full && now - this.#swept > FULL_CHECK_MS) this.sweep(false, now);
    if (request.noWait) {
      const available = this.#supply.pending + this.#supply.redeliveries;
      if (available === 0 && request.expires === 0) {
        this.#use(now);
        this.#host.send(reply, '404 No Messages');
        return;
      }
      if (available > 0 && available < this.sweep(false, now)) {
        this.#use(now);
        this.#host.send(reply, '408 Requests Pending');
        return;
      }
    }
    if (waiting.full) {
      // Who has heartbeats notices by their absence; an answer would make him ask again at once.
      if (request.heartbeat === 0) this.#host.send(reply, '409 Exceeded MaxWaiting');
      return;
    }
    const heartbeat = request.heartbeat / NANOS_PER_MS;
    const expires = request.expires === 0 ? Infinity : at + request.expires / NANOS_PER_MS;
    const nextHeartbeat = heartbeat > 0 ? at + heartbeat : Infinity;
    waiting.add({
      next: undefined,
      target: this.#host.target(reply),
      left: request.batch,
      delivered: 0,
      bytes: request.maxBytes,
      expires,
      noWait: request.noWait,
      heartbeat: Math.max(heartbeat, 0),
      nextHeartbeat,
      priority: request.priority,
      pinId: request.priority?.id ?? '',
    });
    this.#use(now);
    this.#deadline = Math.min(this.#deadline, expires, nextHeartbeat);
  }

  /**
   * The request that gets a message of that size, and has it counted; undefined: none can take it. `pending`: messages
   * that are left behind it.
   */
  serve(size: number, pending: number, now: number): WaitingRequest | undefined {
    const { waiting } = this;
    const policy = this.#config.priority_policy;
    const pin = this.#pin;
    const pinNeeded = policy === 'pinned_client' && pin.id === '';
    let cycled = 0;
    for (let request = waiting.head; request !== undefined; request = waiting.head) {
      if (request.expires <= now) {
        this.#timeOut(request);
        waiting.removeFirst();
        continue;
      }
      let assigned = false;
      if (policy === 'pinned_client') {
        if (pinNeeded ? request.pinId !== '' : request.pinId !== '' && request.pinId !== pin.id) {
          this.#host.send(request.target.subject, '423 Nats-Wrong-Pin-Id', left(request));
          waiting.removeFirst();
          continue;
        }
        if (pinNeeded) {
          const group = request.priority?.group ?? '';
          if (group !== '') request.pinId = pin.assign(group, now);
          assigned = true;
        } else if (request.pinId === '') {
          waiting.cycle();
          if (++cycled >= waiting.length) return undefined;
          continue;
        }
      } else if (policy === 'overflow' && !this.#overflows(request, pending)) {
        waiting.cycle();
        if (++cycled >= waiting.length) return undefined;
        continue;
      }
      if (request.bytes > 0) {
        if (size > request.bytes) {
          this.#host.send(request.target.subject, '409 Message Size Exceeds MaxBytes', left(request));
          if (assigned) pin.release();
          waiting.removeFirst();
          continue;
        }
        request.bytes -= size;
        if (request.bytes === 0) request.left = 1;
      }
      if (this.#host.hasInterest(request.target)) {
        this.lastUse = now;
        waiting.serve();
        if (request.left > 0 && request.heartbeat > 0) request.nextHeartbeat = now + request.heartbeat;
        return request;
      }
      if (request.target.relayed === true) {
        this.#host.send(request.target.subject, '408 Interest Expired', left(request));
      }
      waiting.removeFirst();
    }
    return undefined;
  }

  /** It did not get what it was served. */
  credit(request: WaitingRequest): void {
    request.left++;
    request.delivered--;
  }

  /** Has all that it asked for, by number or by bytes. */
  completed(request: WaitingRequest): void {
    if (request.left <= 0 && request.bytes > 0) {
      this.#host.send(request.target.subject, '409 Batch Completed', left(request));
    }
  }

  /** Whether `sweep` would have something to say. */
  isSweepDue(atEnd: boolean, now: number): boolean {
    return now >= this.#deadline || (atEnd && this.waiting.impatient > 0);
  }

  /**
   * Looks after all requests: those that expired, whose inbox is gone, that want a heartbeat and, `atEnd` of what there
   * is, those that do not wait. Returns how many messages the others still ask for.
   */
  sweep(atEnd: boolean, now: number): number {
    const { waiting } = this;
    this.#swept = now;
    let wanted = 0;
    let deadline = Infinity;
    let before: WaitingRequest | undefined;
    for (let request = waiting.head; request !== undefined;) {
      if (request.expires <= now) {
        this.#timeOut(request);
        request = waiting.remove(before, request);
        continue;
      }
      if (atEnd && request.noWait && (request.expires === Infinity || request.delivered > 0)) {
        this.#host.send(request.target.subject, '404 No Messages');
        this.#use(now);
        request = waiting.remove(before, request);
        continue;
      }
      if (!this.#host.hasInterest(request.target)) {
        request = waiting.remove(before, request);
        continue;
      }
      wanted += request.left;
      if (request.nextHeartbeat <= now) {
        this.#host.send(request.target.subject, '100 Idle Heartbeat', [
          ['Nats-Last-Consumer', String(this.#supply.lastConsumer)],
          ['Nats-Last-Stream', String(this.#supply.lastStream)],
        ]);
        request.nextHeartbeat = now + request.heartbeat;
      }
      deadline = Math.min(deadline, request.nextHeartbeat, request.expires);
      before = request;
      request = request.next;
    }
    this.#deadline = deadline;
    return wanted;
  }

  /** All are told that it is over. */
  release(status: '409 Consumer Deleted' | '409 Server Shutdown'): void {
    const headers = status === '409 Server Shutdown';
    for (let request = this.waiting.head; request !== undefined; request = this.waiting.head) {
      this.#host.send(request.target.subject, status, headers ? left(request) : undefined);
      this.waiting.removeFirst();
    }
  }

  #limitFault(request: PullRequest): string | undefined {
    const { max_batch = 0, max_expires = 0, max_bytes = 0 } = this.#config;
    if (max_batch > 0 && request.batch > max_batch) return `409 Exceeded MaxRequestBatch of ${max_batch}`;
    if (max_expires > 0 && request.expires > max_expires) {
      return `409 Exceeded MaxRequestExpires of ${goDuration(max_expires / NANOS_PER_MS)}`;
    }
    if (max_bytes > 0 && request.maxBytes > max_bytes) return `409 Exceeded MaxRequestMaxBytes of ${max_bytes}`;
    return undefined;
  }

  #priorityFault(request: PullRequest, now: number): string | undefined {
    const { priority } = request;
    if (priority === undefined) return undefined;
    const { priority_policy: policy = 'none', priority_groups: groups = [] } = this.#config;
    if ((priority.minPending !== 0 || priority.minAckPending !== 0) && policy !== 'overflow') {
      return '400 Bad Request - Not a Overflow Priority consumer';
    }
    if (priority.id !== '' && policy !== 'pinned_client') {
      return '400 Bad Request - Not a Pinned Client Priority consumer';
    }
    if (priority.priority < 0 || priority.priority > 9) return '400 Bad Request - Priority must be between 0 and 9';
    if (policy === 'none') return undefined;
    if (priority.group === '') return '400 Bad Request - Priority Group missing';
    if (!groups.includes(priority.group)) return '400 Bad Request - Invalid Priority Group';
    if (this.#pin.id === '') return undefined;
    if (priority.id === this.#pin.id) this.#pin.renew(now);
    else if (priority.id !== '') return '423 Nats-Pin-Id mismatch';
    return undefined;
  }

  /** A request of an overflow group is served when either of its conditions holds, or when it has none. */
  #overflows(request: WaitingRequest, pending: number): boolean {
    const { priority } = request;
    if (priority === undefined) return true;
    const { minPending, minAckPending } = priority;
    if (minPending <= 0 && minAckPending <= 0) return true;
    return (
      (minPending > 0 && minPending <= pending + 1) || (minAckPending > 0 && minAckPending <= this.#supply.ackPending)
    );
  }

  #timeOut(request: WaitingRequest): void {
    this.#host.send(request.target.subject, '408 Request Timeout', left(request));
    this.#use(request.expires);
  }

  #use(at: number): void {
    if (at > this.lastUse) this.lastUse = at;
  }
}

function left(request: WaitingRequest): readonly Header[] {
  return [
    ['Nats-Pending-Messages', String(request.left)],
    ['Nats-Pending-Bytes', String(request.bytes)],
  ];
}
