/** A nats-server with JetStream and a connection of the app to it, with the handlers that its windows would call. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { JetStreamRequests, JetStreamStreams, Profile } from '../../electron/bridge/contract.ts';
import type { CallContext } from '../../electron/bridge/router.ts';
import { createConnector } from '../../electron/connections/connector.ts';
import { createJetStreamApi } from '../../electron/jetstream-api/client.ts';
import { createJetStreamViews } from '../../electron/jetstream/jetstream.ts';
import { SERVER_VERSION } from '../../broker/index.ts';
import { findRealServers } from './real-servers.ts';
import { natscopeServer, startServer } from './server-process.ts';

type Params<T> = T extends { params: infer P } ? Omit<P, 'connection'> : never;

export interface JetStreamFixture {
  port: number;
  /** An application beside the app. */
  client: NatsConnection;
  call<N extends keyof JetStreamRequests>(
    name: N,
    params: Params<JetStreamRequests[N]>,
  ): Promise<JetStreamRequests[N]['result']>;
  stream<N extends keyof JetStreamStreams>(
    name: N,
    params: Params<JetStreamStreams[N]>,
    signal?: AbortSignal,
  ): AsyncIterable<JetStreamStreams[N]['item']>;
  /** A request of the API by the application; throws what the server refused. */
  api<T = Record<string, unknown>>(what: string, body?: unknown): Promise<T>;
  publish(subject: string, ...payloads: string[]): Promise<void>;
  setReadOnly(readOnly: boolean): void;
  stop(): Promise<void>;
}

export interface ServerUnderTest {
  name: string;
  version: string;
  command: readonly string[];
}

/** The views work the same on all of these: our own server, and every real one that this machine has from 2.9 on. */
export async function serversUnderTest(): Promise<ServerUnderTest[]> {
  const real = (await findRealServers()).servers
    .filter(({ version }) => /^2\.(9|\d\d)\./.test(version))
    .map(({ version, path }) => ({ name: `nats-server ${version}`, version, command: [path] }));
  return [...real, { name: 'natscope-server', version: SERVER_VERSION, command: natscopeServer }];
}

/** @param server the program, and what it is called with before the rest */
export async function startJetStream(server: readonly string[]): Promise<JetStreamFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'natscope-js-'));
  const process = await startServer(server, ['-js', '-sd', folder]);
  const address = `127.0.0.1:${process.port}`;
  const profile: Profile = {
    id: 'p',
    name: 'p',
    colour: 'grey',
    servers: [`nats://${address}`],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: [],
    exclude: [],
  };
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  const connector = createConnector({
    profile,
    onState: ({ phase }) => phase === 'connected' && resolve(),
    onFailure: () => undefined,
    log: () => undefined,
  });
  connector.open();
  const client = await connect({ servers: address });
  await connected;
  const api = createJetStreamApi(connector.link);
  const views = createJetStreamViews(api);
  const ending = new AbortController();
  const context = (signal = ending.signal): CallContext => ({ signal, session: { id: 1, signal: ending.signal } });
  return {
    port: process.port,
    client,
    async call(name, params) {
      const handler = views.requests[name] as (params: unknown, context: CallContext) => unknown;
      return (await handler({ connection: 'p', ...params }, context())) as never;
    },
    stream(name, params, signal) {
      const handler = views.streams[name] as (params: unknown, context: CallContext) => AsyncIterable<never>;
      return handler({ connection: 'p', ...params }, context(signal));
    },
    async api<T>(what: string, body?: unknown) {
      const answer = await client.request(`$JS.API.${what}`, body === undefined ? '' : JSON.stringify(body));
      const parsed = answer.json<T & { error?: { description: string } }>();
      if (parsed.error) throw new Error(parsed.error.description);
      return parsed;
    },
    async publish(subject, ...payloads) {
      for (const payload of payloads) await client.request(subject, payload);
    },
    setReadOnly: (readOnly) => connector.setProfile({ ...profile, readOnly }),
    async stop() {
      ending.abort();
      views.dispose();
      api.dispose();
      await Promise.all([client.close(), connector.close()]);
      await process.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
