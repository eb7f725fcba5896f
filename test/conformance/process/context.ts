import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient } from '../../support/raw-client.ts';
import { ServerProcess, startServer } from '../../support/server-process.ts';

/** What a case that keeps a server running is given. */
export interface RunContext {
  /** An empty folder that goes away after the case. */
  folder: string;
  /** The program and what stands before its flags. */
  command: readonly string[];
  /** Starts on a free loopback port and waits until it is ready. It is killed when the case is over. */
  start(...words: string[]): Promise<ServerProcess>;
  /** Starts with these words alone and waits for nothing. */
  spawn(...words: string[]): ServerProcess;
  /** Writes a configuration file, in which `$FOLDER` stands for the folder; gives its path. */
  configure(text: string, name?: string): Promise<string>;
}

export interface RunCase {
  name: string;
  run(context: RunContext): Promise<void>;
}

/** What a case starts and writes; all of it goes away after the case. */
export class Scope implements RunContext, AsyncDisposable {
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

  configure = async (text: string, name = 'server.conf'): Promise<string> => {
    const path = join(this.folder, name);
    await writeFile(path, text.replaceAll('$FOLDER', this.folder));
    return path;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Lines of the log without pid and time, and without those that only one implementation has. */
export function lines(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line !== '' && !line.includes('  Natscope: '))
    .map((line) => line.replace(/^\[\d+\] (?:\S+ \S+ )?(?=\[)/, ''));
}

/** The same with everything masked that differs from start to start. */
export function maskedLines(log: string, folder: string): string[] {
  return lines(log).map((line) =>
    line
      .replaceAll(folder, 'FOLDER')
      .replaceAll(/\bN[A-Z2-7]{55}\b/g, 'ID')
      .replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST')
      .replaceAll(/(127\.0\.0\.1|\[::1\]|0\.0\.0\.0):\d+/g, '$1:PORT')
      .replace(/^(\[INF\] {3}Version: {2}).*/, '$1VERSION')
      .replace(/^(\[INF\] {3}Git: {6})\[.*\]$/, '$1[GIT]'),
  );
}

export async function until(what: string, holds: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What INFO says, on a connection that is then closed. */
export async function infoOf(server: ServerProcess, host = '127.0.0.1'): Promise<Record<string, unknown>> {
  using client = await RawClient.open(server.port, host);
  const [, json = ''] = await client.expectMatch(/^INFO ([^\n]*)\n/);
  return JSON.parse(json) as Record<string, unknown>;
}

/** A connection that is let in. */
export async function greeted(server: ServerProcess, connectFields: object, host = '127.0.0.1'): Promise<RawClient> {
  const client = await RawClient.open(server.port, host);
  await client.expectMatch(/^INFO [^\n]*\n/);
  client.send(`CONNECT ${JSON.stringify({ verbose: false, ...connectFields })}\r\nPING\r\n`);
  await client.expectMatch(/^PONG\r\n(?:INFO [^\n]*\n)?/);
  return client;
}

/** Whether credentials are let in. */
export async function admits(server: ServerProcess, connectFields: object): Promise<boolean> {
  using client = await RawClient.open(server.port);
  await client.expectMatch(/^INFO [^\n]*\n/);
  client.send(`CONNECT ${JSON.stringify({ verbose: false, ...connectFields })}\r\nPING\r\n`);
  const [answer] = await client.expectMatch(/^(?:PONG|-ERR [^\n]*)\r?\n/);
  return answer.startsWith('PONG');
}
