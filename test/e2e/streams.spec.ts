import { connectionState, profileFor } from '../support/bridge-window.ts';
import { bodies, expect, test } from './streams-fixture.ts';
import { StreamsPage } from './streams-page.ts';

test('an empty account says what to do, and a stream is made with what it will be in sight', async ({
  remote,
  streams,
}) => {
  await expect(streams.middle.getByText('No streams')).toBeVisible();
  await streams.middle.getByRole('button', { name: 'New stream' }).click();
  await streams.field('Stream: Name').fill('OR DERS');
  const create = streams.editor.getByRole('button', { name: 'Create', exact: true });
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await streams.field('Stream: Name').fill('ORDERS');
  await streams.field('Stream: Subjects').fill('orders.> >');
  await streams.field('Limits: Age').fill('soon');
  await expect(streams.editor.getByRole('alert').first()).toContainText('duration');
  await streams.field('Limits: Age').fill('7d');
  await expect(streams.editor.getByRole('region', { name: 'Changes' })).toContainText('max_age');
  await create.click();
  // The server's own words where it refuses.
  await expect(streams.editor.getByRole('alert')).toContainText(/overlap/i);
  await streams.field('Stream: Subjects').fill('orders.>');
  await create.click();
  await expect(streams.stream('ORDERS')).toBeVisible();
  const { config } = await remote.api<{ config: Record<string, unknown> }>('STREAM.INFO.ORDERS');
  expect(config).toMatchObject({ subjects: ['orders.>'], max_age: 7 * 86_400e9, allow_direct: true });
});

test('an edit shows what changes before it is applied', async ({ remote, streams }) => {
  await remote.api('STREAM.CREATE.S', { name: 'S', subjects: ['s.*'], max_msgs: 10 });
  await streams.choose('S');
  await streams.middle.getByRole('button', { name: 'Edit stream' }).click();
  await expect(streams.field('Stream: Name')).toBeDisabled();
  await expect(streams.editor.getByText('No changes')).toBeVisible();
  await streams.field('Limits: Messages').fill('20');
  await expect(streams.editor.locator('.ln.chg')).toContainText('max_msgs');
  await expect(streams.editor.locator('.ln.chg .was')).toContainText('10');
  await streams.editor.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(streams.editor).toBeHidden();
  const { config } = await remote.api<{ config: Record<string, unknown> }>('STREAM.INFO.S');
  expect(config).toMatchObject({ max_msgs: 20, subjects: ['s.*'] });
});

test('messages are read by direct get: sequence, subject, text, time, gaps, and no consumer is made', async ({
  remote,
  streams,
}) => {
  await remote.api('STREAM.CREATE.ORDERS', { name: 'ORDERS', subjects: ['orders.>'], allow_direct: true });
  await remote.publish('orders.eu.1', ...bodies(300));
  await remote.publish('orders.us.1', ...bodies(30, 301));
  for (const seq of [100, 101, 102, 200]) await remote.api('STREAM.MSG.DELETE.ORDERS', { seq });
  await streams.choose('ORDERS');
  await expect(streams.middle.getByText('direct get').first()).toBeVisible();
  await expect(streams.stored(330)).toContainText('number 330');
  await streams.field('Sequence').fill('101');
  await streams.field('Sequence').press('Enter');
  await expect(streams.stored(100)).toContainText('deleted to 102, 3 messages');
  await streams.stored(103).click();
  await expect(streams.message).toContainText('#103');
  await expect(
    streams.message.getByRole('group', { name: 'Payload' }).or(streams.message.locator('.code')),
  ).toContainText('"number": 103');
  await streams.messages.getByRole('rowgroup').press('ArrowUp');
  await expect(streams.message).toContainText('#99');
  // By subject.
  const filter = streams.page.getByRole('searchbox', { name: 'Subject filter' });
  await filter.fill('orders.us.*');
  await filter.press('Enter');
  await expect(streams.middle.getByText('30 found')).toBeVisible();
  await expect(streams.stored(301)).toBeVisible();
  // By text, among those.
  const content = streams.page.getByRole('searchbox', { name: 'Content' });
  await content.fill('"number":31');
  await content.press('Enter');
  await expect(streams.middle.getByText(/10 found/)).toBeVisible();
  await filter.fill('');
  await content.fill('');
  await expect(streams.middle.getByText(/found/)).toBeHidden();
  // New messages come in while it follows.
  await streams.middle.getByRole('button', { name: 'Follow' }).click();
  await remote.publish('orders.eu.2', ...bodies(3, 331));
  await expect(streams.stored(333)).toBeVisible();
  await streams.middle.getByRole('tab', { name: /Subjects/ }).click();
  await expect(streams.page.getByRole('grid', { name: 'Subjects' })).toContainText('orders.us.1');
  expect((await remote.counts()).consumers).toBe(0);
});

