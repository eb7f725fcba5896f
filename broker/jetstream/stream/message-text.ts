import type { MessagePlace } from '../../store/message-log.ts';

/** Parts of a message as strings with a character for each byte, and views of its bytes. */

export function subjectOf({ bytes, subjectStart, subjectEnd }: MessagePlace): string {
  return latin1(bytes, subjectStart, subjectEnd);
}

/** The header block, '' when there is none. */
export function headersOf({ bytes, bodyStart, headerBytes }: MessagePlace): string {
  return headerBytes === 0 ? '' : latin1(bytes, bodyStart, bodyStart + headerBytes);
}

/** A view, good as long as the message lies there. */
export function payloadOf({ bytes, bodyStart, headerBytes, bodyBytes }: MessagePlace): Uint8Array {
  return bytes.subarray(bodyStart + headerBytes, bodyStart + bodyBytes);
}

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** A header block with nothing in it. */
export const EMPTY_BLOCK = 'NATS/1.0\r\n\r\n';

/** The block with more headers at its end; `block` may be ''. */
export function withHeaders(block: string, headers: readonly (readonly [name: string, value: string])[]): string {
  const head = block === '' ? EMPTY_BLOCK : block;
  return `${head.slice(0, -2)}${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Value of a header of a block, by its exact name; undefined: it has none. */
export function headerOf(block: string, name: string): string | undefined {
  const start = block.indexOf(`\r\n${name}:`);
  if (start === -1) return undefined;
  return block.slice(start + name.length + 3, block.indexOf('\r\n', start + 2)).trim();
}
