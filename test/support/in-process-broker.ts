import { createBroker, type Broker, type BrokerOptions } from '../../broker/index.ts';

/** A broker in this process, listening on a free port of the loopback address; disposing of it stops it. */
export async function startBroker(
  options: BrokerOptions = {},
): Promise<{ broker: Broker; port: number } & AsyncDisposable> {
  // Spinning would take the processor from the test that shares it.
  const broker = createBroker({ host: '127.0.0.1', port: -1, spinMicros: 0, ...options });
  await broker.start();
  return { broker, port: broker.address.port, [Symbol.asyncDispose]: () => broker.stop() };
}
