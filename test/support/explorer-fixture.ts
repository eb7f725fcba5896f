/** An explorer on a fake link with a clock that stands, and short ways to call it. */

import type { ConnectionRequests, PullResult, ViewOptions } from '../../electron/bridge/contract.ts';
import type { CallContext } from '../../electron/bridge/router.ts';
import { attachBudget, createBudget } from '../../electron/explorer/budget.ts';
import type { Budget } from '../../electron/explorer/budget.ts';
import { createExplorer } from '../../electron/explorer/explorer.ts';
import type { Explorer } from '../../electron/explorer/explorer.ts';
import type { ExplorerLimits } from '../../electron/explorer/limits.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeLink } from './fake-link.ts';

const MIB = 1024 * 1024;

type Params<N extends keyof ConnectionRequests> = Omit<ConnectionRequests[N]['params'], 'connection'>;
type Call = <N extends keyof ConnectionRequests>(
  name: N,
  params: Params<N>,
) => Promise<ConnectionRequests[N]['result']>;

export interface ExplorerFixture {
  link: FakeLink;
  clock: FakeClock;
  budget: Budget;
  explorer: Explorer;
  context: CallContext;
  /** Aborts what belongs to the window. */
  window: AbortController;
  call: Call;
  open(options?: Partial<ViewOptions>): Promise<number>;
  set(view: number, options: Partial<ViewOptions>): Promise<unknown>;
  pull(view: number, list?: { first: number; count: number; tail: boolean; gone?: number }): Promise<PullResult>;
  /** Pulls until the filter's scan is through. */
  settle(view: number): Promise<PullResult>;
}

export interface FixtureOptions {
  budgetBytes?: number;
  subscribe?: string[];
  exclude?: string[];
  limits?: Partial<ExplorerLimits>;
  budget?: Budget;
}

/** Slabs and chunks small enough that a test of some thousand messages sees them go. */
export const SMALL: Partial<ExplorerLimits> = { slabBytesMin: 1024, slabBytesMax: 1024, rowsPerChunk: 64 };

export function createExplorerFixture(options: FixtureOptions = {}): ExplorerFixture {
  const link = new FakeLink();
  const clock = new FakeClock();
  const budget = options.budget ?? createBudget(options.budgetBytes ?? 64 * MIB);
  const explorer = createExplorer({
    link,
    clock,
    budget: attachBudget(budget.buffer, 1),
    subscribe: options.subscribe ?? ['>'],
    exclude: options.exclude ?? [],
    limits: options.limits ?? {},
  });
  const window = new AbortController();
  const context: CallContext = { signal: window.signal, session: { id: 1, signal: window.signal } };
  const call: Call = async (name, params) => {
    type Handler = (params: unknown, context: CallContext) => never;
    return (explorer.requests[name] as unknown as Handler)({ connection: 'test', ...params }, context);
  };
  const pull: ExplorerFixture['pull'] = (view, list = { first: 0, count: 1000, tail: true }) =>
    call('explorer.pull', { view, tree: { first: 0, count: 1000 }, list });
  return {
    link,
    clock,
    budget,
    explorer,
    context,
    window,
    call,
    async open(view = {}) {
      const opened = await call('explorer.view.open', {
        scope: 0,
        filter: null,
        sort: 'name',
        pausedAt: null,
        ...view,
      });
      return opened.view;
    },
    set: (view, change) => call('explorer.view.set', { view, options: change }),
    pull,
    async settle(view) {
      for (;;) {
        const result = await pull(view);
        if (result.filter?.scanning !== true) return result;
        clock.advance(5);
      }
    },
  };
}
