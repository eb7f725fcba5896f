import { bridge } from '../../bridge.ts';

const askMs = 1_000;

/** Bytes that wait at the local broker for one of its clients, asked every second; null while nobody can tell. */
export function pendingAtServer(clientId: () => number | undefined): { readonly current: number | null } {
  let current = $state<number | null>(null);
  // The connection's state comes anew again and again; only another client starts over.
  const known = $derived(clientId());
  $effect(() => {
    const id = known;
    current = null;
    if (id === undefined) return;
    let over = false;
    const ask = async () => {
      if (document.hidden) return;
      const state = await bridge.request('broker.client', { clientId: id }).catch(() => null);
      if (!over) current = state?.pendingBytes ?? null;
    };
    void ask();
    const timer = setInterval(() => void ask(), askMs);
    return () => {
      over = true;
      clearInterval(timer);
    };
  });
  return {
    get current() {
      return current;
    },
  };
}
