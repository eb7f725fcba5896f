import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { planReload } from '../../broker/config/reload.ts';
import { parseConfigText } from '../../broker/config/load.ts';
import { checkOptions } from '../../broker/config/check.ts';
import { ConfigError } from '../../broker/config/config.ts';
import { newestCompared } from '../support/real-servers.ts';
import { natscopeServer, ServerProcess } from '../support/server-process.ts';
import { accounts } from './cases/config-accounts.ts';
import { authorization } from './cases/config-authorization.ts';
import { certificates } from './cases/config-certificates.ts';
import type { ConfigCase, ReloadCase } from './cases/config-case.ts';
import { files } from './cases/config-files.ts';
import { grammar } from './cases/config-grammar.ts';
import { jetstream } from './cases/config-jetstream.ts';
import { keyTexts } from './cases/config-keys.ts';
import { listeners } from './cases/config-listeners.ts';
import { operator } from './cases/config-operator.ts';
import { reloads } from './cases/config-reload.ts';
import { servers } from './cases/config-servers.ts';
import { tls } from './cases/config-tls.ts';
import { together } from './cases/config-together.ts';
import { values } from './cases/config-values.ts';
import { ConfigFolder, ourVerdict, sortedLines, sourcesOf, type Verdict, verdictOf } from './config-run.ts';

const real = newestCompared(inject('realServers'));
const onReal = real === undefined ? test.skip : test.concurrent;
const realCommand = [real?.path ?? 'nats-server'];

let folder: ConfigFolder | undefined;
beforeAll(async () => {
  folder = await ConfigFolder.create();
  if (folder !== undefined) await cp(join(import.meta.dirname, 'configs'), folder.path, { recursive: true });
});
afterAll(() => folder?.[Symbol.asyncDispose]());

let count = 0;

/** A folder of its own for a test that writes files. */
async function scratch(): Promise<ConfigFolder> {
  if (folder === undefined) throw new Error('certificates need the program openssl');
  return folder.inside(`scratch-${++count}`);
}

function titleOf({ text, files: beside = {} }: ConfigCase): string {
  const more = Object.keys(beside).length === 0 ? '' : ` with ${Object.keys(beside).join(', ')}`;
  return `${JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)}${more}`;
}

const groups: Readonly<Record<string, readonly ConfigCase[]>> = {
  grammar,
  files,
  values,
  authorization,
  accounts,
  jetstream,
  servers,
  listeners,
  tls,
  certificates,
  operator,
};

describe.each(Object.entries(groups))('what is wrong: %s', (_name, cases) => {
  describe.each(cases.map((one) => [titleOf(one), one] as const))(
    '%s',
    (_title, { text, files: beside, environment, says, or = says }) => {
      const expected: Verdict = { code: 1, lines: [...says].sort() };

      test('natscope', async () => {
        const place = await scratch();
        await place.write({ ...beside, 'server.conf': text });
        expect(ourVerdict('server.conf', place, { environment })).toEqual(expected);
      });

      onReal('nats-server', async ({ expect: expectHere }) => {
        const place = await scratch();
        await place.write({ ...beside, 'server.conf': text });
        const verdict = await verdictOf(realCommand, ['-t', '-c', 'server.conf'], place, environment);
        expectHere([expected, { code: 1, lines: or }]).toContainEqual(verdict);
      });
    },
  );
});

describe('what does not go together', () => {
  describe.each(together.map((one) => [titleOf(one), one] as const))('%s', (_title, { text, says }) => {
    test('natscope', async () => {
      const place = await scratch();
      await place.write({ 'server.conf': text });
      expect(ourVerdict('server.conf', place, { start: true })).toEqual({ code: 1, lines: says });
    });

    onReal('nats-server', async ({ expect: expectHere }) => {
      const place = await scratch();
      await place.write({ 'server.conf': text });
      const verdict = await verdictOf(realCommand, ['-a', '127.0.0.1', '-p', '-1', '-c', 'server.conf'], place);
      expectHere(verdict).toEqual({ code: 1, lines: says });
    });
  });
});

