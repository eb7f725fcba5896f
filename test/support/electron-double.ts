/**
 * A double of the `electron` module: enough of it to run the real main.ts, platform/ and preload script in plain Node.
 * Every part is typed against Electron's own declarations, so that a name or an argument that Electron does not know does
 * not compile. What the system would do (a click in a menu, a second start, a link, a page that asks for files) a test
 * does through `control`.
 */

import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type * as Electron from 'electron';

/** An emitter that any of Electron's overloads of `on` and `once` can be seen in. */
class Emitter extends EventEmitter {
  /** Emits with an event in front whose default a listener may prevent; true when one did. */
  emitPreventable(name: string, ...args: unknown[]): boolean {
    let prevented = false;
    const event = {
      preventDefault: () => {
        prevented = true;
      },
      ...(typeof args[0] === 'object' && args[0] !== null && 'url' in args[0] ? args[0] : {}),
    };
    this.emit(name, event, ...args);
    return prevented;
  }
}

export interface DoubleOptions {
  platform?: NodeJS.Platform;
  isPackaged?: boolean;
  /** Whether this start is the only one. */
  firstInstance?: boolean;
  /** What the person chooses in a file dialog; null: cancelled. */
  chooseFile?: () => string | null;
  dark?: boolean;
  onBattery?: boolean;
  encryption?: boolean;
}

export interface DoubleControl {
  /** As Electron does when it is up. Resolves when the listeners of `whenReady` have run. */
  becomeReady(): Promise<void>;
  /** Windows that are open, oldest first. */
  readonly windows: DoubleWindow[];
  readonly tray: DoubleTray | undefined;
  readonly menu: Electron.MenuItemConstructorOptions[];
  /** What a page in a window gets for an address. */
  fetch(address: string, init?: RequestInit): Promise<Response>;
  /** What the preload script left in the page's world. */
  readonly exposed: Map<string, unknown>;
  /** Who sends what comes next from the preload script; the newest window's main frame unless set. */
  senderFrame: { url: string; parent: unknown } | null | undefined;
  readonly permissions: {
    request(permission: string): boolean;
    check(permission: string): boolean;
  };
  /** True when the session would let this request out. */
  allowsRequest(address: string): boolean;
  /** Addresses given to the person's browser. */
  readonly openedOutside: string[];
  readonly errorBoxes: { title: string; text: string }[];
  /** Exit codes of `app.exit`, and 0 for a `quit` that was not prevented. */
  readonly exits: number[];
  readonly protocolClients: string[];
  readonly schemes: Electron.CustomScheme[];
  emitApp(name: string, ...args: unknown[]): boolean;
  setBattery(on: boolean): void;
  readonly themeSource: string;
}

export class DoubleWebContents extends Emitter {
  windowOpen: ((details: { url: string }) => { action: string }) | undefined;
  readonly mainFrame: { url: string; parent: null } = { url: '', parent: null };

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpen = handler;
  }
  /** False when the window refused to go there. */
  navigate(url: string): boolean {
    return !this.emitPreventable('will-navigate', { url });
  }
}

export class DoubleWindow extends Emitter {
  readonly webContents = new DoubleWebContents();
  readonly options: Electron.BrowserWindowConstructorOptions;
  url = '';
  visible = false;
  focused = false;
  minimized = false;
  maximized = false;
  destroyed = false;
  overlay: unknown;
  background: string | undefined;
  bounds: Electron.Rectangle;
  onLoad: ((window: DoubleWindow) => void) | undefined;
  onClosed: (() => void) | undefined;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.background = options.backgroundColor;
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    this.webContents.mainFrame.url = url;
    queueMicrotask(() => this.emit('ready-to-show'));
    this.onLoad?.(this);
    return Promise.resolve();
  }
  show(): void {
    this.visible = true;
  }
  focus(): void {
    this.focused = true;
  }
  restore(): void {
    this.minimized = false;
  }
  maximize(): void {
    this.maximized = true;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds(): Electron.Rectangle {
    return this.bounds;
  }
  setBackgroundColor(colour: string): void {
    this.background = colour;
  }
  setTitleBarOverlay(overlay: Electron.TitleBarOverlayOptions): void {
    this.overlay = overlay;
  }
  /** As when the person closes it. */
  close(): void {
    if (this.destroyed || this.emitPreventable('close')) return;
    this.destroyed = true;
    this.emit('closed');
    this.onClosed?.();
  }
}

