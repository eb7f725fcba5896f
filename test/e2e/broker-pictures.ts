/** The page of the local broker for `npm run pictures`: a configuration of a small plant, its clients, what goes wrong. */

import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Page } from 'playwright';
import type { Client } from '../../electron/bridge/client.ts';
import type { App } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import type { BrokerPage } from './broker-page.ts';
import type { Explorer } from './explorer-page.ts';

export interface BrokerStage {
  app: App;
  page: Page;
  bridge: Client;
  broker: BrokerPage;
  explorer: Explorer;
  plant: Plant;
}

/** Every picture stands on the ones before it. */
export const brokerViews: Record<string, (stage: BrokerStage) => Promise<void>> = {
  'broker-default': async ({ broker }) => {
    await broker.open();
  },
  'broker-people-idle': async ({ broker, page }) => {
    await broker.go('Users');
    await page.waitForTimeout(1500);
  },
  broker: async ({ app, bridge, broker, page, plant }) => {
    await plant.start(app, bridge);
    await broker.go('Authentication');
    await page.getByRole('status').filter({ hasText: 'Good' }).waitFor();
    await page.waitForTimeout(3000);
  },
  'broker-accounts': async ({ broker, page }) => {
    await broker.go('Accounts');
    await page.getByRole('button', { name: 'Account SHOP', exact: true }).click();
    await page.waitForTimeout(200);
  },
  'broker-jetstream': async ({ broker, page, plant }) => {
    await plant.store();
    await broker.go('JetStream');
    await broker.form.getByRole('table', { name: 'JetStream by account' }).waitFor();
    await page.waitForTimeout(1500);
  },
  'broker-reload': async ({ broker, page }) => {
    await broker.go('Limits');
    await broker.field('Limits: Payload').fill('4');
    await broker.field('Limits: Write deadline').fill('5');
    await page.getByText('2 changes').first().waitFor();
  },
  'broker-restart': async ({ broker, page }) => {
    await broker.go('Listen');
    await broker.field('Listen: Name').fill('plant-8');
    await page.getByRole('radio', { name: 'Diff' }).click();
    await broker.check.getByRole('button', { name: 'Restart', exact: true }).waitFor();
    await page.waitForTimeout(300);
  },
  'broker-problems': async ({ broker, page }) => {
    await page.getByRole('radio', { name: 'Text' }).click();
    await broker.go('Limits');
    await broker.field('Limits: Write deadline').fill('soon');
    await broker.editor.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\nmax_conections: 100\n');
    await broker.check.getByText('2 errors').waitFor();
  },
  'broker-people': async ({ broker, page }) => {
    await broker.check.getByRole('button', { name: 'Discard' }).click();
    await broker.go('Users');
    await broker.row('billing-worker').click();
    await page.waitForTimeout(2500);
  },
  // No key is made here: its seed would stand in the picture.
  'broker-tools': async ({ broker, page }) => {
    await broker.go('Tools');
    await page.waitForTimeout(300);
  },
  'broker-log': async ({ broker, page }) => {
    await broker.go('Log');
    await page.waitForTimeout(300);
  },
  'explorer-accounts': async ({ explorer, page }) => {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Explorer' }).click();
    await explorer.treeRow('sensors').first().click();
    await page.keyboard.press('*');
    await page.waitForTimeout(600);
    await explorer.messages.last().click();
    await page.waitForTimeout(300);
  },
  'broker-jetstream-full': async ({ broker, page, plant }) => {
    await plant.fill();
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: /^Local broker/ })
      .click();
    await broker.go('JetStream');
    await broker.field('JetStream: Disk').fill('128');
    await page.getByRole('alert').filter({ hasText: 'is full' }).waitFor();
    await broker.check.getByRole('button', { name: 'Reload', exact: true }).waitFor();
  },
  'streams-full': async ({ page }) => {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Streams' }).click();
    await page.waitForTimeout(2500);
  },
  'broker-jetstream-failed': async ({ app, bridge, broker, page }) => {
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: /^Local broker/ })
      .click();
    const folder = join(app.home, 'data', 'nats-server.conf');
    await bridge.request('broker.config.apply', {
      text: `server_name: plant-7\njetstream {\n  store_dir: "${folder}"\n}\n`,
    });
    await broker.go('JetStream');
    await page.getByRole('alert').filter({ hasText: 'No JetStream' }).waitFor();
  },
  'broker-stopped': async ({ bridge, broker, page }) => {
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: /^Local broker/ })
      .click();
    await broker.go('Listen');
    await bridge.request('broker.stop', {});
    await page.waitForTimeout(800);
  },
};

