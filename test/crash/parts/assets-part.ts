import type { NatsConnection } from '@nats-io/transport-node';
import { api, pause, publish } from '../client.ts';
import { Part } from '../part.ts';

const NAMES = ['TEMP-0', 'TEMP-1'] as const;

/** What is known of something that comes and goes; undefined: it was asked for and not answered. */
type There = boolean | undefined;

/** Streams and consumers that are made and deleted. */
export class AssetsPart extends Part {
  readonly #streams = new Map<string, There>(NAMES.map((name) => [name, false]));
  readonly #consumers = new Map<string, There>(NAMES.map((name) => [name, false]));
  readonly #faults: string[] = [];

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'HOME', { subjects: ['home'] });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    return NAMES.flatMap((name) => [() => this.#changeStream(nc, name), () => this.#changeConsumer(nc, name)]);
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults = this.#faults.splice(0);
    const { streams } = await api<{ streams: string[] | null }>(nc, 'STREAM.NAMES');
    const { consumers } = await api<{ consumers: string[] | null }>(nc, 'CONSUMER.NAMES.HOME');
    for (const [what, known, there] of [
      ['stream', this.#streams, streams],
      ['consumer', this.#consumers, consumers],
    ] as const) {
      for (const [name, expected] of known) {
        const found = there?.includes(name) === true;
        if (expected !== undefined && found !== expected) {
          faults.push(`${what} ${name} ${expected ? 'was made and is lost' : 'was deleted and is back'}`);
        }
        known.set(name, found);
      }
    }
    return faults;
  }

  async #changeStream(nc: NatsConnection, name: string): Promise<void> {
    await pause(20 + this.below(500));
    const wasThere = this.#streams.get(name);
    this.#streams.set(name, undefined);
    if (wasThere === true) {
      await api(nc, `STREAM.DELETE.${name}`);
    } else {
      const config = { name, subjects: [name], storage: this.storage };
      const { state } = await api<{ state: { messages: number; last_seq: number } }>(
        nc,
        `STREAM.CREATE.${name}`,
        config,
      );
      if (state.last_seq !== 0) this.#faults.push(`stream ${name} is new, and has ${JSON.stringify(state)}`);
    }
    this.#streams.set(name, wasThere !== true);
    if (wasThere !== true) for (let i = 0; i < 3; i++) await publish(nc, name, this.payload());
    this.did('made or deleted');
  }

  async #changeConsumer(nc: NatsConnection, name: string): Promise<void> {
    await pause(20 + this.below(500));
    const wasThere = this.#consumers.get(name);
    this.#consumers.set(name, undefined);
    if (wasThere === true) await api(nc, `CONSUMER.DELETE.HOME.${name}`);
    else await this.consume(nc, 'HOME', name, {});
    this.#consumers.set(name, wasThere !== true);
    this.did('made or deleted');
  }
}
