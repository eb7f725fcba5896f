/**
 * `npm run pictures`: every view on live traffic, dark and light, at three sizes, into `dist/pictures`. The local broker
 * has the sample traffic; a second connection shows an application on a nats-server (natscope-server where there is none).
 * `-- --only explorer,connect` takes some of them; `-- --readme` also writes the picture that the README opens with.
 */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { bundle } from '../../build/bundle.ts';
import type { Client } from '../../electron/bridge/client.ts';
import { App } from '../support/app.ts';
import { startApplication, type Application } from '../support/application.ts';
import { connectionState, openBridge, profileFor } from '../support/bridge-window.ts';
import { ensureChromium } from '../support/chromium.ts';
import { freePort, listen } from '../support/free-port.ts';
import { findRealServers, newestCompared } from '../support/real-servers.ts';
import { natscopeServer, repository, startServer, type ServerProcess } from '../support/server-process.ts';
import { BrokerPage } from './broker-page.ts';
import { bucketsViews, Store } from './buckets-pictures.ts';
import { brokerViews, Plant } from './broker-pictures.ts';
import { Composer } from './composer-page.ts';
import { ConnectPage } from './connect-page.ts';
import { Explorer } from './explorer-page.ts';
import { StreamsPage } from './streams-page.ts';
import { Shop, streamsViews } from './streams-pictures.ts';
import { withPalette } from './png-palette.ts';

const sizes = [
  [1024, 700],
  [1280, 800],
  [1920, 1080],
] as const;
const themes = ['dark', 'light'] as const;
const folder = join(repository, 'dist', 'pictures');
const readmePicture = join(repository, 'build', 'pictures', 'explorer-dark-1280x800.png');
/** A picture of the README is loaded by everybody who looks at the project. */
const readmeBytesMax = 200_000;
/** Long enough for orders of the sample to go through several states, and for bars of a minute to fill a little. */
const trafficMs = 25_000;

interface Stage {
  page: Page;
  explorer: Explorer;
  composer: Composer;
  connect: ConnectPage;
  bridge: Client;
  /** The nats-server behind the second connection, and the application on it. */
  system: { server: ServerProcess; application: Application; port: number };
}

const views: Record<string, (stage: Stage) => Promise<void>> = {
  explorer: async ({ connect, explorer, page }) => {
    await connect.tab('local').click();
    await explorer.open('sensors.plant-1.line-a');
    await explorer.treeRow('orders').click();
    await page.keyboard.press('ArrowRight');
    await explorer.open('orders.eu.de');
    await explorer.treeRow('orders.eu').click();
    await explorer.tree.locator('[data-pane-focus]').press('Home');
    await explorer.treeRow('orders.eu').click();
    await selectChanged(explorer, page);
  },
  filter: async ({ explorer, page }) => {
    await page.getByRole('radiogroup', { name: 'Filter language' }).getByRole('radio', { name: 'Expr' }).click();
    await explorer.filter.fill('state != "delivered" or size > 390');
  },
  palette: async ({ explorer, page }) => {
    await explorer.filter.fill('');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('pa');
    await page
      .getByRole('dialog')
      .getByRole('option', { name: /payments/ })
      .first()
      .waitFor();
  },
  request: async ({ composer, page }) => {
    await page.keyboard.press('Escape');
    await composer.mode('Request');
    await composer.subject.fill('payments.authorize');
    await composer.write('{\n  "order": 10482,\n  "amount": "84.20"\n}');
    await composer.send();
    await composer.results.getByRole('listbox', { name: 'Replies' }).getByRole('option').first().waitFor();
  },
  respond: async ({ composer }) => {
    await composer.mode('Respond');
    for (const subject of ['payments.refund', 'inventory.audit']) {
      await composer.subject.fill(subject);
      await composer.send();
      await composer.results.getByText(subject).first().waitFor();
    }
  },
  log: async ({ composer, page }) => {
    await composer.mode('Publish');
    await page.getByRole('tab', { name: /^Log/ }).click();
  },
  settings: async ({ page }) => {
    await page.getByRole('tab', { name: 'Composer' }).click();
    await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click();
  },
  about: async ({ page }) => {
    await page.getByRole('navigation').getByRole('button', { name: 'About' }).click();
  },
  connect: async ({ connect, system }) => {
    await connect.startNew();
    await connect.write({
      name: 'depot-hamburg',
      server: `nats://127.0.0.1:${system.port}`,
      method: 'User',
      secrets: { User: 'depot', Password: 'not the password' },
      subscribe: '>',
    });
    await connect.connect();
    await connect.step('CONNECT').and(connect.page.locator('.err')).waitFor();
  },
  remote: async ({ bridge, connect, explorer, page, system }) => {
    await bridge.request('connections.save', { profile: remoteProfile('haulier', system.port, []) });
    await bridge.request('connections.open', { connection: 'haulier' });
    await connectionState(bridge, 'haulier', (state) => state.phase === 'connected');
    await connect.tab('haulier').click();
    await page.getByRole('region', { name: 'Start' }).getByRole('button', { name: 'Subscribe' }).waitFor();
    await explorer.ready();
  },
  'remote-traffic': async ({ explorer, page }) => {
    await page.getByRole('region', { name: 'Start' }).getByRole('button', { name: 'Subscribe' }).click();
    await explorer.treeRow('fleet').waitFor();
    await page.waitForTimeout(6000);
    await explorer.open('pricing.quote');
    await explorer.open('fleet.north.v-101');
    await explorer.treeRow('fleet').click();
    await explorer.messages.last().click();
  },
  reconnecting: async ({ page, system }) => {
    await system.server.stop();
    await page.getByText('Reconnecting', { exact: true }).first().waitFor();
    await page.waitForTimeout(2500);
  },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, readme: { type: 'boolean', default: false } } });
