import { isMac } from './platform.ts';

const named: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

const macNamed: Record<string, string> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };

/** What stands on the keys of a shortcut such as `Ctrl+Shift+C`; `Ctrl` is ⌘ on macOS. */
export function keyLabels(keys: string, mac = isMac): string[] {
  return keys.split('+').map((key) => (mac ? macNamed[key] : undefined) ?? named[key] ?? key);
}

/** The title of a control: its name and, two spaces on, its shortcut. */
export function titleWithKeys(title: string, keys: string | undefined, mac = isMac): string {
  return keys === undefined ? title : `${title}  ${keyLabels(keys, mac).join(mac ? '' : ' ')}`;
}
