/** `app://natscope/…`: the window's files, for the window's own session only. */

import type { Protocol } from 'electron';
import { contentSecurityPolicy, createNonce, windowHeaders, withNonce } from '../content-security-policy.ts';
import { readWindowFile } from '../window-files.ts';

export const appScheme = 'app';
export const appOrigin = `${appScheme}://natscope`;

/** Before the app is ready: makes the scheme a secure origin of its own, with fetch and modules as over https. */
export function registerAppScheme(protocol: Protocol): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges }]);
}

export function serveAppScheme(protocol: Protocol, windowFolder: string): void {
  protocol.handle(appScheme, async (request) => {
    const nonce = createNonce();
    const policy = contentSecurityPolicy(nonce, []);
    const headers = { ...windowHeaders, 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' };
    if (request.method !== 'GET') return new Response(null, { status: 405, headers });
    const url = new URL(request.url);
    if (`${url.protocol}//${url.host}` !== appOrigin) return new Response(null, { status: 404, headers });
    const file = await readWindowFile(windowFolder, url.pathname);
    if (file === null) return new Response(null, { status: 404, headers });
    return new Response(withNonce(file, nonce), { status: 200, headers: { ...headers, 'Content-Type': file.type } });
  });
}
