/** What every spec gets: an app of its own, its window, and a guard that fails the test for anything the page complains of. */

import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { App, type AppOptions } from '../support/app.ts';
import { findRealServers, newestCompared } from '../support/real-servers.ts';
import { natscopeServer, startServer, type ServerProcess } from '../support/server-process.ts';
import type { Client } from '../../electron/bridge/client.ts';
import { openBridge } from '../support/bridge-window.ts';
import { Composer } from './composer-page.ts';
import { ConnectPage } from './connect-page.ts';
import { Explorer } from './explorer-page.ts';

interface Options {
  appOptions: AppOptions;
}

interface Fixtures {
  app: App;
  /** The window of the app, opened and connected to its local broker. */
  page: Page;
  explorer: Explorer;
  composer: Composer;
  connectPage: ConnectPage;
  /** A second window of the same browser, without a page. */
  bridge: Client;
  /** A client of the public library on the app's local broker, closed with the test. */
  client: NatsConnection;
  /** One more connection of the public library. */
  connectClient: (options: ConnectionOptions) => Promise<NatsConnection>;
  /** A nats-server on a free port: the real one where this machine has it, else natscope-server. */
  startNatsServer: (args?: readonly string[]) => Promise<ServerProcess>;
}

interface WorkerFixtures {
  natsServerCommand: readonly string[];
}

export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  appOptions: [{}, { option: true }],

  app: async ({ appOptions }, use) => {
    const app = await App.start(appOptions);
    await use(app);
    await app.stop();
  },

  context: async ({ context }, use) => {
    const complaints = await guard(context);
    await use(context);
    expect(complaints, 'the page complained').toEqual([]);
  },

  page: async ({ app, page }, use) => {
    await page.goto(await app.takeAddress());
    await use(page);
    expect(await page.evaluate('window.policyViolations'), 'policy violations').toEqual([]);
  },

  explorer: async ({ page }, use) => {
    const explorer = new Explorer(page);
    await explorer.ready();
    await use(explorer);
  },

  composer: async ({ explorer }, use) => {
    await use(new Composer(explorer.page));
  },

  connectPage: async ({ explorer }, use) => {
    await use(new ConnectPage(explorer.page));
  },

  bridge: async ({ app, explorer }, use) => {
    const cookies = await explorer.page.context().cookies();
    const bridge = await openBridge(app, cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
    await use(bridge);
    bridge.close();
  },

  client: async ({ app, connectClient }, use) => {
    await use(await connectClient({ servers: `127.0.0.1:${app.brokerPort}` }));
  },

  // oxlint-disable-next-line no-empty-pattern -- the names of the fixtures it needs are read from here: none
  connectClient: async ({}, use) => {
    const connections: NatsConnection[] = [];
    await use(async (options) => {
      // The broker of an app may still be starting.
      const connection = await connect({ name: 'e2e', waitOnFirstConnect: true, reconnectTimeWait: 50, ...options });
      connections.push(connection);
      return connection;
    });
    await Promise.all(connections.map((connection) => connection.close()));
  },

  natsServerCommand: [
    // oxlint-disable-next-line no-empty-pattern -- see above
    async ({}, use) => {
      const real = newestCompared((await findRealServers()).servers);
      await use(real === undefined ? natscopeServer : [real.path]);
    },
    { scope: 'worker' },
  ],

  startNatsServer: async ({ natsServerCommand }, use) => {
    const servers: ServerProcess[] = [];
    await use(async (args = []) => {
      const server = await startServer(natsServerCommand, args);
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.stop()));
  },
});

export { expect };

/** Runs in the page before anything of ours. A text, because the types of a document are not known on this side. */
const collectViolations = `
  window.policyViolations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.policyViolations.push(event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sample);
  });`;

/** Collects what no page of ours may ever do: errors, failed loads, dialogs, violations of the policy. */
export async function guard(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = [];
  await context.addInitScript(collectViolations);
  context.on('page', (page) => {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('requestfailed', (request) => complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`));
  });
  return complaints;
}
