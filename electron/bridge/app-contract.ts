/** The app itself over the bridge: what it is, its settings, its log, its dialogs. */

import type { None } from './contract-base.ts';

export interface AppInfo {
  /** Natscope's own version. */
  version: string;
  /** The nats-server version whose behaviour the local broker gives. */
  serverVersion: string;
  front: 'electron' | 'browser';
  platform: 'darwin' | 'linux' | 'win32';
  /** Folder with settings and profiles, for the About box. */
  dataFolder: string;
}

export type Theme = 'system' | 'dark' | 'light';

/** Settings of the window, kept between starts. Every field is optional so that an older file reads well. */
export interface Settings {
  theme: Theme;
  /** Pane sizes in CSS pixels per view and pane, e.g. `explorer.tree`. */
  panes: Record<string, number>;
  /** Byte budget shared by all captures. 16 MiB … 4 GiB. */
  captureBytesMax: number;
  /** Configuration file of the local broker, where it is not Natscope's own; null for that one. */
  brokerConfigFile: string | null;
}

export interface LogEntry {
  time: number;
  level: 'error' | 'warn' | 'info' | 'debug';
  /** Part of the app that speaks: `broker`, `local`, a connection's name. */
  source: string;
  text: string;
}

/** Requests that the core's main thread answers. */
export interface AppRequests {
  'app.info': { params: None; result: AppInfo };
  'settings.get': { params: None; result: Settings };
  'settings.set': { params: Partial<Settings>; result: Settings };
  /** Lets a person choose a file; null when they did not. The browser front answers `unsupported`. */
  'dialog.file': { params: { title: string }; result: { path: string } | null };
  'dialog.folder': { params: { title: string }; result: { path: string } | null };
}

/** Streams that the core's main thread feeds. Each sends its state at once, then whenever it changes. */
export interface AppStreams {
  'settings.watch': { params: None; item: Settings };
  'log.watch': { params: None; item: LogEntry[] };
  /** What a menu, a deep link or the tray asks of the window. */
  'commands.watch': { params: None; item: { command: string; argument?: string } };
}
