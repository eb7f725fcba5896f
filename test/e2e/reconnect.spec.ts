import { profileFor } from '../support/bridge-window.ts';
import { freePort } from '../support/free-port.ts';
import { BrokerPage } from './broker-page.ts';
import { ServerProcess } from '../support/server-process.ts';
import { expect, test } from './fixtures.ts';

test('a server that goes away and comes back: the notice says so, the capture stays, traffic goes on', async ({
  bridge,
  connectClient,
  connectPage,
  explorer,
  natsServerCommand,
  page,
}) => {
  const port = await freePort();
  const start = () => new ServerProcess(natsServerCommand, ['-a', '127.0.0.1', '-p', String(port)]).ready();
  let server = await start();
  await bridge.request('connections.save', { profile: profileFor('shaky', port, { subscribe: ['>'] }) });
  await bridge.request('connections.open', { connection: 'shaky' });
  await connectPage.tab('shaky').click();
  await expect(explorer.status).toContainText(`127.0.0.1:${port}`);
  const there = await connectClient({ servers: `127.0.0.1:${port}`, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  there.publish('before.crash', 'first');
  await there.flush();
  await expect(explorer.treeRow('before')).toBeVisible();

  await server.stop();
  await expect(page.getByText('Reconnecting', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/attempt \d+/).first()).toBeVisible();
  // What was captured can still be read.
  await explorer.inspect('before.crash');
  await expect.poll(() => explorer.payloadLines()).toEqual(['first']);

  server = await start();
  await page
    .getByRole('button', { name: 'Now' })
    .click({ timeout: 3000 })
    .catch(() => undefined);
  await expect(explorer.status).toContainText(`127.0.0.1:${port}`, { timeout: 15_000 });
  await expect(page.getByRole('button', { name: 'Now' })).toHaveCount(0);
  await expect
    .poll(
      async () => {
        there.publish('after.crash', 'second');
        return explorer.treeRow('after').count();
      },
      { timeout: 10_000 },
    )
    .toBe(1);
  await expect(explorer.treeRow('before')).toBeVisible();
  await server.stop();
});

test('the local broker is stopped and started from the window', async ({ bridge, client, explorer, page }) => {
  client.publish('before', '1');
  await client.flush();
  await expect(explorer.treeRow('before')).toBeVisible();
  const clientGone = client.closed();
  const broker = new BrokerPage(page);
  await broker.open();
  await broker.bar.getByRole('button', { name: 'Stop' }).click();
  await expect(explorer.status).not.toContainText('nats://');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Explorer' }).click();
  await expect(explorer.treeRow('before')).toBeVisible();
  await bridge.request('broker.start', { port: -1 });
  await expect(explorer.status).toContainText('nats://', { timeout: 15_000 });
  await client.close();
  await clientGone;
});
