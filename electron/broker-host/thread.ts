/** The broker's thread: one broker from its start to its stop, then the thread ends. */

import { parentPort, workerData } from 'node:worker_threads';
import { BrokerError, createBroker } from '../../broker/index.ts';
import type { BrokerStats } from '../../broker/index.ts';
import type { FromThread, ThreadOptions, ToThread } from './messages.ts';

/** How often counts are looked at. They are sent only when they changed. */
const statsMs = 1000;
/** How long the loop polls after a read when it may. */
const spinMicros = 50;

if (parentPort === null) throw new Error('broker-host/thread.ts runs as a worker');
const port = parentPort;
const { host, port: wantedPort, serverName, spinning } = workerData as ThreadOptions;
const say = (message: FromThread) => port.postMessage(message);

const broker = createBroker({
  host,
  port: wantedPort,
  serverName,
  spinMicros: spinning ? spinMicros : 0,
  log: (level, text) => say({ type: 'log', level, text }),
});

function sameCounts(a: BrokerStats, b: BrokerStats): boolean {
  return (
    a.connections === b.connections &&
    a.subscriptions === b.subscriptions &&
    a.inMessages === b.inMessages &&
    a.outMessages === b.outMessages &&
    a.slowConsumers === b.slowConsumers
  );
}

try {
  await broker.start();
  let told = broker.stats();
  say({ type: 'started', port: broker.address.port, stats: told });
  const timer = setInterval(() => {
    const stats = broker.stats();
    if (sameCounts(stats, told)) return;
    told = stats;
    say({ type: 'stats', stats });
  }, statsMs);
  port.on('message', (message: ToThread) => {
    if (message.type === 'client') {
      const client = broker.client(message.clientId);
      say({ type: 'client', id: message.id, pendingBytes: client?.pendingBytes ?? null });
      return;
    }
    if (message.type === 'observe') {
      broker.observe(message.clientId);
      return;
    }
    if (message.type === 'spinning') {
      broker.setSpin(message.on ? spinMicros : 0);
      return;
    }
    clearInterval(timer);
    void broker.stop().finally(() => port.close());
  });
} catch (error) {
  const code = error instanceof BrokerError ? error.code : 'internal';
  say({ type: 'refused', code, text: error instanceof Error ? error.message : String(error) });
  port.close();
}
