import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { ANSWER_MS_MAX, api, fetch, pause } from '../client.ts';
import { type ConsumerInfo, ConsumerModel, deliveryOf } from '../consumer-model.ts';
import { StreamModel } from '../model.ts';
import { Part } from '../part.ts';

const SUBJECTS = 10;
/** Nobody publishes more while so many wait. */
const WAITING_MAX = 3000;

/** A work queue and its crew; and messages that are kept until two who wait for them, each in his way, have had them. */
export class WorkPart extends Part {
  readonly #work = new StreamModel('WORK');
  readonly #crew = new ConsumerModel('crew', this.#work);
  readonly #news = new StreamModel('NEWS');
  readonly #each = new ConsumerModel('each', this.#news);
  readonly #upTo = new ConsumerModel('upto', this.#news);

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'WORK', { subjects: ['work.*'], retention: 'workqueue' });
    await this.consume(nc, 'WORK', 'crew', { ack_wait: 1e9, max_ack_pending: 100 });
    await this.create(nc, 'NEWS', { subjects: ['news.*'], retention: 'interest', compression: 's2' });
    await this.consume(nc, 'NEWS', 'each', { ack_wait: 1e9, max_ack_pending: 100 });
    await this.consume(nc, 'NEWS', 'upto', { ack_wait: 1e9, max_ack_pending: 100, ack_policy: 'all' });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    const publish = async (model: StreamModel): Promise<void> => {
      if (model.kept.size > WAITING_MAX) return pause(10);
      await this.store(nc, model, `${model.name.toLowerCase()}.${this.below(SUBJECTS)}`);
    };
    return [
      () => publish(this.#work),
      () => publish(this.#work),
      () => publish(this.#news),
      () => publish(this.#news),
      () => this.#labour(nc),
      () => this.#labour(nc),
      () => this.#readEach(nc),
      () => this.#readUpTo(nc),
    ];
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults: string[] = [];
    for (const [stream, ...consumers] of [
      [this.#work, this.#crew] as const,
      [this.#news, this.#each, this.#upTo] as const,
    ]) {
      faults.push(...(await this.look(nc, stream)));
      for (const model of consumers) {
        faults.push(...model.check(await api<ConsumerInfo>(nc, `CONSUMER.INFO.${stream.name}.${model.name}`)));
      }
    }
    return faults;
  }

  async #labour(nc: NatsConnection): Promise<void> {
    const messages = await this.#fetch(nc, 'WORK', this.#crew);
    for (const message of messages) {
      const dice = this.below(20);
      if (dice < 2) continue;
      if (dice < 4) nc.publish(message.reply ?? '', this.pick(['-NAK', '-NAK {"delay":30000000}', '+WPI']));
      else await this.#finish(nc, message, dice);
    }
  }

  async #finish(nc: NatsConnection, { reply = '' }: Msg, dice: number): Promise<void> {
    const { stream } = deliveryOf(reply);
    this.#work.going.add(stream);
    this.#crew.leave(stream);
    if (dice === 4) {
      // An ack that asks for the next one is answered with that.
      const next = await nc.request(reply, '+NXT {"batch":1,"no_wait":true}', { timeout: ANSWER_MS_MAX });
      if (next.reply?.startsWith('$JS.ACK.') === true) this.#crew.deliver(deliveryOf(next.reply));
    } else {
      await nc.request(reply, dice === 5 ? '+TERM' : '+ACK', { timeout: ANSWER_MS_MAX });
    }
    this.#work.remove(stream);
    this.#crew.finish(stream);
    this.did('acknowledged');
  }

  async #readEach(nc: NatsConnection): Promise<void> {
    for (const { reply = '' } of await this.#fetch(nc, 'NEWS', this.#each)) {
      if (this.below(10) === 0) continue;
      const { stream } = deliveryOf(reply);
      this.#each.leave(stream);
      if (this.#upTo.isDone(stream) || this.#upTo.isLeaving(stream)) this.#news.going.add(stream);
      await nc.request(reply, '+ACK', { timeout: ANSWER_MS_MAX });
      this.#each.finish(stream);
      if (this.#upTo.isDone(stream)) this.#news.remove(stream);
      this.did('acknowledged');
    }
  }

  async #readUpTo(nc: NatsConnection): Promise<void> {
    const messages = await this.#fetch(nc, 'NEWS', this.#upTo);
    const { reply = '' } = this.pick(messages) ?? {};
    if (reply === '') return;
    const { stream: last } = deliveryOf(reply);
    const upTo = (): number[] => [...this.#news.kept.keys()].filter((sequence) => sequence <= last);
    this.#upTo.leave(last, true);
    for (const sequence of upTo()) {
      if (this.#each.isDone(sequence) || this.#each.isLeaving(sequence)) this.#news.going.add(sequence);
    }
    await nc.request(reply, '+ACK', { timeout: ANSWER_MS_MAX });
    this.#upTo.finish(last, true);
    for (const sequence of upTo()) if (this.#each.isDone(sequence)) this.#news.remove(sequence);
    this.did('acknowledged');
  }

  async #fetch(nc: NatsConnection, stream: string, model: ConsumerModel): Promise<Msg[]> {
    const messages = await fetch(nc, { stream, consumer: model.name, batch: 1 + this.below(20) }, ({ reply = '' }) =>
      model.deliver(deliveryOf(reply)),
    );
    if (messages.length === 0) await pause(10);
    return messages;
  }
}
