import MessageSquareReply from '@lucide/svelte/icons/message-square-reply';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Send from '@lucide/svelte/icons/send';
import { tick } from 'svelte';
import { runCommand } from '../state/commands.svelte.ts';
import type { Command } from '../state/commands.svelte.ts';
import { navigation } from '../state/navigation.svelte.ts';
import type { IconComponent } from '../ui/icon.ts';

const composerShown = () =>
  navigation.view === 'explorer' && navigation.isOpen('dock') && navigation.dockTab === 'composer';

/** Brings the composer up, then runs its own command, which exists only while it stands. */
const compose = (name: string, title: string, icon: IconComponent): Command => ({
  id: `dock.${name}`,
  title,
  group: 'Composer',
  icon,
  run: () => {
    navigation.showDock('composer');
    void tick().then(() => runCommand(`composer.${name}`));
  },
});

const entries = [
  compose('publish', 'Publish a message', Send),
  compose('request', 'Request', Send),
  compose('respond', 'Respond to requests', MessageSquareReply),
];

export const dockCommands: Command[] = [
  // By their ids at any time; in the palette only while the composer, which lists the same, is not there.
  ...entries.map((command): Command => ({ ...command, unlisted: true })),
  ...entries.map((command): Command => ({ ...command, id: `${command.id}.away`, enabled: () => !composerShown() })),
  { id: 'dock.log', title: 'Log', group: 'View', icon: ScrollText, run: () => navigation.showDock('log') },
];
