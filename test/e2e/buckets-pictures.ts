/** The pages of key-value buckets and objects for `npm run pictures`: full, in a conflict, empty and failing. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Page } from 'playwright';
import type { Client } from '../../electron/bridge/client.ts';
import type { BucketKind, BucketSettings } from '../../electron/bridge/contract.ts';
import { defaultSettings } from '../../electron/buckets/bucket-config.ts';
import { connectionState, profileFor } from '../support/bridge-window.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { BucketsPage } from './buckets-page.ts';
import type { ConnectPage } from './connect-page.ts';

export interface BucketsStage {
  page: Page;
  bridge: Client;
  connect: ConnectPage;
  store: Store;
}

const connection = 'staging-eu';
const at = { connection };
const itemsCount = 9404;
const sessionsCount = 6310;

/** What services read: a key and its value on each line. */
const config = `
checkout.currency "EUR"
checkout.express true
checkout.limits {"max_total":"2500.00","max_items":60}
checkout.timeout_ms 1500
checkout.tax.de 0.19
checkout.tax.fr 0.20
checkout.tax.pl 0.23
checkout.variant "a"
mailer.from "no-reply@acme.io"
mailer.rate 40
mailer.smtp "10.0.4.7"
payments.providers ["adyen","stripe"]
payments.retry {"max":5,"backoff":"250ms"}
plants.plant-1.setpoint 21.5
plants.plant-2.setpoint 20.0
search.index "orders-v7"
search.shards 12
web.banner "Sale"
web.cdn "https://cdn.acme.io"
web.locale "de-DE"
web.maintenance false
web.theme "auto"
workers.concurrency 16
workers.drain false
workers.queue "default"
workers.retry 5
workers.ttl "30s"
zones.de.carrier "DHL"
zones.de.cutoff "16:00"
zones.fr.carrier "Colissimo"
zones.nl.carrier "PostNL"
zones.pl.carrier "GLS"
zones.version 14`;

/** A nats-server with the buckets of a shop. */
export class Store {
  readonly #command: readonly string[];
  server!: ServerProcess;
  client!: NatsConnection;
  folder = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(command: readonly string[]) {
    this.#command = command;
  }

