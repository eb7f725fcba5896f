import { profileFor } from '../support/bridge-window.ts';
import { plain } from './explorer-page.ts';
import { expect, test } from './fixtures.ts';

test('a request shows its reply, with headers and latency', async ({ client, composer, explorer }) => {
  client.subscribe('echo', {
    callback: (error, message) => {
      if (error !== null) return;
      message.respond(`{"heard":${message.string()}}`);
    },
  });
  await client.flush();
  await composer.mode('Request');
  await composer.subject.fill('echo');
  await composer.write('{"question":1}');
  await composer.send();
  await expect(composer.results).toContainText(/\d ms/);
  await expect(composer.results).toContainText('"question": 1');
  // Both ways stand in the capture, as what they are.
  await explorer.treeRow('echo').click();
  await expect(explorer.list.getByRole('img', { name: 'request' })).toHaveCount(1);
  await explorer.treeRow('_INBOX').click();
  await expect(explorer.list.getByRole('img', { name: 'reply' }).first()).toBeVisible();
});

test('no responders is told at once', async ({ bridge, composer, connectPage, startNatsServer }) => {
  const server = await startNatsServer();
  await bridge.request('connections.save', { profile: profileFor('remote', server.port) });
  await bridge.request('connections.open', { connection: 'remote' });
  await connectPage.tab('remote').click();
  await connectPage.connected(server.port);
  await composer.mode('Request');
  await composer.subject.fill('nobody.home');
  await composer.send();
  await expect(composer.results.getByRole('alert')).toContainText('No responders');
});

test('that the local broker is watched does not count as a responder', async ({ client, composer, explorer }) => {
  client.publish('first', '');
  await expect(explorer.treeRow('first')).toBeVisible();
  // Looking changes nothing: clients are told what they would be told without a window.
  await expect(client.request('nobody.home', '', { timeout: 1000 })).rejects.toThrow(/no responders/i);
  await composer.mode('Request');
  await composer.subject.fill('nobody.home');
  await composer.send();
  await expect(composer.results.getByRole('alert')).toContainText('No responders');
});

test('a responder that says nothing ends in a time-out', async ({ client, composer }) => {
  client.subscribe('silent', { callback: () => undefined });
  await client.flush();
  await composer.mode('Request');
  await composer.subject.fill('silent');
  await composer.region.getByRole('textbox', { name: 'Timeout' }).fill('300');
  await composer.send();
  await expect(composer.results).toContainText('Waiting');
  await expect(composer.results.getByRole('alert')).toContainText('Timed out');
});

test('all replies until the time-out, each with its own payload', async ({ client, composer, connectClient, app }) => {
  const others = [client, await connectClient({ servers: `127.0.0.1:${app.brokerPort}` })];
  for (const [index, one] of others.entries()) {
    one.subscribe('roll.call', {
      callback: (error, message) => void (error === null && message.respond(`here ${index}`)),
    });
    await one.flush();
  }
  await composer.mode('Request');
  await composer.subject.fill('roll.call');
  await composer.region.getByRole('textbox', { name: 'Timeout' }).fill('600');
  await composer.page.getByRole('radiogroup', { name: 'Replies' }).getByRole('radio', { name: 'All' }).click();
  await composer.send();
  const replies = composer.results.getByRole('listbox', { name: 'Replies' }).getByRole('option');
  await expect(replies).toHaveCount(2);
  await replies.nth(1).click();
  await expect.poll(async () => plain(await composer.results.textContent())).toMatch(/here [01]/);
});

test('a responder of ours echoes to a real client', async ({ client, composer }) => {
  await composer.mode('Respond');
  await composer.subject.fill('svc.echo');
  await composer.send();
  await expect(composer.results).toContainText('svc.echo');
  await expect
    .poll(async () => (await client.request('svc.echo', 'as it came', { timeout: 1000 }).catch(() => null))?.string())
    .toBe('as it came');
});

test('a template answers with what it was asked, after its delay', async ({ client, composer }) => {
  await composer.mode('Respond');
  await composer.subject.fill('svc.template.*');
  await composer.page.getByRole('radiogroup', { name: 'Answer' }).getByRole('radio', { name: 'Template' }).click();
  await composer.format('Text');
  await composer.write('{{subject}} said {{body}}');
  await composer.region.getByRole('textbox', { name: 'Delay' }).fill('50');
  await composer.send();
  await expect(composer.results).toContainText('svc.template.*');
  const startedAt = performance.now();
  const answer = await client.request('svc.template.x', 'hello', { timeout: 2000 });
  expect(answer.string()).toBe('svc.template.x said hello');
  expect(performance.now() - startedAt).toBeGreaterThan(45);

  await composer.results
    .getByRole('button', { name: /remove/i })
    .first()
    .click();
  await expect
    .poll(async () =>
      client.request('svc.template.x', '', { timeout: 300 }).then(
        () => 'answered',
        () => 'gone',
      ),
    )
    .toBe('gone');
});
