/**
 * The core of the app, put together: settings, broker, connections, sample traffic, log and the bridge over them. Both
 * fronts make one and attach windows to it.
 */

import { join } from 'node:path';
import { SERVER_VERSION } from '../broker/index.ts';
import { LOCAL_CONNECTION } from './bridge/contract.ts';
import type { AppInfo, LogEntry, Settings } from './bridge/contract.ts';
import { createState } from './bridge/feed.ts';
import type { State } from './bridge/feed.ts';
import { BridgeError } from './bridge/frames.ts';
import type { Transport } from './bridge/frames.ts';
import { relayWindow } from './bridge/relay.ts';
import { createRouter } from './bridge/router.ts';
import { ownFileName, storeFolderName } from './broker-host/default-config.ts';
import { openLocalBroker } from './broker-host/local-broker.ts';
import type { LocalBroker } from './broker-host/local-broker.ts';
import { createCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { createConnections } from './connections/host.ts';
import { createBudget } from './explorer/budget.ts';
import { createLog } from './log.ts';
import { writeFileAtomic } from './persistence/atomic-file.ts';
import { openPersistence } from './persistence/persistence.ts';
import type { SystemVault } from './persistence/secrets.ts';
import { createSampleTraffic } from './sample/traffic.ts';
import { threadFiles } from './places.ts';
import { version } from './version.ts';

export interface AppOptions {
  front: AppInfo['front'];
  dataFolder: string;
  /** Port of the broker instead of the one in its configuration. */
  brokerPort?: number;
  vault?: SystemVault;
  /** Lets a person choose a file; the browser front has no such dialog. */
  chooseFile?: (title: string) => Promise<string | null>;
  /** The same for a folder. */
  chooseFolder?: (title: string) => Promise<string | null>;
  /** Shows a file in the system's file manager. */
  revealFile?: (path: string) => void;
  onLogEntry?: (entry: LogEntry) => void;
  threads?: typeof threadFiles;
}

export interface App {
  readonly settings: State<Settings>;
  readonly broker: Pick<LocalBroker, 'state' | 'start' | 'stop' | 'setSpinning'>;
  /** Serves a window until its transport closes. The function returned closes it. */
  attachWindow(transport: Transport): () => void;
  sendCommand(command: Command): void;
  /** Closes windows, connections and the broker; nothing is left that keeps the process alive. */
  dispose(): Promise<void>;
}

async function choose(
  dialog: ((title: string) => Promise<string | null>) | undefined,
  title: string,
): Promise<{ path: string } | null> {
  if (dialog === undefined) {
    throw new BridgeError('unsupported', 'This front cannot show a file dialog. Type the path instead.');
  }
  const path = await dialog(title);
  return path === null ? null : { path };
}

/** Resolves when windows can be attached; the broker may still be starting. Rejects when the data folder cannot be used. */
export async function createApp(options: AppOptions): Promise<App> {
  const { front, dataFolder, threads = threadFiles } = options;
  const log = createLog(options.onLogEntry === undefined ? {} : { onEntry: options.onLogEntry });
  const persistence = await openPersistence({
    folder: dataFolder,
    log: (level, text) => log.write(level, 'settings', text),
    ...(options.vault === undefined ? {} : { vault: options.vault }),
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The data folder ${dataFolder} cannot be used: ${reason}. Choose another with --data.`, {
      cause: error,
    });
  });
  const settings = createState(persistence.settings.value);
  const commands = createCommands();
  const broker = await openLocalBroker({
    threads,
    version,
    log: (level, text) => log.write(level, 'broker', text),
    ownFile: join(dataFolder, ownFileName),
    storeFolder: join(dataFolder, storeFolderName),
    file: settings.value.brokerConfigFile,
    onFile: (file) => void setSettings({ brokerConfigFile: file }),
    write: writeFileAtomic,
    portFlag: options.brokerPort,
    reveal: options.revealFile,
  });
  const sample = createSampleTraffic({ log: (level, text) => log.write(level, 'sample', text) });
  const budget = createBudget(settings.value.captureBytesMax);
  const connections = createConnections({
    persistence,
    secrets: persistence.secrets,
    budget,
    log: (level, source, text) => log.write(level, source, text),
    threadFile: threads.connection,
  });
  const windows = new Set<() => void>();
  const ending = new AbortController();

  async function setSettings(patch: Partial<Settings>): Promise<Settings> {
    // Panes are a map that windows fill in bit by bit: each sends what it changed.
    const panes = { ...settings.value.panes, ...patch.panes };
    settings.set({ ...settings.value, ...patch, panes });
    budget.limitBytes = settings.value.captureBytesMax;
    await persistence.settings.save(settings.value);
    return settings.value;
  }

  async function setSample(running: boolean): Promise<{ running: boolean }> {
    if (!running) await sample.stop();
    else {
      const { server, token, accounts } = broker.access.value;
      const [first] = accounts;
      if (server === null || first === undefined) {
        throw new BridgeError('broker-stopped', 'The sample traffic needs the local broker. Start it first.');
      }
      const { host, port } = broker.state.value;
      // As any application where nobody has to say who he is, else as the app itself.
      await sample.start({ server: `nats://${host}:${port}` }, { server, user: first.name, pass: token });
    }
    return { running: sample.state.value.running };
  }

  async function pendingAtBroker(): Promise<{ bytes: number } | null> {
    const local = connections.states.value.find(({ id }) => id === LOCAL_CONNECTION);
    const ids = local?.phase === 'connected' ? (local.clientIds ?? []) : [];
    if (broker.state.value.phase !== 'running') return null;
    const each = await Promise.all(ids.map((clientId) => broker.ask('pending', { clientId })));
    const known = each.filter((bytes) => bytes !== null);
    return known.length === 0 ? null : { bytes: known.reduce((sum, bytes) => sum + bytes, 0) };
  }

  const info: AppInfo = {
    version,
    serverVersion: SERVER_VERSION,
    front,
    platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
    dataFolder,
  };

  const router = createRouter({
    requests: {
      'app.info': () => info,
      'settings.get': () => settings.value,
      'settings.set': setSettings,
      ...broker.requests,
      'broker.pending': pendingAtBroker,
      'sample.set': ({ running }) => setSample(running),
      ...connections.requests,
      'dialog.file': ({ title }) => choose(options.chooseFile, title),
      'dialog.folder': ({ title }) => choose(options.chooseFolder, title),
    },
    streams: {
      'settings.watch': (_, { signal }) => settings.watch(signal),
      ...broker.streams,
      'sample.watch': (_, { signal }) => sample.state.watch(signal),
      'log.watch': (_, { signal }) => log.watch(signal),
      ...connections.streams,
      'commands.watch': (_, { signal }) => commands.watch(signal),
    },
    onInternalError: (name, error) => {
      log.write('error', 'app', `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  });

  /** The connection to the local broker follows it: where it listens, which accounts it has, whether it runs. */
  async function followBroker(): Promise<void> {
    for await (const { server, token, accounts } of broker.access.watch(ending.signal)) {
      const { host, port } = broker.state.value;
      connections.setLocal(server === null ? null : { server, shown: `nats://${host}:${port}`, token, accounts });
    }
  }

  void followBroker();
  void broker.start('use-another');

  return {
    settings,
    broker,
    attachWindow(transport) {
      const close = relayWindow({
        window: transport,
        core: router,
        attach: connections.attach,
        closed: () => windows.delete(close),
      });
      windows.add(close);
      return close;
    },
    sendCommand: (command) => commands.send(command),
    async dispose() {
      ending.abort();
      for (const close of windows) close();
      await sample.dispose();
      await connections.dispose();
      await broker.dispose();
      settings.close();
      log.close();
    },
  };
}
