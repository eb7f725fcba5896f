import type { NatsConnection } from '@nats-io/transport-node';
import { ANSWER_MS_MAX, headersOf, pause, publish, type PubAck } from '../client.ts';
import { StreamModel } from '../model.ts';
import { Part } from '../part.ts';

const COUNTERS = 5;

/** Batches of which all is there or nothing; and counters. */
export class BatchPart extends Part {
  readonly #batches = new StreamModel('BATCHES');
  /** By subject: what a counter has come to at least, and at most. */
  readonly #totals = Array.from({ length: COUNTERS }, () => ({ least: 0, most: 0 }));

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'BATCHES', { subjects: ['batches.*'], allow_atomic: true });
    await this.create(nc, 'COUNT', { subjects: ['count.*'], allow_msg_counter: true, max_msgs_per_subject: 10 });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    return [
      () => this.#batch(nc),
      async () => void (await this.store(nc, this.#batches, 'batches.single')),
      ...Array.from({ length: 2 }, (_, which) => () => this.#count(nc, which * 2 + this.below(2))),
      async () => {
        await pause(300);
        if (this.#batches.kept.size > 3000) await this.purge(nc, this.#batches, 1, 3000);
      },
    ];
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults = await this.look(nc, this.#batches);
    const { kept } = this.#batches;
    const groups = new Map<string, number[]>();
    for (const [sequence, { payload }] of kept) {
      const parts = /^batch (\d+): \d+ of (\d+)/.exec(payload);
      if (parts === null) continue;
      const key = `${parts[1]} of ${parts[2]}`;
      groups.set(key, [...(groups.get(key) ?? []), sequence]);
    }
    const first = Math.min(...kept.keys());
    for (const [key, sequences] of groups) {
      const size = Number(key.split(' of ')[1]);
      // A purge takes from the front, whatever stands there.
      if (sequences.length !== size && Math.min(...sequences) !== first) {
        faults.push(`BATCHES: of batch ${key} there are ${sequences.length}, at ${sequences.join(', ')}`);
      }
    }
    for (const [which, total] of this.#totals.entries()) faults.push(...(await this.#checkTotal(nc, which, total)));
    return faults;
  }

  async #batch(nc: NatsConnection): Promise<void> {
    await pause(this.below(30));
    const size = 2 + this.below(30);
    const serial = this.serial();
    const payloads = Array.from({ length: size }, (_, i) => `batch ${serial}: ${i + 1} of ${size} ${this.payload()}`);
    const model = this.#batches;
    let ack: PubAck = { seq: 0 };
    for (const [i, payload] of payloads.entries()) {
      const fields: Record<string, string> = { 'Nats-Batch-Id': `b${serial}`, 'Nats-Batch-Sequence': String(i + 1) };
      const subject = 'batches.together';
      model.send(subject, payload);
      if (i === size - 1) ack = await publish(nc, subject, payload, { ...fields, 'Nats-Batch-Commit': '1' });
      else nc.publish(subject, payload, { headers: headersOf(fields) });
      if (this.below(20) === 0) await pause(this.below(5));
    }
    if (ack.error !== undefined) {
      for (const payload of payloads) model.refuse(payload);
      model.faults.push(`batch ${serial} was refused: ${ack.error.description}`);
      return;
    }
    for (const [i, payload] of payloads.entries()) model.acknowledge(ack.seq - size + 1 + i, payload);
    this.did('batches');
  }

  async #count(nc: NatsConnection, which: number): Promise<void> {
    const total = this.#totals[which];
    if (total === undefined) return;
    const step = 1 + this.below(3);
    total.most += step;
    const ack = await publish(nc, `count.${which}`, '', { 'Nats-Incr': `+${step}` });
    total.least += step;
    if (ack.val !== String(total.least))
      this.#batches.faults.push(`counter ${which} is ${ack.val}, not ${total.least}`);
    this.did('counted');
  }

  async #checkTotal(nc: NatsConnection, which: number, total: { least: number; most: number }): Promise<string[]> {
    const message = await nc.request(`$JS.API.DIRECT.GET.COUNT.count.${which}`, '', { timeout: ANSWER_MS_MAX });
    const value = message.headers?.code === 404 ? 0 : Number(message.json<{ val: string }>().val);
    const { least, most } = total;
    total.least = total.most = value;
    return value < least || value > most
      ? [`COUNT: counter ${which} is ${value}, and ${least} to ${most} was counted`]
      : [];
  }
}
