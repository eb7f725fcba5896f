/**
 * Syslog, here and elsewhere. Priorities and lines are those of nats-server: facility `daemon` for the syslog of the machine and
 * none for another one, RFC 3164 with the time of RFC 3339 over the network. Debug and trace lines are debug and notice there too.
 */

import { spawn } from 'node:child_process';
import type { Socket as DatagramSocket } from 'node:dgram';
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import type { LogLevel } from '../base/log.ts';
import type { LogSink } from './log.ts';
import { systemErrorText } from './system-error.ts';

/** RFC 5424, 6.2.1. */
const SEVERITIES: Record<LogLevel, number> = { fatal: 2, error: 3, warn: 4, info: 5, trace: 5, debug: 7 };
const DAEMON = 3 << 3;

/** Where the syslog of a machine listens. */
const LOCAL_SOCKETS = ['/dev/log', '/var/run/syslog', '/var/run/log'];

/** Bytes that may wait for a syslog that does not take them; beyond that, lines are dropped and counted. */
const WAITING_BYTES_MAX = 1024 * 1024;
/** How long a syslog elsewhere may take to answer at the start. */
const CONNECT_MS_MAX = 10_000;
/** How long a last line may take. */
const FLUSH_MS_MAX = 500;

/** Opens the syslog of this machine. Rejects when there is none that can be reached. */
export async function openLocalSyslog(tag: string, sockets: readonly string[] = LOCAL_SOCKETS): Promise<LogSink> {
  for (const path of sockets.filter(isSocket)) {
    const line = (level: LogLevel, text: string): string =>
      `<${DAEMON | SEVERITIES[level]}>${stamp(new Date())} ${tag}[${process.pid}]: ${text}\n`;
    try {
      const stream = await connected({ path });
      return new StreamSyslog(stream, () => connect({ path }), line);
    } catch (error) {
      // Most listen for datagrams, which Node.js has none of for paths; the program of the system can send them.
      if ((error as NodeJS.ErrnoException).code !== 'EPROTOTYPE') continue;
      const logger = await loggerProgram(path, tag);
      if (logger === undefined) continue;
      return new StreamSyslog(logger, undefined, (level, text) => `<${DAEMON | SEVERITIES[level]}>${oneLine(text)}\n`);
    }
  }
  throw new Error(`error connecting to syslog: "Unix syslog delivery error" (use -r udp://127.0.0.1:514 or -l FILE)`);
}

/** Opens `udp://host:port`, `tcp://host:port` or `unix:///path`. Rejects with an error in nats-server's words. */
export async function openRemoteSyslog(address: string, tag: string): Promise<LogSink> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? '';
  const line = (level: LogLevel, text: string): string =>
    `<${SEVERITIES[level]}>${rfc3339(new Date())} ${hostname()} ${tag}[${process.pid}]: ${text}\n`;
  if (scheme === 'unix') {
    const path = decodeURIComponent(address.replace(/^unix:(?:\/\/)?/i, ''));
    return openStream({ path }, `unix ${path}`, line);
  }
  if (scheme !== 'udp' && scheme !== 'tcp') throw new Error(`error invalid network type: ${JSON.stringify(scheme)}`);
  const [, host = '', port = ''] = /^[a-z]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)(?::(\d*))?/i.exec(address) ?? [];
  const name = host.replace(/^\[|\]$/g, '') || '127.0.0.1';
  const wrong = port === '' ? `address ${host}: missing port in address` : `address ${port}: invalid port`;
  if (!(Number(port) > 0 && Number(port) <= 65_535)) {
    throw new Error(`error connecting to syslog: ${JSON.stringify(`dial ${scheme}: ${wrong}`)}`);
  }
  const target = { host: name, port: Number(port) };
  return scheme === 'tcp' ? openStream(target, `tcp ${host}:${port}`, line) : openDatagrams(target, line);
}

type Line = (level: LogLevel, text: string) => string;
type Target = { path: string } | { host: string; port: number };

async function openStream(target: Target, dialled: string, line: Line): Promise<LogSink> {
  try {
    return new StreamSyslog(await connected(target), () => connect(target), line);
  } catch (error) {
    const reason = JSON.stringify(`dial ${dialled}: connect: ${systemErrorText(error)}`);
    throw new Error(`error connecting to syslog: ${reason}`, { cause: error });
  }
}

