import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { Authority, type Certificate } from '../../../../support/certificates.ts';
import {
  deflated,
  frame,
  masking,
  messages,
  receivedFrames,
  upgradeRequest,
} from '../../../../support/raw-websocket-client.ts';
import { listening, type ListeningOptions } from './listening.ts';

const until = { timeout: 5000, interval: 5 } as const;

/** A client of the `ws` package; what it hears is in `text`. */
async function dial(url: string, options: ClientOptions = {}) {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  const client = { socket, text: '', sizes: [] as number[], close: undefined as [number, string] | undefined };
  socket.on('message', (bytes: Buffer) => {
    client.text += bytes.toString('latin1');
    client.sizes.push(bytes.length);
  });
  socket.on('close', (code, reason) => (client.close = [code, reason.toString()]));
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return client;
}

/** A raw client after its upgrade. */
async function upgraded(options: ListeningOptions = {}, headers: Record<string, string> = {}) {
  const server = await listening(options);
  const client = server.say(upgradeRequest(headers));
  await expect.poll(() => messages(receivedFrames(client.text)), until).toBe('INFO\r\n');
  const [reader] = server.readers;
  if (reader === undefined) throw new Error('nobody was accepted');
  return {
    reader,
    server,
    client,
    send: (text: string) => void client.socket.write(text, 'latin1'),
    /** Frames behind the first message. */
    frames: () => receivedFrames(client.text).slice(1),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe('messages', () => {
  test('of a client library come in and go out', async () => {
    await using server = await listening();
    const { socket, ...client } = await dial(server.url);
    const heard: string[] = [];
    socket.on('message', (bytes: Buffer, binary) => heard.push(`${binary} ${bytes.toString()}`));
    expect(client.text + heard.join()).toBeDefined();
    const [reader] = server.readers;
    if (reader) reader.echoes = true;
    socket.send('text');
    socket.send(Buffer.from('binary'));
    await expect.poll(() => reader?.received, until).toBe('textbinary');
    await expect.poll(() => heard.join('|'), until).toContain('true text');
    socket.close(1000, 'bye');
    await expect.poll(() => reader?.over, until).toBe(true);
    expect(reader?.ended).toBe(true);
  });

  test('of any size arrive as they were', async () => {
    await using server = await listening({ readBytes: 5000 });
    const client = await dial(server.url);
    const [reader] = server.readers;
    if (reader) reader.echoes = true;
    let sent = '';
    for (const size of [0, 1, 2, 3, 4, 5, 125, 126, 127, 4096, 65_535, 65_536, 200_000]) {
      const text = Array.from({ length: size }, (_, index) => String.fromCharCode(33 + ((index * 7 + size) % 90))).join(
        '',
      );
      sent += text;
      client.socket.send(text);
    }
    await expect.poll(() => reader?.received.length, until).toBe(sent.length);
    expect(reader?.received === sent).toBe(true);
    await expect.poll(() => client.text.length, until).toBe(sent.length + 6);
    expect(client.text === `INFO\r\n${sent}`).toBe(true);
  });

  test('that come together are read together, in place', async () => {
    await using connection = await upgraded();
    const { reader, send } = connection;
    send(
      frame(2, 'one ') + frame(1, 'two ', { mask: '\0\0\0\0' }) + frame(2, 'th', { final: false }) + frame(0, 'ree'),
    );
    await expect.poll(() => reader.received, until).toBe('one two three');
    expect(reader.reads).toEqual([13]);
  });

  test('come in one byte at a time', async () => {
    await using connection = await upgraded();
    for (const byte of frame(2, 'PING\r\n') + frame(9, 'x') + frame(2, 'again')) {
      connection.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => connection.reader.received, until).toBe('PING\r\nagain');
    await expect.poll(connection.frames, until).toEqual([{ first: 0x8a, payload: 'x' }]);
  });

  test('without masks, where that was agreed on', async () => {
    await using connection = await upgraded({}, { 'Nats-No-Masking': 'true' });
    connection.send(frame(2, 'abc', { mask: '' }) + frame(2, 'def', { mask: '' }));
    await expect.poll(() => connection.reader.received, until).toBe('abcdef');
  });

  test('written in pieces are one', async () => {
    await using connection = await upgraded();
    connection.reader.transport.writeAll(['a', 'bc', 'def'].map((text) => Buffer.from(text)));
    await expect.poll(connection.frames, until).toEqual([{ first: 0x82, payload: 'abcdef' }]);
  });

  test('to browsers are small', async () => {
    await using connection = await upgraded({}, { 'User-Agent': 'Mozilla/5.0' });
    connection.reader.transport.write(Buffer.alloc(9000, 'x'));
    connection.reader.transport.writeAll([Buffer.alloc(5000, 'y'), Buffer.from('z')]);
    await expect
      .poll(() => connection.frames().map(({ payload }) => payload.length), until)
      .toEqual([4096, 4096, 808, 4096, 904, 1]);
    expect(connection.frames().every(({ first }) => first === 0x82)).toBe(true);
  });
});

describe('compressed messages', () => {
  const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

  test('of a client library', async () => {
    await using server = await listening({ compression: true });
    const client = await dial(server.url, { perMessageDeflate: { threshold: 0 } });
    const [reader] = server.readers;
    if (reader) reader.echoes = true;
    const sent = 'PUB a 5\r\nhello\r\n'.repeat(2000);
    for (let index = 0; index < 5; index++) client.socket.send(sent);
    await expect.poll(() => client.text.length, until).toBe(5 * sent.length + 6);
    expect(client.text === `INFO\r\n${sent.repeat(5)}`).toBe(true);
    expect(reader?.received === sent.repeat(5)).toBe(true);
  });

  test('are those of more than 64 bytes', async () => {
    await using connection = await upgraded({ compression: true }, offer);
    connection.reader.transport.write(Buffer.alloc(64, 'x'));
    connection.reader.transport.write(Buffer.alloc(65, 'y'));
    await expect.poll(() => connection.frames().map(({ first }) => first), until).toEqual([0x82, 0xc2]);
    expect(messages(connection.frames())).toBe('x'.repeat(64) + 'y'.repeat(65));
  });

  test('may be cut, mixed with others, and come with control frames', async () => {
    await using connection = await upgraded({ compression: true }, offer);
    const packed = deflated('hello '.repeat(50));
    connection.send(
      frame(2, packed.slice(0, 5), { compressed: true, final: false }) +
        frame(9, 'p') +
        frame(0, packed.slice(5)) +
        frame(2, 'plain ') +
        frame(2, deflated('end'), { compressed: true }),
    );
    await expect.poll(() => connection.reader.received, until).toBe(`${'hello '.repeat(50)}plain end`);
  });

  test('are unfolded in pieces of the read region', async () => {
    await using connection = await upgraded({ compression: true, readBytes: 1000 }, offer);
    connection.send(frame(2, deflated('x'.repeat(3500)), { compressed: true }) + frame(2, 'y'));
    await expect.poll(() => connection.reader.received, until).toBe(`${'x'.repeat(3500)}y`);
    expect(Math.max(...connection.reader.reads)).toBe(1000);
  });

  test('to browsers are in small frames, unless they are of Apple', async () => {
    const noise = randomBytes(10_000);
    const firsts = async (agent: string): Promise<number[]> => {
      await using connection = await upgraded({ compression: true }, { ...offer, 'User-Agent': agent });
      connection.reader.transport.write(noise);
      await expect.poll(() => messages(connection.frames()), until).toBe(noise.toString('latin1'));
      return connection.frames().map(({ first }) => first);
    };
    expect(await firsts('Mozilla/5.0 Chrome/1')).toEqual([0x42, 0x00, 0x80]);
    expect(await firsts('Mozilla/5.0 Version/1 Safari/2')).toEqual([0xc2]);
  });

  test.each([
    ['are no bombs', frame(2, deflated('x'.repeat(8001)), { compressed: true }), 'maximum payload exceeded'],
    ['have a greatest size', frame(2, 'x'.repeat(8001), { compressed: true }), 'maximum payload exceeded'],
    [
      'have a greatest size in all their frames',
      frame(2, 'x'.repeat(5000), { compressed: true, final: false }) + frame(0, 'x'.repeat(5000), { final: false }),
      'maximum payload exceeded',
    ],
    ['are what they say', frame(2, '\xff\xff\xff\xff', { compressed: true }), 'flate: corrupt input'],
    ['are not empty', frame(2, '', { compressed: true }), 'flate: corrupt input'],
  ])('%s', async (_name, bytes, fault) => {
    await using connection = await upgraded({ compression: true, around: { maxPayload: 1000 } }, offer);
    connection.send(frame(2, 'before') + bytes + frame(2, 'behind'));
    await expect.poll(() => connection.client.closed, until).toBe(true);
    expect(connection.reader.broken).toBe(fault);
    expect(connection.reader.received).toBe('before');
    expect(connection.frames().at(-1)).toEqual({ first: 0x88, payload: `\x03\xea${fault}` });
  });
});

describe('control frames', () => {
  test('pings are answered with what they say', async () => {
    await using connection = await upgraded();
    connection.send(frame(9, 'hello') + frame(9, '') + frame(10, 'unasked'));
    await expect.poll(connection.frames, until).toEqual([
      { first: 0x8a, payload: 'hello' },
      { first: 0x8a, payload: '' },
    ]);
  });

  test('a peer that does not read gets one more pong, not thousands', async () => {
    await using connection = await upgraded();
    connection.client.socket.pause();
    const { transport } = connection.reader;
    // More than the kernel takes.
    transport.write(Buffer.alloc(8 * 1024 * 1024, 'x'));
    const pings = 2000;
    for (let index = 0; index < pings; index++) connection.send(frame(9, String(index).padStart(100, '0')));
    await new Promise((resolve) => setTimeout(resolve, 100));
    connection.client.socket.resume();
    await expect.poll(() => connection.frames().at(-1)?.payload, until).toBe(String(pings - 1).padStart(100, '0'));
    expect(connection.frames().filter(({ first }) => first === 0x8a).length).toBeLessThan(300);
  });

  test.each([
    ['with a status and a text', '\x03\xe8bye', '\x03\xe8bye'],
    ['without a status', '', ''],
    ['with a status of its own', '\x0b\xb8x', '\x0b\xb8x'],
    ['with a text that is none', '\x03\xe8\xff\xfe', '\x03\xefinvalid utf8 body in close frame'],
  ])('a close %s is answered', async (_name, said, answer) => {
    await using connection = await upgraded();
    connection.send(frame(2, 'before') + frame(8, said) + frame(2, 'behind'));
    await expect.poll(() => connection.client.closed, until).toBe(true);
    expect(connection.frames()).toEqual([{ first: 0x88, payload: answer }]);
    expect(connection.reader).toMatchObject({ received: 'before', ended: true, broken: undefined });
  });

  test.each([
    ['of one byte', '\x03', 'close frame payload cannot be 1 byte'],
    ['of a status that is kept', '\x03\xed', 'invalid close status code 1005'],
    ['of a status that is none', '\x03\xe7', 'invalid close status code 999'],
    ['of a status nobody has', '\x03\xf8', 'invalid close status code 1016'],
    ['of a status above all', '\x13\x88', 'invalid close status code 5000'],
  ])('a close %s is against the rules', async (_name, said, fault) => {
    await using connection = await upgraded();
    connection.send(frame(8, said));
    await expect.poll(() => connection.client.closed, until).toBe(true);
    expect(connection.frames()).toEqual([{ first: 0x88, payload: `\x03\xea${fault}` }]);
    expect(connection.reader.broken).toBe(fault);
  });
});

describe('the end', () => {
  test.each([
    ['Client Closed', 1000],
    ['Authentication Failure', 1008],
    ['Maximum Message Payload Exceeded', 1009],
    ['Protocol Violation', 1002],
    ['Server Shutdown', 1001],
    ['Kicked', 1011],
  ])('%s is told as %i', async (reason, status) => {
    await using server = await listening();
    const client = await dial(server.url);
    const transport = server.readers[0]?.transport;
    transport?.write(Buffer.from('-ERR'));
    transport?.announceEnd?.(reason);
    transport?.end();
    await expect.poll(() => client.close, until).toEqual([status, reason]);
    expect(client.text).toBe('INFO\r\n-ERR');
  });

  test('nothing is read or written behind it', async () => {
    await using connection = await upgraded();
    const { reader, client } = connection;
    reader.transport.end();
    reader.transport.write(Buffer.from('late'));
    reader.transport.end();
    connection.send(frame(2, 'late'));
    await expect.poll(() => client.closed, until).toBe(true);
    expect(connection.frames().map(({ first }) => first)).toEqual([0x88]);
    expect(reader.received).toBe('');
  });

  test('what breaks the rules is told, and what came before it is read', async () => {
    await using connection = await upgraded();
    connection.send(frame(2, 'before') + frame(2, 'open', { mask: '' }));
    await expect.poll(() => connection.client.closed, until).toBe(true);
    expect(connection.reader).toMatchObject({ received: 'before', broken: 'mask bit missing', over: true });
    expect(connection.frames()).toEqual([{ first: 0x88, payload: '\x03\xeamask bit missing' }]);
  });

  test('a connection that is cut is an end like any other', async () => {
    await using connection = await upgraded();
    connection.client.socket.resetAndDestroy();
    await expect.poll(() => connection.reader.over, until).toBe(true);
  });
});

describe('before it is a WebSocket', () => {
  test('requests may fail before one is right', async () => {
    await using server = await listening();
    const client = server.say(
      upgradeRequest({ Upgrade: undefined }) +
        `${upgradeRequest({ 'Content-Length': '5' }, 'POST / HTTP/1.1')}abcde` +
        upgradeRequest(),
    );
    await expect.poll(() => client.text, until).toContain('INFO');
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 405', 'HTTP/1.1 101']);
    expect(server.log).toEqual([
      "error PEER - websocket handshake error: invalid value for header 'Upgrade'",
      'error PEER - websocket handshake error: request method must be GET',
    ]);
  });

  test('who asks on and on and does not read is cut', async () => {
    await using server = await listening();
    const client = server.say('');
    client.socket.pause();
    const asking = upgradeRequest({ Upgrade: undefined }).repeat(500);
    for (let index = 0; index < 400 && !client.socket.destroyed; index++) {
      client.socket.write(asking);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.socket.resume();
    await expect.poll(() => client.closed, until).toBe(true);
    expect(client.text.length).toBeLessThan(200_000 * 200);
  });

  test('bytes behind the request are no protocol', async () => {
    await using server = await listening();
    const client = server.say(upgradeRequest() + frame(2, 'PING\r\n'));
    await expect.poll(() => client.closed, until).toBe(true);
    expect(client.text).toBe('');
    expect(server.readers).toEqual([]);
    expect(server.log).toEqual([
      'error PEER - websocket handshake error: client sent data before handshake is complete',
    ]);
  });

  test('leaf nodes are turned away', async () => {
    await using server = await listening();
    const client = server.say(upgradeRequest({}, 'GET /leafnode HTTP/1.1'));
    await expect.poll(() => client.closed, until).toBe(true);
    expect(client.text).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
    expect(server.log).toEqual(['error Not configured to accept leaf node connections']);
  });

  test('nonsense is answered and ended', async () => {
    await using server = await listening();
    const client = server.say('hello\r\n\r\n');
    await expect.poll(() => client.closed, until).toBe(true);
    expect(client.text).toBe(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
  });

  test('there is a time for it', async () => {
    await using server = await listening({ handshakeTimeoutMs: 40 });
    const [silent, half] = [server.say(''), server.say('GET / HT')];
    await expect.poll(() => silent.closed && half.closed, until).toBe(true);
    expect(silent.text).toBe('');
    expect(half.text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const client = server.say(upgradeRequest());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.closed).toBe(false);
  });

  test('new options hold for new connections', async () => {
    await using server = await listening();
    const before = await dial(server.url, { origin: 'http://elsewhere' });
    server.replace({ sameOrigin: true });
    await expect(dial(server.url, { origin: 'http://elsewhere' })).rejects.toThrow('403');
    before.socket.send('still here');
    await expect.poll(() => server.readers[0]?.received, until).toBe('still here');
  });

  test('the listener closes, half-open connections with it', async () => {
    const server = await listening();
    const half = server.say('GET / HT');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await server.close();
    await expect.poll(() => half.closed, until).toBe(true);
    await expect(
      new Promise((_resolve, reject) => connect(server.port, '127.0.0.1').on('error', reject)),
    ).rejects.toThrow('ECONNREFUSED');
  });

  test('says why it cannot have its port', async () => {
    await using server = await listening();
    await expect(listening({ port: server.port })).rejects.toMatchObject({
      code: 'address-in-use',
      message: `Unable to listen for websocket connections: listen tcp 127.0.0.1:${server.port}: bind: address already in use`,
    });
  });
});

describe('through TLS', () => {
  let folder: string;
  let authority: Authority;
  let server: Certificate;
  let client: Certificate;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'natscope-wss-'));
    authority = (await Authority.create(folder, 'Test CA')) as Authority;
    server = await authority.issue({ name: 'server', names: 'IP:127.0.0.1' });
    client = await authority.issue({ name: 'ada' });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const tls = (more = {}) => ({
    tls: { certFile: server.cert, keyFile: server.key, caFile: authority.ca, ...more },
  });
  const trust = (): ClientOptions => ({ ca: readFileSync(authority.ca) });

  test('messages come in and go out', async () => {
    await using listener = await listening(tls());
    const { socket, ...heard } = await dial(listener.url, trust());
    const [reader] = listener.readers;
    if (reader) reader.echoes = true;
    let text = heard.text;
    socket.on('message', (bytes: Buffer) => (text += bytes.toString('latin1')));
    const sent = 'x'.repeat(150_000);
    socket.send(sent);
    await expect.poll(() => reader?.received.length, until).toBe(sent.length);
    await expect.poll(() => text.length, until).toBeGreaterThanOrEqual(sent.length);
    expect(reader?.transport.tls).toMatchObject({ version: '1.3', verified: false });
    socket.close();
    await expect.poll(() => reader?.over, until).toBe(true);
  });

  test('certificates of clients are checked, and shown', async () => {
    await using listener = await listening(tls({ verify: true }));
    await expect(
      dial(listener.url, trust()).then(({ socket }) => new Promise((_, reject) => socket.on('error', reject))),
    ).rejects.toThrow();
    await dial(listener.url, { ...trust(), cert: readFileSync(client.cert), key: readFileSync(client.key) });
    await expect.poll(() => listener.readers[0]?.transport.tls, until).toMatchObject({ verified: true });
    expect(listener.log).toEqual([
      "error websocket: TLS handshake error from PEER: tls: client didn't provide a certificate",
    ]);
  });

  test('pins do not count here, as in nats-server', async () => {
    await using listener = await listening(tls({ pinnedCertificates: ['a'.repeat(64)] }));
    const client = await dial(listener.url, trust());
    await expect.poll(() => client.text, until).toBe('INFO\r\n');
  });

  test('who speaks plain HTTP is told', async () => {
    await using listener = await listening(tls());
    const plain = listener.say(upgradeRequest());
    await expect.poll(() => plain.closed, until).toBe(true);
    expect(plain.text).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
    expect(listener.log).toEqual([
      'error websocket: TLS handshake error from PEER: client sent an HTTP request to an HTTPS server',
    ]);
  });

  test('there is a time for it', async () => {
    await using listener = await listening({ ...tls(), handshakeTimeoutMs: 40 });
    const [silent, half] = [listener.say(''), listener.say('\x16\x03\x01\x02\0\x01')];
    await expect.poll(() => silent.closed && half.closed, until).toBe(true);
    expect(listener.log.join()).toMatch(
      /^error websocket: TLS handshake error from PEER: read tcp PEER->PEER: i\/o timeout$/,
    );
  });

  test('origins are held against https', async () => {
    await using listener = await listening({ ...tls(), sameOrigin: true });
    await dial(listener.url, { ...trust(), origin: `https://127.0.0.1:${listener.port}` });
    await expect(dial(listener.url, { ...trust(), origin: `http://127.0.0.1:${listener.port}` })).rejects.toThrow(
      '403',
    );
  });

  test('new certificates are shown to new connections', async () => {
    await using listener = await listening(tls());
    await dial(listener.url, trust());
    const other = await authority.issue({ name: 'other', names: 'DNS:elsewhere' });
    listener.replace(tls({ certFile: other.cert, keyFile: other.key }));
    await expect(dial(listener.url, trust())).rejects.toThrow(/altnames/);
  });
});

test('masking is its own inverse', () => {
  expect(masking(masking('payload', 'abcd'), 'abcd')).toBe('payload');
});
