/** Advisories of consumers, and the dead letters among them. */

import { bridge } from '../bridge.ts';
import type { Advisories, Advisory, JetStreamOf } from '../../electron/bridge/contract.ts';

export class AdvisoriesState {
  since = $state(0);
  list = $state.raw<readonly Advisory[]>([]);
  gone = $state(0);
  /** Messages that were published again from here, by stream and sequence. */
  #settled = $state.raw<ReadonlySet<string>>(new Set());
  readonly #of: () => JetStreamOf;
  #stop: (() => void) | null = null;
  #running = false;

  constructor(of: () => JetStreamOf) {
    this.#of = of;
  }

  start(): () => void {
    this.#running = true;
    this.#open();
    return () => {
      this.#running = false;
      this.#stop?.();
      this.#stop = null;
    };
  }

  /** Somebody has seen to these. */
  settle(stream: string, sequences: readonly number[]): void {
    this.#settled = new Set([...this.#settled, ...sequences.map((sequence) => `${stream} ${sequence}`)]);
  }

  isSettled({ stream, sequence }: Pick<Advisory, 'stream' | 'sequence'>): boolean {
    return this.#settled.has(`${stream} ${sequence}`);
  }

  /** Of another account. */
  restart(): void {
    this.list = [];
    if (this.#running) this.#open();
  }

  #open(): void {
    this.#stop?.();
    this.#stop = bridge.watch('jetstream.advisories', this.#of(), (item: Advisories) => {
      this.since = item.since;
      this.list = item.list;
      this.gone = item.gone;
    });
  }
}

/** Messages that nobody will get any more unless somebody sends them again. Newest first, each message once. */
export function deadLettersOf(list: readonly Advisory[]): Advisory[] {
  const seen = new Set<string>();
  return list
    .toReversed()
    .filter(({ kind, sequence }) => (kind === 'max-deliveries' || kind === 'terminated') && sequence > 0)
    .filter(({ stream, consumer, sequence }) => {
      const key = `${stream} ${consumer} ${sequence}`;
      return seen.has(key) ? false : seen.add(key);
    });
}

const names: Record<Advisory['kind'], string> = {
  'max-deliveries': 'Max deliveries',
  terminated: 'Terminated',
  nak: 'Nak',
  created: 'Created',
  updated: 'Updated',
  deleted: 'Deleted',
  paused: 'Paused',
  resumed: 'Resumed',
  pinned: 'Pinned',
  unpinned: 'Unpinned',
  leader: 'Leader',
  other: 'Advisory',
};

export function advisoryName({ kind, type }: Advisory): string {
  return kind === 'other' ? type.toLowerCase().replaceAll('_', ' ') : names[kind];
}

export const advisoryTone: Partial<Record<Advisory['kind'], string>> = {
  'max-deliveries': 'c-error',
  terminated: 'c-error',
  nak: 'c-slow',
};
