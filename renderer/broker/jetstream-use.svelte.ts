/** What JetStream of the local broker holds of what it may, looked at once a second while somebody sees it. */

import { bridge } from '../bridge.ts';
import type { BrokerBudget, BrokerJetStream, BrokerState } from '../../electron/bridge/contract.ts';

const lookMs = 1000;
const nothing: BrokerJetStream = { running: null, defaults: null };

export class JetStreamUse {
  now = $state.raw<BrokerJetStream>(nothing);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = false;

  /** Until the function returned is called. */
  show(): () => void {
    this.#shown = true;
    void this.#look();
    return () => {
      this.#shown = false;
      clearTimeout(this.#timer);
    };
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      if (!document.hidden) this.now = await bridge.request('broker.jetstream', {});
    } catch {
      // The broker went meanwhile; what it had is no longer so.
      this.now = { ...this.now, running: null };
    }
    clearTimeout(this.#timer);
    if (this.#shown) this.#timer = setTimeout(() => void this.#look(), lookMs);
  }
}

/** Part of a budget from which on it is said that it runs out. */
const nearlyFull = 0.95;

/** Which budget of the broker is used up, or nearly, the fuller one first; null while both have room. */
export function scarceBudget(
  broker: Pick<BrokerState, 'jetstream'> | null,
): { of: 'memory' | 'storage'; budget: BrokerBudget; full: boolean } | null {
  if (broker?.jetstream === undefined) return null;
  const part = ({ used, max }: BrokerBudget): number => (max > 0 ? used / max : 0);
  const { memory, storage } = broker.jetstream;
  const of = part(memory) > part(storage) ? 'memory' : 'storage';
  const budget = broker.jetstream[of];
  return part(budget) < nearlyFull ? null : { of, budget, full: budget.used >= budget.max };
}
