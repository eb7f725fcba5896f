/** What a window may not do, whatever runs in it: leave its origin, open windows, use devices, talk for others. */

import type { App, Session, Shell, WebFrameMain } from 'electron';
import { appOrigin } from './app-protocol.ts';

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(permission === 'clipboard-sanitized-write');
  });
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  session.setDevicePermissionHandler(() => false);
  // A window loads its own files only; whatever asks for more is refused before it leaves the machine.
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isOwnAddress(details.url) && !details.url.startsWith('devtools:') });
  });
}

/** Every window and view that is ever made, by whomever. */
export function guardContents(app: App, shell: Shell): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isDocumentation(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/** The sender of a message is the main frame of a window of ours, showing our own page. */
export function isOwnFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOwnAddress(frame.url);
}

function isOwnAddress(address: string): boolean {
  return address === appOrigin || address.startsWith(`${appOrigin}/`);
}

/** Pages that a link of ours may open in the person's browser. */
function isDocumentation(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  return protocol === 'https:' && hostname === 'docs.nats.io' && username === '' && password === '';
}
