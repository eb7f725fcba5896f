/** What can be done with the chosen stream. The same actions are commands of the palette. */

import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import Archive from '@lucide/svelte/icons/archive';
import Eraser from '@lucide/svelte/icons/eraser';
import Copy from '@lucide/svelte/icons/copy';
import Lock from '@lucide/svelte/icons/lock';
import Pencil from '@lucide/svelte/icons/pencil';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Trash2 from '@lucide/svelte/icons/trash';
import { runCommand } from '../state/commands.svelte.ts';
import type { IconComponent } from '../ui/icon.ts';
import type { MenuAction, MenuItem } from '../ui/menu-items.ts';
import type { JetStreamState } from './jetstream-state.svelte.ts';

export function streamMenu(js: JetStreamState, readOnly: boolean): MenuItem[] {
  const config = js.detail?.config;
  const item = (label: string, icon: IconComponent, command: string, why?: string): MenuAction => {
    const reason = readOnly ? 'read-only' : why;
    return {
      label,
      icon,
      ...(reason === undefined ? {} : { disabled: true, reason }),
      run: () => void runCommand(`jetstream.stream.${command}`),
    };
  };
  const sealed = config?.sealed === true ? 'sealed' : undefined;
  return [
    item('Edit', Pencil, 'edit'),
    item('New one like it', Copy, 'like'),
    'separator',
    {
      label: 'Copy as nats stream info',
      icon: SquareTerminal,
      run: () => void runCommand('jetstream.stream.copy'),
    },
    'separator',
    { label: 'Back up', icon: Archive, run: () => void runCommand('jetstream.backup') },
    { label: 'Export messages', icon: ArrowDownToLine, run: () => void runCommand('jetstream.export') },
    'separator',
    item('Seal', Lock, 'seal', sealed),
    { ...item('Purge', Eraser, 'purge', config?.deny_purge === true ? 'denied' : sealed), danger: true },
    { ...item('Delete', Trash2, 'delete'), danger: true },
  ];
}
