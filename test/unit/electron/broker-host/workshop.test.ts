import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { createWorkshop } from '../../../../electron/broker-host/workshop.ts';
import { threadFiles } from '../../../../electron/places.ts';

vi.setConfig({ testTimeout: 20_000 });

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function workshopOf(source: string, options: { answerMsMax?: number; idleMsMax?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'natscope-workshop-'));
  const file = join(folder, 'thread.mjs');
  writeFileSync(file, `import { parentPort } from 'node:worker_threads';\n${source}`);
  const workshop = createWorkshop({ threadFile: pathToFileURL(file), ...options });
  endings.push(
    () => rmSync(folder, { recursive: true }),
    () => workshop.dispose(),
  );
  return workshop;
}

it('checks configurations and makes keys in a thread of its own', async () => {
  const workshop = createWorkshop({ threadFile: threadFiles.workshop });
  endings.push(() => workshop.dispose());
  const report = await workshop.ask('check', { config: { file: '/tmp/x.conf', text: 'prot: 1\n' }, running: null });
  expect(report.problems).toMatchObject([{ grade: 'error', line: 1, text: 'unknown field "prot"' }]);
  expect((await workshop.ask('nkey', { kind: 'user' })).publicKey).toMatch(/^U/);
  await expect(workshop.ask('bcrypt', { password: 'a'.repeat(73), cost: 4 })).rejects.toMatchObject({
    code: 'too-long',
    message: expect.stringContaining('72 bytes') as string,
  });
});

it('gives up on what takes too long, and goes on with the next', async () => {
  const workshop = workshopOf(
    `parentPort.on('message', ({ id, question }) => {
       if (question.ask === 'bcrypt') for (;;);
       parentPort.postMessage({ type: 'answer', id, result: { kind: 'user', publicKey: 'U', seed: 'S' } });
     });`,
    { answerMsMax: 300 },
  );
  await expect(workshop.ask('bcrypt', { password: 'x', cost: 4 })).rejects.toMatchObject({ code: 'too-long' });
  await expect(workshop.ask('nkey', { kind: 'user' })).resolves.toMatchObject({ publicKey: 'U' });
});

it('ends when it has nothing to do, and begins anew', async () => {
  const workshop = workshopOf(
    `const born = performance.timeOrigin + performance.now();
     parentPort.on('message', ({ id }) => parentPort.postMessage({ type: 'answer', id, result: String(born) }));`,
    { idleMsMax: 30 },
  );
  const first = await workshop.ask('bcrypt', { password: 'x', cost: 4 });
  expect(await workshop.ask('bcrypt', { password: 'x', cost: 4 })).toBe(first);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await workshop.ask('bcrypt', { password: 'x', cost: 4 })).not.toBe(first);
});

it('says when its thread cannot live', async () => {
  const workshop = workshopOf(`throw new Error('no such library');`);
  await expect(workshop.ask('nkey', { kind: 'user' })).rejects.toMatchObject({ message: 'no such library' });
});
