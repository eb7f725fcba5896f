/** What the page does, written for the `nats` command line tool. */

import type { ConsumerSettings, PurgeParams, StreamSettings } from '../../electron/bridge/contract.ts';
import { natsTool } from '../ui/nats-tool.ts';
import { shellCommand, shellQuote } from '../ui/shell-words.ts';

/** Address of the server; the tool finds its default by itself. */
type Server = string | undefined;

const line = (server: Server, ...words: string[]): string => shellCommand([...natsTool(server), ...words]);

export const streamCommands = {
  list: (server: Server) => line(server, 'stream', 'ls', '--all'),
  account: (server: Server) => line(server, 'account', 'info'),
  info: (server: Server, stream: string) => line(server, 'stream', 'info', stream),
  subjects: (server: Server, stream: string) => line(server, 'stream', 'subjects', stream),
  get: (server: Server, stream: string, sequence: number) => line(server, 'stream', 'get', stream, String(sequence)),
  lastFor: (server: Server, stream: string, subject: string) =>
    line(server, 'stream', 'get', stream, '--last-for', subject),
  removeMessage: (server: Server, stream: string, sequence: number) =>
    line(server, 'stream', 'rmm', stream, String(sequence), '--force'),
  purge(server: Server, { stream, filter, keep, before }: PurgeParams) {
    const options = [
      ...(filter === '' ? [] : ['--subject', filter]),
      ...(keep === 0 ? [] : ['--keep', String(keep)]),
      ...(before === 0 ? [] : ['--seq', String(before)]),
    ];
    return line(server, 'stream', 'purge', stream, '--force', ...options);
  },
  remove: (server: Server, stream: string) => line(server, 'stream', 'rm', stream, '--force'),
  backup: (server: Server, stream: string, consumers: boolean) =>
    line(server, 'stream', 'backup', stream, `./${stream}.backup`, ...(consumers ? ['--consumers'] : [])),
  seal: (server: Server, stream: string) => line(server, 'stream', 'seal', stream, '--force'),
  /** The tool reads a configuration from a file, so it is piped in. */
  add: (server: Server, config: StreamSettings) =>
    `printf %s ${shellQuote(JSON.stringify(config))} | ${line(server, 'stream', 'add', config.name, '--config', '/dev/stdin')}`,
  edit: (server: Server, config: StreamSettings) =>
    `printf %s ${shellQuote(JSON.stringify(config))} | ${line(server, 'stream', 'edit', config.name, '--config', '/dev/stdin', '--force')}`,
};

export const consumerCommands = {
  list: (server: Server, stream: string) => line(server, 'consumer', 'ls', stream),
  info: (server: Server, stream: string, consumer: string) => line(server, 'consumer', 'info', stream, consumer),
  next: (server: Server, stream: string, consumer: string, count: number) =>
    line(server, 'consumer', 'next', stream, consumer, '--count', String(count), '--no-ack'),
  remove: (server: Server, stream: string, consumer: string) =>
    line(server, 'consumer', 'rm', stream, consumer, '--force'),
  pause: (server: Server, stream: string, consumer: string, duration: string) =>
    line(server, 'consumer', 'pause', stream, consumer, duration, '--force'),
  resume: (server: Server, stream: string, consumer: string) =>
    line(server, 'consumer', 'resume', stream, consumer, '--force'),
  unpin: (server: Server, stream: string, consumer: string, group: string) =>
    line(server, 'consumer', 'unpin', stream, consumer, group, '--force'),
  save: (server: Server, verb: 'add' | 'edit', stream: string, config: ConsumerSettings) =>
    `printf %s ${shellQuote(JSON.stringify(config))} | ${line(
      server,
      'consumer',
      verb,
      stream,
      config.name ?? config.durable_name ?? '',
      '--config',
      '/dev/stdin',
      ...(verb === 'edit' ? ['--force'] : []),
    )}`,
};
