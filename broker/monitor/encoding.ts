import { gzipSync } from 'node:zlib';
import type { BusHeaders } from '../account/bus.ts';
import { snappyStream } from '../base/snappy.ts';

/** An answer as it is sent. */
export interface EncodedAnswer {
  readonly payload: Uint8Array | string;
  readonly headers?: BusHeaders | undefined;
}

/**
 * Packs an answer the way the request's `Accept-Encoding` wants it. `headers` is the request's block, '' when it has
 * none. What is not known is answered as it is, and says so.
 */
export function encodeAnswer(json: string, headers: string): EncodedAnswer {
  const accepted = headerValue(headers, 'Accept-Encoding').toLowerCase();
  if (accepted === '') return { payload: json };
  if (/snappy|s2/.test(accepted)) return encoded(snappyStream(Buffer.from(json)), 'snappy');
  if (accepted.includes('gzip')) return encoded(gzipSync(json), 'gzip');
  return encoded(json, 'identity');
}

function encoded(payload: Uint8Array | string, encoding: string): EncodedAnswer {
  return { payload, headers: [['Content-Encoding', encoding]] };
}

/** '' when there is none. The name is written as it is here. */
function headerValue(block: string, name: string): string {
  const start = block.indexOf(`\r\n${name}:`);
  if (start === -1) return '';
  const from = start + name.length + 3;
  return block.slice(from, block.indexOf('\r\n', from)).trim();
}
