import { expect, test } from 'vitest';
import { createExplorerFixture } from '../../../support/explorer-fixture.ts';
import { bytesOf, headerBlock, NOTHING } from '../../../support/fake-link.ts';

test('each message has its kind and status', async () => {
  const fixture = createExplorerFixture();
  const { link } = fixture;
  const say = (subject: string, reply = '', headers = NOTHING): void => {
    link.deliver(bytesOf(subject), bytesOf('x'), bytesOf(reply), headers);
  };
  const field = (name: string, value: string) =>
    headerBlock([
      { name: 'A', value: 'b' },
      { name, value },
    ]);
  say('orders.new');
  say('svc', '_INBOX.a.1');
  say('_INBOX.a.1');
  say('svc', 'custom.prefix.77');
  say('custom.prefix.77');
  say('custom.prefix.78');
  say('$JS.API.STREAM.NAMES', '_INBOX.a.2');
  say('orders.new', '$JS.ACK.S.C.1.1.1.1.0');
  say('orders.new', '', field('Nats-Stream', 'ORDERS'));
  say('$KV.config.mode', '_INBOX.a.3');
  say('_INBOX.a.2', '', headerBlock([], ' 404 No Messages'));
  say('_INBOX.a.3', '', headerBlock([], ' 100 Idle Heartbeat'));
  say('_INBOX.a.4', '', field('Nats-Service-Error-Code', '409'));
  say('orders.new', '', field('Not-Nats-Stream', 'x'));
  say('orders.new', '', headerBlock([], ' abc'));
  const { list } = await fixture.pull(await fixture.open());
  expect(list!.rows.map((row) => [row.subject, row.kind, row.status])).toEqual([
    ['orders.new', 'publish', 0],
    ['svc', 'request', 0],
    ['_INBOX.a.1', 'reply', 0],
    ['svc', 'request', 0],
    ['custom.prefix.77', 'reply', 0],
    ['custom.prefix.78', 'publish', 0],
    ['$JS.API.STREAM.NAMES', 'jetstream', 0],
    ['orders.new', 'jetstream', 0],
    ['orders.new', 'jetstream', 0],
    ['$KV.config.mode', 'jetstream', 0],
    ['_INBOX.a.2', 'error', 404],
    ['_INBOX.a.3', 'reply', 100],
    ['_INBOX.a.4', 'error', 409],
    ['orders.new', 'publish', 0],
    ['orders.new', 'publish', 0],
  ]);
});

test('the details of a message are its bytes, unharmed', async () => {
  const fixture = createExplorerFixture();
  const payload = new Uint8Array(1024 * 1024).map((_, index) => index * 31);
  const headers = headerBlock([
    { name: 'Nats-Service-Error', value: 'no such order' },
    { name: 'Nats-Service-Error-Code', value: '404' },
  ]);
  fixture.link.deliver(bytesOf('a'), payload, bytesOf('r'), headers);
  const detail = await fixture.call('explorer.message', { sequence: 1, payloadBytesMax: 2 ** 26 });
  expect(detail).toMatchObject({
    reply: 'r',
    status: 404,
    statusText: 'no such order',
    headerBytes: headers.length,
    payloadBytes: payload.length,
  });
  expect(Buffer.compare(detail!.payload, payload)).toBe(0);
  // What was handed out is a copy: writing to it changes nothing here.
  detail!.payload.fill(0);
  const again = await fixture.call('explorer.message', { sequence: 1, payloadBytesMax: 3 });
  expect(again!.payload).toEqual(payload.slice(0, 3));
});
