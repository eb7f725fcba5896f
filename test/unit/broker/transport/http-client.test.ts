import { createServer, type RequestListener, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchText } from '../../../../broker/transport/http-client.ts';
import { Authority, type Certificate } from '../../../support/certificates.ts';

const limits = { timeoutMs: 2000, bytesMax: 1000 };

async function listening(server: Server): Promise<{ url: string; port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  return {
    url: `${scheme}://127.0.0.1:${port}/`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
const serving = (answer: RequestListener) => listening(createServer(answer));

test('gets text', async () => {
  await using server = await serving((request, response) => response.end(`é ${request.url}`));
  expect(await fetchText(`${server.url}A?b`, limits)).toEqual({ status: 200, statusText: 'OK', body: 'é /A?b' });
});

test('tells a status that is none of success', async () => {
  await using server = await serving((_request, response) => response.writeHead(404).end('gone'));
  expect(await fetchText(server.url, limits)).toEqual({ status: 404, statusText: 'Not Found', body: 'gone' });
});

test('shows the password of the address to the server only', async () => {
  await using server = await serving((request, response) => response.end(request.headers.authorization));
  const url = server.url.replace('//', '//ada:s3cret@');
  const authorization = `Basic ${Buffer.from('ada:s3cret').toString('base64')}`;
  expect((await fetchText(url, limits)).body).toBe(authorization);
  const gone = url.replace(String(server.port), '1');
  await expect(fetchText(gone, limits)).rejects.toThrow(
    'Get "http://ada:xxxxx@127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
  );
});

test('is sent on, but not for ever', async () => {
  await using server = await serving((request, response) => {
    if (request.url === '/end') response.end('here');
    else response.writeHead(302, { Location: request.url === '/once' ? '/end' : '/again' }).end();
  });
  expect((await fetchText(`${server.url}once`, limits)).body).toBe('here');
  await expect(fetchText(server.url, limits)).rejects.toThrow('stopped after 10 redirects');
});

test('gives up on who never answers, or never ends', async () => {
  await using silent = await serving(() => {});
  await using endless = await serving((_request, response) => response.write('a'));
  for (const { url } of [silent, endless]) {
    await expect(fetchText(url, { ...limits, timeoutMs: 60 })).rejects.toThrow(
      `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    );
  }
});

test('takes no more than it was told to', async () => {
  await using server = await serving((_request, response) => response.end('x'.repeat(1001)));
  await expect(fetchText(server.url, limits)).rejects.toThrow('the answer has more than 1000 bytes');
});

test('notices that an answer breaks off', async () => {
  await using server = await serving((_request, response) => {
    response.writeHead(200, { 'Content-Length': 10 });
    response.write('abc', () => response.destroy());
  });
  await expect(fetchText(server.url, limits)).rejects.toThrow('EOF');
});

test('can be told to stop', async () => {
  await using server = await serving(() => {});
  const stop = new AbortController();
  const fetched = fetchText(server.url, { ...limits, signal: stop.signal });
  stop.abort();
  await expect(fetched).rejects.toThrow('context canceled');
});

test.each(['ftp://127.0.0.1/', 'nothing'])('does not know %s', async (url) => {
  await expect(fetchText(url, limits)).rejects.toThrow(`Get "${url}": `);
});

describe('through TLS', () => {
  let folder: string;
  let authority: Authority;
  let certificate: Certificate;
  let client: Certificate;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'natscope-fetch-'));
    authority = (await Authority.create(folder, 'Test CA')) as Authority;
    certificate = await authority.issue({ name: 'server', names: 'IP:127.0.0.1' });
    client = await authority.issue({ name: 'ada' });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const secure = (requestCert: boolean) =>
    listening(
      createSecureServer(
        {
          cert: readFileSync(certificate.cert),
          key: readFileSync(certificate.key),
          ca: readFileSync(authority.ca),
          requestCert,
        },
        (_request, response) => response.end('secret'),
      ),
    );

  test('checks who is there, unless told not to', async () => {
    await using server = await secure(false);
    expect((await fetchText(server.url, { ...limits, tls: { caFile: authority.ca } })).body).toBe('secret');
    expect((await fetchText(server.url, { ...limits, tls: { insecure: true } })).body).toBe('secret');
    await expect(fetchText(server.url, limits)).rejects.toThrow(/certificate/);
  });

  test('shows its certificate', async () => {
    await using server = await secure(true);
    const tls = { caFile: authority.ca, certFile: client.cert, keyFile: client.key };
    expect((await fetchText(server.url, { ...limits, tls })).body).toBe('secret');
    await expect(fetchText(server.url, { ...limits, tls: { caFile: authority.ca } })).rejects.toThrow('Get ');
    await expect(fetchText(server.url, { ...limits, tls: { ...tls, keyFile: 'nope' } })).rejects.toThrow('open nope');
  });
});