export class DoubleTray extends Emitter {
  tip = '';
  menu: Electron.MenuItemConstructorOptions[] = [];
  destroyed = false;
  setToolTip(tip: string): void {
    this.tip = tip;
  }
  setContextMenu(menu: unknown): void {
    this.menu = (menu as { template: Electron.MenuItemConstructorOptions[] }).template;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

/** A port of the main process over a port of Node: the same messages, Electron's events. */
class DoublePortMain extends Emitter implements Electron.MessagePortMain {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('close', () => this.emit('close'));
  }
  start(): void {
    this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }
  close(): void {
    this.#port.close();
  }
}

/** The module to be imported as `electron`, and what a test does with it. */
export function createElectronDouble(options: DoubleOptions = {}) {
  const ready = Promise.withResolvers<void>();
  const windows: DoubleWindow[] = [];
  const control = {
    windows,
    exposed: new Map<string, unknown>(),
    openedOutside: [] as string[],
    errorBoxes: [] as { title: string; text: string }[],
    exits: [] as number[],
    protocolClients: [] as string[],
    schemes: [] as Electron.CustomScheme[],
    tray: undefined as DoubleTray | undefined,
    menu: [] as Electron.MenuItemConstructorOptions[],
    senderFrame: undefined as { url: string; parent: unknown } | null | undefined,
    themeSource: 'system',
  };
  let onBattery = options.onBattery === true;
  let handle: ((request: Request) => Response | Promise<Response>) | undefined;

  // ── Main process ──────────────────────────────────────────────────────────────────────────────────────────────────

  const appEvents = new Emitter();
  let quitting = false;
  const app = Object.assign(appEvents, {
    isPackaged: options.isPackaged === true,
    setName: () => undefined,
    setPath: () => undefined,
    enableSandbox: () => undefined,
    requestSingleInstanceLock: () => options.firstInstance !== false,
    setAsDefaultProtocolClient: (scheme: string) => control.protocolClients.push(scheme) > 0,
    whenReady: () => ready.promise,
    exit: (code = 0) => void control.exits.push(code),
    quit: () => {
      // A quit during a quit changes nothing, as in Electron.
      if (quitting) return;
      quitting = true;
      for (const window of [...windows]) window.close();
      quitting = false;
      if (!appEvents.emitPreventable('will-quit')) control.exits.push(0);
    },
  } satisfies Partial<Electron.App>);

  class BrowserWindow extends DoubleWindow {
    constructor(given: Electron.BrowserWindowConstructorOptions) {
      super(given);
      windows.push(this);
      this.onClosed = () => {
        windows.splice(windows.indexOf(this), 1);
        if (windows.length === 0) appEvents.emit('window-all-closed');
      };
      appEvents.emit('web-contents-created', {}, this.webContents);
    }
  }

  class Tray extends DoubleTray {
    constructor() {
      super();
      control.tray = this;
    }
  }

  let permissionRequest: Parameters<Electron.Session['setPermissionRequestHandler']>[0] = null;
  let permissionCheck: Parameters<Electron.Session['setPermissionCheckHandler']>[0] = null;
  let beforeRequest: ((details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void) | undefined;
  const session = {
    defaultSession: {
      setPermissionRequestHandler: (handler: typeof permissionRequest) => {
        permissionRequest = handler;
      },
      setPermissionCheckHandler: (handler: typeof permissionCheck) => {
        permissionCheck = handler;
      },
      setDevicePermissionHandler: () => undefined,
      webRequest: {
        onBeforeRequest: (listener: typeof beforeRequest) => {
          beforeRequest = listener;
        },
      },
    },
  };

  const protocol = {
    registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => void control.schemes.push(...schemes),
    handle: (_scheme: string, handler: typeof handle) => {
      handle = handler;
    },
  } satisfies Partial<Electron.Protocol>;

  const themeEvents = new Emitter();
  const nativeTheme = themeEvents;
  Object.defineProperty(nativeTheme, 'shouldUseDarkColors', {
    get: () => (control.themeSource === 'system' ? options.dark !== false : control.themeSource === 'dark'),
  });
  Object.defineProperty(nativeTheme, 'themeSource', {
    get: () => control.themeSource,
    set(source: string) {
      const changed = source !== control.themeSource;
      control.themeSource = source;
      if (changed) themeEvents.emit('updated');
    },
  });

  const powerEvents = new Emitter();
  const powerMonitor = Object.assign(powerEvents, {
    isOnBatteryPower: () => onBattery,
  } satisfies Partial<Electron.PowerMonitor>);

  const safeStorage = {
    isEncryptionAvailable: () => options.encryption !== false,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptString: (text) => Buffer.from(text, 'utf8').map((byte) => byte ^ 0x5a) as Buffer,
    decryptString: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString('utf8'),
  } satisfies Partial<Electron.SafeStorage>;

  const dialog = {
    showOpenDialog: () => {
      const path = options.chooseFile?.() ?? null;
      return Promise.resolve({ canceled: path === null, filePaths: path === null ? [] : [path] });
    },
    showErrorBox: (title: string, text: string) => void control.errorBoxes.push({ title, text }),
  } satisfies Partial<Electron.Dialog>;

  const Menu = {
    buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ template }),
    setApplicationMenu: (menu: unknown) => {
      control.menu = (menu as { template: Electron.MenuItemConstructorOptions[] }).template;
    },
  };

