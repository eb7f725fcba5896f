/**
 * The preload script, the only code between a sandboxed window and the main process. It hands one port to the page and
 * its other end to the core; no other message passes, and nothing of Electron is left in the page.
 */

import { contextBridge, ipcRenderer } from 'electron';

// Of the page's globals, what is used here. The sources of the core are compiled without a browser's types.
declare const window: { postMessage(message: unknown, targetOrigin: string, transfer: unknown[]): void };
declare const location: { origin: string };

contextBridge.exposeInMainWorld('natscopeFront', {
  connect(): void {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage('bridge', null, [port2]);
    window.postMessage('natscope-port', location.origin, [port1]);
  },
});
