/** What can be done with the chosen consumer. The same actions are commands of the palette. */

import Ban from '@lucide/svelte/icons/ban';
import Pause from '@lucide/svelte/icons/pause';
import Pencil from '@lucide/svelte/icons/pencil';
import PinOff from '@lucide/svelte/icons/pin-off';
import Play from '@lucide/svelte/icons/play';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Trash2 from '@lucide/svelte/icons/trash';
import { runCommand } from '../../state/commands.svelte.ts';
import type { MenuItem } from '../../ui/menu-items.ts';
import { knows } from '../form/field-spec.ts';
import type { JetStreamState } from '../jetstream-state.svelte.ts';
import type { ConsumersState } from './consumers-state.svelte.ts';

export function consumerMenu(
  _js: JetStreamState,
  consumers: ConsumersState,
  readOnly: boolean,
  version: string | undefined,
): MenuItem[] {
  const row = consumers.detail?.row;
  if (row === undefined) return [];
  const item = (label: string, icon: typeof Pause, command: string, since?: string, why?: string): MenuItem => {
    const reason = readOnly ? 'read-only' : knows(version, since) ? why : `needs ${since ?? ''}`;
    return {
      label,
      icon,
      ...(reason === undefined ? {} : { disabled: true, reason }),
      run: () => void runCommand(`jetstream.consumer.${command}`),
    };
  };
  return [
    item('Edit', Pencil, 'edit'),
    row.paused ? item('Resume', Play, 'resume', '2.11') : item('Pause', Pause, 'pause', '2.11'),
    item('Reset', RotateCcw, 'reset', '2.14'),
    item('Unpin', PinOff, 'unpin', '2.11', row.groups.some(({ pinned }) => pinned) ? undefined : 'nobody is pinned'),
    'separator',
    {
      label: 'Copy as nats consumer info',
      icon: SquareTerminal,
      run: () => void runCommand('jetstream.consumer.copy'),
    },
    'separator',
    { ...(item('Delete', readOnly ? Ban : Trash2, 'delete') as Exclude<MenuItem, 'separator'>), danger: true },
  ];
}
