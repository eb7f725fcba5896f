import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '../support/app.ts';
import { listen } from '../support/free-port.ts';
import { nodePath, repository, startServer } from '../support/server-process.ts';
import { Explorer } from './explorer-page.ts';
import { expect, test } from './fixtures.ts';

/** The front run to its end; for starts that are refused. */
async function runToEnd(flags: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(nodePath, [join(repository, 'electron', 'serve.ts'), '--no-open', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

test('a broker port that another program has is explained, and another one is used', async ({ context }) => {
  const taken = await listen();
  const app = await App.start({ brokerPort: taken.port });
  try {
    const page = await context.newPage();
    await page.goto(await app.takeAddress());
    const explorer = new Explorer(page);
    await explorer.ready();
    await expect(page.getByText(`Port ${taken.port} is taken`).first()).toBeVisible();
    await expect(explorer.status).toContainText(/nats:\/\/127\.0\.0\.1:\d+/);
    await expect(explorer.status).not.toContainText(`:${taken.port}`);
    expect(app.output).not.toMatch(/\n\s+at /);
    await page.close();
  } finally {
    await app.stop();
    await taken.close();
  }
});

test('a nats-server on the wanted port is named', async ({ context, natsServerCommand }) => {
  const server = await startServer(natsServerCommand);
  const app = await App.start({ brokerPort: server.port });
  try {
    const page = await context.newPage();
    await page.goto(await app.takeAddress());
    await expect(page.getByText(new RegExp(`Port ${server.port} is taken: .*nats-server`)).first()).toBeVisible();
    // A window whose app has gone complains, and rightly.
    await page.close();
  } finally {
    await app.stop();
    await server.stop();
  }
});

test('flags that cannot be are refused with what would be right', async () => {
  for (const flags of [['--port', 'many'], ['--broker-port', '70000'], ['--no-such-flag'], ['stray'], ['--data', '']]) {
    const { code, output } = await runToEnd(flags);
    expect(code, flags.join(' ')).toBe(2);
    expect(output).toContain('Usage:');
    expect(output).not.toMatch(/\n\s+at /);
  }
});

test('a window port that is taken is explained', async () => {
  const taken = await listen();
  const folder = await mkdtemp(join(tmpdir(), 'natscope-e2e-'));
  try {
    const flags = ['--port', String(taken.port), '--broker-port', '-1', '--data', folder];
    const { code, output } = await runToEnd(flags);
    expect(code).toBe(1);
    expect(output).toContain(`Port ${taken.port} is taken`);
  } finally {
    await taken.close();
    await rm(folder, { recursive: true });
  }
});

test('a data folder that is none is explained', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'natscope-e2e-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { code, output } = await runToEnd(['--port', '0', '--broker-port', '-1', '--data', file]);
    expect(code).toBe(1);
    expect(output).toContain(file);
    expect(output).not.toMatch(/\n\s+at /);
  } finally {
    await rm(folder, { recursive: true });
  }
});
