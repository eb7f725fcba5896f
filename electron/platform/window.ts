/** The window: sandboxed, without a frame of the system's, with its place kept. */

import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appOrigin } from './app-protocol.ts';
import { heightMin, readWindowState, widthMin, writeWindowState } from './window-state.ts';

export interface WindowOptions {
  preloadFile: string;
  stateFile: string;
  icon: string | undefined;
}

/** Height of our title bar, CSS pixels; the system's buttons are drawn over its end. */
const titleBarHeight = 38;
/** Moves and sizes are kept when they have come to rest. */
const restMs = 400;

export function openWindow({ preloadFile, stateFile, icon }: WindowOptions): BrowserWindow {
  const state = readWindowState(
    stateFile,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...state.bounds,
    minWidth: widthMin,
    minHeight: heightMin,
    show: false,
    title: 'Natscope',
    backgroundColor: colours().background,
    titleBarStyle: 'hidden',
    titleBarOverlay: overlay(),
    trafficLightPosition: { x: 12, y: 12 },
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (state.maximized) window.maximize();

  let timer: NodeJS.Timeout | undefined;
  const keep = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized()) return;
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const keepLater = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, restMs);
  };
  window.on('resize', keepLater);
  window.on('move', keepLater);
  window.on('close', keep);

  const onTheme = () => {
    window.setBackgroundColor(colours().background);
    if (process.platform !== 'darwin') window.setTitleBarOverlay(overlay());
  };
  nativeTheme.on('updated', onTheme);
  window.on('closed', () => {
    clearTimeout(timer);
    nativeTheme.off('updated', onTheme);
  });

  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${appOrigin}/`);
  return window;
}

function colours(): { background: string; symbol: string } {
  return nativeTheme.shouldUseDarkColors
    ? { background: '#0f1114', symbol: '#adb2b7' }
    : { background: '#f0f1f3', symbol: '#4a5057' };
}

function overlay(): { color: string; symbolColor: string; height: number } {
  const { background, symbol } = colours();
  return { color: background, symbolColor: symbol, height: titleBarHeight };
}
