import { describe, expect, it } from 'vitest';
import { matches, parseShortcut, shortcutOn, worksWhileTyping } from '../../../../renderer/state/shortcuts.ts';
import type { KeyPress } from '../../../../renderer/state/shortcuts.ts';

function press(key: string, code: string, held = ''): KeyPress {
  return {
    key,
    code,
    ctrlKey: held.includes('c'),
    metaKey: held.includes('m'),
    altKey: held.includes('a'),
    shiftKey: held.includes('s'),
  };
}

it('reads a shortcut', () => {
  expect(parseShortcut('Ctrl+Shift+C')).toEqual({ ctrl: true, alt: false, shift: true, key: 'C' });
  expect(parseShortcut('Ctrl++')).toEqual({ ctrl: true, alt: false, shift: false, key: '+' });
  expect(parseShortcut('F6')).toEqual({ ctrl: false, alt: false, shift: false, key: 'F6' });
});

describe('a key press matches', () => {
  it.each([
    ['Ctrl+K', press('k', 'KeyK', 'c'), true],
    ['Ctrl+K', press('k', 'KeyK'), false],
    ['Ctrl+K', press('K', 'KeyK', 'cs'), false],
    ['Ctrl+K', press('k', 'KeyK', 'cm'), false],
    ['Ctrl+Shift+C', press('C', 'KeyC', 'cs'), true],
    // Dvorak: the letter counts, not its place.
    ['Ctrl+K', press('k', 'KeyV', 'c'), true],
    ['Ctrl+V', press('k', 'KeyV', 'c'), false],
    // Cyrillic: no Latin letter there, so its place counts.
    ['Ctrl+K', press('л', 'KeyK', 'c'), true],
    ['Alt+Shift+1', press('!', 'Digit1', 'as'), true],
    ['Ctrl+1', press('1', 'Digit1', 'c'), true],
    ['Ctrl+Alt+B', press('∫', 'KeyB', 'ca'), true],
    ['Ctrl+`', press('`', 'Backquote', 'c'), true],
    // German: the slash stands on Shift+7.
    ['/', press('/', 'Digit7', 's'), true],
    ['/', press('/', 'Slash', 'c'), false],
    ['Space', press(' ', 'Space'), true],
    ['Space', press(' ', 'Space', 's'), false],
    ['End', press('End', 'End'), true],
    ['Shift+F6', press('F6', 'F6', 's'), true],
    ['F6', press('F6', 'F6', 's'), false],
  ])('%s', (shortcut, event, expected) => {
    expect(matches(event, shortcut, false)).toBe(expected);
  });

  it('takes Cmd for Ctrl on macOS', () => {
    expect(matches(press('k', 'KeyK', 'm'), 'Ctrl+K', true)).toBe(true);
    expect(matches(press('k', 'KeyK', 'c'), 'Ctrl+K', true)).toBe(false);
  });
});

it('moves what browsers keep to Alt+Shift, in the browser front only', () => {
  expect(shortcutOn('browser', 'Ctrl+N')).toBe('Alt+Shift+N');
  expect(shortcutOn('browser', 'Ctrl+3')).toBe('Alt+Shift+3');
  expect(shortcutOn('browser', 'Ctrl+K')).toBe('Ctrl+K');
  expect(shortcutOn('electron', 'Ctrl+N')).toBe('Ctrl+N');
});

it('leaves bare keys to who types', () => {
  expect(['Ctrl+K', 'F6', 'Alt+1'].every(worksWhileTyping)).toBe(true);
  expect(['Space', '/', 'End', ']'].some(worksWhileTyping)).toBe(false);
});
