import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from './fixtures.ts';
import type { App } from '../support/app.ts';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request with exactly these headers; a browser would not let anybody set `Host`. */
async function ask(app: App, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port, host } = new URL(app.origin);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    // An accepted upgrade would come here; its status is what matters.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    request.on('error', reject);
    request.end();
  });
}

/** The cookie of a browser that opened the printed address. */
async function session(app: App): Promise<string> {
  const address = new URL(await app.takeAddress());
  const answer = await ask(app, address.pathname + address.search);
  expect(answer.status).toBe(303);
  const cookie = answer.headers['set-cookie']?.[0] ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  return cookie.split(';')[0] ?? '';
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

test('the window needs the printed address, and that works once', async ({ app }) => {
  expect((await ask(app, '/')).status).toBe(401);
  expect((await ask(app, '/index.html')).status).toBe(401);
  expect((await ask(app, '/?token=guessed')).status).toBe(403);

  const address = new URL(await app.takeAddress());
  const first = await ask(app, address.pathname + address.search);
  expect(first.status).toBe(303);
  expect((await ask(app, address.pathname + address.search)).status).toBe(403);

  const another = new URL(await app.takeAddress());
  expect(another.search).not.toBe(address.search);
});

test('pages of other names and other origins get nothing', async ({ app }) => {
  const cookie = await session(app);
  const { host } = new URL(app.origin);
  expect((await ask(app, '/', { cookie })).status).toBe(200);

  expect((await ask(app, '/', { cookie, host: 'natscope.example:80' })).status).toBe(421);
  expect((await ask(app, '/', { cookie, host: '127.0.0.1:1' })).status).toBe(421);
  expect((await ask(app, '/bridge', { ...upgrade, cookie, origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask(app, '/bridge', { ...upgrade, cookie })).status).toBe(403);
  expect((await ask(app, '/bridge', { ...upgrade, cookie, origin: 'null' })).status).toBe(403);
  expect((await ask(app, '/bridge', { ...upgrade, origin: `http://${host}` })).status).toBe(401);
  expect((await ask(app, '/bridge', { ...upgrade, cookie, origin: `http://${host}` })).status).toBe(101);
});

test('only files of the window are read, and only read', async ({ app }) => {
  const cookie = await session(app);
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/.window-stamp',
    '/electron/serve.js',
  ]) {
    expect((await ask(app, path, { cookie })).status, path).toBe(404);
  }
  expect((await ask(app, '/', { cookie }, 'POST')).status).toBe(405);
});

test('what is served carries a strict policy', async ({ app }) => {
  const { headers } = await ask(app, '/', { cookie: await session(app) });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cross-origin-opener-policy']).toBe('same-origin');
});

test('it listens on the loopback address only', async ({ app }) => {
  const { execFileSync } = await import('node:child_process');
  test.skip(process.platform !== 'linux', 'reads the sockets from /proc');
  const port = Number(new URL(app.origin).port).toString(16).toUpperCase().padStart(4, '0');
  const listening = execFileSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'])
    .toString()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${port}`))
    .map(([, local]) => local?.split(':')[0]);
  expect(listening).toEqual(['0100007F']);
});
