/** The browser front: the core in plain Node, its window in a browser of this machine. */

import { createApp } from './app.ts';
import type { App } from './app.ts';
import { parseServeArguments, serveUsage, usualPort } from './browser-front/arguments.ts';
import type { ServeArguments } from './browser-front/arguments.ts';
import { hasDisplay, openInBrowser } from './browser-front/open-browser.ts';
import { startFrontServer } from './browser-front/server.ts';
import type { FrontServer, FrontServerOptions } from './browser-front/server.ts';
import { defaultDataFolder } from './data-folder.ts';
import { windowFolder } from './places.ts';

/** How long what is still open may keep a process that was told to end. */
const lingerMsMax = 200;

export interface Served {
  /** One-time address of the window. */
  address: string;
  close(): Promise<void>;
}

/** Starts the core and serves its window. Rejects with an error whose message says what to do. */
export async function serve(args: ServeArguments, print: (line: string) => void): Promise<Served> {
  const app = await createApp({
    front: 'browser',
    dataFolder: args.dataFolder ?? defaultDataFolder(),
    ...(args.brokerPort === undefined ? {} : { brokerPort: args.brokerPort }),
  });
  let server: FrontServer;
  try {
    server = await listen(args.port, {
      windowFolder: windowFolder,
      attachWindow: (transport) => void app.attachWindow(transport),
      onNextAddress: (address) => print(`For another browser: ${address}`),
    });
  } catch (error) {
    await app.dispose();
    throw error;
  }
  void announceBroker(app, print);
  return {
    address: server.address,
    async close() {
      await server.close();
      await app.dispose();
    },
  };
}

/** One line for each thing that a person at the terminal wants to know of the broker: where it is, or why it is not. */
async function announceBroker(app: App, print: (line: string) => void): Promise<void> {
  let said = '';
  for await (const { phase, host, port, problem } of app.broker.state.watch(new AbortController().signal)) {
    if (phase === 'starting' || phase === 'stopped') continue;
    const where = phase === 'running' ? `NATS: nats://${host}:${port}` : '';
    const line = [where, problem ?? ''].filter((part) => part !== '').join('  ');
    if (line === said) continue;
    said = line;
    print(line);
  }
}

/** The port that was asked for or nothing; the usual one or any. */
async function listen(port: number | undefined, options: Omit<FrontServerOptions, 'port'>): Promise<FrontServer> {
  try {
    return await startFrontServer({ ...options, port: port ?? usualPort });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port === undefined && (code === 'EADDRINUSE' || code === 'EACCES')) {
      return await startFrontServer({ ...options, port: 0 });
    }
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} is taken. Choose another with --port, or leave it out.`, { cause: error });
    if (code === 'EACCES')
      throw new Error(`Port ${port} may not be opened by this user. Choose one above 1023.`, { cause: error });
    throw error;
  }
}

async function main(): Promise<void> {
  let args: ServeArguments | 'help';
  try {
    args = parseServeArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n${serveUsage}`);
    process.exitCode = 2;
    return;
  }
  if (args === 'help') {
    console.log(serveUsage);
    return;
  }
  const served = await serve(args, (line) => console.log(line));
  console.log(`Natscope: ${served.address}`);
  if (args.open && hasDisplay()) openInBrowser(served.address, (problem) => console.error(problem));

  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second signal is from somebody who does not want to wait.
      if (ending) process.exit(1);
      ending = true;
      void served.close().finally(() => {
        process.exitCode = 0;
        // `process.exit` can wait for a compiler thread that waits for this one: it is only for what lingers.
        setTimeout(() => process.exit(0), lingerMsMax).unref();
      });
    });
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
