import { expect, it, vi } from 'vitest';
import {
  commandList,
  isEnabled,
  registerCommand,
  registerCommands,
  runCommand,
} from '../../../../renderer/state/commands.svelte.ts';

it('runs the newest command of an id and the older one again once that is gone', () => {
  const older = vi.fn();
  const newer = vi.fn();
  const removeOlder = registerCommand({ id: 'a', title: 'A', group: 'Test', run: older });
  const removeNewer = registerCommand({ id: 'a', title: 'A', group: 'Test', run: newer });
  expect(commandList().map((command) => command.id)).toEqual(['a']);
  expect(runCommand('a', 'x')).toBe(true);
  expect(newer).toHaveBeenCalledWith('x');
  removeNewer();
  runCommand('a');
  expect(older).toHaveBeenCalledTimes(1);
  removeOlder();
  expect(runCommand('a')).toBe(false);
});

it('does not run what is disabled, whatever the reason', () => {
  const run = vi.fn();
  const remove = registerCommands([
    { id: 'off', title: 'Off', group: 'Test', run, enabled: () => false },
    { id: 'why', title: 'Why', group: 'Test', run, enabled: () => 'read-only' },
  ]);
  expect([runCommand('off'), runCommand('why')]).toEqual([false, false]);
  expect(commandList().map(isEnabled)).toEqual([false, false]);
  expect(run).not.toHaveBeenCalled();
  remove();
  expect(commandList()).toEqual([]);
});
