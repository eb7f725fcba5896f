import { expect, it } from 'vitest';
import { keyLabels, titleWithKeys } from '../../../../renderer/ui/keys.ts';

it('writes keys as they stand on the keyboard', () => {
  expect(keyLabels('Ctrl+Shift+C', false)).toEqual(['Ctrl', 'Shift', 'C']);
  expect(keyLabels('Ctrl+Alt+B', true)).toEqual(['⌘', '⌥', 'B']);
  expect(titleWithKeys('Pause', 'Space', false)).toBe('Pause  Space');
  expect(titleWithKeys('Palette', 'Ctrl+K', true)).toBe('Palette  ⌘K');
  expect(titleWithKeys('Clear', undefined, false)).toBe('Clear');
});
