/** The Electron front: one instance, one sandboxed window, and what a desktop adds. Everything else is in app.ts. */

import { join, resolve } from 'node:path';
import { app, dialog, ipcMain, Menu, nativeTheme, powerMonitor, protocol, safeStorage, session, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { mainProcessPortTransport } from './bridge/transports.ts';
import { defaultDataFolder } from './data-folder.ts';
import { iconsFolder, preloadFile, windowFolder } from './places.ts';
import { registerAppScheme, serveAppScheme } from './platform/app-protocol.ts';
import { parseFrontArguments } from './platform/arguments.ts';
import { findDeepLink, parseDeepLink } from './platform/deep-links.ts';
import { guardContents, guardSession, isOwnFrame } from './platform/guard.ts';
import { menuTemplate } from './platform/menu.ts';
import { openTray } from './platform/tray.ts';
import { systemVault } from './platform/vault.ts';
import { openWindow } from './platform/window.ts';

const args = parseFrontArguments(process.argv);
const dataFolder = resolve(args.dataFolder ?? defaultDataFolder());

let core: App | undefined;
let window: BrowserWindow | undefined;
/** A link that came before there was a core to tell. */
let earlyLink: string | null = findDeepLink(process.argv);
let ending: 'no' | 'under way' | 'done' = 'no';

function showWindow(): void {
  if (core === undefined) return;
  if (window === undefined || window.isDestroyed()) {
    const icon = process.platform === 'darwin' ? undefined : join(iconsFolder, 'icon.png');
    const opened = openWindow({ preloadFile, stateFile: join(dataFolder, 'window.json'), icon });
    opened.on('closed', () => {
      if (window === opened) window = undefined;
    });
    window = opened;
    return;
  }
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function openLink(link: string): void {
  if (core === undefined) {
    earlyLink = link;
    return;
  }
  showWindow();
  core.sendCommand({ command: 'connections.new', argument: link });
}

async function choose(title: string, kind: 'openFile' | 'openDirectory'): Promise<string | null> {
  const create = kind === 'openDirectory' ? (['createDirectory'] as const) : [];
  const options = { title, properties: [kind, 'showHiddenFiles' as const, ...create] };
  const { canceled, filePaths } =
    window === undefined ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
  return canceled ? null : (filePaths[0] ?? null);
}

/** Things of the desktop that follow the state of the core until it ends. */
async function followCore(running: App): Promise<void> {
  const { signal } = new AbortController();
  const tray = openTray({
    icon: join(iconsFolder, process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'),
    showWindow,
    setBroker(start) {
      void (start ? running.broker.start('use-another') : running.broker.stop());
    },
    quit: () => app.quit(),
  });
  const followTheme = async () => {
    for await (const { theme } of running.settings.watch(signal)) nativeTheme.themeSource = theme;
  };
  const followBroker = async () => {
    for await (const state of running.broker.state.watch(signal)) tray.show(state);
    tray.dispose();
  };
  await Promise.all([followTheme(), followBroker()]);
}

async function start(): Promise<void> {
  guardSession(session.defaultSession);
  serveAppScheme(protocol, windowFolder);
  core = await createApp({
    front: 'electron',
    dataFolder,
    vault: systemVault(safeStorage, process.platform),
    chooseFile: (title) => choose(title, 'openFile'),
    chooseFolder: (title) => choose(title, 'openDirectory'),
    revealFile: (path) => shell.showItemInFolder(path),
    ...(args.brokerPort === undefined ? {} : { brokerPort: args.brokerPort }),
  });
  const running = core;

  ipcMain.on('bridge', (event) => {
    const [port] = event.ports;
    if (port === undefined) return;
    if (!isOwnFrame(event.senderFrame) || event.sender !== window?.webContents) {
      port.close();
      return;
    }
    running.attachWindow(mainProcessPortTransport(port));
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        send(command) {
          showWindow();
          running.sendCommand(command);
        },
      }),
    ),
  );
  void followCore(running);

  // Polling between reads costs a core; on battery the broker sleeps instead.
  const followPower = () => running.broker.setSpinning(!powerMonitor.isOnBatteryPower());
  powerMonitor.on('on-battery', followPower);
  powerMonitor.on('on-ac', followPower);
  followPower();

  showWindow();
  if (earlyLink !== null) openLink(earlyLink);
}

registerAppScheme(protocol);
app.setName('Natscope');
app.setPath('userData', dataFolder);
app.enableSandbox();

if (!app.requestSingleInstanceLock()) app.quit();
else {
  guardContents(app, shell);
  app.on('second-instance', (_event, argv) => {
    showWindow();
    const link = findDeepLink(argv);
    if (link !== null) openLink(link);
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const link = parseDeepLink(url);
    if (link !== null) openLink(link);
  });
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', (event) => {
    if (ending === 'done' || core === undefined) return;
    event.preventDefault();
    if (ending === 'under way') return;
    ending = 'under way';
    void core.dispose().finally(() => {
      ending = 'done';
      app.quit();
    });
  });
  // A packed app is known to the system by its installer; on Windows and Linux also by this.
  if (app.isPackaged) app.setAsDefaultProtocolClient('nats');
  // Not awaited: Electron is ready only after this module has run.
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      dialog.showErrorBox('Natscope cannot start', text);
      app.exit(1);
    });
}
