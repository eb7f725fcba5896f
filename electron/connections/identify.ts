/**
 * Who is behind a port that says nothing: a NATS server that waits for TLS, or an HTTP server. Asked on connections of
 * their own, without anything secret, and only after the plain way failed.
 */

import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type Stranger = 'nats-tls-first' | 'http' | 'nats-monitoring' | 'tls' | 'unknown';

export async function identify(host: string, port: number, signal: AbortSignal, waitMs: number): Promise<Stranger> {
  const overTls = await ask({ host, port, tls: true, words: '', waitMs }, signal);
  if (overTls?.startsWith('INFO')) return 'nats-tls-first';
  if (overTls !== undefined) return 'tls';
  const answer = await ask(
    { host, port, tls: false, words: `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`, waitMs },
    signal,
  );
  if (answer?.startsWith('HTTP/') !== true) return 'unknown';
  return port === 8222 || /nats/i.test(answer) ? 'nats-monitoring' : 'http';
}

interface Question {
  host: string;
  port: number;
  tls: boolean;
  words: string;
  waitMs: number;
}

/** What the server says first, at most a few KiB; undefined when the connection cannot be made or breaks off. */
function ask({ host, port, tls, words, waitMs }: Question, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Nothing is sent here that a stranger could use, so whose certificate it is does not matter.
    const socket = tls ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain({ host, port });
    let answer: string | undefined;
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, waitMs);
    signal.addEventListener('abort', end);
    socket.on('error', () => undefined);
    socket.once('close', end);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      answer = '';
      if (words !== '') socket.write(words);
    });
    socket.on('data', (bytes: Buffer) => {
      answer = (answer ?? '') + bytes.toString('latin1');
      // NATS has said all that matters with its first word; of HTTP the page is wanted too.
      if (answer.startsWith('INFO') || answer.length > 8192) end();
    });
  });
}
