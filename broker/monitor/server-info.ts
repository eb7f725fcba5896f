import { SERVER_VERSION } from '../limits.ts';
import { sortedKeys, unlessEmpty } from './go-json.ts';
import type { MonitorHost } from './host.ts';
import { timestamp } from './time-text.ts';
import { featureFlags, serverTags } from './varz.ts';

/** Of a server with JetStream: it is on, knows binary snapshots, and groups of accounts, which a single server has none of. */
const JETSTREAM_FLAGS = 0b111;

/** Who speaks: stands in front of every answer and event. Each has a number of its own, one higher than the one before. */
export class ServerIdentity {
  readonly #host: MonitorHost;
  readonly #now: () => number;
  #sequence = 0;

  constructor(host: MonitorHost, now: () => number) {
    this.#host = host;
    this.#now = now;
  }

  next(): object {
    const { options, jetStream } = this.#host;
    return {
      ...this.brief,
      domain: unlessEmpty(options.kept?.jetstream?.domain),
      ver: SERVER_VERSION,
      tags: unlessEmpty(serverTags(options)),
      metadata: options.serverMetadata && sortedKeys(options.serverMetadata),
      feature_flags: featureFlags(options),
      jetstream: jetStream !== undefined,
      flags: jetStream === undefined ? 0 : JETSTREAM_FLAGS,
      seq: ++this.#sequence,
      time: timestamp(this.#now()),
    };
  }

  /** What IDZ answers. */
  get brief(): { name: string; host: string; id: string } {
    const { serverId, serverName, clientAddress } = this.#host;
    return { name: serverName, host: clientAddress.host, id: serverId };
  }
}
