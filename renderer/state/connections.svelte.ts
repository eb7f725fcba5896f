/** The connections there are, the local broker, and which connection the window shows. */

import { bridge } from '../bridge.ts';
import { LOCAL_CONNECTION } from '../../electron/bridge/contract.ts';
import type { AppInfo, BrokerState, ConnectionId, ConnectionState } from '../../electron/bridge/contract.ts';
import { toasts } from '../ui/toasts.svelte.ts';

let list = $state.raw<readonly ConnectionState[]>([]);
let currentId = $state<ConnectionId>(LOCAL_CONNECTION);
let broker = $state.raw<BrokerState | null>(null);
let sample = $state.raw<{ running: boolean; rate: number }>({ running: false, rate: 0 });
let seen = $state.raw<ReadonlySet<ConnectionId>>(new Set());
let info = $state.raw<AppInfo | null>(null);

export const connections = {
  /** The local broker first, then as they were saved. */
  get list(): readonly ConnectionState[] {
    return list;
  },
  get currentId(): ConnectionId {
    return currentId;
  },
  get current(): ConnectionState | undefined {
    return list.find((connection) => connection.id === currentId);
  },
  get broker(): BrokerState | null {
    return broker;
  },
  get sample(): { running: boolean; rate: number } {
    return sample;
  },
  get info(): AppInfo | null {
    return info;
  },
  byId(id: ConnectionId): ConnectionState | undefined {
    return list.find((connection) => connection.id === id);
  },
  /** Connections with a tab: the local broker, what is or was open since the start, what is shown. */
  get tabs(): readonly ConnectionState[] {
    return list.filter(
      ({ id, phase }) => id === LOCAL_CONNECTION || id === currentId || phase !== 'closed' || seen.has(id),
    );
  },
  /** Shows a connection. It is not opened by that. */
  select(id: ConnectionId): void {
    currentId = id;
  },
  /** Takes the tab of a closed connection away. */
  hide(id: ConnectionId): void {
    seen = new Set([...seen].filter((other) => other !== id));
    if (currentId === id) currentId = LOCAL_CONNECTION;
  },
  async toggleReadOnly(id: ConnectionId): Promise<void> {
    const profile = connections.byId(id)?.profile;
    if (profile === undefined) return;
    await attempt('The connection was not changed', () =>
      bridge.request('connections.save', { profile: { ...profile, readOnly: !profile.readOnly } }),
    );
  },
  async open(id: ConnectionId): Promise<void> {
    await attempt('Could not open the connection', () => bridge.request('connections.open', { connection: id }));
  },
  async close(id: ConnectionId): Promise<void> {
    await attempt('Could not close the connection', () => bridge.request('connections.close', { connection: id }));
  },
  async remove(id: ConnectionId): Promise<void> {
    await attempt('Could not remove the connection', () => bridge.request('connections.remove', { connection: id }));
  },
  /** With its configuration; a port that is given counts instead of the one there. */
  async startBroker(port?: number): Promise<void> {
    const params = port === undefined ? {} : { port };
    await attempt('The local broker did not start', () => bridge.request('broker.start', params));
  },
  async restartBroker(): Promise<void> {
    await attempt('The local broker did not restart', () => bridge.request('broker.restart', {}));
  },
  async stopBroker(): Promise<void> {
    await attempt('The local broker did not stop', () => bridge.request('broker.stop', {}));
  },
  async setSample(running: boolean): Promise<void> {
    await attempt('Sample traffic', () => bridge.request('sample.set', { running }));
  },
  /** Follows the core until the function returned is called. */
  start(): () => void {
    const stops = [
      bridge.watch('connections.watch', {}, (item) => {
        list = item;
        const open = item.filter(({ id, phase }) => phase !== 'closed' && !seen.has(id));
        if (open.length > 0) seen = new Set([...seen, ...open.map(({ id }) => id)]);
        if (!item.some((connection) => connection.id === currentId)) currentId = LOCAL_CONNECTION;
      }),
      bridge.watch('broker.watch', {}, (item) => (broker = item)),
      bridge.watch('sample.watch', {}, (item) => (sample = item)),
    ];
    void bridge.request('app.info', {}).then(
      (item) => (info = item),
      (error: unknown) => toasts.error('The app core does not answer', error),
    );
    return () => {
      for (const stop of stops) stop();
    };
  },
};

async function attempt(text: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    toasts.error(text, error);
  }
}

/** Address of the local broker as clients are given it. Null while none is listened on. */
export function brokerAddress(state: BrokerState | null): string | null {
  return state === null || state.port === 0 ? null : `${state.host}:${String(state.port)}`;
}

/** The custom property that a connection's colour is drawn with. */
export const hueOf: Record<string, string> = {
  cyan: 'var(--accent)',
  blue: 'var(--request)',
  green: 'var(--reply)',
  amber: 'var(--slow)',
  red: 'var(--error)',
  violet: 'var(--jetstream)',
  grey: 'var(--text-3)',
};
