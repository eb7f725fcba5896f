import { expect, test, vi } from 'vitest';
import { asHeaders, connectClient, headerBlock, rawMessage } from '../../../../electron/connections/nats-internals.ts';
import { dial } from '../../../../electron/connections/dial.ts';
import { DialTransport } from '../../../../electron/connections/transport.ts';
import type { RawMessage } from '../../../../electron/link.ts';
import { FakeServer, natsLines } from '../../../support/fake-server.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function way(port: number): DialTransport {
  const signal = new AbortController().signal;
  return new DialTransport(() =>
    dial({ server: `nats://127.0.0.1:${port}`, tls: {}, loadFiles: async () => ({}), signal }),
  );
}

function client(transport: DialTransport) {
  return connectClient({ transport, authenticate: () => ({}), name: 'test', inboxPrefix: '_INBOX', timeoutMs: 3000 });
}

/** What the library is known to look like inside; when it changes, nats-internals.ts has to follow. */
test('every byte of a message arrives as it was sent, at every split of the stream', async () => {
  const header = 'NATS/1.0 100 Idle\r\nX-\xff:  y\r\n\r\n';
  const messages = [
    'MSG a.\xff\xfe.b 1 5\r\n\x00\r\n\xc3\x28\r\n',
    'MSG a 1 r.\x80 0\r\n\r\n',
    `HMSG b 1 ${header.length} ${header.length + 3}\r\n${header}\x01\x02\x03\r\n`,
    `HMSG b 1 r ${header.length} ${header.length}\r\n${header}\r\n`,
  ];
  const stream = Buffer.from(messages.join(''), 'latin1');
  for (const step of [1, 7, stream.length]) {
    await using server = await FakeServer.listen(
      natsLines({}, (line, socket) => {
        if (line === 'PING') return 'PONG\r\n';
        if (!line.startsWith('SUB')) return undefined;
        socket.setNoDelay(true);
        let at = 0;
        const next = (): void => {
          socket.write(stream.subarray(at, at + step));
          at += step;
          if (at < stream.length) setImmediate(next);
        };
        next();
        return undefined;
      }),
    );
    const connection = await client(way(server.port));
    const received: RawMessage[] = [];
    const all = Promise.withResolvers<void>();
    connection.subscribe('>', {
      callback(_error, message) {
        const raw = rawMessage(message);
        // Views may be used again, so a copy is kept, as features do.
        received.push({
          subject: raw.subject.slice(),
          reply: raw.reply.slice(),
          headers: raw.headers.slice(),
          payload: raw.payload.slice(),
          account: raw.account,
        });
        if (received.length === messages.length) all.resolve();
      },
    });
    await all.promise;
    expect(received.map((raw) => [raw.subject, raw.reply, raw.headers, raw.payload].map(latin1))).toEqual([
      ['a.\xff\xfe.b', '', '', '\x00\r\n\xc3\x28'],
      ['a', 'r.\x80', '', ''],
      ['b', '', header, '\x01\x02\x03'],
      ['b', 'r', header, ''],
    ]);
    await connection.close();
  }
});

test('headers go out exactly as given, also several of one name', async () => {
  await using server = await FakeServer.listen(natsLines({}, (line) => (line === 'PING' ? 'PONG\r\n' : undefined)));
  const connection = await client(way(server.port));
  const block = headerBlock([
    { name: 'x-lower', value: ' padded ' },
    { name: 'A', value: '1' },
    { name: 'A', value: 'é' },
  ]);
  connection.publish('s', new Uint8Array([1, 2]), { reply: 'r', headers: asHeaders(block) });
  await connection.flush();
  const text = 'NATS/1.0\r\nx-lower:  padded \r\nA: 1\r\nA: \xc3\xa9\r\n\r\n';
  expect(server.received).toContain(`HPUB s r ${text.length} ${text.length + 2}\r\n${text}\x01\x02\r\n`);
  await connection.close();
});

test('connections that are made at the same time get their own ways', async () => {
  const answer = (line: string): string | undefined => (line === 'PING' ? 'PONG\r\n' : undefined);
  await using one = await FakeServer.listen(natsLines({ server_name: 'one' }, answer));
  await using two = await FakeServer.listen(natsLines({ server_name: 'two' }, answer));
  const connections = await Promise.all([one, two, one, two].map((server) => client(way(server.port))));
  expect(connections.map((connection) => connection.info?.server_name)).toEqual(['one', 'two', 'one', 'two']);
  await Promise.all(connections.map((connection) => connection.close()));
});

test('a server that sends nonsense after INFO is left, not waited for', async () => {
  // The library prints what it could not parse; a connection's thread has that in the log.
  using printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  await using server = await FakeServer.listen(
    natsLines({}, (line) => (line === 'PING' ? 'PONG\r\n' : line.startsWith('SUB') ? 'HELLO THERE\r\n' : undefined)),
  );
  const connection = await client(way(server.port));
  connection.subscribe('>', { callback: () => {} });
  expect(await connection.closed()).toMatchObject({ code: 'protocol-error' });
  expect(printed).toHaveBeenCalledOnce();
});
