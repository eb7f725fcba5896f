/**
 * What the window does, written for the `nats` command line tool and a POSIX shell. Quoted so that a subject or payload
 * of a stranger stays one argument.
 */

import type { HeaderField } from '../../electron/bridge/contract.ts';
import { isUtf8 } from '../ui/code/visible-text.ts';
import { natsTool } from '../ui/nats-tool.ts';
import { shellCommand as join, shellQuote } from '../ui/shell-words.ts';

export interface CommandTarget {
  /** Address of the server; left out of the command when it is the tool's default. */
  server?: string | undefined;
}

export interface MessageCommand extends CommandTarget {
  subject: string;
  payload: Uint8Array;
  headers?: readonly HeaderField[];
  reply?: string | undefined;
  count?: number;
  intervalMs?: number;
  /** Whether `{{…}}` is to be replaced. The tool does unless it is told not to. */
  templates?: boolean;
}

export function publishCommand(command: MessageCommand): string {
  const options = headerOptions(command.headers);
  if (command.reply) options.push('--reply', command.reply);
  if (command.count !== undefined && command.count > 1) options.push('--count', String(command.count));
  if (command.intervalMs) options.push('--sleep', `${command.intervalMs}ms`);
  return withBody('pub', command, options);
}

export interface RequestCommand extends MessageCommand {
  timeoutMs: number;
  /** 0 for all until the time-out. */
  replies: number;
}

export function requestCommand(command: RequestCommand): string {
  const options = headerOptions(command.headers);
  if (command.replies !== 1) options.push('--replies', String(command.replies));
  // Of the tool itself, so it stands before the verb.
  return withBody('request', command, options, ['--timeout', `${command.timeoutMs}ms`]);
}

export function subscribeCommand(subject: string, target: CommandTarget & { queue?: string | undefined } = {}): string {
  const options = target.queue ? ['--queue', target.queue] : [];
  return join([...natsTool(target.server), 'sub', ...options, subject]);
}

export interface ReplyCommand extends CommandTarget {
  subject: string;
  queue?: string | undefined;
  /** Answer with what was asked. */
  echo: boolean;
  body: Uint8Array;
  delayMs: number;
}

export function replyCommand(command: ReplyCommand): string {
  const options: string[] = [];
  if (command.queue) options.push('--queue', command.queue);
  if (command.delayMs > 0) options.push('--sleep', `${command.delayMs}ms`);
  if (command.echo) options.push('--echo');
  const body = command.echo ? [] : [new TextDecoder().decode(command.body)];
  return join([...natsTool(command.server), 'reply', ...options, command.subject, ...body]);
}

function withBody(verb: string, command: MessageCommand, options: string[], before: string[] = []): string {
  const { payload } = command;
  const literal = new TextDecoder().decode(payload);
  if (literal.includes('{{') && command.templates !== true) options.push('--no-templates');
  const head = [...natsTool(command.server), ...before, verb, ...options];
  // An argument can hold no NUL and a terminal would garble what is no text: such bytes go through a pipe.
  if (payload.includes(0) || !isUtf8(payload)) {
    return `printf ${shellQuote(octal(payload))} | ${join([...head, '--force-stdin', command.subject])}`;
  }
  return join([...head, command.subject, literal]);
}

function headerOptions(headers: readonly HeaderField[] = []): string[] {
  return headers.flatMap(({ name, value }) => ['-H', `${name}:${value}`]);
}

/** Octal escapes are the ones that every `printf` knows. */
function octal(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const letter = byte >= 0x20 && byte < 0x7f && byte !== 0x5c && byte !== 0x25;
    text += letter ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}