async function openDatagrams({ host, port }: { host: string; port: number }, line: Line): Promise<LogSink> {
  const { createSocket } = await import('node:dgram');
  const { lookup } = await import('node:dns/promises');
  const { address, family } = await lookup(host).catch((error: Error) => {
    throw new Error(`error connecting to syslog: ${JSON.stringify(`dial udp: ${error.message}`)}`, { cause: error });
  });
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  // Nobody listens there: the next line may find somebody.
  socket.on('error', () => {});
  socket.unref();
  await new Promise<void>((resolve) => socket.connect(port, address, resolve));
  return new DatagramSyslog(socket, line);
}

function connected(target: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, timeout: CONNECT_MS_MAX });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' })));
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

/** Standard input of the program `logger`, which ends when we do. Undefined where there is none that reads priorities. */
async function loggerProgram(path: string, tag: string): Promise<Writable | undefined> {
  const words = ['--socket', path, '--prio-prefix', '--tag', tag, `--id=${process.pid}`];
  const child = spawn('logger', words, { stdio: ['pipe', 'ignore', 'ignore'] });
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('spawn', () => {
      // One that knows other words only ends at once.
      const ended = (): void => resolve(undefined);
      child.once('exit', ended);
      setTimeout(() => {
        child.off('exit', ended);
        child.unref();
        resolve(child.stdin);
      }, 50);
    });
  });
}

/** Lines over a connection that is made again when it is lost. */
class StreamSyslog implements LogSink {
  readonly #again: (() => Socket) | undefined;
  readonly #line: Line;
  #stream: Writable | undefined;
  #dropped = 0;

  constructor(stream: Writable, again: (() => Socket) | undefined, line: Line) {
    this.#again = again;
    this.#line = line;
    this.#use(stream);
  }

  write(level: LogLevel, text: string): void {
    if (this.#stream === undefined && this.#again !== undefined) this.#use(this.#again());
    if (this.#stream === undefined || this.#stream.writableLength > WAITING_BYTES_MAX) {
      if (this.#dropped++ === 0)
        process.stderr.write(`[${process.pid}] log lines are lost: syslog does not take them\n`);
      return;
    }
    if (this.#dropped > 0) {
      this.#stream.write(this.#line('warn', `${this.#dropped} log lines were dropped because nobody took them`));
      this.#dropped = 0;
    }
    this.#stream.write(this.#line(level, text));
  }

  reopen(): boolean {
    return false;
  }

  async flush(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined || stream.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, FLUSH_MS_MAX);
      stream.write('', () => resolve());
      stream.once('close', resolve);
    });
  }

  close(): void {
    this.#stream?.end();
  }

  #use(stream: Writable): void {
    this.#stream = stream;
    const lost = (): void => {
      if (this.#stream === stream) this.#stream = undefined;
    };
    stream.on('error', lost);
    stream.on('close', lost);
    // The log keeps no server running.
    (stream as Partial<Socket>).unref?.();
    (stream as Partial<Socket>).resume?.();
  }
}

class DatagramSyslog implements LogSink {
  readonly #socket: DatagramSocket;
  readonly #line: Line;
  #waiting = 0;
  #done: (() => void) | undefined;

  constructor(socket: DatagramSocket, line: Line) {
    this.#socket = socket;
    this.#line = line;
  }

  write(level: LogLevel, text: string): void {
    this.#waiting++;
    this.#socket.send(this.#line(level, text), () => {
      this.#waiting--;
      if (this.#waiting === 0) this.#done?.();
    });
  }

  reopen(): boolean {
    return false;
  }

  async flush(): Promise<void> {
    if (this.#waiting === 0) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, FLUSH_MS_MAX);
      this.#done = resolve;
    });
  }

  close(): void {
    void this.flush().then(() => this.#socket.close());
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Aug  1 14:50:11`, local time. */
function stamp(date: Date): string {
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${date.toTimeString().slice(0, 8)}`;
}

/** `2026-08-21T14:50:11+02:00`, local time. */
export function rfc3339(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const minutes = Math.abs(offset);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${local}${offset < 0 ? '-' : '+'}${hour}:${minute}`;
}

/** A line for a program that reads lines. */
function oneLine(text: string): string {
  return text.replaceAll('\n', '\\n');
}
