import { API_LEVEL } from '../../limits.ts';
import type { ConsumerMessage } from './consumer-host.ts';

/** The value of a header of a message, as it stands there; undefined: it has none of that name. Names are matched exactly. */
export function headerValue(message: ConsumerMessage, name: string): string | undefined {
  if (message.headerBytes === 0) return undefined;
  const { bytes, bodyStart, headerBytes } = message;
  const block = Buffer.from(bytes.buffer, bytes.byteOffset + bodyStart, headerBytes).toString('latin1');
  const at = block.indexOf(`\r\n${name}:`);
  if (at === -1) return undefined;
  const start = at + name.length + 3;
  const end = block.indexOf('\r\n', start);
  return block.slice(start, end === -1 ? block.length : end).trim();
}

/** Whether who sent it relies on an API that this server does not have. */
export function isAboveApiLevel(message: ConsumerMessage): boolean {
  const level = headerValue(message, 'Nats-Required-Api-Level');
  if (level === undefined || level === '') return false;
  return !/^[+-]?\d+$/.test(level) || Number(level) > API_LEVEL;
}
