/**
 * The core of the app, put together: settings, broker, connections, sample traffic, log and the bridge over them. Both
 * fronts make one and attach windows to it.
 */

import { SERVER_VERSION } from '../broker/index.ts';
import { LOCAL_CONNECTION } from './bridge/contract.ts';
import type { AppInfo, LogEntry, Settings } from './bridge/contract.ts';
import { createState } from './bridge/feed.ts';
import type { State } from './bridge/feed.ts';
import { BridgeError } from './bridge/frames.ts';
import type { Transport } from './bridge/frames.ts';
import { relayWindow } from './bridge/relay.ts';
import { createRouter } from './bridge/router.ts';
import { createBrokerHost } from './broker-host/host.ts';
import type { BrokerHost } from './broker-host/host.ts';
import { createCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { createConnections } from './connections/host.ts';
import { createBudget } from './explorer/budget.ts';
import { createLog } from './log.ts';
import { openPersistence } from './persistence/persistence.ts';
import type { SystemVault } from './persistence/secrets.ts';
import { createSampleTraffic } from './sample/traffic.ts';
import { threadFiles } from './places.ts';
import { version } from './version.ts';

export interface AppOptions {
  front: AppInfo['front'];
  dataFolder: string;
  /** Port of the broker instead of the one in the settings. */
  brokerPort?: number;
  vault?: SystemVault;
  /** Lets a person choose a file; the browser front has no such dialog. */
  chooseFile?: (title: string) => Promise<string | null>;
  onLogEntry?: (entry: LogEntry) => void;
  threads?: typeof threadFiles;
}

export interface App {
  readonly settings: State<Settings>;
  readonly broker: Pick<BrokerHost, 'state' | 'start' | 'stop' | 'setSpinning'>;
  /** Serves a window until its transport closes. The function returned closes it. */
  attachWindow(transport: Transport): () => void;
  sendCommand(command: Command): void;
  /** Closes windows, connections and the broker; nothing is left that keeps the process alive. */
  dispose(): Promise<void>;
}

const brokerAddress = '127.0.0.1';

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
  const broker = createBrokerHost({
    threadFile: threads.broker,
    host: brokerAddress,
    log: (level, text) => log.write(level, 'broker', text),
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
      const { phase, host, port } = broker.state.value;
      if (phase !== 'running') {
        throw new BridgeError('broker-stopped', 'The sample traffic needs the local broker. Start it first.');
      }
      await sample.start(`nats://${host}:${port}`);
    }
    return { running: sample.state.value.running };
  }

  function ownClients(): number[] {
    const local = connections.states.value.find(({ id }) => id === LOCAL_CONNECTION);
    return local?.phase === 'connected' ? (local.clientIds ?? []) : [];
  }

  async function pendingAtBroker(): Promise<{ bytes: number } | null> {
    const each = await Promise.all(ownClients().map((id) => broker.pendingBytes(id)));
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
      'broker.start': ({ port }) => broker.start({ port, whenTaken: 'offer' }),
      'broker.stop': () => broker.stop(),
      'broker.pending': pendingAtBroker,
      'sample.set': ({ running }) => setSample(running),
      ...connections.requests,
      'dialog.file': async ({ title }) => {
        if (options.chooseFile === undefined) {
          throw new BridgeError('unsupported', 'This front cannot show a file dialog. Type the path instead.');
        }
        const path = await options.chooseFile(title);
        return path === null ? null : { path };
      },
    },
    streams: {
      'settings.watch': (_, { signal }) => settings.watch(signal),
      'broker.watch': (_, { signal }) => broker.state.watch(signal),
      'sample.watch': (_, { signal }) => sample.state.watch(signal),
      'log.watch': (_, { signal }) => log.watch(signal),
      ...connections.streams,
      'commands.watch': (_, { signal }) => commands.watch(signal),
    },
    onInternalError: (name, error) => {
      log.write('error', 'app', `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  });

  /** The connection to the local broker follows it: where it listens, and whether it does. */
  async function followBroker(): Promise<void> {
    let server: string | null = null;
    for await (const { phase, host, port } of broker.state.watch(ending.signal)) {
      const now = phase === 'running' ? `nats://${host}:${port}` : null;
      if (now === server) continue;
      server = now;
      connections.setLocalServer(server);
    }
  }

  /** Looking changes nothing: the broker does not count the connection that shows its traffic as a responder. */
  async function observeBroker(): Promise<void> {
    let observing = '';
    for await (const states of connections.states.watch(ending.signal)) {
      const local = states.find(({ id }) => id === LOCAL_CONNECTION);
      const ids = local?.phase === 'connected' ? (local.clientIds ?? []) : [];
      // A broker that was started anew counts its clients from one again.
      const now = ids.length === 0 ? '' : `${ids.join(' ')} since ${local?.since}`;
      if (now === observing) continue;
      observing = now;
      for (const id of ids) broker.observe(id);
    }
  }

  void followBroker();
  void observeBroker();
  void broker.start({ port: options.brokerPort ?? settings.value.brokerPort, whenTaken: 'use-another' });

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
