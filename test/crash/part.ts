import type { NatsConnection } from '@nats-io/transport-node';
import { api, contents, publish, type PubAck } from './client.ts';
import type { StreamModel } from './model.ts';

/** Numbers from 0 to 1. */
export type Random = () => number;

/** What all parts of a load draw from and count in. */
export interface Tools {
  readonly random: Random;
  /** Where streams lie; memory keeps nothing, which is how the tester is tested. */
  readonly storage: 'file' | 'memory';
  /** What was done, by name. */
  readonly counts: Record<string, number>;
}

interface StreamInfo {
  readonly state: { readonly messages: number; readonly first_seq: number; readonly last_seq: number };
}

/** Streams that are worked on in one way, and what has to be true of them. */
export abstract class Part {
  readonly #tools: Tools;
  #serial = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** Makes the streams, at the very beginning. */
  abstract prepare(nc: NatsConnection): Promise<void>;
  /** What is done again and again, all at the same time. An error ends it until the next start. */
  abstract loops(nc: NatsConnection): (() => Promise<void>)[];
  /** Looks at all there is after a start. Returns what cannot be. */
  abstract check(nc: NatsConnection): Promise<string[]>;

  protected get storage(): 'file' | 'memory' {
    return this.#tools.storage;
  }

  protected below(count: number): number {
    return Math.floor(this.#tools.random() * count);
  }

  protected pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  protected did(what: string, count = 1): void {
    const { counts } = this.#tools;
    counts[what] = (counts[what] ?? 0) + count;
  }

  protected serial(): number {
    return ++this.#serial;
  }

  /** One that there never was, mostly short. */
  protected payload(): string {
    const dice = this.below(100);
    const length = dice === 0 ? 300_000 : dice < 10 ? 30_000 : 200;
    return `${this.serial()}:${'x'.repeat(this.below(length))}`;
  }

  protected create(nc: NatsConnection, name: string, config: object): Promise<unknown> {
    return api(nc, `STREAM.CREATE.${name}`, { name, allow_direct: true, ...config, storage: this.storage });
  }

  protected consume(nc: NatsConnection, stream: string, name: string, config: object): Promise<unknown> {
    const all = { durable_name: name, ack_policy: 'explicit', ...config };
    return api(nc, `CONSUMER.DURABLE.CREATE.${stream}.${name}`, { stream_name: stream, config: all });
  }

  /** Publishes one message and tells the model. Undefined: it was refused. */
  protected async store(
    nc: NatsConnection,
    model: StreamModel,
    subject: string,
    { head, ttlMs, payload = this.payload() }: { head?: Record<string, string>; ttlMs?: number; payload?: string } = {},
  ): Promise<PubAck | undefined> {
    model.send(subject, payload, ttlMs);
    const ack = await publish(nc, subject, payload, head);
    if (ack.error !== undefined) {
      model.refuse(payload);
      this.did('refused');
      return undefined;
    }
    model.acknowledge(ack.seq, payload);
    this.did('published');
    return ack;
  }

  /** Holds a stream against its model. */
  protected async look(nc: NatsConnection, model: StreamModel): Promise<string[]> {
    const { name } = model;
    const { state } = await api<StreamInfo>(nc, `STREAM.INFO.${name}`);
    const at = Date.now();
    const messages = await contents(nc, name, state.last_seq);
    const faults = model.settle({ firstSequence: state.first_seq, lastSequence: state.last_seq, messages, at });
    const isTimed = model.rules.ageMs !== undefined || model.rules.isMortal === true;
    if (messages.size !== state.messages && !isTimed) {
      faults.push(`${state.messages} messages are told of, ${messages.size} are there`);
    }
    return faults.map((fault) => `${name}: ${fault}`);
  }

  /** Purges some or all of a stream. `most`: above it, most of it goes. */
  protected async purge(nc: NatsConnection, model: StreamModel, subjects: number, most: number): Promise<void> {
    const prefix = model.name.toLowerCase();
    const filter = this.below(3) === 0 ? `${prefix}.${this.below(subjects)}` : undefined;
    const matches = filter === undefined ? () => true : (subject: string) => subject === filter;
    const isLarge = model.kept.size > most;
    const dice = this.below(20);
    const order: { seq?: number; keep?: number; filter?: string } = filter === undefined ? {} : { filter };
    if (isLarge) order.keep = 10;
    else if (dice < 12)
      order.seq = 1 + Math.floor((model.lastAcknowledged * Math.max(this.below(1000), this.below(1000))) / 1000);
    else if (dice < 19) order.keep = this.below(model.kept.size + 1);
    const answered = model.purge({ matches, below: order.seq ?? Infinity, keep: order.keep ?? 0 });
    await api(nc, `STREAM.PURGE.${model.name}`, order);
    answered();
    this.did('purged');
  }
}
