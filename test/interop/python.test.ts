import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { newestCompared } from '../support/real-servers.ts';
import { natscopeServer, repository } from '../support/server-process.ts';

const run = promisify(execFile);

/** The release that the scenarios were written for. */
const CLIENT = 'nats-py==2.11.0';

const SCENARIOS = [
  'publish_and_subscribe',
  'wildcards',
  'queue_group',
  'request_and_reply',
  'many_replies',
  'headers',
  'no_responders',
  'auto_unsubscribe',
  'drain',
  'max_payload',
  'reconnect',
  'user_and_password',
  'token',
  'streams_and_publishing',
  'pull_subscription',
  'push_subscriptions',
  'keys',
  'objects',
];

/** A Python with the client in it, made once and kept; undefined, said in one line, where it cannot be made. */
async function pythonWithClient(): Promise<string | undefined> {
  const folder = join(repository, '.cache', 'python', CLIENT.replaceAll(/[^\w.]+/g, '-'));
  const python = join(folder, 'bin', 'python');
  if (await exists(python)) return python;
  const unfinished = `${folder}.${process.pid}`;
  try {
    await mkdir(join(folder, '..'), { recursive: true });
    await run('python3', ['-m', 'venv', unfinished], { timeout: 60_000 });
    await run(
      join(unfinished, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', CLIENT],
      {
        timeout: 120_000,
      },
    );
    // Only a finished one gets the name that is looked for.
    await rename(unfinished, folder);
    return python;
  } catch (error) {
    const reason = (error as Error).message.split('\n').findLast((line) => line.trim() !== '');
    process.stdout.write(`interop: the client for Python did not run: ${reason}\n`);
    return undefined;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const real = newestCompared(inject('realServers'));
const targets: [string, readonly string[]][] = [['natscope-server', natscopeServer]];
if (real !== undefined) targets.push([`nats-server ${real.version}`, [real.path]]);

let python: string | undefined;
beforeAll(async () => {
  python = await pythonWithClient();
});

describe.each(targets)('nats.py on %s', (_name, command) => {
  let results: Record<string, string> = {};
  beforeAll(async () => {
    if (python === undefined) return;
    const script = join(import.meta.dirname, 'python', 'scenarios.py');
    const { stdout } = await run(python, [script, ...command], { timeout: 120_000 });
    results = JSON.parse(stdout) as Record<string, string>;
  });

  for (const scenario of SCENARIOS) {
    test(scenario, ({ skip }) => {
      skip(python === undefined, 'no client for Python');
      expect(results[scenario]).toBe('ok');
    });
  }
});
