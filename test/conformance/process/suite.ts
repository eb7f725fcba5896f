import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { issueCertificates } from './certificates.ts';
import { configurationExits } from './configuration-exits.ts';
import { Scope } from './context.ts';
import { exits, type ExitCase } from './exits.ts';
import { operatorExits } from './operator-exits.ts';
import { logRuns } from './log-runs.ts';
import { portRuns } from './port-runs.ts';
import { precedenceRuns } from './precedence-runs.ts';
import { reloadRuns } from './reload-runs.ts';
import { runs } from './runs.ts';
import { startRuns } from './start-runs.ts';

/** Declares the tests of the program around the protocol: flags, configuration, exit codes, log, files, signals. */
export function describeProcess(name: string, command: readonly string[]): void {
  describe.concurrent(`${name} as a process`, () => {
    for (const exit of [...exits, ...configurationExits, ...operatorExits])
      test(exit.name, () => runExit(command, exit));
    for (const { name: title, run } of [
      ...runs,
      ...startRuns,
      ...precedenceRuns,
      ...logRuns,
      ...portRuns,
      ...reloadRuns,
    ]) {
      test(title, async () => {
        await using scope = await Scope.open(command);
        await run(scope);
      });
    }
  });
}

async function runExit(command: readonly string[], exit: ExitCase): Promise<void> {
  await using scope = await Scope.open(command);
  const { folder } = scope;
  for (const [name, text] of Object.entries(exit.files ?? {})) {
    await writeFile(join(folder, name), text.replaceAll('$FOLDER', folder));
  }
  if (exit.certificates === true) await issueCertificates(folder);
  const server = scope.spawn(...exit.words.map((word) => word.replaceAll('$FOLDER', folder)));
  const ended = await server.exit();
  expect({ ...ended, stdout: server.stdout, stderr: server.stderr.replaceAll(folder, '$FOLDER') }).toEqual({
    code: exit.code,
    signal: null,
    stdout: matching(exit.stdout),
    stderr: matching(exit.stderr),
  });
}

function matching(expected: RegExp | string | undefined): unknown {
  return expected instanceof RegExp ? expect.stringMatching(expected) : (expected ?? '');
}
