/** What JetStream of the local broker holds, account by account. Made in the broker's thread when a window asks. */

import { statfsSync } from 'node:fs';
import type { BrokerStats, MonitoredStreams, MonitorHost } from '../../broker/index.ts';
import type { BrokerJetStream, BrokerJetStreamAccount } from '../bridge/contract.ts';
import { shownText } from './shown-text.ts';

/** Accounts that one look lists. */
const accountsMax = 100;

/** Null while it has none. */
export function jetStreamNow(host: MonitorHost, stats: BrokerStats): BrokerJetStream['running'] {
  const { jetStream } = host;
  const used = stats.jetStream;
  if (jetStream === undefined || used === undefined) return null;
  const titles = new Map(Array.from(host.accounts(), ({ name, options }) => [name, options.displayName]));
  const accounts = jetStream.accounts.map((one) => accountOf(one, titles.get(one.name)));
  const sum = (of: (one: BrokerJetStreamAccount) => number): number => accounts.reduce((all, one) => all + of(one), 0);
  const reserved = (of: (one: MonitoredStreams) => number): number =>
    jetStream.accounts.reduce((all, one) => all + of(one), 0);
  const { more = {}, storeDir = '' } = host.options.kept?.jetstream ?? {};
  const free = freeBytes(storeDir);
  return {
    folder: storeDir,
    domain: jetStream.domain,
    cipher: more['key'] ? (more['cipher'] === 'aes' ? 'AES-GCM' : 'ChaCha20-Poly1305') : '',
    memory: { ...used.memory, reserved: reserved(({ reservedMemory }) => reservedMemory) },
    storage: {
      ...used.storage,
      reserved: reserved(({ reservedStorage }) => reservedStorage),
      ...(free === undefined ? {} : { free }),
    },
    streams: sum(({ streams }) => streams),
    consumers: sum(({ consumers }) => consumers),
    messages: sum(({ messages }) => messages),
    api: { total: sum(({ api }) => api.total), errors: sum(({ api }) => api.errors) },
    accounts: accounts.toSorted((a, b) => b.storage + b.memory - a.storage - a.memory).slice(0, accountsMax),
    accountCount: accounts.length,
  };
}

function accountOf(one: MonitoredStreams, title: string | undefined): BrokerJetStreamAccount {
  const { name, memory, storage, streams, total, errors } = one;
  return {
    name: shownText(name),
    ...(title === undefined ? {} : { title }),
    memory,
    storage,
    streams: streams.length,
    consumers: streams.reduce((sum, { consumers }) => sum + consumers.length, 0),
    messages: streams.reduce((sum, { messages }) => sum + messages, 0),
    api: { total, errors },
  };
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
