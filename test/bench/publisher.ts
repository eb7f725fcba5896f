/**
 * Publishes small JSON messages at a steady rate, as a process of its own, so that it takes no time from what is measured:
 * `node test/bench/publisher.ts --port N --rate 50000 --seconds 60 --subjects 5000 --size 128`. A size is that of a payload
 * in bytes, 32 or more. Prints `{"sent":…,"seconds":…,"late":…}` once the server has read everything; `late` is how far
 * behind the rate it was at worst, in milliseconds, because the server or this machine held it up.
 */

import { connect } from 'node:net';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const payloadBytesMin = 32;
/** Short enough for an even stream, long enough to write some hundred messages at once. */
const tickMs = 4;
/** More than this waiting in our own socket means that the server is slower than the rate. */
const pendingBytesMax = 4 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    rate: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '60' },
    subjects: { type: 'string', default: '5000' },
    size: { type: 'string', default: '128' },
    prefix: { type: 'string', default: 'load' },
  },
});
const port = positive('port');
const rate = positive('rate');
const seconds = positive('seconds');
const subjects = positive('subjects');
const size = Math.max(payloadBytesMin, positive('size'));

const socket = connect({ host: '127.0.0.1', port, noDelay: true });
await once(socket, 'connect');
let received = '';
let onPong = (): void => {};
socket.on('data', (bytes) => {
  received = (received + bytes.toString('latin1')).slice(-4096);
  if (received.includes('-ERR')) throw new Error(received);
  if (received.includes('PING\r\n')) socket.write('PONG\r\n');
  if (received.includes('PONG\r\n')) onPong();
  received = received.slice(received.lastIndexOf('\r\n') + 2);
});
socket.on('close', () => {
  throw new Error('the server closed the connection');
});
socket.write('CONNECT {"verbose":false,"pedantic":false,"name":"bench-publisher"}\r\n');

const frames = Array.from({ length: subjects }, (_, index) => frameOf(index));
const total = Math.round(rate * seconds);
const startedAt = performance.now();
let sent = 0;
let late = 0;
while (sent < total) {
  const elapsed = performance.now() - startedAt;
  const due = Math.min(total, Math.floor((elapsed * rate) / 1000));
  if (due > sent && socket.writableLength < pendingBytesMax) {
    late = Math.max(late, ((due - sent) * 1000) / rate - tickMs);
    // A burst after a hold-up would measure something else: it is made up for at twice the rate at most.
    const until = Math.min(due, sent + Math.ceil((rate * tickMs * 2) / 1000));
    socket.write(batch(sent, until));
    sent = until;
  }
  await new Promise((resolve) => setTimeout(resolve, tickMs));
}
const flushed = new Promise<void>((resolve) => (onPong = resolve));
socket.write('PING\r\n');
await flushed;
const took = (performance.now() - startedAt) / 1000;
socket.removeAllListeners('close');
socket.destroy();
console.log(JSON.stringify({ sent, seconds: took, late: Math.round(late) }));

/** Messages number `from` to `until`; each subject in turn, with a value that grows. */
function batch(from: number, until: number): Buffer {
  const parts: Buffer[] = [];
  for (let number = from; number < until; number++) {
    const frame = Buffer.from(frames[number % subjects] ?? '');
    const at = frame.indexOf('0000000000');
    frame.write(String(number).padStart(10, '0'), at, 'latin1');
    parts.push(frame);
  }
  return Buffer.concat(parts);
}

/** The whole `PUB` of one subject; the ten digits of its value are filled in when it is sent. */
function frameOf(index: number): Buffer {
  const subject = `${values.prefix}.area-${index % 10}.site-${Math.floor(index / 10) % 20}.point-${Math.floor(index / 200)}`;
  const start = '{"value":"0000000000","pad":"';
  const payload = `${start}${'x'.repeat(size - start.length - 2)}"}`;
  return Buffer.from(`PUB ${subject} ${payload.length}\r\n${payload}\r\n`);
}

function positive(name: 'port' | 'rate' | 'seconds' | 'subjects' | 'size'): number {
  const number = Number(values[name]);
  if (!(number > 0)) throw new Error(`--${name} is a number above 0`);
  return number;
}
