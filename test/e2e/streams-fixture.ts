/** A server with JetStream, a connection of the app to it, and its page of streams. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectionState, profileFor } from '../support/bridge-window.ts';
import { expect, test as base } from './fixtures.ts';
import { StreamsPage } from './streams-page.ts';

export interface Remote {
  client: NatsConnection;
  port: number;
  /** Takes the server away. */
  stop(): Promise<unknown>;
  api<T = Record<string, unknown>>(what: string, body?: unknown): Promise<T>;
  publish(subject: string, ...payloads: string[]): Promise<void>;
  /** Streams and consumers that the server has. */
  counts(): Promise<{ streams: number; consumers: number }>;
  setReadOnly(readOnly: boolean): Promise<void>;
}

export const test = base.extend<{ remote: Remote; streams: StreamsPage }>({
  remote: async ({ startNatsServer, connectClient, bridge, connectPage }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'natscope-e2e-js-'));
    const server = await startNatsServer(['-js', '-sd', folder]);
    const { port } = server;
    const client = await connectClient({ servers: `127.0.0.1:${port}` });
    const setReadOnly = async (readOnly: boolean): Promise<void> => {
      await bridge.request('connections.save', { profile: profileFor('remote', port, { readOnly }) });
    };
    await setReadOnly(false);
    await bridge.request('connections.open', { connection: 'remote' });
    await connectionState(bridge, 'remote', (state) => state.phase === 'connected');
    const api = async <T>(what: string, body?: unknown): Promise<T> => {
      const payload = body === undefined ? '' : JSON.stringify(body);
      const answer = await client.request(`$JS.API.${what}`, payload, { timeout: 5000 });
      const parsed = answer.json<T & { error?: { description: string } }>();
      if (parsed.error) throw new Error(parsed.error.description);
      return parsed;
    };
    await connectPage.tab('remote').click();
    await use({
      client,
      port,
      stop: () => server.stop(),
      api,
      async publish(subject, ...payloads) {
        await Promise.all(payloads.map((payload) => client.request(subject, payload, { timeout: 5000 })));
      },
      async counts() {
        const { streams, consumers } = await api<{ streams: number; consumers: number }>('INFO');
        return { streams, consumers };
      },
      setReadOnly,
    });
    await rm(folder, { recursive: true, force: true });
  },
  streams: async ({ remote, page }, use) => {
    // The server stands before the page is looked at.
    expect(remote.port).toBeGreaterThan(0);
    const streams = new StreamsPage(page);
    await streams.open();
    await use(streams);
  },
});

export { expect };

export const bodies = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, at) => JSON.stringify({ state: 'new', number: from + at }));
