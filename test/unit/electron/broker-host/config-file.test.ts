import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConfigFile } from '../../../../electron/broker-host/config-file.ts';
import type { ConfigFile } from '../../../../electron/broker-host/config-file.ts';
import { defaultConfig } from '../../../../electron/broker-host/default-config.ts';

let folder: string;
let remembered: (string | null)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-config-'));
  remembered = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const own = () => join(folder, 'nats-server.conf');

function open(file: string | null = null): Promise<ConfigFile> {
  return openConfigFile({
    ownFile: own(),
    file,
    write: (path, text) => writeFile(path, text),
    onFile: (path) => void remembered.push(path),
  });
}

describe('the configuration file', () => {
  it('is made where there is none, on the loopback address', async () => {
    const config = await open();
    expect(config.state.value).toMatchObject({
      file: own(),
      own: true,
      text: defaultConfig,
      draft: null,
      applied: null,
    });
    expect(readFileSync(own(), 'utf8')).toBe(defaultConfig);
    expect(defaultConfig).toContain('listen: 127.0.0.1:4222');
  });

  it('is written when something is applied, and only then', async () => {
    const config = await open();
    config.keepDraft('port: 1\n');
    expect(readFileSync(own(), 'utf8')).toBe(defaultConfig);
    expect(config.state.value.draft).toBe('port: 1\n');
    await config.save('port: 1\n');
    expect(readFileSync(own(), 'utf8')).toBe('port: 1\n');
    expect(config.state.value).toMatchObject({ text: 'port: 1\n', draft: null });
    expect((await open()).state.value.text).toBe('port: 1\n');
  });

  it('forgets a draft that says what the file says', async () => {
    const config = await open();
    config.keepDraft('port: 1\n');
    config.keepDraft(defaultConfig);
    expect(config.state.value.draft).toBeNull();
  });

  it('may be one of the person, used in place and remembered once it was applied', async () => {
    const mine = join(folder, 'mine.conf');
    writeFileSync(mine, 'port: 7\n');
    const config = await open();
    await config.open(mine);
    expect(config.state.value).toMatchObject({ file: mine, own: false, text: 'port: 7\n' });
    expect(remembered).toEqual([]);
    await config.save('port: 8\n');
    expect(remembered).toEqual([mine]);
    expect(readFileSync(mine, 'utf8')).toBe('port: 8\n');
    expect((await open(mine)).state.value).toMatchObject({ file: mine, own: false });
    await config.open(null);
    expect(config.state.value).toMatchObject({ file: own(), own: true, text: defaultConfig });
    await config.save(defaultConfig);
    expect(remembered).toEqual([mine, null]);
  });

  it('does not write over what another program wrote', async () => {
    const config = await open();
    writeFileSync(own(), 'port: 9\n');
    await expect(config.save('port: 1\n')).rejects.toMatchObject({ code: 'changed-on-disk' });
    expect(readFileSync(own(), 'utf8')).toBe('port: 9\n');
    await config.open(null);
    await config.save('port: 1\n');
    expect(readFileSync(own(), 'utf8')).toBe('port: 1\n');
  });

  it('takes over what another program wrote, unless somebody is writing', async () => {
    const config = await open();
    writeFileSync(own(), 'port: 9\n');
    await config.refresh();
    expect(config.state.value.text).toBe('port: 9\n');
    config.keepDraft('port: 10\n');
    writeFileSync(own(), 'port: 11\n');
    await config.refresh();
    expect(config.state.value).toMatchObject({ text: 'port: 9\n', draft: 'port: 10\n' });
  });

  it.each([
    ['missing.conf', /does not exist\. Choose another file\.$/],
    ['', /is no file\. Choose a configuration file\.$/],
  ])('says why %j cannot be opened, and stays with what there was', async (name, text) => {
    const config = await open();
    await expect(config.open(join(folder, name))).rejects.toMatchObject({
      code: 'no-file',
      message: expect.stringMatching(text) as string,
    });
    expect(config.state.value.file).toBe(own());
  });

  it('refuses what is too large to be one', async () => {
    writeFileSync(join(folder, 'huge'), Buffer.alloc(5 * 1024 * 1024, 'a'));
    const config = await open();
    await expect(config.open(join(folder, 'huge'))).rejects.toMatchObject({ code: 'no-file' });
  });

  it('falls back to its own when the file of last time is gone, and says so', async () => {
    const config = await open(join(folder, 'gone.conf'));
    expect(config.state.value).toMatchObject({ file: own(), own: true });
    expect(config.state.value.problem).toMatch(/gone\.conf does not exist\. .*own configuration is used\.$/);
    await config.open(null);
    expect(config.state.value.problem).toBeUndefined();
  });

  it('says that it cannot be written', async () => {
    const sealed = join(folder, 'sealed');
    mkdirSync(sealed);
    writeFileSync(join(sealed, 'a.conf'), 'port: 1\n');
    const config = await openConfigFile({
      ownFile: own(),
      file: join(sealed, 'a.conf'),
      write: () => Promise.reject(Object.assign(new Error('no'), { code: 'EROFS' })),
      onFile: () => undefined,
    });
    await expect(config.save('port: 2\n')).rejects.toMatchObject({
      code: 'not-saved',
      message: expect.stringContaining('EROFS') as string,
    });
    chmodSync(sealed, 0o700);
    expect(config.state.value.text).toBe('port: 1\n');
  });
});
