/**
 * The Electron front in a real Chromium: a program that runs the real main.ts over the double of `electron` and shows the
 * window as a page. What main.ts answers for app:// is served over HTTP, headers and all; the compiled preload script
 * runs in the page before everything else, and its port reaches the main process over a WebSocket.
 *
 * `node test/support/electron-front.ts --data=DIR --broker-port=N` prints `Window: <address>`. Lines on its standard
 * input are what the system would do: `link <address>` (a deep link), `quit`.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerHooks } from 'node:module';
import { createInterface } from 'node:readline';
import { MessageChannel } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import { preloadFile } from '../../electron/places.ts';
import { createElectronDouble } from './electron-double.ts';

const { electron, control } = createElectronDouble();
(globalThis as { electronDouble?: object }).electronDouble = electron;

const names = Object.keys(electron).join(', ');
const moduleText = `export const { ${names} } = globalThis.electronDouble;`;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: 'double:electron', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === 'double:electron' ? { format: 'module', source: moduleText, shortCircuit: true } : next(url, context),
});

/** What `require('electron')` gives to the preload script in the page. A port that it sends goes over a WebSocket. */
const preloadText = `(() => {
  const double = {
    contextBridge: { exposeInMainWorld: (name, api) => { window[name] = api; } },
    ipcRenderer: {
      postMessage(channel, message, [port]) {
        const socket = new WebSocket('/port?channel=' + channel);
        socket.binaryType = 'arraybuffer';
        const early = [];
        port.onmessage = ({ data }) => (socket.readyState === 1 ? socket.send(data) : early.push(data));
        socket.onopen = () => { for (const data of early.splice(0)) socket.send(data); };
        socket.onmessage = ({ data }) => port.postMessage(new Uint8Array(data));
        socket.onclose = () => port.close();
      },
    },
  };
  const require = () => double;
${readFileSync(preloadFile, 'utf8')}
})();`;

await import('../../electron/main.ts');
await control.becomeReady();

const server = createServer((request, response) => {
  const answer = async () => {
    if (request.url === '/preload.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(preloadText);
      return;
    }
    const file = await control.fetch(`app://natscope${request.url ?? '/'}`, { method: request.method ?? 'GET' });
    const body = Buffer.from(await file.arrayBuffer());
    const page = file.headers.get('Content-Type')?.startsWith('text/html') === true;
    response.writeHead(file.status, Object.fromEntries(file.headers));
    response.end(page ? body.toString().replace('<head>', '<head><script src="/preload.js"></script>') : body);
  };
  answer().catch((error: unknown) => response.destroy(error as Error));
});
new WebSocketServer({ server }).on('connection', (socket, request) => {
  const { port1, port2 } = new MessageChannel();
  const channel = new URL(request.url ?? '', 'http://page').searchParams.get('channel') ?? '';
  socket.on('message', (data: Buffer) => port1.postMessage(new Uint8Array(data)));
  port1.on('message', (data: Uint8Array) => socket.send(data));
  socket.on('close', () => port1.close());
  port1.on('close', () => socket.close());
  electron.ipcRenderer.postMessage(channel, null, [port2]);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`Window: http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, argument = ''] = line.split(' ', 2);
  if (word === 'link') control.emitApp('open-url', argument);
  if (word === 'quit') electron.app.quit();
});
// The double's `exit` is only written down; a process of its own ends with it.
const ended = setInterval(() => {
  const [code] = control.exits;
  if (code === undefined) return;
  clearInterval(ended);
  process.exit(code);
}, 50);
