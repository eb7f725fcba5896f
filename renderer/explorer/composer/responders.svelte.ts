/** The responders of one connection. */

import { bridge } from '../../bridge.ts';
import type { ConnectionId, ResponderParams, ResponderState } from '../../../electron/bridge/contract.ts';
import { toasts } from '../../ui/toasts.svelte.ts';

class Responders {
  list = $state.raw<readonly ResponderState[]>([]);

  /** Follows a connection until the function returned is called. */
  follow(connection: ConnectionId): () => void {
    this.list = [];
    return bridge.watch('responders.watch', { connection }, (list) => (this.list = list));
  }

  async add(params: ResponderParams): Promise<void> {
    try {
      await bridge.request('responders.add', params);
    } catch (error) {
      toasts.error('The responder was not added', error);
    }
  }

  async remove(connection: ConnectionId, id: number): Promise<void> {
    try {
      await bridge.request('responders.remove', { connection, id });
    } catch (error) {
      toasts.error('The responder was not removed', error);
    }
  }
}

export const responders = new Responders();
