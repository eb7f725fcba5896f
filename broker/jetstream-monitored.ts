import { join } from 'node:path';
import type { AccountJetStream } from './jetstream/account-jetstream.ts';
import { consumerFields } from './jetstream/api/consumer-fields.ts';
import { streamFields } from './jetstream/api/stream-fields.ts';
import type { JetStream } from './jetstream/jetstream.ts';
import type { Stream } from './jetstream/stream/stream.ts';
import type { MonitoredJetStream, MonitoredStream, MonitoredStreams } from './monitor/jsz.ts';

/** Folder that nats-server keeps streams in, below the one it is given; ours lies beside it. */
const TOLD_FOLDER = 'jetstream';

type Fields = Readonly<Record<string, unknown>>;

/** JetStream as its monitor sees it. */
export function monitoredJetStream(jetStream: JetStream): MonitoredJetStream {
  const { memoryBytesMax, storageBytesMax, folder, domain, strict, syncIntervalMs, syncAlways, limited } =
    jetStream.options;
  return {
    memoryBytesMax,
    storageBytesMax,
    folder: join(folder, TOLD_FOLDER),
    domain,
    strict,
    syncIntervalMs,
    syncAlways,
    limited,
    accounts: Array.from(jetStream.accounts, accountOf),
  };
}

function accountOf(one: AccountJetStream): MonitoredStreams {
  const { account, usage, reserved, api, streams } = one;
  const leader = one.jetStream.around.serverName;
  return {
    name: account.name,
    memory: usage.memory,
    storage: usage.storage,
    reservedMemory: reserved.memory,
    reservedStorage: reserved.storage,
    total: api.total,
    errors: api.errors,
    streams: Array.from(streams.values(), (stream) => streamOf(stream, leader)),
  };
}

function streamOf(stream: Stream, leader: string): MonitoredStream {
  const { log, consumers } = stream;
  return {
    name: stream.name,
    messages: log.state.messages,
    bytes: log.state.bytes,
    consumers: [...consumers.keys()],
    info: () => streamFields(stream, { leader, listed: true }) as Fields,
    consumerInfos: (direct) =>
      [...consumers.values()]
        .filter(({ config }) => direct || config.direct !== true)
        .map((consumer) => consumerFields(consumer, true) as Fields),
  };
}
