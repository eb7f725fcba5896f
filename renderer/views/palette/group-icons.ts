import Box from '@lucide/svelte/icons/box';
import KeyRound from '@lucide/svelte/icons/key-round';
import ListTree from '@lucide/svelte/icons/list-tree';
import PanelRight from '@lucide/svelte/icons/panel-right';
import PanelsTopLeft from '@lucide/svelte/icons/panels-top-left';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Send from '@lucide/svelte/icons/send';
import Server from '@lucide/svelte/icons/server';
import type { IconComponent } from '../../ui/icon.ts';

/** Icons of commands that have none of their own, by their group. */
export const groupIcons: Record<string, IconComponent> = {
  Composer: Send,
  Explorer: ListTree,
  'Key-value': KeyRound,
  'Local broker': Server,
  Log: ScrollText,
  Message: PanelRight,
  Objects: Box,
  View: PanelsTopLeft,
};
