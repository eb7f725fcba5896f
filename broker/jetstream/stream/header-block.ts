import { EMPTY_BLOCK } from './message-text.ts';

/** Changes to a header block (latin1, from `NATS/1.0` to its empty line), byte for byte as nats-server makes them. */

/** The block without every header of that name; '' when nothing else is left in it. */
export function withoutHeader(block: string, name: string): string {
  return without(block, `\r\n${name}:`);
}

/** The block without every header whose name begins like that; '' when nothing else is left in it. */
export function withoutHeaders(block: string, prefix: string): string {
  return without(block, `\r\n${prefix}`);
}

function without(block: string, wanted: string): string {
  let rest = block;
  for (;;) {
    const start = rest.indexOf(wanted);
    if (start === -1) return rest === EMPTY_BLOCK ? '' : rest;
    const end = rest.indexOf('\r\n', start + 2);
    if (end === -1) return rest;
    rest = rest.slice(0, start) + rest.slice(end);
  }
}

/** The block with another value for its first header of that name, or with the header at its end. */
export function replaceHeader(block: string, name: string, value: string): string {
  const head = block === '' ? EMPTY_BLOCK : block;
  const start = head.indexOf(`\r\n${name}:`);
  if (start === -1) return `${head.slice(0, -2)}${name}: ${value}\r\n\r\n`;
  const colon = start + 2 + name.length;
  const from = head[colon + 1] === ' ' ? colon + 2 : colon + 1;
  const end = head.indexOf('\r\n', from);
  return end === -1 ? head : head.slice(0, from) + value + head.slice(end);
}

/** What stands behind the first header of that name, without the blanks in front of it; undefined: there is none. */
export function headerIn(block: string, name: string): string | undefined {
  const start = block.indexOf(`\r\n${name}:`);
  if (start === -1) return undefined;
  const end = block.indexOf('\r\n', start + 2);
  if (end === -1) return undefined;
  return headerValue(block, start + name.length + 3, end);
}

/** A value without the blanks in front of it; those behind belong to it. */
export function headerValue(block: string, from: number, to: number): string {
  let at = from;
  while (at < to && block.charCodeAt(at) === BLANK) at++;
  return block.slice(at, to);
}

/** The block without a status on its first line; '' when nothing else is in it. */
export function withoutStatus(block: string): string {
  if (block.startsWith('NATS/1.0\r')) return block;
  const end = block.indexOf('\r');
  if (end <= 8 || !block.startsWith('NATS/1.0')) return block;
  const rest = `NATS/1.0${block.slice(end)}`;
  return rest === EMPTY_BLOCK ? '' : rest;
}

const BLANK = 32;
