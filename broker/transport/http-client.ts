import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { HTTP_REDIRECTS_MAX } from '../limits.ts';
import type { TlsClientOptions } from '../options/authentication.ts';
import { systemWords } from './system-words.ts';
import { readAuthorities, readPair } from './tls-files.ts';

export interface FetchOptions {
  readonly timeoutMs: number;
  /** A body that is longer is refused. */
  readonly bytesMax: number;
  readonly tls?: TlsClientOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FetchedText {
  readonly status: number;
  readonly statusText: string;
  readonly body: string;
}

/** Gets the text behind an HTTP address, wherever that sends us on to. Rejects with an `Error` that has Go's words. */
export async function fetchText(url: string, options: FetchOptions): Promise<FetchedText> {
  const until = performance.now() + options.timeoutMs;
  let address = url;
  try {
    for (let hops = 0; ; hops++) {
      const { message, bytes } = await get(address, options, until);
      const { statusCode = 0, statusMessage = '', headers } = message;
      if (!REDIRECTS.includes(statusCode) || headers.location === undefined) {
        return { status: statusCode, statusText: statusMessage, body: bytes.toString('utf8') };
      }
      if (hops === HTTP_REDIRECTS_MAX) throw new Error(`stopped after ${HTTP_REDIRECTS_MAX} redirects`);
      address = new URL(headers.location, address).href;
    }
  } catch (error) {
    throw new Error(`Get ${JSON.stringify(withoutPassword(address))}: ${reasonOf(error)}`, { cause: error });
  }
}

const REDIRECTS = [301, 302, 303, 307, 308];

async function get(
  address: string,
  { bytesMax, tls, signal }: FetchOptions,
  until: number,
): Promise<{ message: IncomingMessage; bytes: Buffer }> {
  const begin = requester(address, tls);
  return new Promise((resolve, reject) => {
    const request = begin({ agent: false, ...(signal === undefined ? {} : { signal }) });
    const fail = (error: Error): void => {
      reject(error);
      request.destroy();
    };
    const timer = setTimeout(
      () => fail(new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
      Math.max(0, until - performance.now()),
    );
    request.once('close', () => clearTimeout(timer));
    request.on('error', fail);
    request.once('response', (message) => {
      const pieces: Buffer[] = [];
      let length = 0;
      message.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > bytesMax) fail(new Error(`the answer has more than ${bytesMax} bytes`));
        else pieces.push(piece);
      });
      message.on('error', fail);
      message.once('end', () => resolve({ message, bytes: Buffer.concat(pieces) }));
    });
    request.end();
  });
}

type Begin = (options: RequestOptions) => ClientRequest;

/**
 * HTTP is loaded only where it is spoken, and without the names that an import of it would load more for, which costs a
 * start 40 ms. Throws where the address or the files of TLS make no sense.
 */
function requester(address: string, tls: TlsClientOptions | undefined): Begin {
  const url = new URL(address);
  if (url.protocol === 'http:') {
    const { request } = process.getBuiltinModule('node:http');
    return (options) => request(url, options);
  }
  if (url.protocol !== 'https:') throw new Error(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
  const { request } = process.getBuiltinModule('node:https');
  const pair = tls?.certFile && tls.keyFile ? readPair(tls.certFile, tls.keyFile) : undefined;
  const secure = {
    rejectUnauthorized: tls?.insecure !== true,
    ...(tls?.caFile ? { ca: readAuthorities(tls.caFile) } : {}),
    ...(pair === undefined ? {} : { cert: pair.chain, key: pair.key }),
  };
  return (options) => request(url, { ...options, ...secure });
}

function reasonOf(error: unknown): string {
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (syscall === 'connect' && address !== undefined) {
    return `dial tcp ${address}:${port}: connect: ${systemWords(error)}`;
  }
  if (code === 'ECONNRESET') return 'EOF';
  if (code === 'ABORT_ERR') return 'context canceled';
  return error instanceof Error ? error.message : String(error);
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:/@]*):[^/@]*@/i, '$1:xxxxx@');
}