test('a purge and a deletion say what will be lost, and ask for the name', async ({ remote, streams }) => {
  await remote.api('STREAM.CREATE.P', { name: 'P', subjects: ['p.*'], allow_direct: true });
  await remote.publish('p.a', ...bodies(6));
  await remote.publish('p.b', ...bodies(4));
  await remote.api('CONSUMER.CREATE.P.c', {
    stream_name: 'P',
    config: { durable_name: 'c', name: 'c', ack_policy: 'explicit' },
  });
  await streams.choose('P');
  await streams.streamAction('Purge');
  const lost = streams.dialog.locator('dl');
  await expect(lost).toContainText('10 of 10');
  await streams.dialog.getByRole('textbox', { name: 'Subject' }).fill('p.a');
  await streams.dialog.getByRole('textbox', { name: 'Keep newest' }).fill('2');
  await expect(lost).toContainText('4 of 10');
  const purge = streams.dialog.getByRole('button', { name: 'Purge', exact: true });
  await expect(purge).toHaveAttribute('aria-disabled', 'true');
  await streams.dialog.getByRole('textbox', { name: 'Name of the stream' }).fill('P');
  await purge.click();
  await expect(streams.stream('P')).toContainText('6');
  const { state } = await remote.api<{ state: { messages: number } }>('STREAM.INFO.P');
  expect(state.messages).toBe(6);
  // One message, with its bytes.
  await streams.stored(8).click();
  await streams.message.getByRole('button', { name: 'Delete message' }).click();
  await streams.dialog.getByRole('switch', { name: 'Overwrite its bytes' }).click();
  await streams.dialog.getByRole('button', { name: 'Delete and overwrite' }).click();
  await expect(streams.stored(8)).toContainText('deleted');
  await streams.streamAction('Delete');
  await expect(lost).toContainText('1 go with it');
  await streams.dialog.getByRole('textbox', { name: 'Name of the stream' }).fill('P');
  await streams.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(streams.stream('P')).toBeHidden();
  expect((await remote.counts()).streams).toBe(0);
});

test('a consumer is made, tried in the lab, paused and deleted', async ({ remote, streams }) => {
  await remote.api('STREAM.CREATE.L', { name: 'L', subjects: ['l.*'], allow_direct: true });
  await remote.publish('l.1', ...bodies(5));
  await streams.choose('L');
  await streams.consumers.getByRole('button', { name: 'New consumer' }).click();
  await streams.field('Consumer: Durable name').fill('worker');
  await streams.field('Acknowledgement: Deliveries').fill('1');
  await streams.editor.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(streams.consumer('worker')).toContainText('5');
  await expect(streams.consumers).toContainText('Takes up to 3 from those who use worker');
  await streams.consumers.getByRole('button', { name: 'Fetch', exact: true }).click();
  const fetched = streams.consumers.getByRole('list', { name: 'Fetched messages' }).getByRole('listitem');
  await expect(fetched).toHaveCount(3);
  await expect(fetched.first().getByRole('button', { name: 'Nak' })).toHaveAttribute('title', /dead letter/);
  await fetched.first().getByRole('button', { name: 'Ack', exact: true }).click();
  await expect(fetched.first()).toContainText('acked');
  await expect(streams.consumers.getByRole('img', { name: 'Delivery state by sequence' })).toBeVisible();
  await fetched.nth(1).getByRole('button', { name: 'Term' }).click();
  await expect(fetched.nth(1)).toContainText('terminated');
  await fetched.nth(2).getByRole('button', { name: 'Term' }).click();
  // Both are dead letters now, which can be sent again.
  await expect(streams.consumers.getByRole('list', { name: 'Advisories' })).toContainText('Terminated');
  await streams.consumers.getByRole('radio', { name: 'Dead letters 2' }).click();
  const dead = streams.consumers.getByRole('list', { name: 'Dead letters' });
  await expect(dead.getByRole('button', { name: 'Redrive', exact: true })).toHaveCount(2);
  await dead.getByRole('button', { name: 'Redrive 2' }).click();
  await expect(streams.dialog).toContainText('2 messages as before');
  await streams.dialog.getByRole('textbox', { name: 'Subject' }).fill('l.again');
  await streams.dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(streams.stored(7)).toContainText('again');
  // Whoever saw to them has them out of sight.
  await expect(dead).toBeHidden();
  await streams.consumerAction('Pause');
  await streams.dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(streams.consumer('worker')).toContainText('paused');
  await streams.consumerAction('Resume');
  await expect(streams.consumer('worker')).not.toContainText('paused');
  await streams.consumerAction('Edit');
  await streams.field('Acknowledgement: Wait').fill('1m');
  await expect(streams.editor.locator('.ln.chg')).toContainText('ack_wait');
  await streams.editor.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(streams.editor).toBeHidden();
  await streams.consumerAction('Delete');
  await streams.dialog.getByRole('textbox', { name: 'Name of the consumer' }).fill('worker');
  await streams.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(streams.consumer('worker')).toBeHidden();
});

