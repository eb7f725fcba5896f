import { parseArgs } from 'node:util';
import { createBroker, type BrokerOptions } from '../../broker/index.ts';
import type { ServerSettings } from '../conformance/case.ts';

// The broker in a process of its own with options that natscope-server has no flag for, given as `--settings JSON`. It takes
// any free port of the loopback address, whatever else the words say, and says the two lines that tests wait for.

const { values } = parseArgs({ options: { settings: { type: 'string', default: '{}' } }, strict: false });

const OPTIONS: Record<keyof ServerSettings, keyof BrokerOptions> = {
  user: 'user',
  pass: 'password',
  token: 'token',
  serverName: 'serverName',
  clientAdvertise: 'clientAdvertise',
  authTimeoutMs: 'authTimeoutMs',
  maxPayloadBytes: 'maxPayload',
  maxControlLineBytes: 'maxControlLine',
  maxPendingBytes: 'maxPending',
  maxConnections: 'maxConnections',
  maxSubscriptions: 'maxSubscriptions',
  maxSubjectTokens: 'maxSubscriptionTokens',
  pingIntervalMs: 'pingIntervalMs',
  pingsOutMax: 'pingMax',
  writeDeadlineMs: 'writeDeadlineMs',
  noHeaders: 'noHeaderSupport',
};

const settings = Object.entries(JSON.parse(String(values.settings)) as ServerSettings).map(([name, value]) => [
  OPTIONS[name as keyof ServerSettings],
  value,
]);
const broker = createBroker({
  ...(Object.fromEntries(settings) as BrokerOptions),
  host: '127.0.0.1',
  port: -1,
  log: (level, text) => process.stderr.write(`[${level}] ${text}\n`),
});
await broker.start();
// The broker may say the same itself; whoever waits takes the first.
process.stderr.write(
  `Listening for client connections on ${broker.address.host}:${broker.address.port}\nServer is ready\n`,
);
