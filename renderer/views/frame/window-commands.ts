import Box from '@lucide/svelte/icons/box';
import Cable from '@lucide/svelte/icons/cable';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import Folder from '@lucide/svelte/icons/folder';
import Info from '@lucide/svelte/icons/info';
import KeyRound from '@lucide/svelte/icons/key-round';
import Layers from '@lucide/svelte/icons/layers';
import ListTree from '@lucide/svelte/icons/list-tree';
import Lock from '@lucide/svelte/icons/lock';
import Moon from '@lucide/svelte/icons/moon';
import PanelBottom from '@lucide/svelte/icons/panel-bottom';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Pencil from '@lucide/svelte/icons/pencil';
import Plus from '@lucide/svelte/icons/plus';
import Power from '@lucide/svelte/icons/power';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Server from '@lucide/svelte/icons/server';
import Settings from '@lucide/svelte/icons/settings';
import Sun from '@lucide/svelte/icons/sun';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Unplug from '@lucide/svelte/icons/unplug';
import { LOCAL_CONNECTION } from '../../../electron/bridge/contract.ts';
import { page, type BrokerPart } from '../../broker/page-state.svelte.ts';
import type { Theme } from '../../../electron/bridge/contract.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { brokerAddress, connections } from '../../state/connections.svelte.ts';
import { navigation } from '../../state/navigation.svelte.ts';
import type { PaneName, ViewName } from '../../state/navigation.svelte.ts';
import { cyclePane } from '../../state/panes.ts';
import { settings } from '../../state/settings.svelte.ts';
import { copyText } from '../../ui/clipboard.ts';
import type { IconComponent } from '../../ui/icon.ts';

const view = (name: ViewName, title: string, icon: IconComponent, shortcut?: string): Command => ({
  id: `view.${name}`,
  title,
  group: 'View',
  icon,
  ...(shortcut === undefined ? {} : { shortcut }),
  run: () => navigation.go(name),
});

const pane = (name: PaneName, title: string, icon: IconComponent, shortcut: string): Command => ({
  id: `pane.${name}`,
  title: () => `${navigation.isOpen(name) ? 'Hide' : 'Show'} ${title}`,
  group: 'View',
  icon,
  shortcut,
  enabled: () => navigation.hasPane(name),
  run: () => navigation.toggle(name),
});

const theme = (name: Theme, title: string, icon: IconComponent): Command => ({
  id: `theme.${name}`,
  title: `Theme: ${title}`,
  group: 'Window',
  icon,
  enabled: () => settings.current?.theme !== name || 'now',
  run: () => settings.set({ theme: name }),
});

const brokerPart = (part: BrokerPart, title: string): Command => ({
  id: `broker.${part}`,
  title,
  group: 'Local broker',
  run: () => {
    page.show(part);
    navigation.go('broker');
  },
});

const brokerParts: Command[] = [
  brokerPart('config', 'Configuration of the local broker'),
  brokerPart('people', 'Users and accounts of the local broker'),
  brokerPart('tools', 'Keys, password hashes, operators'),
  brokerPart('log', 'Log of the local broker'),
  {
    id: 'broker.open',
    title: 'Open a configuration file',
    group: 'Local broker',
    icon: Folder,
    run: () => {
      page.show('config');
      navigation.go('broker');
      page.opening = true;
    },
  },
];

const isClosed = () => {
  const phase = connections.current?.phase;
  return phase === 'closed' || phase === 'failed';
};
const isOther = () => (connections.currentId === LOCAL_CONNECTION ? 'local broker' : true);
const currentName = () => connections.current?.profile.name ?? '';

