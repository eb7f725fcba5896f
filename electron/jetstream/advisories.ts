/**
 * What JetStream says of itself while somebody uses the views: deliveries given up, messages terminated or refused,
 * consumers made and gone. It is heard by a plain subscription; no stream and no consumer is needed for it.
 */

import type { Advisories, Advisory } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { State } from '../bridge/feed.ts';
import type { Link, LinkSubscription, RawMessage } from '../link.ts';
import { advisoriesMax, advisoriesTellMs } from './limits.ts';
import { microseconds } from './wire.ts';

const pattern = '$JS.EVENT.ADVISORY.CONSUMER.>';

const kinds: Record<string, Advisory['kind']> = {
  MAX_DELIVERIES: 'max-deliveries',
  MSG_TERMINATED: 'terminated',
  MSG_NAKED: 'nak',
  CREATED: 'created',
  UPDATED: 'updated',
  DELETED: 'deleted',
  PINNED: 'pinned',
  UNPINNED: 'unpinned',
  LEADER_ELECTED: 'leader',
};

interface WireAdvisory {
  timestamp?: string;
  stream?: string;
  consumer?: string;
  stream_seq?: number;
  deliveries?: number;
  reason?: string;
  paused?: boolean;
  leader?: string;
}

export class AdvisoryBook {
  readonly #link: Link;
  readonly #account: number;
  readonly #state: State<Advisories>;
  #subscription: LinkSubscription | null = null;
  #list: Advisory[] = [];
  #last = 0;
  #gone = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param account number of the link's account; 0 where it has none to name */
  constructor(link: Link, account: number) {
    this.#link = link;
    this.#account = account;
    this.#state = createState<Advisories>({ since: Date.now() * 1000, list: [], gone: 0 });
  }

  /** Starts to collect with the first caller, and goes on when nobody looks: what happened then is what is wanted. */
  watch(signal: AbortSignal): AsyncIterable<Advisories> {
    this.#subscription ??= this.#link.subscribe(
      pattern,
      undefined,
      (message) => this.#receive(message),
      () => undefined,
      this.#account,
    );
    return this.#state.watch(signal);
  }

  /** That were collected of one consumer. */
  of(stream: string, consumer: string): readonly Advisory[] {
    return this.#list.filter((one) => one.stream === stream && one.consumer === consumer);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.unsubscribe();
    this.#state.close();
  }

  #receive({ subject, payload }: RawMessage): void {
    const tokens = Buffer.from(subject).toString('utf8').split('.');
    const advisory = readAdvisory(tokens[4] ?? '', payload, this.#last + 1);
    if (advisory === null) return;
    this.#last++;
    this.#list.push(advisory);
    if (this.#list.length > advisoriesMax * 1.25) {
      this.#gone += this.#list.length - advisoriesMax;
      this.#list = this.#list.slice(-advisoriesMax);
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#state.set({ since: this.#state.value.since, list: [...this.#list], gone: this.#gone });
    }, advisoriesTellMs);
  }
}

/** Null for what is no advisory. @param type fifth token of its subject */
export function readAdvisory(type: string, payload: Uint8Array, id: number): Advisory | null {
  let wire: WireAdvisory;
  try {
    wire = JSON.parse(Buffer.from(payload).toString('utf8')) as WireAdvisory;
  } catch {
    return null;
  }
  if (typeof wire !== 'object' || wire === null || typeof wire.stream !== 'string') return null;
  const pause = wire.paused === true ? 'paused' : 'resumed';
  return {
    id,
    time: microseconds(wire.timestamp) || Date.now() * 1000,
    kind: type === 'PAUSE' ? pause : (kinds[type] ?? 'other'),
    type,
    stream: wire.stream,
    consumer: wire.consumer ?? '',
    sequence: wire.stream_seq ?? 0,
    deliveries: wire.deliveries ?? 0,
    reason: wire.reason ?? wire.leader ?? '',
  };
}