describe('keys', () => {
  describe.each(keyTexts.map((text) => [JSON.stringify(text.trimEnd().slice(0, 100)), text] as const))(
    '%s',
    (_title, text) => {
      test('natscope', async () => {
        const place = await scratch();
        await place.write({ 'server.conf': text });
        expect(ourVerdict('server.conf', place).code).toBe(0);
      });

      onReal('nats-server', async ({ expect: expectHere }) => {
        const place = await scratch();
        await place.write({ 'server.conf': text });
        const verdict = await verdictOf(realCommand, ['-t', '-c', 'server.conf'], place);
        expectHere(verdict).toEqual(ourVerdict('server.conf', place));
      });
    },
  );
});

const configNames = (await readdir(join(import.meta.dirname, 'configs'))).filter((name) => name.endsWith('.conf'));

describe('whole configurations', () => {
  test('there are enough of them', () => {
    expect(configNames.length).toBeGreaterThan(60);
  });

  describe.each(configNames)('%s', (name) => {
    const valid = (): Verdict => {
      if (folder === undefined) throw new Error('certificates need the program openssl');
      return ourVerdict(name, folder);
    };

    test('natscope', () => {
      expect(valid()).toEqual({
        code: 0,
        lines: [expect.stringMatching(/^configuration file \S+ is valid \(sha256:[0-9a-f]{64}\)$/)],
      });
    });

    onReal('nats-server says the same', async ({ expect: expectHere }) => {
      expectHere(await verdictOf(realCommand, ['-t', '-c', name], folder as ConfigFolder)).toEqual(valid());
    });

    test.concurrent('natscope-server says the same', async ({ expect: expectHere }) => {
      const verdict = await verdictOf(natscopeServer, ['-t', '-c', name], folder as ConfigFolder);
      const lines = verdict.lines.map((line) => line.replace(/^natscope-server: /, ''));
      expectHere({ ...verdict, lines }).toEqual(valid());
    });
  });
});

describe('reload', () => {
  describe.each(reloads.map((one) => [`${JSON.stringify(one.before)} to ${JSON.stringify(one.after)}`, one] as const))(
    '%s',
    (_title, { before, after, says }) => {
      test('natscope', () => {
        expect(plannedReload(before, after)).toEqual(says);
      });

      onReal('nats-server', async ({ expect: expectHere }) => {
        expectHere(await realReload(before, after)).toEqual(says);
      });
    },
  );
});

/** What our broker would say. An empty file is one with a comment. */
function plannedReload(before: string, after: string): string[] {
  const load = (text: string): ReturnType<typeof parseConfigText> => {
    const loaded = parseConfigText(text, { file: 'server.conf', sources: sourcesOf(folder as ConfigFolder) });
    return { ...loaded, broker: { ...loaded.broker, host: '127.0.0.1', port: -1 } };
  };
  try {
    const next = load(after);
    checkOptions(next.broker, next.program);
    const { changes, refused } = planReload(load(before), next);
    return refused.length > 0 ? [`refused: ${refused[0]}`] : changes.map(({ text }) => text);
  } catch (error) {
    if (error instanceof ConfigError) return sortedLines(error.message).map((line) => `refused: ${line}`);
    throw error;
  }
}

async function realReload(before: string, after: string): Promise<ReloadCase['says']> {
  const place = await scratch();
  await cp(join((folder as ConfigFolder).path, 'certs'), join(place.path, 'certs'), { recursive: true });
  await place.write({ 'server.conf': before });
  const words = ['-a', '127.0.0.1', '-p', '-1', '-T=false', '-c', 'server.conf'];
  await using server = new ServerProcess(realCommand, words, folder?.environment, place.path);
  await server.ready();
  const from = server.stderr.length;
  await place.write({ 'server.conf': after });
  server.child.kill('SIGHUP');
  const ends = /Reloaded server configuration.*\n|Failed to reload server configuration: (?:.*\n)+/;
  await server.logged(ends, 20_000, from);
  return server.stderr
    .slice(from)
    .split('\n')
    .map((line) => line.replace(/^\[\d+\] \[\w+\] /, ''))
    .filter((line) => /reload/i.test(line) && !line.startsWith('Reloaded server configuration'))
    .map((line) => line.replace('Failed to reload server configuration: ', 'refused: '));
}
