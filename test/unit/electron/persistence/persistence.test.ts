import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPersistence } from '../../../../electron/persistence/persistence.ts';
import { defaultSettings } from '../../../../electron/persistence/settings.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-persistence-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const log = (): void => {};

test('makes its folder for the owner only, with the defaults in it', async () => {
  const inner = join(folder, 'a', 'b');
  const persistence = await openPersistence({ folder: inner, log });
  expect((await stat(inner)).mode & 0o777).toBe(0o700);
  expect(persistence.settings.value).toEqual(defaultSettings());
  expect(persistence.profiles.value).toEqual({ profiles: [], imported: {} });
  expect(persistence.secrets.kind).toBe('file');
});

test('a folder that cannot be made is an error of the system', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(openPersistence({ folder: join(folder, 'file', 'x'), log })).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('one wrong setting does not cost the others', async () => {
  const data = { theme: 'dark', panes: { 'explorer.tree': 300 }, captureBytesMax: 1, brokerConfigFile: 7 };
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ version: 1, data }));
  const { settings } = await openPersistence({ folder, log });
  const { captureBytesMax, brokerConfigFile } = defaultSettings();
  expect(settings.value).toEqual({ theme: 'dark', panes: { 'explorer.tree': 300 }, captureBytesMax, brokerConfigFile });
});
