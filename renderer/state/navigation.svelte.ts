/** Where the window is: the view, and which panes it shows. */

import { settings } from './settings.svelte.ts';

export type ViewName = 'explorer' | 'streams' | 'kv' | 'objects' | 'connections' | 'broker' | 'settings' | 'about';
export type DockTab = 'composer' | 'log';
export type PaneName = 'tree' | 'dock' | 'inspector';

/** Views of a connection, and the panes that each has. */
const panesOf: Partial<Record<ViewName, readonly PaneName[]>> = {
  explorer: ['tree', 'dock', 'inspector'],
  streams: ['tree', 'inspector'],
  kv: ['tree', 'inspector'],
  objects: ['tree', 'inspector'],
};

let view = $state<ViewName>('explorer');
let dockTab = $state<DockTab>('composer');
/** What the connections view was asked to do: edit a profile, or start a new one. */
let connectionsTask = $state.raw<{ edit?: string; url?: string; importContexts?: boolean; count: number }>({
  count: 0,
});

export const navigation = {
  get view(): ViewName {
    return view;
  },
  go(next: ViewName): void {
    view = next;
  },
  get dockTab(): DockTab {
    return dockTab;
  },
  showDock(tab: DockTab): void {
    dockTab = tab;
    view = 'explorer';
    navigation.setOpen('dock', true);
  },
  /** Changes with every request, so that asking for the same again works. */
  get connectionsTask() {
    return connectionsTask;
  },
  newConnection(url?: string): void {
    connectionsTask = { count: connectionsTask.count + 1, ...(url === undefined ? {} : { url }) };
    view = 'connections';
  },
  editConnection(id: string): void {
    connectionsTask = { count: connectionsTask.count + 1, edit: id };
    view = 'connections';
  },
  importContexts(): void {
    connectionsTask = { count: connectionsTask.count + 1, importContexts: true };
    view = 'connections';
  },
  /** Whether the view shows something of the current connection. */
  get ofConnection(): boolean {
    return panesOf[view] !== undefined;
  },
  /** Whether the view has this pane. */
  hasPane(pane: PaneName): boolean {
    return panesOf[view]?.includes(pane) ?? false;
  },
  isOpen(pane: PaneName): boolean {
    return settings.pane(`${pane}.open`) !== 0;
  },
  setOpen(pane: PaneName, open: boolean): void {
    settings.setPane(`${pane}.open`, open ? 1 : 0);
  },
  toggle(pane: PaneName): void {
    navigation.setOpen(pane, !navigation.isOpen(pane));
  },
};
