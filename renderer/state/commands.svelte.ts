/**
 * Every action of the window, by name. The palette lists them, the shortcuts run them, menus may show them. A feature
 * registers its own while it lives.
 */

import { untrack } from 'svelte';
import { bridge } from '../bridge.ts';
import type { IconComponent } from '../ui/icon.ts';
import { matches, shortcutOn, worksWhileTyping } from './shortcuts.ts';

export interface Command {
  /** Stable, e.g. `explorer.pause`. Menus, tray and deep links of the desktop front name commands by it. */
  id: string;
  title: string | (() => string);
  /** `Explorer`, `Connections`, `Window` …; shown as a hint when there is none of its own. */
  group: string;
  icon?: IconComponent;
  /** As on Windows and Linux: `Ctrl+Shift+C`. */
  shortcut?: string;
  run: (argument?: string) => void;
  /** False: not offered now. A text: shown as disabled, with that reason. */
  enabled?: () => boolean | string;
  /** Small text at the right: what it acts on. */
  hint?: () => string;
  /** Reached by keys only; the palette does not list it. */
  unlisted?: boolean;
}

let registered = $state.raw<readonly Command[]>([]);

/** Adds a command; one of the same id steps back until this one is removed. Returns what removes it. */
export function registerCommand(command: Command): () => void {
  return registerCommands([command]);
}

/** Several at once, for use in `$effect(() => registerCommands([...]))`. */
export function registerCommands(list: readonly Command[]): () => void {
  // An effect that registers does not depend on what others register.
  untrack(() => (registered = [...registered, ...list]));
  return () => untrack(() => (registered = registered.filter((other) => !list.includes(other))));
}

/** All that are offered now, the newest of each id. */
export function commandList(): Command[] {
  const byId = new Map<string, Command>();
  for (const command of registered) byId.set(command.id, command);
  return [...byId.values()];
}

export function titleOf(command: Command): string {
  return typeof command.title === 'string' ? command.title : command.title();
}

/** The shortcut that works in this front. */
export function shortcutOf(command: Command): string | undefined {
  return command.shortcut === undefined ? undefined : shortcutOn(bridge.front, command.shortcut);
}

/** The shortcut of a command by its id, for titles of buttons. */
export function keysOf(id: string): string | undefined {
  const command = registered.findLast((other) => other.id === id);
  return command === undefined ? undefined : shortcutOf(command);
}

export function isEnabled(command: Command): boolean {
  return (command.enabled?.() ?? true) === true;
}

/** Runs a command by its id; false when there is none or it is disabled. */
export function runCommand(id: string, argument?: string): boolean {
  const command = registered.findLast((other) => other.id === id);
  if (command === undefined || !isEnabled(command)) return false;
  command.run(argument);
  return true;
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** The one listener for shortcuts of the window. What a pane took has `defaultPrevented` set. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const { target } = event;
  const over =
    target instanceof Element && target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
  const typing = isEditable(target);
  const pressing = target instanceof Element && target.matches('button, a, [role="separator"]');
  for (const command of commandList()) {
    const shortcut = shortcutOf(command);
    if (shortcut === undefined || !matches(event, shortcut)) continue;
    if (over && command.id !== 'palette.open') continue;
    if (typing && !worksWhileTyping(shortcut)) continue;
    if (pressing && (shortcut === 'Space' || shortcut === 'Enter')) continue;
    if (!isEnabled(command)) continue;
    event.preventDefault();
    command.run();
    return;
  }
}
