/** Settings of the window: what the core keeps, and the theme that the page wears. */

import { bridge } from '../bridge.ts';
import type { Settings, Theme } from '../../electron/bridge/contract.ts';
import { toasts } from '../ui/toasts.svelte.ts';

/** Sizes change many times a second while a splitter is dragged; they are kept when it rests. */
const panesSaveMs = 400;

let current = $state.raw<Settings | null>(null);
let panes = $state.raw<Readonly<Record<string, number>>>({});
/** Changed since they were saved last. The core adds them to those of other windows. */
let panesChanged: Record<string, number> = {};
let panesTimer: ReturnType<typeof setTimeout> | undefined;
/** A size that somebody took back: the core keeps numbers only, and keeps what it is not told of. */
const unset = -1;
let systemDark = $state(true);

function applyTheme(theme: Theme, dark: boolean): void {
  document.documentElement.dataset['theme'] = theme === 'system' ? (dark ? 'dark' : 'light') : theme;
}

async function save(change: Partial<Settings>): Promise<void> {
  try {
    current = await bridge.request('settings.set', change);
  } catch (error) {
    toasts.error('Settings were not saved', error);
  }
}

export const settings = {
  /** Null until the core has sent them. */
  get current(): Settings | null {
    return current;
  },
  set(change: Partial<Settings>): void {
    if (current !== null) current = { ...current, ...change };
    void save(change);
  },
  /** Size of a pane, CSS pixels; null while nobody changed it. */
  pane(name: string): number | null {
    const size = panes[name] ?? unset;
    return size === unset ? null : size;
  },
  setPane(name: string, size: number | null): void {
    panes = { ...panes, [name]: size ?? unset };
    panesChanged[name] = size ?? unset;
    clearTimeout(panesTimer);
    panesTimer = setTimeout(() => {
      const change = panesChanged;
      panesChanged = {};
      void save({ panes: change });
    }, panesSaveMs);
  },
  /** Follows the core and the system's colour scheme until the function returned is called. */
  start(): () => void {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const onScheme = () => (systemDark = scheme.matches);
    onScheme();
    scheme.addEventListener('change', onScheme);
    const stopTheme = $effect.root(() => {
      $effect(() => applyTheme(current?.theme ?? 'system', systemDark));
    });
    const stopWatch = bridge.watch('settings.watch', {}, (item) => {
      if (current === null) panes = item.panes;
      current = item;
    });
    return () => {
      scheme.removeEventListener('change', onScheme);
      stopTheme();
      stopWatch();
      clearTimeout(panesTimer);
    };
  },
};