  const ipcMain = new Emitter();
  const screen = {
    getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } } as Electron.Display],
  } satisfies Partial<Electron.Screen>;
  const shell = {
    openExternal: (address: string) => {
      control.openedOutside.push(address);
      return Promise.resolve();
    },
  } satisfies Partial<Electron.Shell>;
  const nativeImage = { createFromPath: (path: string) => ({ path }) };

  // ── Preload script ────────────────────────────────────────────────────────────────────────────────────────────────

  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown) => void control.exposed.set(name, api),
  } satisfies Partial<Electron.ContextBridge>;
  const ipcRenderer = {
    postMessage: (channel: string, message: unknown, ports: unknown[] = []) => {
      const sender = windows.at(-1)?.webContents;
      const senderFrame = control.senderFrame === undefined ? (sender?.mainFrame ?? null) : control.senderFrame;
      const mainPorts = (ports as MessagePort[]).map((port) => new DoublePortMain(port));
      ipcMain.emit(channel, { sender, senderFrame, ports: mainPorts }, message);
    },
  };

  const electron = {
    app,
    BrowserWindow,
    contextBridge,
    dialog,
    ipcMain,
    ipcRenderer,
    Menu,
    nativeImage,
    nativeTheme,
    powerMonitor,
    protocol,
    safeStorage,
    screen,
    session,
    shell,
    Tray,
  } satisfies { [K in keyof typeof Electron]?: unknown };

  const methods = {
    async becomeReady() {
      ready.resolve();
      await ready.promise;
      await new Promise((resolve) => setImmediate(resolve));
    },
    async fetch(address: string, init?: RequestInit) {
      if (handle === undefined) throw new Error('No protocol is handled yet');
      return await handle(new Request(address, init));
    },
    permissions: {
      request(permission: string): boolean {
        let granted = true;
        permissionRequest?.(
          {} as Electron.WebContents,
          permission as never,
          (answer) => (granted = answer),
          {} as never,
        );
        return granted;
      },
      check: (permission: string): boolean => permissionCheck?.(null, permission as never, '', {} as never) ?? true,
    },
    allowsRequest(address: string): boolean {
      let cancelled = false;
      beforeRequest?.({ url: address }, (answer) => (cancelled = answer.cancel === true));
      return !cancelled;
    },
    emitApp: (name: string, ...args: unknown[]) => appEvents.emitPreventable(name, ...args),
    setBattery(on: boolean) {
      onBattery = on;
      powerEvents.emit(on ? 'on-battery' : 'on-ac');
    },
  };
  return { electron, control: Object.assign(control, methods) satisfies DoubleControl };
}

export type ElectronDouble = ReturnType<typeof createElectronDouble>;
