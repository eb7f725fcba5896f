/** Natscope's browser front as a child process, with folders of its own, so that nothing of this machine is seen or kept. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadline } from './deadline.ts';
import { freePort } from './free-port.ts';
import { nodePath, repository } from './server-process.ts';

export interface AppOptions {
  /** Port that the local broker is told to use; a free one unless given. */
  brokerPort?: number;
  /** Run the bundle in `dist` as people get it, instead of the sources. */
  bundled?: boolean;
  /** Contexts of the `nats` CLI that stand in the home folder: name → content. */
  contexts?: Readonly<Record<string, object>>;
}

/** A start under the load of a whole test run may be slow, but not slower than this. */
const startMsMax = 20_000;
const stopMsMax = 8_000;
const compiled = join(repository, '.cache', 'compiled');

const addressPattern = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/g;

export class App implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Port that was asked for. The one in use is on the screen when it was taken. */
  readonly brokerPort: number;
  /** Home of the app: settings, profiles and `nats` contexts are below it. */
  readonly home: string;
  readonly #exited: Promise<unknown>;
  #output = '';
  #addressesTaken = 0;
  #changed: () => void = () => {};

  private constructor(child: ChildProcess, home: string, brokerPort: number) {
    this.child = child;
    this.home = home;
    this.brokerPort = brokerPort;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#changed();
      });
    }
    this.#exited = once(child, 'close').then(() => this.#changed());
  }

  static async start(options: AppOptions = {}): Promise<App> {
    const home = await mkdtemp(join(tmpdir(), 'natscope-app-'));
    await writeContexts(home, options.contexts ?? {});
    const brokerPort = options.brokerPort ?? (await freePort());
    const bundle = join(repository, 'dist', 'electron', 'serve.js');
    const program = options.bundled === true && existsSync(bundle) ? bundle : join(repository, 'electron', 'serve.ts');
    const flags = ['--port', '0', '--no-open', '--data', join(home, 'data'), '--broker-port', String(brokerPort)];
    const child = spawn(nodePath, [program, ...flags], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        XDG_CONFIG_HOME: join(home, '.config'),
        LANG: 'C.UTF-8',
        // It runs from the sources, hundreds of times.
        NODE_COMPILE_CACHE: compiled,
      },
    });
    const app = new App(child, home, brokerPort);
    try {
      await app.printed(/token=/, startMsMax);
      return app;
    } catch (error) {
      await app.stop();
      throw error;
    }
  }

  /** Everything it wrote, both streams. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the app could not be spawned');
    return this.child.pid;
  }

  /** A one-time address that nobody has used. Each works once; another one is printed when it was used. */
  async takeAddress(): Promise<string> {
    const index = this.#addressesTaken++;
    const all = new RegExp(`(?:${addressPattern.source}[^]*?){${index + 1}}`);
    const match = await this.printed(all);
    return match[0].match(addressPattern)?.[index] ?? '';
  }

  /** Where the window is served, without token and slash at the end. */
  get origin(): string {
    return new URL(this.#output.match(addressPattern)?.[0] ?? '').origin;
  }

  async printed(pattern: RegExp, withinMs = 5000): Promise<RegExpExecArray> {
    const search = async (): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(this.#output);
        if (match !== null) return match;
        if (this.child.exitCode !== null || this.child.signalCode !== null) {
          throw new Error(`the app ended before it printed ${pattern}:\n${this.#output}`);
        }
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    };
    return deadline(search(), withinMs, () => `nothing like ${pattern} within ${withinMs} ms in:\n${this.#output}`);
  }

  /** Ends it as a person would, with Ctrl+C. Throws when it does not go. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGINT');
      await deadline(this.#exited, stopMsMax, () => `the app still runs after ${stopMsMax} ms:\n${this.#output}`).catch(
        (error: unknown) => {
          this.child.kill('SIGKILL');
          throw error;
        },
      );
    }
    await rm(this.home, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function writeContexts(home: string, contexts: Readonly<Record<string, object>>): Promise<void> {
  const folder = join(home, '.config', 'nats', 'context');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contexts)) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(content));
  }
}
