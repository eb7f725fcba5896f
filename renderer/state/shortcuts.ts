/** Shortcuts as text (`Ctrl+Shift+C`) and the key events that match them. `Ctrl` is the Cmd key on macOS. */

import { isMac } from '../ui/platform.ts';

export interface Chord {
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  /** As on the key: `C`, `1`, `Enter`, `Space`, `/`, `F6`. */
  key: string;
}

/** The part of a `KeyboardEvent` that decides. */
export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export function parseShortcut(text: string): Chord {
  // A chord may end with the plus key itself.
  const parts = text.endsWith('++') ? [...text.slice(0, -2).split('+'), '+'] : text.split('+');
  const key = parts.pop() ?? '';
  return { ctrl: parts.includes('Ctrl'), alt: parts.includes('Alt'), shift: parts.includes('Shift'), key };
}

const codes: Record<string, string> = { Space: 'Space', '`': 'Backquote', '[': 'BracketLeft', ']': 'BracketRight' };

/**
 * Letters go by what the key types, so that other layouts work, and by the key's place where a modifier changes what it
 * types (`Alt+Shift+1` types `!`, `Alt+B` types `∫` on macOS).
 */
function isKey(press: KeyPress, chord: Chord): boolean {
  const { key } = chord;
  if (press.key === key || codes[key] === press.code) return true;
  if (/^[A-Z]$/.test(key)) {
    return /^[a-z]$/i.test(press.key) ? press.key.toUpperCase() === key : press.code === `Key${key}`;
  }
  return /^[0-9]$/.test(key) && press.code === `Digit${key}`;
}

export function matches(press: KeyPress, shortcut: string, mac = isMac): boolean {
  const chord = parseShortcut(shortcut);
  const ctrl = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (ctrl !== chord.ctrl || other || press.altKey !== chord.alt) return false;
  // A sign such as `/` stands on Shift in some layouts; what counts is the sign.
  const shiftFree = /^[^A-Za-z0-9]$/.test(chord.key) && !chord.ctrl && !chord.alt;
  return (shiftFree || press.shiftKey === chord.shift) && isKey(press, chord);
}

/** Chords that browsers do not give to a page. */
const keptByBrowsers = /^Ctrl\+(Shift\+)?([LNTW]|[0-9])$/;

/** The shortcut as this front can have it: `Ctrl+N` is `Alt+Shift+N` in a browser. */
export function shortcutOn(front: 'electron' | 'browser', shortcut: string): string {
  return front === 'browser' && keptByBrowsers.test(shortcut)
    ? shortcut.replace(/^Ctrl\+(Shift\+)?/, 'Alt+Shift+')
    : shortcut;
}

/** Whether a shortcut may act while somebody types into a field. */
export function worksWhileTyping(shortcut: string): boolean {
  const chord = parseShortcut(shortcut);
  return chord.ctrl || chord.alt || /^F\d+$/.test(chord.key);
}