  async start(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'natscope-pictures-'));
    this.server = await startServer(this.#command, ['-js', '-sd', this.folder]);
    this.client = await connect({ servers: `127.0.0.1:${this.server.port}` });
  }

  /** Values that change while one looks. */
  live(): void {
    let count = 0;
    this.#timer = setInterval(() => {
      count++;
      if (count % 2 === 0) this.client.publish('$KV.config.checkout.variant', count % 4 === 0 ? '"a"' : '"b"');
      this.client.publish('$KV.config.plants.plant-1.setpoint', (21 + (count % 9) / 10).toFixed(1));
    }, 350);
  }

  rest(): void {
    clearInterval(this.#timer);
  }

  async stop(): Promise<void> {
    this.rest();
    await this.client.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function make(
  bridge: Client,
  kind: BucketKind,
  name: string,
  change: Partial<BucketSettings> = {},
): Promise<void> {
  const settings = { ...defaultSettings(name), ...change };
  await bridge.request('buckets.apply', { ...at, kind, bucket: null, settings });
}

async function put(bridge: Client, key: string, value: string): Promise<void> {
  await bridge.request('kv.put', { ...at, bucket: 'config', key, value: bytes(value), expected: null, ttlSeconds: 0 });
}

async function fill({ bridge, store }: BucketsStage): Promise<void> {
  await make(bridge, 'kv', 'config', { history: 5, maxBytes: 64 * 1024 * 1024, markerTtl: 60_000 });
  await make(bridge, 'kv', 'sessions', { ttl: 1_800_000 });
  await make(bridge, 'kv', 'flags');
  await make(bridge, 'kv', 'leases', { ttl: 15_000 });
  await make(bridge, 'kv', 'inventory');
  for (let item = 0; item < itemsCount; item++) {
    store.client.publish(`$KV.inventory.shelf-${item % 97}.item-${item}`, String((item * 7) % 1000));
  }
  for (let user = 0; user < sessionsCount; user++) {
    store.client.publish(`$KV.sessions.user-${user}`, `{"user":${user},"cart":${user % 5}}`);
  }
  await store.client.flush();
  for (const line of config.trim().split('\n')) {
    const space = line.indexOf(' ');
    await put(bridge, line.slice(0, space), line.slice(space + 1));
  }
  const marker = { ...at, bucket: 'config', expected: null, ttlSeconds: 0 };
  await bridge.request('kv.remove', { ...marker, key: 'mailer.smtp', purge: false });
  await bridge.request('kv.remove', { ...marker, key: 'web.banner', purge: true });
  await put(bridge, 'checkout.limits', '{"max_total":"2500.00","max_items":80}');
}

export const bucketsViews: Record<string, (stage: BucketsStage) => Promise<void>> = {
  'kv-empty': async ({ bridge, connect: tabs, page, store }) => {
    await bridge.request('connections.save', { profile: profileFor(connection, store.server.port) });
    await bridge.request('connections.open', at);
    await connectionState(bridge, connection, ({ phase }) => phase === 'connected');
    await tabs.tab(connection).click();
    await new BucketsPage(page, 'kv').open();
    await page.getByText('No key-value bucket here yet').waitFor();
  },
  kv: async (stage) => {
    const { page, store } = stage;
    await fill(stage);
    store.live();
    const kv = new BucketsPage(page, 'kv');
    await kv.choose('config');
    await kv.select('checkout.limits');
    await kv.history.getByRole('option').nth(1).click();
  },
  'kv-conflict': async ({ bridge, page }) => {
    const kv = new BucketsPage(page, 'kv');
    await kv.button('Edit value').click();
    await kv.write('{\n  "max_total": "2500.00",\n  "max_items": 120\n}');
    await put(bridge, 'checkout.limits', '{"max_total":"5000.00","max_items":80}');
    await page.keyboard.press('Control+Enter');
    await kv.editor('Result').waitFor();
  },
  'kv-bucket': async ({ page }) => {
    const kv = new BucketsPage(page, 'kv');
    await kv.run('Edit bucket');
    await kv.dialog.getByRole('textbox', { name: 'History', exact: true }).fill('10');
    await kv.dialog.getByRole('textbox', { name: 'TTL', exact: true }).fill('7d');
    await kv.dialog.getByRole('button', { name: 'Review' }).click();
    await kv.dialog.locator('.ln.chg').first().waitFor();
  },
  'kv-keys': async ({ page }) => {
    const kv = new BucketsPage(page, 'kv');
    await page.keyboard.press('Escape');
    await kv.choose('inventory');
    await kv.toolbar.getByRole('button', { name: 'Tree' }).click();
    await kv.row('shelf-1.').click();
    await kv.names.locator('[data-pane-focus]').press('ArrowRight');
    await kv.select('shelf-1.item-1068');
  },
  'objects-empty': async ({ page, store }) => {
    store.rest();
    await new BucketsPage(page, 'object').open();
    await page.getByText('No object store here yet').waitFor();
  },
  objects: async ({ bridge, page, store }) => {
    await make(bridge, 'object', 'assets', { description: 'what the shop shows' });
    await make(bridge, 'object', 'backups', { ttl: 2_592_000_000 });
    await make(bridge, 'object', 'models');
    const objects = new BucketsPage(page, 'object');
    await objects.bucket('assets').waitFor();
    await objects.choose('assets');
    const sizes: [name: string, size: number, description: string][] = [
      ['catalogue/2026-04.pdf', 4_180_221, 'Catalogue of April'],
      ['catalogue/2026-05.pdf', 5_204_114, 'Catalogue of May'],
      ['fonts/inter.woff2', 48_256, ''],
      ['front/hero.webp', 918_330, 'on the front page'],
      ['front/logo.svg', 2_114, ''],
      ['labels/dhl.zpl', 12_880, 'label of the carrier'],
    ];
    for (const [name, size, description] of sizes) {
      const file = join(store.folder, 'part.bin');
      await writeFile(file, randomBytes(size));
      await page.getByLabel('File to upload').setInputFiles(file);
      await objects.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
      await objects.dialog.getByRole('textbox', { name: 'Description' }).fill(description);
      await objects.dialog.getByRole('button', { name: 'Upload' }).click();
      await objects.row(name).waitFor();
    }
    const target = { bucket: 'assets', name: 'catalogue/2026-05.pdf' };
    await bridge.request('objects.link', { ...at, bucket: 'assets', name: 'catalogue/latest.pdf', target });
    await objects.row('catalogue/latest.pdf').waitFor();
    await objects.select('catalogue/2026-05.pdf');
  },
  'kv-failing': async ({ page, store }) => {
    const kv = new BucketsPage(page, 'kv');
    await kv.open();
    await kv.toolbar.getByRole('button', { name: 'Tree' }).click();
    await kv.choose('config');
    await kv.row('checkout.express').waitFor();
    await store.server.stop();
    await page.getByText('Reconnecting', { exact: true }).first().waitFor();
  },
};