test('a read-only connection shows everything and changes nothing', async ({ remote, streams }) => {
  await remote.api('STREAM.CREATE.R', { name: 'R', subjects: ['r.*'], allow_direct: true });
  await remote.publish('r.1', ...bodies(3));
  await remote.setReadOnly(true);
  await streams.choose('R');
  await expect(streams.page.getByText('Read-only: nothing can be changed')).toBeVisible();
  await streams.stored(2).click();
  await expect(streams.message).toContainText('#2');
  for (const name of ['New stream', 'Edit stream', 'New consumer', 'Delete message']) {
    await expect(streams.page.getByRole('button', { name, exact: true })).toHaveAttribute('aria-disabled', 'true');
  }
  await streams.middle.getByRole('button', { name: 'Stream actions' }).click();
  await expect(streams.page.getByRole('menuitem', { name: /Purge/ })).toHaveAttribute('aria-disabled', 'true');
  await streams.page.keyboard.press('Escape');
});

test('without the server the page shows what was seen last, and none of its own questions are traffic', async ({
  bridge,
  remote,
  streams,
}) => {
  await remote.api('STREAM.CREATE.K', { name: 'K', subjects: ['k.*'], allow_direct: true });
  await remote.publish('k.1', ...bodies(3));
  await bridge.request('subscriptions.add', { connection: 'remote', subject: '>', exclude: false });
  await streams.choose('K');
  await expect(streams.stored(3)).toBeVisible();
  // It has asked a dozen times by now; of all that the capture has only what others said.
  const asked = await bridge.request('explorer.search', { connection: 'remote', text: '$JS.API', limit: 10 });
  expect(asked).toEqual([]);
  await remote.stop();
  await expect(streams.page.getByRole('main').getByText('Reconnecting', { exact: true })).toBeVisible();
  await expect(streams.stream('K')).toBeVisible();
  await expect(streams.stored(3)).toBeVisible();
});

test('a list of 300 streams is filtered, sorted and walked with the keyboard', async ({ remote, streams }) => {
  await Promise.all(
    Array.from({ length: 300 }, (_, at) => {
      const name = `STREAM_${String(at).padStart(3, '0')}`;
      return remote.api(`STREAM.CREATE.${name}`, { name, subjects: [`many.${at}.>`], storage: 'memory' });
    }),
  );
  await remote.publish('many.7.a', ...bodies(5));
  await expect(streams.page.getByText('Streams 300')).toBeVisible();
  await expect(streams.stream('STREAM_000')).toBeVisible();
  await streams.choose('STREAM_000');
  await streams.list.getByRole('rowgroup').press('End');
  await expect(streams.stream('STREAM_299')).toHaveAttribute('aria-selected', 'true');
  await streams.page.getByRole('searchbox', { name: 'Filter streams' }).fill('stream_00');
  await expect(streams.list.getByRole('row')).toHaveCount(11);
  await streams.page.getByRole('searchbox', { name: 'Filter streams' }).fill('');
  await streams.page.getByRole('button', { name: 'Sort streams' }).click();
  await streams.page.getByRole('menuitem', { name: 'Messages' }).click();
  await expect(streams.list.getByRole('row').nth(1)).toContainText('STREAM_007');
});

test('a server without JetStream says so, and what to do', async ({ startNatsServer, bridge, connectPage, page }) => {
  const { port } = await startNatsServer();
  await bridge.request('connections.save', { profile: profileFor('plain', port) });
  await bridge.request('connections.open', { connection: 'plain' });
  await connectionState(bridge, 'plain', (state) => state.phase === 'connected');
  await connectPage.tab('plain').click();
  await new StreamsPage(page).open();
  await expect(page.getByText('No JetStream on plain')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Enable it in the server');
});
