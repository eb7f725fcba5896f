import type { MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient, routeOf } from '../../../../electron/bridge/client.ts';
import { relayWindow } from '../../../../electron/bridge/relay.ts';
import { createRouter } from '../../../../electron/bridge/router.ts';
import { messagePortTransport } from '../../../../electron/bridge/transports.ts';
import { bridgePair } from '../../../support/bridge-pair.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function setUp() {
  const ports: MessagePort[] = [];
  const thread = createRouter({
    requests: {
      'explorer.clear': () => ({}),
      'explorer.latest': (_, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
      'explorer.message': ({ sequence }) =>
        ({ sequence, payload: new Uint8Array([0xff, 0, 1]) }) as ReturnType<typeof Object>,
    },
    streams: {
      'responders.watch': async function* (_, { signal }) {
        yield [];
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    },
  });
  const core = createRouter({ requests: { 'sample.set': ({ running }) => ({ running }) }, streams: {} });
  const attach = vi.fn((connection: string, port: MessagePort) => {
    if (connection !== 'local') return false;
    ports.push(port);
    thread.serve(messagePortTransport(port));
    return true;
  });
  const openWindow = () => {
    const [window, coreEnd] = bridgePair();
    const close = relayWindow({ window: coreEnd, core, attach });
    ends.push(close);
    return { client: createClient(window), window, close };
  };
  return { thread, core, ports, attach, openWindow };
}

describe('a relayed window', () => {
  it('reaches the core and the thread of a connection', async () => {
    const { openWindow, attach } = setUp();
    const { client } = openWindow();
    await expect(client.request('sample.set', { running: true })).resolves.toEqual({ running: true });
    await expect(client.request('explorer.clear', { connection: 'local' })).resolves.toEqual({});
    const message = await client.request('explorer.message', { connection: 'local', sequence: 9, payloadBytesMax: 10 });
    expect(message).toEqual({ sequence: 9, payload: new Uint8Array([0xff, 0, 1]) });
    expect(attach).toHaveBeenCalledOnce();
  });

  it('has a channel of its own, and takes its calls with it', async () => {
    const { openWindow, attach, thread } = setUp();
    const [first, second] = [openWindow(), openWindow()];
    const waiting = first.client.request('explorer.latest', { connection: 'local', node: 1 });
    await second.client.request('explorer.clear', { connection: 'local' });
    expect(attach).toHaveBeenCalledTimes(2);
    expect(thread.counters).toMatchObject({ sessions: 2, calls: 1 });
    first.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await vi.waitFor(() => expect(thread.counters).toMatchObject({ sessions: 1, calls: 0 }));
  });

  it('is told of a connection that is not there', async () => {
    const { client } = setUp().openWindow();
    await expect(client.request('explorer.clear', { connection: 'gone' })).rejects.toMatchObject({
      code: 'no-connection',
    });
  });

  it('is told when the thread ends, and reaches the next one', async () => {
    const { openWindow, ports } = setUp();
    const { client } = openWindow();
    const ended = vi.fn();
    client.subscribe('responders.watch', { connection: 'local' }, { item: () => undefined, end: ended });
    const waiting = client.request('explorer.latest', { connection: 'local', node: 1 });
    await vi.waitFor(() => expect(ports).toHaveLength(1));
    ports[0]?.close();
    await expect(waiting).rejects.toMatchObject({ code: 'gone' });
    expect(ended).toHaveBeenCalledWith(expect.objectContaining({ code: 'gone' }));
    await expect(client.request('explorer.clear', { connection: 'local' })).resolves.toEqual({});
  });

  it('sends cancellation to the thread', async () => {
    const { openWindow, thread } = setUp();
    const { client } = openWindow();
    const abort = new AbortController();
    const waiting = client.request('explorer.latest', { connection: 'local', node: 1 }, { signal: abort.signal });
    await client.request('explorer.clear', { connection: 'local' });
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await vi.waitFor(() => expect(thread.counters.calls).toBe(0));
  });
});

describe('the route of a call', () => {
  it('is the connection for what its thread answers, and empty otherwise', () => {
    const params = { connection: 'c1' };
    expect(routeOf('explorer.pull', params)).toBe('c1');
    expect(routeOf('publish.run', params)).toBe('c1');
    expect(routeOf('connections.open', params)).toBe('');
    expect(routeOf('diagnosis.watch', params)).toBe('');
    expect(routeOf('app.info', {})).toBe('');
  });
});
