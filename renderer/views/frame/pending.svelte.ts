import { bridge } from '../../bridge.ts';

const askMs = 1_000;

/** Bytes that wait at the local broker for this app, asked every second; null while nobody can tell. */
export function pendingAtServer(wanted: () => boolean): { readonly current: number | null } {
  let current = $state<number | null>(null);
  const known = $derived(wanted());
  $effect(() => {
    current = null;
    if (!known) return;
    let over = false;
    const ask = async () => {
      if (document.hidden) return;
      const state = await bridge.request('broker.pending', {}).catch(() => null);
      if (!over) current = state?.bytes ?? null;
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
