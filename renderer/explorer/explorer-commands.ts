import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import Funnel from '@lucide/svelte/icons/funnel';
import Pause from '@lucide/svelte/icons/pause';
import Plus from '@lucide/svelte/icons/plus';
import Trash2 from '@lucide/svelte/icons/trash';
import type { TreeSort } from '../../electron/bridge/contract.ts';
import type { Command } from '../state/commands.svelte.ts';
import { grouped } from '../ui/numbers.ts';
import type { Explorer } from './explorer.svelte.ts';
import { selection } from './selection.svelte.ts';

export interface ExplorerPlaces {
  filter: () => void;
  subscribe: () => void;
  clear: () => void;
}

/** What can be done with the explorer that is shown. */
export function explorerCommands(explorer: () => Explorer, places: ExplorerPlaces): Command[] {
  const group = 'Explorer';
  const sort = (by: TreeSort, title: string): Command => ({
    id: `explorer.sort.${by}`,
    title: `Sort subjects by ${title}`,
    group,
    run: () => void explorer().setSort(by),
    enabled: () => explorer().sort !== by || 'now',
  });
  const filterBy = (mode: Explorer['filterMode'], title: string): Command => ({
    id: `explorer.filter.${mode}`,
    title: `Filter by ${title}`,
    group,
    icon: Funnel,
    run: () => {
      explorer().setFilter(mode, explorer().filterText);
      places.filter();
    },
  });
  return [
    {
      id: 'explorer.pause',
      title: () => (explorer().pause === null ? 'Pause' : 'Resume'),
      group,
      icon: Pause,
      shortcut: 'Space',
      run: () => void explorer().togglePause(),
    },
    {
      id: 'explorer.follow',
      title: 'Follow',
      group,
      icon: ArrowDownToLine,
      shortcut: 'End',
      run: () => explorer().setFollow(true),
      enabled: () => !explorer().follow || 'on',
    },
    { id: 'explorer.filter', title: 'Filter messages', group, icon: Funnel, shortcut: '/', run: places.filter },
    filterBy('text', 'text'),
    filterBy('regex', 'regular expression'),
    filterBy('expression', 'expression'),
    {
      id: 'explorer.filter.clear',
      title: 'Remove filter',
      group,
      icon: Funnel,
      run: () => explorer().setFilter(explorer().filterMode, ''),
      enabled: () => explorer().filterText !== '',
    },
    { id: 'explorer.subscribe', title: 'Subscribe', group, icon: Plus, run: places.subscribe },
    {
      id: 'explorer.clear',
      title: 'Clear capture',
      group,
      icon: Trash2,
      run: places.clear,
      enabled: () => explorer().counters.received > 0 || 'empty',
      hint: () => `${grouped(explorer().counters.kept)} kept`,
    },
    {
      id: 'explorer.scope.all',
      title: 'Show messages of all subjects',
      group,
      run: () => {
        selection.selectNode(0, '', true);
        void explorer().setScope(0, '');
      },
      enabled: () => explorer().scope !== 0,
    },
    sort('name', 'name'),
    sort('rate', 'rate'),
    sort('count', 'count'),
    sort('last', 'last message'),
  ];
}
