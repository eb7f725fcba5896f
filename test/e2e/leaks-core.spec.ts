import { browserSession, connectionState, openBridge, profileFor } from '../support/bridge-window.ts';
import { resourcesOf, type Resources } from '../support/process-resources.ts';
import { expect, test } from './fixtures.ts';

test.skip(process.platform !== 'linux', 'reads what a process holds from /proc');

const rounds = 30;
/** The first rounds make what is then kept: compiled code, pools, lists. */
const warmUpRounds = 3;

/** Resources come to rest a moment after the last close. Polls until they are back, and gives what they were at last. */
async function settled(pid: number, before: Resources): Promise<Resources> {
  let now = resourcesOf(pid);
  for (let attempt = 0; attempt < 60; attempt++) {
    if (now.threads <= before.threads && now.descriptors <= before.descriptors) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    now = resourcesOf(pid);
  }
  return now;
}

test('windows that come and go leave nothing in the core', async ({ app }) => {
  const cookie = await browserSession(app);
  const visit = async (): Promise<void> => {
    const bridge = await openBridge(app, cookie);
    bridge.subscribe('broker.watch', {}, { item: () => undefined });
    bridge.subscribe('log.watch', {}, { item: () => undefined });
    await connectionState(bridge, 'local', (state) => state.phase === 'connected');
    const options = { scope: 0, filter: null, sort: 'name', pausedAt: null } as const;
    const { view } = await bridge.request('explorer.view.open', { connection: 'local', ...options });
    await bridge.request('explorer.pull', { connection: 'local', view, tree: { first: 0, count: 20 }, list: null });
    // Left open on purpose: a window that is closed closes nothing else before.
    bridge.close();
    await bridge.closed;
  };
  for (let round = 0; round < warmUpRounds; round++) await visit();
  const before = resourcesOf(app.pid);
  for (let round = 0; round < rounds; round++) await visit();
  const after = await settled(app.pid, before);
  expect(after.threads).toBeLessThanOrEqual(before.threads);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
});

test('connections that open and close leave no thread, socket or client', async ({ app, startNatsServer }) => {
  const server = await startNatsServer();
  const serverSockets = resourcesOf(server.pid).sockets;
  const bridge = await openBridge(app, await browserSession(app));
  await connectionState(bridge, 'local', (state) => state.phase === 'connected');
  const start = resourcesOf(app.pid);
  await bridge.request('connections.save', { profile: profileFor('remote', server.port, { subscribe: ['>'] }) });
  const visit = async (): Promise<void> => {
    await bridge.request('connections.open', { connection: 'remote' });
    await connectionState(bridge, 'remote', (state) => state.phase === 'connected');
    await bridge.request('connections.close', { connection: 'remote' });
    await connectionState(bridge, 'remote', (state) => state.phase === 'closed');
  };
  for (let round = 0; round < warmUpRounds; round++) await visit();
  const before = await settled(app.pid, resourcesOf(app.pid));
  for (let round = 0; round < rounds; round++) await visit();
  const after = await settled(app.pid, before);
  expect(after.threads).toBeLessThanOrEqual(before.threads);
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);

  await bridge.request('connections.remove', { connection: 'remote' });
  const removed = await settled(app.pid, start);
  expect(removed.threads, 'the thread of a removed connection ends').toBeLessThanOrEqual(start.threads);
  await expect.poll(() => resourcesOf(server.pid).sockets, 'clients of the server').toBe(serverSockets);
  bridge.close();
});

test('the local broker stops and starts without a trace', async ({ app }) => {
  const bridge = await openBridge(app, await browserSession(app));
  const restart = async (): Promise<void> => {
    expect((await bridge.request('broker.stop', {})).phase).toBe('stopped');
    expect((await bridge.request('broker.start', { port: app.brokerPort })).phase).toBe('running');
    await connectionState(bridge, 'local', (state) => state.phase === 'connected');
  };
  for (let round = 0; round < warmUpRounds; round++) await restart();
  const before = await settled(app.pid, resourcesOf(app.pid));
  for (let round = 0; round < 10; round++) await restart();
  const after = await settled(app.pid, before);
  expect(after.threads).toBeLessThanOrEqual(before.threads);
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  bridge.close();
});

test('sample traffic that is switched off is gone', async ({ app }) => {
  const bridge = await openBridge(app, await browserSession(app));
  await connectionState(bridge, 'local', (state) => state.phase === 'connected');
  const cycle = async (): Promise<void> => {
    await bridge.request('sample.set', { running: true });
    await bridge.request('sample.set', { running: false });
  };
  for (let round = 0; round < warmUpRounds; round++) await cycle();
  const before = await settled(app.pid, resourcesOf(app.pid));
  for (let round = 0; round < 10; round++) await cycle();
  const after = await settled(app.pid, before);
  expect(after.sockets).toBeLessThanOrEqual(before.sockets);
  bridge.close();
});

test('Ctrl+C ends the app with everything in it', async ({ app }) => {
  const bridge = await openBridge(app, await browserSession(app));
  await bridge.request('sample.set', { running: true }).catch(() => undefined);
  const startedAt = performance.now();
  await app.stop();
  expect(app.child.exitCode).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(4000);
  await bridge.closed;
});
