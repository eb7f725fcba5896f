import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBackup, tarHeader, writeBackup } from '../../../../renderer/jetstream/backup/backup-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'natscope-backup-'));
afterAll(() => rmSync(folder, { recursive: true }));

const description = JSON.stringify({
  config: { name: 'ORDERS', subjects: ['orders.>'] },
  state: { messages: 3, bytes: 99, first_seq: 1, last_seq: 3 },
});
const data = (text: string): Blob => new Blob([text]);
const fileOf = (blob: Blob, name: string): File => new File([blob], name);

describe('a backup as a file', () => {
  it('is read as it was written', async () => {
    const archive = fileOf(writeBackup(description, data('\xff\x06NATSARC1 and more'), 1e9), 'ORDERS.backup.tar');
    expect(archive.size % 512).toBe(0);
    const backup = await readBackup([archive]);
    expect(backup.facts.config.name).toBe('ORDERS');
    expect(backup.description).toBe(description);
    expect(await backup.data.text()).toBe('\xff\x06NATSARC1 and more');
    expect(backup.renames).toBe(true);
  });

  it('is unpacked by tar, and what tar packed is read', async () => {
    const path = join(folder, 'a.tar');
    writeFileSync(path, Buffer.from(await writeBackup(description, data('x'.repeat(1000)), 1e9).arrayBuffer()));
    execFileSync('tar', ['-xf', path, '-C', folder]);
    expect(readFileSync(join(folder, 'backup.json'), 'utf8')).toBe(description);
    expect(readFileSync(join(folder, 'stream.tar.s2'), 'utf8')).toBe('x'.repeat(1000));
    execFileSync('tar', ['-cf', join(folder, 'b.tar'), '-C', folder, './backup.json', './stream.tar.s2']);
    const backup = await readBackup([fileOf(new Blob([readFileSync(join(folder, 'b.tar'))]), 'b.tar')]);
    expect(await backup.data.text()).toBe('x'.repeat(1000));
    expect(backup.renames).toBe(false);
  });

  it('may be the two files of the tool', async () => {
    const described = fileOf(data(description), 'backup.json');
    const bytes = fileOf(data('bytes'), 'stream.tar.s2');
    expect((await readBackup([bytes, described])).facts.state.messages).toBe(3);
    await expect(readBackup([bytes])).rejects.toThrow('backup.json is missing');
    await expect(readBackup([described])).rejects.toThrow('stream.tar.s2 is missing');
  });

  it('says what is no backup, and what is cut off', async () => {
    await expect(readBackup([fileOf(data('hello'), 'x.tar')])).rejects.toThrow('no backup of a stream');
    const broken = [fileOf(data('{}'), 'backup.json'), fileOf(data(''), 'stream.tar.s2')];
    await expect(readBackup(broken)).rejects.toThrow('does not describe a stream');
    const whole = writeBackup(description, data('x'.repeat(4000)), 1e9);
    await expect(readBackup([fileOf(whole.slice(0, 2048), 'x.tar')])).rejects.toThrow('ends before all of it');
  });

  it('says lengths beyond eight gigabytes as GNU tar does', async () => {
    const head = tarHeader('stream.tar.s2', 10_000_000_000, 0);
    expect([...head.subarray(124, 136)]).toEqual([0x80, 0, 0, 0, 0, 0, 0, 2, 0x54, 0x0b, 0xe4, 0]);
  });
});
