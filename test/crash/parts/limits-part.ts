import type { NatsConnection } from '@nats-io/transport-node';
import { api, pause } from '../client.ts';
import { StreamModel } from '../model.ts';
import { Part } from '../part.ts';

const AGE_MS = 3000;

/** Streams that give away messages by themselves, by number, by age and by their own time to live, or take no more. */
export class LimitsPart extends Part {
  readonly #few = new StreamModel('FEW', { messages: 300 });
  readonly #full = new StreamModel('FULL', { messages: 200 });
  readonly #young = new StreamModel('YOUNG', { ageMs: AGE_MS });
  readonly #mortal = new StreamModel('MORTAL', { isMortal: true });

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'FEW', { subjects: ['few.*'], max_msgs: 300 });
    await this.create(nc, 'FULL', { subjects: ['full.*'], max_msgs: 200, discard: 'new' });
    await this.create(nc, 'YOUNG', { subjects: ['young.*'], max_age: AGE_MS * 1e6, duplicate_window: 1e9 });
    await this.create(nc, 'MORTAL', { subjects: ['mortal.*'], allow_msg_ttl: true });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    return [
      () => this.#publish(nc, this.#few),
      () => this.#publish(nc, this.#few),
      () => this.#publish(nc, this.#full),
      () => this.#publish(nc, this.#young),
      () => this.#publishMortal(nc),
      () => this.#changeLimit(nc),
      async () => {
        await pause(this.below(100));
        await this.purge(nc, this.#full, 5, 150);
      },
      async () => {
        await pause(this.below(1000));
        await this.purge(nc, this.#mortal, 5, 3000);
      },
    ];
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults: string[] = [];
    for (const model of [this.#few, this.#full, this.#young, this.#mortal])
      faults.push(...(await this.look(nc, model)));
    // A change that was not answered may have been made.
    const { config } = await api<{ config: { max_msgs: number } }>(nc, 'STREAM.INFO.FEW');
    this.#few.messagesLow = this.#few.messagesHigh = config.max_msgs;
    return faults;
  }

  async #publish(nc: NatsConnection, model: StreamModel): Promise<void> {
    const ack = await this.store(nc, model, `${model.name.toLowerCase()}.${this.below(5)}`);
    if (ack === undefined) await pause(2);
  }

  async #publishMortal(nc: NatsConnection): Promise<void> {
    const seconds = this.pick([1, 2, 5, 0]);
    const ttl = seconds === 0 ? {} : { head: { 'Nats-TTL': `${seconds}s` }, ttlMs: seconds * 1000 };
    await this.store(nc, this.#mortal, `mortal.${this.below(5)}`, ttl);
  }

  async #changeLimit(nc: NatsConnection): Promise<void> {
    await pause(50 + this.below(200));
    const model = this.#few;
    const limit = 50 + this.below(500);
    const before = model.messagesHigh;
    model.messagesLow = Math.min(model.messagesLow, limit);
    model.messagesHigh = Math.max(before, limit);
    const config = { name: 'FEW', subjects: ['few.*'], allow_direct: true, storage: this.storage, max_msgs: limit };
    await api(nc, 'STREAM.UPDATE.FEW', config);
    model.messagesHigh = limit;
    this.did('updated');
  }
}