const only = values.only?.split(',');
for (const name of only ?? []) {
  const all = ['explorer-empty', ...[views, brokerViews, streamsViews, bucketsViews].flatMap(Object.keys)];
  if (!all.includes(name)) throw new Error(`There is no view "${name}". There are: ${all.join(', ')}.`);
}

await bundle({ onPart: (part) => console.log(`Building the ${part} …`) });
if (only === undefined) await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  if (only === undefined || only.includes('explorer-empty')) await paintEmpty();
  if (only === undefined || only.some((name) => name in views)) await paintAll();
  if (only === undefined || only.some((name) => name in brokerViews)) await paintBroker();
  if (only === undefined || only.some((name) => name in streamsViews)) await paintStreams();
  if (only === undefined || only.some((name) => name in bucketsViews)) await paintBuckets();
} finally {
  await browser.close();
}
if (values.readme) await keepForReadme();

async function paintEmpty(): Promise<void> {
  const app = await App.start(appOptions());
  try {
    const page = await open(app);
    const explorer = new Explorer(page);
    await explorer.ready();
    await paint(page, 'explorer-empty');
    await page.close();
  } finally {
    await app.stop();
  }
}

async function paintAll(): Promise<void> {
  const port = await freePort();
  const real = newestCompared((await findRealServers()).servers);
  const command = real === undefined ? natscopeServer : [real.path];
  const server = await startServer(command, ['-p', String(port), '--user', 'depot', '--pass', 'depot']);
  const app = await App.start({ ...appOptions(), brokerPort: await usualPort() });
  const application = await startApplication({ port, user: 'depot', pass: 'depot' });
  try {
    const page = await open(app);
    const explorer = new Explorer(page);
    await explorer.ready();
    const bridge = await bridgeOf(app, page);
    await bridge.request('sample.set', { running: true });
    await bridge.request('connections.save', { profile: remoteProfile('staging', port, ['>']) });
    await bridge.request('connections.open', { connection: 'staging' });
    await page.waitForTimeout(trafficMs);
    const stage: Stage = {
      page,
      explorer,
      composer: new Composer(page),
      connect: new ConnectPage(page),
      bridge,
      system: { server, application, port },
    };
    // Later views stand on earlier ones, so all of them are gone through.
    for (const [name, arrange] of Object.entries(views)) {
      await arrange(stage);
      if (only === undefined || only.includes(name)) await paint(page, name);
    }
    bridge.close();
  } finally {
    await application.stop();
    await app.stop();
    await server.stop();
  }
}

