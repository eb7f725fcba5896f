/** What can be copied of a message. */

import type { MessageDetail } from '../../../electron/bridge/contract.ts';
import { printHex, printBase64 } from '../../ui/code/byte-text.ts';
import { decodeLenient } from '../../ui/code/visible-text.ts';
import { publishCommand, requestCommand, subscribeCommand, type CommandTarget } from '../nats-command.ts';

/** Time that a copied request waits, as the tool itself does. */
const requestTimeoutMs = 5_000;

export interface MessageCopy {
  /** Names it in menus: `Subject`. */
  name: string;
  text: string;
}

/** The message as the command that sends it again. */
export function commandOf(detail: MessageDetail, target: CommandTarget): MessageCopy {
  const message = { ...target, subject: detail.subject, payload: detail.payload, headers: detail.headers };
  if (detail.kind === 'request') {
    return { name: 'nats request', text: requestCommand({ ...message, timeoutMs: requestTimeoutMs, replies: 1 }) };
  }
  return { name: 'nats pub', text: publishCommand({ ...message, reply: detail.reply ?? undefined }) };
}

export function copiesOf(detail: MessageDetail, target: CommandTarget): MessageCopy[] {
  const copies: MessageCopy[] = [
    { name: 'Subject', text: detail.subject },
    { name: 'Payload', text: decodeLenient(detail.payload) },
    { name: 'Payload as hex', text: printHex(detail.payload) },
    { name: 'Payload as Base64', text: printBase64(detail.payload) },
  ];
  if (detail.headers.length > 0) {
    copies.push({ name: 'Headers', text: detail.headers.map(({ name, value }) => `${name}: ${value}`).join('\n') });
  }
  if (detail.reply !== null) copies.push({ name: 'Reply subject', text: detail.reply });
  copies.push(commandOf(detail, target), { name: 'nats sub', text: subscribeCommand(detail.subject, target) });
  return copies;
}
