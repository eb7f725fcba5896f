/** What the app shows of a broker that runs. */

import type { Broker, BrokerAddress, BrokerStats, MonitorHost } from '../../broker/index.ts';
import { openAddress } from './configuration.ts';
import type { AccountFact, BrokerFacts } from './messages.ts';

/** @param jetStreamProblem why it runs without JetStream although it should have it */
export function factsOf(broker: Broker, jetStreamProblem?: string): BrokerFacts {
  const { address, listeners, monitorHost } = broker;
  const { own, webSocket, monitoring } = listeners;
  return {
    host: reachable(address.host),
    port: address.port,
    ownPort: own?.port ?? address.port,
    webSocket: webSocket && urlOf(webSocket.secure ? 'wss' : 'ws', webSocket),
    monitoring: monitoring && urlOf(monitoring.secure ? 'https' : 'http', monitoring),
    openAt: openAddress(monitorHost.options, address),
    jetStreamProblem,
  };
}

/** An address that a client of this machine can go to. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

function urlOf(scheme: string, { host, port }: BrokerAddress): string {
  const name = reachable(host);
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** All accounts; that of clients which name none is the first. */
export function accountsOf(host: MonitorHost): AccountFact[] {
  const withStreams = new Set(host.jetStream?.accounts.map(({ name }) => name));
  const listed = Array.from(host.accounts(), ({ account, name }) => ({
    name,
    system: account === host.systemAccount,
    jetstream: withStreams.has(name),
  }));
  return listed.toSorted((a, b) => Number(b.name === '$G') - Number(a.name === '$G'));
}

export function sameAccounts(a: readonly AccountFact[], b: readonly AccountFact[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, system, jetstream }, at) => {
      const other = b[at];
      return other?.name === name && other.system === system && other.jetstream === jetstream;
    })
  );
}

/** Whether two looks would be drawn the same; memory counts in MiB. */
export function sameCounts(a: BrokerStats, b: BrokerStats): boolean {
  return (
    a.connections === b.connections &&
    a.subscriptions === b.subscriptions &&
    a.inMessages === b.inMessages &&
    a.outMessages === b.outMessages &&
    a.slowConsumers === b.slowConsumers &&
    Math.round(a.memoryBytes / 2 ** 20) === Math.round(b.memoryBytes / 2 ** 20) &&
    sameBudget(a.jetStream?.memory, b.jetStream?.memory) &&
    sameBudget(a.jetStream?.storage, b.jetStream?.storage)
  );
}

type Budget = NonNullable<BrokerStats['jetStream']>['memory'];

function sameBudget(a: Budget | undefined, b: Budget | undefined): boolean {
  return a?.used === b?.used && a?.max === b?.max;
}
