import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { deadline } from './deadline.ts';

/** The repository's root, from which the sources are run as they are. */
export const repository = join(import.meta.dirname, '..', '..');

/** Node 24 of the dev dependencies: the sources need it, whichever Node the test runner was started by. */
export const nodePath = join(repository, 'node_modules', 'node', 'bin', 'node');

/** How `natscope-server` is started from the sources. */
export const natscopeServer: readonly string[] = [nodePath, join(repository, 'broker', 'cli.ts')];

/** A start under the load of a whole test run may be slow, but not slower than this. */
const READY_MS_MAX = 30_000;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server that runs as a child process; both ours and the real one speak through the same log lines. */
export class ServerProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';
  #changed: () => void = () => {};

  /** `folder` is the working directory; absent: that of the tests. */
  constructor(
    command: readonly string[],
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    folder?: string,
  ) {
    const [program, ...before] = command;
    if (program === undefined) throw new Error('a command needs a program');
    this.child = spawn(program, [...before, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      cwd: folder,
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    // `close` and not `exit`: only then everything it wrote has been read.
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      this.#changed();
      return { code, signal };
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the server could not be spawned');
    return this.child.pid;
  }

  /** The port in the log, which is the real one also after `-p -1`. */
  get port(): number {
    const port = /Listening for client connections on \S+:(\d+)/.exec(this.stderr)?.[1];
    if (port === undefined) throw new Error(`the server has not said its port:\n${this.stderr}`);
    return Number(port);
  }

  async ready(): Promise<this> {
    await this.logged(/Server is ready/, READY_MS_MAX);
    return this;
  }

  /** Resolves once standard error holds a match, behind its first `from` characters. */
  async logged(pattern: RegExp, withinMs = 20_000, from = 0): Promise<RegExpExecArray> {
    const search = async (): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(this.stderr.slice(from));
        if (match !== null) return match;
        if (this.child.exitCode !== null || this.child.signalCode !== null) {
          throw new Error(`the server ended before it logged ${pattern}:\n${this.stderr}`);
        }
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    };
    return deadline(search(), withinMs, () => `nothing like ${pattern} within ${withinMs} ms in:\n${this.stderr}`);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async exit(withinMs = 30_000): Promise<Exit> {
    return deadline(this.exited, withinMs, () => `the server still runs after ${withinMs} ms:\n${this.stderr}`);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Starts a server on a free port of the loopback address and waits until it accepts. */
export async function startServer(command: readonly string[], args: readonly string[] = []): Promise<ServerProcess> {
  const server = new ServerProcess(command, ['-a', '127.0.0.1', '-p', '-1', ...args]);
  try {
    return await server.ready();
  } catch (error) {
    await server.stop();
    throw error;
  }
}
