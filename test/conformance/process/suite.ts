import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ServerProcess, startServer } from '../../support/server-process.ts';
import { exits } from './exits.ts';
import { runs, type RunContext } from './runs.ts';

/** Declares the tests of the program around the protocol: flags, exit codes, log, files, signals. */
export function describeProcess(name: string, command: readonly string[]): void {
  describe.concurrent(`${name} as a process`, () => {
    for (const { name: title, words, code, stdout, stderr } of exits) {
      test(title, async () => {
        await using scope = await Scope.open(command);
        const server = scope.spawn(...words.map((word) => word.replace('$FOLDER', scope.folder)));
        const exit = await server.exit();
        expect({ ...exit, stdout: server.stdout, stderr: server.stderr }).toEqual({
          code,
          signal: null,
          stdout: stdout === undefined ? '' : expect.stringMatching(stdout),
          stderr: stderr === undefined ? '' : expect.stringMatching(stderr),
        });
      });
    }
    for (const { name: title, run } of runs) {
      test(title, async () => {
        await using scope = await Scope.open(command);
        await run(scope);
      });
    }
  });
}

/** What a case starts and writes; all of it goes away after the case. */
class Scope implements RunContext, AsyncDisposable {
  readonly folder: string;
  readonly command: readonly string[];
  readonly #servers: ServerProcess[] = [];

  private constructor(folder: string, command: readonly string[]) {
    this.folder = folder;
    this.command = command;
  }

  static async open(command: readonly string[]): Promise<Scope> {
    return new Scope(await mkdtemp(join(tmpdir(), 'natscope-process-')), command);
  }

  spawn = (...words: string[]): ServerProcess => {
    const server = new ServerProcess(this.command, words);
    this.#servers.push(server);
    return server;
  };

  start = async (...words: string[]): Promise<ServerProcess> => {
    const server = await startServer(this.command, words);
    this.#servers.push(server);
    return server;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
