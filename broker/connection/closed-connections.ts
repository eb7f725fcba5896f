import { CLOSED_CONNECTIONS_MAX } from '../limits.ts';
import type { ConnectionState } from './state.ts';

/** The last closed connections, for whoever asks why one is gone. */
export class ClosedConnections {
  readonly #ring: ConnectionState[] = [];
  #oldest = 0;

  add(state: ConnectionState): void {
    if (this.#ring.length < CLOSED_CONNECTIONS_MAX) {
      this.#ring.push(state);
    } else {
      this.#ring[this.#oldest] = state;
      this.#oldest = (this.#oldest + 1) % CLOSED_CONNECTIONS_MAX;
    }
  }

  /** Oldest first. */
  list(): ConnectionState[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)];
  }
}
