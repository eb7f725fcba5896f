import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import type { Transport } from '../../../../electron/bridge/frames.ts';
import { startFrontServer } from '../../../../electron/browser-front/server.ts';
import type { FrontServer } from '../../../../electron/browser-front/server.ts';

let folder: string;
let server: FrontServer;
let next: string[];
const attached = vi.fn<(transport: Transport) => void>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-front-'));
  mkdirSync(join(folder, 'window/assets'), { recursive: true });
  writeFileSync(join(folder, 'window/index.html'), '<!doctype html><html><head><title>Natscope</title></head></html>');
  writeFileSync(join(folder, 'window/assets/main-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'window/.hidden.json'), '{}');
  writeFileSync(join(folder, 'window/notes.txt'), 'not for windows');
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  next = [];
  attached.mockReset();
  server = await startFrontServer({
    port: 0,
    // With a slash at its end, as a folder's URL gives it.
    windowFolder: join(folder, 'window/'),
    attachWindow: attached,
    onNextAddress: (address) => next.push(address),
  });
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request as a hostile client can make it: path and headers are sent as they are given. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port: server.port, path, method, headers, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}

function tokenOf(address: string): string {
  return new URL(address).searchParams.get('token') ?? '';
}

async function logIn(): Promise<string> {
  const answer = await ask(`/?token=${tokenOf(server.address)}`);
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

const origin = () => `http://127.0.0.1:${server.port}`;

describe('the one-time address', () => {
  it('is exchanged for a cookie that scripts and other sites cannot use', async () => {
    const answer = await ask(`/?token=${tokenOf(server.address)}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^natscope-${server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
  });

  it('works once, and the next one is told', async () => {
    await logIn();
    expect(await ask(`/?token=${tokenOf(server.address)}`)).toMatchObject({ status: 403 });
    expect(next).toHaveLength(1);
    expect(await ask(`/?token=${tokenOf(next[0] ?? '')}`)).toMatchObject({ status: 303 });
  });

  it('used again by a browser that is in leads to the window', async () => {
    const cookie = await logIn();
    const again = await ask(`/?token=${tokenOf(server.address)}`, { cookie });
    expect(again.status).toBe(303);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it.each(['', 'x', 'a'.repeat(43), '%00', '__proto__'])('with the token %j is refused', async (token) => {
    expect(await ask(`/?token=${token}`)).toMatchObject({ status: 403 });
  });

  it('is for "/" only', async () => {
    expect(await ask(`/assets/main-1a2b.js?token=${tokenOf(server.address)}`)).toMatchObject({ status: 401 });
  });
});

describe('without a session', () => {
  it.each(['/', '/index.html', '/session', '/assets/main-1a2b.js', '/nothing'])('%s is refused', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 401 });
  });

  it.each(['natscope-1=x', 'other=1; natscope=', `natscope-PORT=${'A'.repeat(43)}`, '=', ';;;'])(
    'a cookie of %j is refused',
    async (cookie) => {
      expect(await ask('/', { cookie: cookie.replace('PORT', String(server.port)) })).toMatchObject({ status: 401 });
    },
  );
});

describe('with a session', () => {
  it('the window is served with a strict policy', async () => {
    const cookie = await logIn();
    const { status, headers, body } = await ask('/', { cookie });
    expect(status).toBe(200);
    expect(body).toContain('<title>Natscope</title>');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('no-referrer');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toContain('unsafe');
    const nonce = /style-src 'self' 'nonce-([\w+/=]+)'/.exec(policy)?.[1] ?? 'none';
    expect(body).toContain(`<head><meta property="csp-nonce" nonce="${nonce}">`);
    const again = await ask('/', { cookie });
    expect(again.headers['content-security-policy']).not.toContain(nonce);
  });

  it('a second tab is served as well', async () => {
    const cookie = await logIn();
    expect(await ask('/', { cookie: `theme=dark; ${cookie}` })).toMatchObject({ status: 200 });
    expect(await ask('/session', { cookie })).toMatchObject({ status: 204 });
  });

  it('assets are kept by the browser, the page is not', async () => {
    const cookie = await logIn();
    expect((await ask('/assets/main-1a2b.js', { cookie })).headers['cache-control']).toContain('immutable');
    expect((await ask('/', { cookie })).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/..%5csecret.json',
    '/assets/%2e%2e/%2e%2e/secret.json',
    '//etc/passwd',
    '/.hidden.json',
    '/notes.txt',
    '/assets',
    '/index.html%00.js',
    '/%ff',
    '/nothing.js',
  ])('%s is not found', async (path) => {
    const answer = await ask(path, { cookie: await logIn() });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret":');
  });

  it('a window that was not built is explained', async () => {
    rmSync(join(folder, 'window/index.html'));
    const answer = await ask('/', { cookie: await logIn() });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('npm run build');
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'])('%s is not allowed', async (method) => {
    const answer = await ask('/', { cookie: await logIn() }, method);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET');
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:PORT',
    '0.0.0.0:PORT',
  ])('the host %s is refused', async (host) => {
    const cookie = await logIn();
    const answer = await ask('/', { cookie, host: host.replace('PORT', String(server.port)) });
    expect(answer.status).toBe(421);
  });

  it.each(['localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT'])('the host %s is served', async (host) => {
    const cookie = await logIn();
    expect(await ask('/', { cookie, host: host.replace('PORT', String(server.port)) })).toMatchObject({ status: 200 });
  });
});

describe('the WebSocket', () => {
  /** 101 when it opened, else the status it was refused with. */
  function open(path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('unexpected-response', (_request, response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.on('error', () => undefined);
    });
  }

  it('opens for the page that was served, and for no other', async () => {
    const cookie = await logIn();
    expect(await open('/bridge', { cookie, origin: origin() })).toBe(101);
    expect(attached).toHaveBeenCalledOnce();
    expect(await open('/bridge', { cookie })).toBe(403);
    expect(await open('/bridge', { cookie, origin: 'null' })).toBe(403);
    expect(await open('/bridge', { cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await open('/bridge', { cookie, origin: `http://localhost:${server.port}` })).toBe(403);
    expect(await open('/bridge', { cookie, origin: `${origin()}.evil.example` })).toBe(403);
    expect(await open('/bridge', { cookie, origin: origin(), host: 'evil.example' })).toBe(421);
    expect(await open('/bridge', { origin: origin() })).toBe(401);
    expect(await open('/other', { cookie, origin: origin() })).toBe(404);
    expect(attached).toHaveBeenCalledOnce();
  });

  it('closes on text and on what is no frame of the protocol', async () => {
    const cookie = await logIn();
    attached.mockImplementation((transport) => transport.start({ frame: () => undefined, closed: () => undefined }));
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/bridge`, { headers: { cookie, origin: origin() } });
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send('{"text":true}');
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1003);
  });
});

describe('broken clients', () => {
  it.each(['garbage\r\n\r\n', 'GET / HTTP/1.1\r\nHost\r\n\r\n', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n\r\n`])(
    'get an answer or a close, and the next one is served',
    async (bytes) => {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
        socket.on('error', () => undefined);
        socket.on('data', () => undefined);
        socket.on('close', () => resolve());
      });
      expect(await ask('/')).toMatchObject({ status: 401 });
    },
  );

  it('that hold sockets open do not keep the server from closing', async () => {
    const sockets = [1, 2, 3].map(() => connect(server.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('connect', resolve))));
    for (const socket of sockets) socket.on('error', () => undefined);
    await expect(server.close()).resolves.toBeUndefined();
    server = await startFrontServer({ port: 0, windowFolder: folder, attachWindow: attached });
  });
});

it('a taken port is told by its code', async () => {
  const { port } = server;
  await expect(startFrontServer({ port, windowFolder: folder, attachWindow: attached })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