/** What the window can do whatever it shows. */
export const windowCommands: Command[] = [
  view('explorer', 'Explorer', ListTree, 'Alt+1'),
  view('streams', 'Streams and consumers', Layers, 'Alt+5'),
  view('kv', 'Key-value buckets', KeyRound, 'Alt+6'),
  view('objects', 'Object stores', Box, 'Alt+7'),
  view('connections', 'Connections', Cable, 'Alt+2'),
  view('broker', 'Local broker', Server, 'Alt+3'),
  view('settings', 'Settings', Settings, 'Alt+4'),
  view('about', 'About Natscope', Info),
  { ...view('settings', 'Settings', Settings), id: 'settings.open', shortcut: 'Ctrl+,', unlisted: true },
  pane('tree', 'left pane', PanelLeft, 'Ctrl+B'),
  pane('dock', 'dock', PanelBottom, 'Ctrl+`'),
  pane('inspector', 'inspector', PanelRight, 'Ctrl+Alt+B'),
  { id: 'pane.next', title: 'Next pane', group: 'View', shortcut: 'F6', run: () => cyclePane(1) },
  { id: 'pane.previous', title: 'Previous pane', group: 'View', shortcut: 'Shift+F6', run: () => cyclePane(-1) },
  {
    id: 'connections.new',
    title: 'Connect to a system',
    group: 'Connections',
    icon: Plus,
    shortcut: 'Ctrl+N',
    run: (url) => navigation.newConnection(url),
  },
  {
    id: 'connections.import',
    title: 'Import nats contexts',
    group: 'Connections',
    icon: Folder,
    shortcut: 'Ctrl+I',
    run: () => navigation.importContexts(),
  },
  {
    id: 'connections.open',
    title: () => `Open ${currentName()}`,
    group: 'Connections',
    icon: Cable,
    enabled: isClosed,
    run: () => void connections.open(connections.currentId),
  },
  {
    id: 'connections.close',
    title: () => `Close ${currentName()}`,
    group: 'Connections',
    icon: Unplug,
    enabled: () => !isClosed(),
    run: () => void connections.close(connections.currentId),
  },
  {
    id: 'connections.edit',
    title: () => `Edit ${currentName()}`,
    group: 'Connections',
    icon: Pencil,
    enabled: isOther,
    run: () => navigation.editConnection(connections.currentId),
  },
  {
    id: 'connections.readonly',
    title: () =>
      connections.current?.profile.readOnly ? `Allow publish on ${currentName()}` : `Make ${currentName()} read-only`,
    group: 'Connections',
    icon: Lock,
    enabled: isOther,
    run: () => void connections.toggleReadOnly(connections.currentId),
  },
  ...Array.from({ length: 9 }, (_, index): Command => ({
    id: `connections.${String(index + 1)}`,
    title: `Connection ${String(index + 1)}`,
    group: 'Connections',
    shortcut: `Ctrl+${String(index + 1)}`,
    unlisted: true,
    enabled: () => connections.tabs.length > index,
    run: () => {
      connections.select(connections.tabs[index]?.id ?? LOCAL_CONNECTION);
      navigation.go('explorer');
    },
  })),
  {
    id: 'broker.copy',
    title: 'Copy address of the local broker',
    group: 'Local broker',
    enabled: () => brokerAddress(connections.broker) !== null || 'not running',
    hint: () => brokerAddress(connections.broker) ?? '',
    run: () => void copyText(`nats://${brokerAddress(connections.broker) ?? ''}`, 'Address'),
  },
  {
    id: 'broker.start',
    title: 'Start local broker',
    group: 'Local broker',
    icon: Power,
    enabled: () => connections.broker?.phase === 'stopped' || connections.broker?.phase === 'failed',
    run: () => void connections.startBroker(),
  },
  {
    id: 'broker.stop',
    title: 'Stop local broker',
    group: 'Local broker',
    icon: Power,
    enabled: () => connections.broker?.phase === 'running',
    hint: () => `${String(connections.broker?.clients ?? 0)} clients`,
    run: () => void connections.stopBroker(),
  },
  {
    id: 'broker.restart',
    title: 'Restart local broker',
    group: 'Local broker',
    icon: RotateCcw,
    enabled: () => connections.broker?.phase === 'running',
    hint: () => `${String(connections.broker?.clients ?? 0)} clients`,
    run: () => void connections.restartBroker(),
  },
  ...brokerParts,
  {
    id: 'sample.toggle',
    title: () => (connections.sample.running ? 'Stop sample traffic' : 'Start sample traffic'),
    group: 'Local broker',
    icon: FlaskConical,
    shortcut: 'Ctrl+L',
    enabled: () => connections.broker?.phase === 'running' || 'broker not running',
    hint: () => '120 msg/s',
    run: () => void connections.setSample(!connections.sample.running),
  },
  theme('dark', 'dark', Moon),
  theme('light', 'light', Sun),
  theme('system', 'as the system', SunMoon),
];
