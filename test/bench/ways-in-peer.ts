/** One end of `ways-in.ts`: publishes as fast as it is let, or counts what comes. */

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { FrameReader } from '../../broker/transport/websocket/frames.ts';
import { frame, upgradeRequest } from '../support/raw-websocket-client.ts';

const { values } = parseArgs({
  options: {
    role: { type: 'string' },
    way: { type: 'string' },
    port: { type: 'string' },
    ca: { type: 'string' },
    seconds: { type: 'string' },
    size: { type: 'string' },
  },
});
const size = Number(values.size);
const seconds = Number(values.seconds);
const webSocket = values.way === 'ws' || values.way === 'wss';
const CONNECT = 'CONNECT {"verbose":false,"pedantic":false}\r\n';
const blockBytes = 60_000;

const socket = await open();
if (values.role === 'subscriber') await subscribe();
else await publish();
process.exit(0);

/** A connection on which the protocol can go on, INFO still unread behind it. */
async function open(): Promise<Socket> {
  const secure = values.way === 'tls' || values.way === 'wss';
  const plain = connect({ port: Number(values.port), host: '127.0.0.1', noDelay: true });
  await once(plain, 'connect');
  if (values.way === 'tls') {
    await once(plain, 'data');
    plain.pause();
  }
  const through = secure
    ? connectTls({
        socket: plain,
        ca: readFileSync(values.ca ?? ''),
        servername: '',
        checkServerIdentity: () => undefined,
      })
    : plain;
  if (secure) await once(through, 'secureConnect');
  if (webSocket) {
    through.write(upgradeRequest());
    await once(through, 'data');
  }
  return through;
}

function say(text: string): Buffer {
  // A mask of zeros is a mask; to mask is not what is measured.
  return Buffer.from(webSocket ? frame(2, text, { mask: '\0\0\0\0' }) : text, 'latin1');
}

async function publish(): Promise<void> {
  const message = `PUB b ${size}\r\n${'x'.repeat(size)}\r\n`;
  const block = say(message.repeat(Math.ceil(blockBytes / message.length)));
  socket.resume();
  socket.write(say(CONNECT));
  const end = performance.now() + seconds * 1000 + 500;
  while (performance.now() < end) {
    if (!socket.write(block)) await once(socket, 'drain');
  }
}

/** Counts for the given time, from a moment after the first message. */
async function subscribe(): Promise<void> {
  const messageBytes = `MSG b 1 ${size}\r\n`.length + size + 2;
  let bytes = 0;
  const frames = new FrameReader(
    {
      onPayload: (_source, start, end) => void (bytes += end - start),
      onControl: () => true,
    },
    { masked: false, compression: false },
  );
  socket.on('data', (read: Buffer) => {
    if (webSocket) frames.read(read, 0, read.length);
    else bytes += read.length;
  });
  socket.write(say(`${CONNECT}SUB b 1\r\n`));
  await pause(200);
  console.log('ready');
  bytes = 0;
  while (bytes === 0) await pause(5);
  await pause(200);
  bytes = 0;
  const start = performance.now();
  await pause(seconds * 1000 - 500);
  console.log(Math.round((bytes / messageBytes / (performance.now() - start)) * 1000));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
