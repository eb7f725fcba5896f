/** The page of streams for `npm run pictures`: a shop's streams on a nats-server of its own, full, empty and failing. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { Page } from 'playwright';
import type { Client } from '../../electron/bridge/client.ts';
import { connectionState, profileFor } from '../support/bridge-window.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import type { ConnectPage } from './connect-page.ts';
import type { StreamsPage } from './streams-page.ts';

export interface StreamsStage {
  page: Page;
  bridge: Client;
  connect: ConnectPage;
  streams: StreamsPage;
  shop: Shop;
}

const ordersCount = 20_000;
/** Told apart by nothing but their number; they fill the stream that is to have a million. */
const readingsCount = 1_000_000;
const countries = ['de', 'fr', 'nl', 'pl'];
const states = ['created', 'authorized', 'paid', 'shipped', 'delivered', 'cancelled'];

/** A nats-server with the streams of a shop. */
export class Shop {
  readonly #command: readonly string[];
  server!: ServerProcess;
  client!: NatsConnection;
  #folder = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(command: readonly string[]) {
    this.#command = command;
  }

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'natscope-pictures-'));
    this.server = await startServer(this.#command, ['-js', '-sd', this.#folder]);
    this.client = await connect({ servers: `127.0.0.1:${this.server.port}` });
  }

  async api<T = Record<string, unknown>>(what: string, body?: unknown): Promise<T> {
    const answer = await this.client.request(`$JS.API.${what}`, body === undefined ? '' : JSON.stringify(body), {
      timeout: 30_000,
    });
    const parsed = answer.json<T & { error?: { description: string } }>();
    if (parsed.error) throw new Error(`${what}: ${parsed.error.description}`);
    return parsed;
  }

  stream(name: string, config: object): Promise<unknown> {
    return this.api(`STREAM.CREATE.${name}`, { name, allow_direct: true, ...config });
  }

  consumer(stream: string, name: string, config: object): Promise<unknown> {
    const whole = { name, durable_name: name, ack_policy: 'explicit', ...config };
    return this.api(`CONSUMER.CREATE.${stream}.${name}`, { stream_name: stream, config: whole });
  }

  order(number: number): void {
    const state = states[(number * 7) % states.length]!;
    const country = countries[(number * 5) % countries.length]!;
    const body = {
      state,
      order: number,
      total: `${(number % 90) + 10}.00`,
      items: [{ sku: `A-${number % 40}`, count: 2 }],
    };
    const fields = headers();
    fields.set('Content-Type', 'application/json');
    fields.set('Nats-Msg-Id', `order-${number}-${state}`);
    this.client.publish(`orders.eu.${country}.${10_000 + (number % 1200)}`, JSON.stringify(body), { headers: fields });
  }

  async fill(): Promise<void> {
    await this.stream('ORDERS', { subjects: ['orders.>'], max_bytes: 512 * 1024 * 1024 });
    await this.stream('PAYMENTS', { subjects: ['payments.events.>'], retention: 'interest' });
    await this.stream('SENSORS', {
      subjects: ['sensors.>'],
      max_msgs: readingsCount,
      description: 'Readings of both plants',
    });
    await this.stream('MAIL', { subjects: ['mail.outbox'], retention: 'workqueue' });
    await this.stream('AUDIT', { subjects: ['audit.>'], compression: 's2' });
    await this.stream('ORDERS_MIRROR', { mirror: { name: 'ORDERS' } });
    await this.stream('KV_config', { subjects: ['$KV.config.>'], max_msgs_per_subject: 5 });
    await this.stream('LEDGER', { subjects: ['ledger.>'], storage: 'memory' });
    for (let number = 1; number <= ordersCount; number++) {
      this.order(number);
      if (number % 2000 === 0) await this.client.flush();
    }
    for (let number = 1; number <= 60; number++) this.client.publish('mail.outbox', `{"to":"customer-${number}"}`);
    for (let number = 1; number <= 900; number++) this.client.publish(`audit.user.${number % 30}`, `{"did":"login"}`);
    await this.stored('ORDERS', ordersCount);
    for (const seq of [ordersCount - 9, 812, 813, 814, 4000]) await this.api('STREAM.MSG.DELETE.ORDERS', { seq });
    await this.consumer('ORDERS', 'payments', {
      ack_wait: 30e9,
      max_deliver: 5,
      deliver_policy: 'by_start_sequence',
      opt_start_seq: ordersCount - 14,
    });
    await this.consumer('ORDERS', 'mailer', { deliver_policy: 'new' });
    await this.consumer('ORDERS', 'analytics', {
      deliver_subject: 'deliver.analytics',
      ack_policy: 'none',
      deliver_policy: 'new',
    });
    await this.consumer('ORDERS', 'warehouse', { max_ack_pending: 1000, filter_subject: 'orders.eu.de.>' });
    await this.api<object>('CONSUMER.INFO.ORDERS.warehouse');
    await this.pull('warehouse', 1000);
  }

  /** Delivered and left unanswered. */
  async pull(consumer: string, batch: number): Promise<void> {
    const inbox = `pictures.${consumer}.${batch}`;
    let count = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = this.client.subscribe(inbox, {
      callback: () => {
        if (++count === batch) resolve();
      },
    });
    const request = { batch, expires: 3e9 };
    this.client.publish(`$JS.API.CONSUMER.MSG.NEXT.ORDERS.${consumer}`, JSON.stringify(request), { reply: inbox });
    await Promise.race([promise, new Promise((done) => setTimeout(done, 3000))]);
    subscription.unsubscribe();
  }

  async million(): Promise<void> {
    for (let number = 1; number <= readingsCount; number++) {
      this.client.publish(`sensors.plant-${(number % 2) + 1}.${number % 50}`, `{"celsius":${20 + (number % 80) / 10}}`);
      // A server gives up what waits in its queue when nobody waits for acknowledgements.
      if (number % 20_000 === 0) await this.stored('SENSORS', number);
    }
  }

  /** A publish that nobody waits for is stored some time later. */
  async stored(stream: string, count: number): Promise<void> {
    for (;;) {
      const { state } = await this.api<{ state: { messages: number } }>(`STREAM.INFO.${stream}`);
      if (state.messages >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  trickle(): void {
    let number = ordersCount;
    this.#timer = setInterval(() => this.order(++number), 400);
  }

  still(): void {
    clearInterval(this.#timer);
  }

  async stop(): Promise<void> {
    this.still();
    await this.client.close();
    await this.server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Every picture stands on the ones before it. */
export const streamsViews: Record<string, (stage: StreamsStage) => Promise<void>> = {
  'streams-empty': async ({ bridge, connect, shop, streams }) => {
    await bridge.request('connections.save', { profile: profileFor('shop', shop.server.port) });
    await bridge.request('connections.open', { connection: 'shop' });
    await connectionState(bridge, 'shop', (state) => state.phase === 'connected');
    await connect.tab('shop').click();
    await streams.open();
    await streams.middle.getByText('No streams').waitFor();
  },
  streams: async ({ page, shop, streams }) => {
    await shop.fill();
    await streams.choose('ORDERS');
    await streams.consumer('payments').click();
    await streams.consumers.getByRole('button', { name: 'Fetch', exact: true }).click();
    const fetched = streams.consumers.getByRole('list', { name: 'Fetched messages' }).getByRole('listitem');
    await fetched.nth(2).waitFor();
    await fetched.first().getByRole('button', { name: 'Ack', exact: true }).click();
    await fetched.nth(1).getByRole('button', { name: 'Term' }).click();
    await page.waitForTimeout(500);
    await streams.consumers.getByRole('button', { name: 'Fetch', exact: true }).click();
    await fetched.nth(3).waitFor();
    await fetched.nth(1).getByRole('button', { name: 'Nak' }).click();
    shop.trickle();
    await page.waitForTimeout(3500);
    shop.still();
    await streams.messages.locator('.row').nth(12).click();
    await page.keyboard.press('Escape');
    await page.waitForTimeout(1500);
  },
  'streams-message': async ({ page, streams }) => {
    await streams.messages.locator('.row').nth(8).click();
    await streams.message.getByText('Nats-Msg-Id').waitFor();
    await page.waitForTimeout(300);
  },
  'streams-subjects': async ({ page, streams }) => {
    await streams.middle.getByRole('tab', { name: /Subjects/ }).click();
    await page.waitForTimeout(1200);
  },
  'streams-config': async ({ page, streams }) => {
    await streams.middle.getByRole('tab', { name: 'Config' }).click();
    await page.waitForTimeout(600);
  },
  'streams-edit': async ({ page, streams }) => {
    await streams.middle.getByRole('button', { name: 'Edit stream' }).click();
    await streams.field('Limits: Messages').fill('1 000 000');
    await streams.field('Limits: Age').fill('30d');
    await streams.field('Stream: Description').fill('Orders of the shop');
    await streams.field('Limits: Duplicates').fill('soon');
    await page.waitForTimeout(400);
  },
  'streams-consumer-new': async ({ page, streams }) => {
    await streams.editor.getByRole('button', { name: 'Cancel' }).click();
    await streams.consumers.getByRole('button', { name: 'New consumer' }).click();
    await streams.field('Consumer: Durable name').fill('invoices');
    await streams.field('Consumer: Filters').fill('orders.eu.de.> orders.eu.fr.>');
    await streams.field('Acknowledgement: Backoff').fill('1s 5s 1m');
    await page.waitForTimeout(400);
  },
  'streams-purge': async ({ page, streams }) => {
    await streams.editor.getByRole('button', { name: 'Cancel' }).click();
    await streams.streamAction('Purge');
    await streams.dialog.getByRole('textbox', { name: 'Subject' }).fill('orders.eu.de.>');
    await streams.dialog.getByRole('textbox', { name: 'Keep newest' }).fill('100');
    await page.waitForTimeout(1200);
  },
  'streams-restore': async ({ page, streams }) => {
    await page.keyboard.press('Escape');
    await streams.streamAction('Back up');
    const [backup] = await Promise.all([
      page.waitForEvent('download'),
      streams.dialog.getByRole('button', { name: 'Back up' }).click(),
    ]);
    await page.getByRole('button', { name: 'Restore a stream from a backup' }).click();
    await page.getByLabel('Backup file').setInputFiles(await backup.path());
    await streams.dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await streams.dialog.getByRole('alert').waitFor();
  },
  'streams-push': async ({ page, streams }) => {
    await page.keyboard.press('Escape');
    await streams.consumer('analytics').click();
    await streams.consumers.getByRole('button', { name: 'Listen', exact: true }).waitFor();
    await page.waitForTimeout(1500);
  },
  'streams-consumers': async ({ page, shop, streams }) => {
    await Promise.all(
      Array.from({ length: 1000 }, (_, at) => shop.consumer('AUDIT', `reader-${String(at).padStart(4, '0')}`, {})),
    );
    await streams.choose('AUDIT');
    await streams.consumer('reader-0000').waitFor();
    await page.waitForTimeout(1500);
  },
  'streams-million': async ({ page, shop, streams }) => {
    await shop.million();
    await streams.choose('SENSORS');
    await streams.middle.getByRole('tab', { name: 'Messages' }).click();
    await page.waitForTimeout(2500);
    await streams.field('Sequence').fill('500000');
    await streams.field('Sequence').press('Enter');
    await streams.stored(500_000).waitFor();
    await page.waitForTimeout(500);
  },
  'streams-find': async ({ page, streams }) => {
    const content = page.getByRole('searchbox', { name: 'Content' });
    await content.fill('27.9');
    await content.press('Enter');
    await streams.middle.getByText(/found/).waitFor();
    await page.waitForTimeout(700);
  },
  'streams-many': async ({ page, shop, streams }) => {
    await Promise.all(
      Array.from({ length: 220 }, (_, at) => {
        const name = `TENANT_${String(at).padStart(3, '0')}`;
        return shop.stream(name, { subjects: [`tenant.${at}.>`], storage: 'memory' });
      }),
    );
    await page.getByRole('searchbox', { name: 'Content' }).fill('');
    await page.waitForTimeout(2500);
    await streams.list.getByRole('rowgroup').press('PageDown');
    await page.waitForTimeout(700);
  },
  'streams-read-only': async ({ bridge, page, shop, streams }) => {
    await bridge.request('connections.save', { profile: profileFor('shop', shop.server.port, { readOnly: true }) });
    await streams.page.getByText('Read-only: nothing can be changed').waitFor();
    await page.waitForTimeout(500);
  },
  'streams-gone': async ({ bridge, page, shop, streams }) => {
    await bridge.request('connections.save', { profile: profileFor('shop', shop.server.port) });
    await streams.choose('AUDIT');
    await page.waitForTimeout(1500);
    await shop.api('STREAM.DELETE.AUDIT');
    await streams.middle.getByText('deleted', { exact: true }).waitFor();
    await page.waitForTimeout(1200);
  },
  'streams-failing': async ({ page, shop }) => {
    await shop.server.stop();
    await page.waitForTimeout(2500);
  },
  'streams-none': async ({ bridge, connect, page }) => {
    await bridge.request('connections.close', { connection: 'shop' });
    await connect.tab('local').click();
    await page.waitForTimeout(3000);
  },
};
