import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { ANSWER_MS_MAX, api, contents, fetch, pause } from '../client.ts';
import { type ConsumerInfo, ConsumerModel, deliveryOf } from '../consumer-model.ts';
import { StreamModel } from '../model.ts';
import { Part } from '../part.ts';

const SUBJECTS = 20;
const MESSAGES_MAX = 4000;
const TRIES = 3;
const PUSHED = 'pushed.log';
/** How long a mirror may take to have what there is, in milliseconds. */
const CATCH_UP_MS_MAX = 60_000;

/** A log that is published to one by one and in bursts, read by several consumers, deleted from and purged; and its mirror. */
export class LogPart extends Part {
  readonly #log = new StreamModel('LOG');
  readonly #mirror = new Map<number, string>();
  readonly #reader = new ConsumerModel('reader', this.#log, { isPurged: true });
  readonly #tries = new ConsumerModel('tries', this.#log, { maxDeliver: TRIES, isPurged: true });
  readonly #pushed = new ConsumerModel('pushed', this.#log, {
    isPurged: true,
    passes: (subject) => /^log\.[123]$/.test(subject),
  });

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'LOG', { subjects: ['log.*'] });
    await this.create(nc, 'MIRROR', { mirror: { name: 'LOG' } });
    await this.consume(nc, 'LOG', 'reader', { ack_wait: 2e9, max_ack_pending: 100 });
    await this.consume(nc, 'LOG', 'tries', { ack_wait: 3e8, max_ack_pending: 30, max_deliver: TRIES });
    await this.consume(nc, 'LOG', 'pushed', {
      deliver_subject: PUSHED,
      filter_subjects: ['log.1', 'log.2', 'log.3'],
      ack_wait: 2e9,
      max_ack_pending: 20,
    });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    this.#listen(nc);
    return [
      ...Array.from({ length: 4 }, () => () => this.#publish(nc)),
      () => this.#burst(nc),
      () => this.#delete(nc),
      () => this.#purge(nc),
      () => this.#update(nc),
      () => this.#read(nc, this.#reader, 2),
      () => this.#read(nc, this.#tries, 20),
    ];
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults = await this.look(nc, this.#log);
    for (const model of [this.#reader, this.#tries, this.#pushed]) {
      faults.push(...model.check(await api<ConsumerInfo>(nc, `CONSUMER.INFO.LOG.${model.name}`)));
    }
    faults.push(...(await this.#checkMirror(nc)));
    return faults;
  }

  #subject(): string {
    return `log.${this.below(SUBJECTS)}`;
  }

  async #publish(nc: NatsConnection): Promise<void> {
    await this.store(nc, this.#log, this.#subject());
  }

  /** Many without waiting for each, as asynchronous publishers do it. */
  async #burst(nc: NatsConnection): Promise<void> {
    await pause(this.below(60));
    const count = this.below(80);
    await Promise.all(Array.from({ length: count }, () => this.store(nc, this.#log, this.#subject())));
  }

  async #delete(nc: NatsConnection): Promise<void> {
    await pause(this.below(8));
    const log = this.#log;
    const sequence = this.pick([...log.kept.keys()]);
    if (sequence === undefined) return;
    log.going.add(sequence);
    try {
      await api(nc, 'STREAM.MSG.DELETE.LOG', { seq: sequence, no_erase: this.below(2) === 0 });
    } catch (error) {
      // It went with a purge meanwhile.
      if (/no message found|sequence \d+ not found/.test(String(error))) return;
      throw error;
    }
    log.remove(sequence);
    this.did('deleted');
  }

  async #purge(nc: NatsConnection): Promise<void> {
    await pause(this.below(250));
    await this.purge(nc, this.#log, SUBJECTS, MESSAGES_MAX);
  }

  async #update(nc: NatsConnection): Promise<void> {
    await pause(30 + this.below(100));
    const config = { name: 'LOG', subjects: ['log.*'], allow_direct: true, storage: this.storage };
    await api(nc, 'STREAM.UPDATE.LOG', { ...config, description: String(this.serial()) });
    await this.consume(nc, 'LOG', 'reader', { ack_wait: 2e9, max_ack_pending: 50 + this.below(100) });
    this.did('updated', 2);
  }

  /** One of `leaves` stays without an ack. */
  async #read(nc: NatsConnection, model: ConsumerModel, leaves: number): Promise<void> {
    const batch = 1 + this.below(30);
    const { name } = model;
    const messages = await fetch(nc, { stream: 'LOG', consumer: name, batch }, ({ reply = '' }) =>
      model.deliver(deliveryOf(reply)),
    );
    if (messages.length === 0) await pause(20);
    await Promise.all(
      messages.map(async (message) => {
        if (this.below(leaves) === 0) await this.#refuse(nc, message);
        else await this.#acknowledge(nc, model, message);
      }),
    );
  }

  async #refuse(nc: NatsConnection, { reply = '' }: Msg): Promise<void> {
    const said = this.pick(['-NAK', '-NAK {"delay":50000000}', '+WPI', '']);
    if (said !== '') nc.publish(reply, said);
    this.did(said === '+WPI' ? 'held' : 'returned');
  }

  async #acknowledge(nc: NatsConnection, model: ConsumerModel, { reply = '' }: Msg): Promise<void> {
    const { stream } = deliveryOf(reply);
    model.leave(stream);
    await nc.request(reply, this.pick(['+ACK', '', '+TERM', '+TERM enough']), { timeout: ANSWER_MS_MAX });
    model.finish(stream);
    this.did('acknowledged');
  }

  /** What is not heard because the server is gone is nobody's fault. */
  async #tryToAcknowledge(nc: NatsConnection, model: ConsumerModel, message: Msg): Promise<void> {
    try {
      await this.#acknowledge(nc, model, message);
    } catch {
      // It comes again, then.
    }
  }

  #listen(nc: NatsConnection): void {
    const model = this.#pushed;
    nc.subscribe(PUSHED, {
      callback: (error, message) => {
        if (error !== null) return;
        model.deliver(deliveryOf(message.reply ?? ''));
        if (this.below(5) === 0) void this.#refuse(nc, message);
        else void this.#tryToAcknowledge(nc, model, message);
      },
    });
  }

  /** It has what the log has, each message under its sequence, and keeps what the log gives away. */
  async #checkMirror(nc: NatsConnection): Promise<string[]> {
    const faults: string[] = [];
    const until = Date.now() + CATCH_UP_MS_MAX;
    let last = 0;
    // What was taken away at the end is not heard of before something comes behind it.
    const least = Math.max(0, ...this.#log.kept.keys());
    const most = this.#log.lastAcknowledged;
    while ((last = await lastOf(nc, 'MIRROR')) < least && Date.now() < until) await pause(20);
    if (last < least || last > most) {
      return [`MIRROR: the last sequence is ${last}, and ${least} to ${most} in what it mirrors`];
    }
    const found = await contents(nc, 'MIRROR', last);
    for (const [sequence, payload] of this.#mirror) {
      if (found.get(sequence)?.payload !== payload) faults.push(`MIRROR: message ${sequence} was there and is lost`);
    }
    for (const [sequence, { payload, subject }] of this.#log.kept) {
      const there = found.get(sequence);
      if (there?.payload !== payload || there.subject !== subject)
        faults.push(`MIRROR: message ${sequence} is not there`);
    }
    for (const [sequence, { payload }] of found) this.#mirror.set(sequence, payload);
    if (found.size > MESSAGES_MAX) {
      await api(nc, 'STREAM.PURGE.MIRROR', { seq: last });
      this.#mirror.clear();
    }
    return faults;
  }
}

async function lastOf(nc: NatsConnection, stream: string): Promise<number> {
  const { state } = await api<{ state: { last_seq: number } }>(nc, `STREAM.INFO.${stream}`);
  return state.last_seq;
}
