/** A window without a page: the real bridge over the browser front's WebSocket, for what is told exactly and asked often. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createClient, type Client } from '../../electron/bridge/client.ts';
import { webSocketTransport } from '../../electron/bridge/transports.ts';
import type { ConnectionId, ConnectionState, Counters, Profile } from '../../electron/bridge/contract.ts';
import type { App } from './app.ts';
import { deadline } from './deadline.ts';

const connectedMsMax = 8000;

/** The cookie that stands for one browser; many windows share it. */
export async function browserSession(app: App): Promise<string> {
  const answer = await fetch(await app.takeAddress(), { redirect: 'manual' });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`the app let no browser in: ${answer.status}`);
  return cookie;
}

export async function openBridge(app: App, cookie: string): Promise<Client> {
  const socket = new WebSocket(`${app.origin.replace('http', 'ws')}/bridge`, {
    headers: { cookie, origin: app.origin },
  });
  await once(socket, 'open');
  return createClient(webSocketTransport(socket));
}

/** A profile as the connect page makes one for a server on this machine. */
export function profileFor(name: string, port: number, more: Partial<Profile> = {}): Profile {
  return {
    id: name,
    name,
    colour: 'violet',
    servers: [`nats://127.0.0.1:${port}`],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: [],
    exclude: [],
    ...more,
  };
}

/** Resolves with the state of a connection once `wanted` says so. */
export async function connectionState(
  bridge: Client,
  connection: ConnectionId,
  wanted: (state: ConnectionState) => boolean,
): Promise<ConnectionState> {
  let last: ConnectionState | undefined;
  const search = async (): Promise<ConnectionState> => {
    for await (const states of bridge.stream('connections.watch', {})) {
      last = states.find((state) => state.id === connection);
      if (last !== undefined && wanted(last)) return last;
    }
    throw new Error('the app stopped to tell of its connections');
  };
  return deadline(search(), connectedMsMax, () => `not the state that was waited for: ${JSON.stringify(last)}`);
}

/** Counters of a capture, and how many of the received messages the server said of itself. */
export interface ReadCounters extends Counters {
  system: number;
}

/** The counters of a connection's capture, from a view that is closed again. */
export async function readCounters(bridge: Client, connection: ConnectionId): Promise<ReadCounters> {
  const options = { scope: 0, filter: null, sort: 'name', pausedAt: null } as const;
  const { view } = await bridge.request('explorer.view.open', { connection, ...options });
  const wanted = { view, tree: { first: 0, count: 1000 }, list: null };
  const { counters, tree } = await bridge.request('explorer.pull', { connection, ...wanted });
  await bridge.request('explorer.view.close', { connection, view });
  return { ...counters, system: tree?.rows.find(({ root }) => root === 'system')?.count ?? 0 };
}

/** Messages that were received, less what the server said of itself. */
export async function readSaid(bridge: Client, connection: ConnectionId): Promise<number> {
  const { received, system } = await readCounters(bridge, connection);
  return received - system;
}
