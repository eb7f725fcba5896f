/** The kept messages on one subject, newest first, fetched a page at a time. */

import { bridge } from '../../bridge.ts';
import type { ConnectionId, ListRow, NodeId } from '../../../electron/bridge/contract.ts';
import { inspectorLimits } from './limits.ts';

export class HistoryState {
  rows = $state.raw<readonly ListRow[]>([]);
  /** Whether the oldest kept message is among the rows. */
  complete = $state(false);
  problem = $state<string | null>(null);
  #loading = false;
  /** Told how many rows came in front of those that were there. */
  readonly #onNewer: (rows: number) => void;

  constructor(onNewer: (rows: number) => void) {
    this.#onNewer = onNewer;
  }

  /** Follows a subject until the function returned is called. */
  follow(connection: ConnectionId, node: NodeId): () => void {
    const work = new AbortController();
    this.rows = [];
    this.complete = false;
    this.problem = null;
    void this.#run(connection, node, work.signal);
    return () => work.abort();
  }

  /** Fetches the page below the last row. */
  async older(connection: ConnectionId, node: NodeId): Promise<void> {
    const last = this.rows.at(-1);
    if (this.#loading || this.complete || !last) return;
    this.#loading = true;
    const before = this.rows;
    try {
      const page = await this.#page(connection, node, last.sequence);
      // Another subject was chosen meanwhile.
      if (this.rows.at(-1) !== before.at(-1)) return;
      this.rows = [...this.rows, ...page];
      this.complete = page.length < inspectorLimits.historyRowsPage;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.#loading = false;
    }
  }

  async #run(connection: ConnectionId, node: NodeId, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const page = await this.#page(connection, node, 0, signal);
        if (signal.aborted) return;
        this.problem = null;
        this.#merge(page);
      } catch (error) {
        if (signal.aborted) return;
        this.problem = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, inspectorLimits.historyMs));
    }
  }

  /** Newest rows in front of those that are there; a gap between both starts the list anew. */
  #merge(page: readonly ListRow[]): void {
    const first = this.rows[0];
    if (page[0]?.sequence === first?.sequence && page.length > 0) return;
    const known = first ? page.findIndex((row) => row.sequence === first.sequence) : -1;
    if (known > 0) {
      this.rows = [...page.slice(0, known), ...this.rows];
      this.#onNewer(known);
    } else {
      this.rows = page;
      this.complete = page.length < inspectorLimits.historyRowsPage;
    }
  }

  #page(connection: ConnectionId, node: NodeId, before: number, signal?: AbortSignal): Promise<ListRow[]> {
    const limit = inspectorLimits.historyRowsPage;
    return bridge.request('explorer.history', { connection, node, before, limit }, signal ? { signal } : {});
  }
}
