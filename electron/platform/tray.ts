/** The tray: what the local broker does, seen without the window. */

import { Menu, nativeImage, Tray } from 'electron';
import type { BrokerState } from '../bridge/contract.ts';

export interface TrayOptions {
  icon: string;
  showWindow(): void;
  setBroker(running: boolean): void;
  quit(): void;
}

export interface TrayHandle {
  show(state: BrokerState): void;
  dispose(): void;
}

export function openTray(options: TrayOptions): TrayHandle {
  const tray = new Tray(nativeImage.createFromPath(options.icon));
  tray.on('click', () => options.showWindow());
  let shown = '';
  return {
    show(state) {
      const label = describeBroker(state);
      // Counts change every second; the menu only when what it says does.
      if (label === shown) return;
      shown = label;
      const running = state.phase === 'running';
      tray.setToolTip(`Natscope: ${label}`);
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label, enabled: false },
          { label: running ? 'Stop broker' : 'Start broker', click: () => options.setBroker(!running) },
          { type: 'separator' },
          { label: 'Show Natscope', click: () => options.showWindow() },
          { label: 'Quit', click: () => options.quit() },
        ]),
      );
    },
    dispose: () => tray.destroy(),
  };
}

export function describeBroker(state: BrokerState): string {
  if (state.phase === 'running') return `nats://${state.host}:${state.port}`;
  if (state.phase === 'starting') return 'Broker is starting';
  return state.phase === 'failed' ? 'Broker could not start' : 'Broker is stopped';
}