const config = (monitoring: number): string => `# The broker of plant 7, kept by the night shift.
server_name: plant-7
listen: 127.0.0.1:4222
http: 127.0.0.1:${monitoring}

authorization {
  timeout: 3
}

jetstream {
  max_mem: 64MB
  max_file: 64MB
}

accounts {
  SHOP {
    jetstream: enabled
    users: [
      { user: orders, password: "o" }    # the order desk
      { user: billing, password: "b"
        permissions: {
          publish: "billing.>"
          subscribe: ["orders.>", "_INBOX.>"]
        }
      }
    ]
    exports: [ { stream: "orders.>" } ]
  }
  PLANT {
    jetstream { max_store: 60MB }
    users: [ { user: sensors, password: "s" } ]
    imports: [ { stream: { account: SHOP, subject: "orders.>" }, prefix: "shop" } ]
  }
}

mappings {
  orders.new: orders.eu
}

max_payload: 1MB
max_pending: 64MB
write_deadline: "10s"
`;

/** Who is connected to it, and talks. */
export class Plant {
  readonly #clients: NatsConnection[] = [];
  #timer: NodeJS.Timeout | undefined;

  async start(app: App, bridge: Client): Promise<void> {
    await bridge.request('broker.config.apply', { text: config(await freePort()) });
    const people = [
      ['orders', 'o', 'order-desk'],
      ['orders', 'o', 'order-api'],
      ['billing', 'b', 'billing-worker'],
      ['sensors', 's', 'line-a'],
      ['sensors', 's', 'line-b'],
    ] as const;
    for (const [user, pass, name] of people) {
      this.#clients.push(await connect({ servers: `127.0.0.1:${app.brokerPort}`, user, pass, name, reconnect: false }));
    }
    const [desk, api, billing, lineA, lineB] = this.#clients;
    desk!.subscribe('orders.>');
    billing!.subscribe('orders.>', { queue: 'billing' });
    billing!.subscribe('orders.*.paid', { queue: 'billing' });
    lineA!.subscribe('shop.>');
    let count = 0;
    this.#timer = setInterval(() => {
      count++;
      if (this.#clients.some((client) => client.isClosed())) return;
      const order = { order: 10_400 + count, total: (count * 7.9).toFixed(2) };
      api!.publish(`orders.eu.${count % 4 === 0 ? 'paid' : 'new'}`, JSON.stringify(order));
      if (count % 4 === 0) billing!.publish('billing.eu', JSON.stringify({ ...order, state: 'booked' }));
      for (const [line, client] of [['line-a', lineA!] as const, ['line-b', lineB!] as const]) {
        client.publish(`sensors.${line}.temperature`, JSON.stringify({ c: (21 + Math.sin(count / 9)).toFixed(2) }));
      }
    }, 60);
  }

  /** Streams of both accounts, with something in them. */
  async store(): Promise<void> {
    const [desk, , , lineA] = this.#clients;
    await ask(desk!, '$JS.API.STREAM.CREATE.ORDERS', { name: 'ORDERS', subjects: ['orders.>'], max_bytes: 24 * mib });
    await ask(desk!, '$JS.API.STREAM.CREATE.KV_rates', {
      name: 'KV_rates',
      subjects: ['$KV.rates.>'],
      storage: 'memory',
    });
    await ask(lineA!, '$JS.API.STREAM.CREATE.READINGS', { name: 'READINGS', subjects: ['sensors.>'] });
    const config = { durable_name: 'desk', name: 'desk', ack_policy: 'explicit' };
    await ask(desk!, '$JS.API.CONSUMER.CREATE.ORDERS.desk', { stream_name: 'ORDERS', config });
    for (let count = 0; count < 60; count++) {
      await ask(desk!, `orders.archive.${count}`, 'x'.repeat(100_000));
      await ask(desk!, `$KV.rates.${count}`, 'x'.repeat(150_000));
      await ask(lineA!, `sensors.archive.${count}`, 'x'.repeat(200_000));
    }
  }

  /** Until the broker takes nothing more. */
  async fill(): Promise<void> {
    const lineB = this.#clients[4]!;
    for (let count = 0; count < 200; count++) await ask(lineB, `sensors.archive.${count}`, 'x'.repeat(900_000));
    const desk = this.#clients[0]!;
    for (let count = 0; count < 100; count++) await ask(desk, `$KV.rates.${count}`, 'x'.repeat(900_000));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const client of this.#clients) await client.close();
  }
}

const mib = 2 ** 20;

async function ask(client: NatsConnection, subject: string, body: object | string): Promise<void> {
  await client.request(subject, typeof body === 'string' ? body : JSON.stringify(body), { timeout: 10_000 });
}