async function paintBroker(): Promise<void> {
  const app = await App.start({ bundled: true, brokerPort: await usualPort() });
  const plant = new Plant();
  try {
    const page = await open(app);
    const explorer = new Explorer(page);
    await explorer.ready();
    const bridge = await bridgeOf(app, page);
    const stage = { app, page, bridge, broker: new BrokerPage(page), explorer, plant };
    for (const [name, arrange] of Object.entries(brokerViews)) {
      await arrange(stage);
      if (only === undefined || only.includes(name)) await paint(page, name);
    }
    bridge.close();
    await page.close();
  } finally {
    await plant.stop();
    await app.stop();
  }
}

async function paintStreams(): Promise<void> {
  const app = await App.start({ bundled: true, brokerPort: await usualPort() });
  const real = newestCompared((await findRealServers()).servers);
  const shop = new Shop(real === undefined ? natscopeServer : [real.path]);
  try {
    await shop.start();
    const page = await open(app);
    await new Explorer(page).ready();
    const bridge = await bridgeOf(app, page);
    const stage = { page, bridge, connect: new ConnectPage(page), streams: new StreamsPage(page), shop };
    for (const [name, arrange] of Object.entries(streamsViews)) {
      await arrange(stage);
      if (only === undefined || only.includes(name)) await paint(page, name);
    }
    bridge.close();
    await page.close();
  } finally {
    await shop.stop();
    await app.stop();
  }
}

async function paintBuckets(): Promise<void> {
  const app = await App.start({ bundled: true, brokerPort: await usualPort() });
  const real = newestCompared((await findRealServers()).servers);
  const store = new Store(real === undefined ? natscopeServer : [real.path]);
  try {
    await store.start();
    const page = await open(app);
    await new Explorer(page).ready();
    const bridge = await bridgeOf(app, page);
    const stage = { page, bridge, connect: new ConnectPage(page), store };
    for (const [name, arrange] of Object.entries(bucketsViews)) {
      await arrange(stage);
      if (only === undefined || only.includes(name)) await paint(page, name);
    }
    bridge.close();
    await page.close();
  } finally {
    await store.stop();
    await app.stop();
  }
}

async function bridgeOf(app: App, page: Page): Promise<Client> {
  const cookies = await page.context().cookies();
  return openBridge(app, cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
}

function appOptions() {
  return {
    bundled: true,
    contexts: {
      'acme-dev': { description: 'development', url: 'nats://127.0.0.1:14222' },
      'acme-ops': { description: 'operations', url: 'tls://127.0.0.1:14223', user: 'ops', password: 'kept' },
    },
  };
}

function remoteProfile(name: string, port: number, subscribe: string[]) {
  return profileFor(name, port, {
    colour: name === 'staging' ? 'violet' : 'green',
    authentication: { method: 'user', user: 'depot', password: 'depot' },
    subscribe,
  });
}

/** The port that people see, when it is free here. */
async function usualPort(): Promise<number> {
  const usual = 4222;
  return listen(usual).then(
    async (listener) => {
      await listener.close();
      return usual;
    },
    () => freePort(),
  );
}

async function open(app: App): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  await page.goto(await app.takeAddress());
  return page;
}

/** A message in the list whose JSON differs from the one before on its subject. */
async function selectChanged(explorer: Explorer, page: Page): Promise<void> {
  await explorer.messages.last().click();
  for (let attempt = 0; attempt < 40; attempt++) {
    await page.waitForTimeout(120);
    const changed = await explorer.inspector.locator('.ln.chg').count();
    const added = await explorer.inspector.locator('.ln.add').count();
    if (changed > 0 && added > 0 && attempt > 3) return;
    await page.keyboard.press('ArrowUp');
  }
}

async function paint(page: Page, view: string): Promise<void> {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(350);
      await page.screenshot({ path: join(folder, `${view}-${theme}-${width}x${height}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  console.log(view);
}

async function keepForReadme(): Promise<void> {
  const picture = withPalette(await readFile(join(folder, 'explorer-dark-1280x800.png')));
  if (picture.length > readmeBytesMax) {
    throw new Error(`The picture has ${picture.length} bytes, more than the ${readmeBytesMax} that a README may load`);
  }
  await mkdir(join(repository, 'build', 'pictures'), { recursive: true });
  await writeFile(readmePicture, picture);
  console.log(`build/pictures/explorer-dark-1280x800.png: ${picture.length} bytes`);
}
