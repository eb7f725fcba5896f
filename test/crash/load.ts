import { connect, createInbox, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { type ModelMessage, StreamModel } from './model.ts';

/** Streams that a crash round works on, each with what it is told to be. */
export const STREAMS = {
  LOG: { subjects: ['log.*'], allow_direct: true },
  KEYS: { subjects: ['keys.*'], allow_direct: true, max_msgs_per_subject: 3 },
  WORK: { subjects: ['work.*'], allow_direct: true, retention: 'workqueue' },
  MEMO: { subjects: ['memo.*'], allow_direct: true, duplicate_window: 60_000_000_000 },
} as const;
export type StreamName = keyof typeof STREAMS;

const CONSUMER = 'crew';
const IN_FLIGHT = 16;
const SUBJECTS = 20;
const ANSWER_MS_MAX = 10_000;
/** Above it a stream is emptied, so that looking at it stays quick. */
const MESSAGES_MAX = 20_000;

export type Random = () => number;

export class Load {
  readonly models = new Map<StreamName, StreamModel>();
  /** What should not have happened while messages were handed out. */
  readonly faults: string[] = [];
  readonly counts = { published: 0, duplicates: 0, deleted: 0, purged: 0, acknowledged: 0, updated: 0 };
  readonly #random: Random;
  readonly #storage: 'file' | 'memory';
  #serial = 0;
  #running = false;

  /** `storage`: memory keeps nothing, which is how the tester is tested. */
  constructor(random: Random, storage: 'file' | 'memory' = 'file') {
    this.#random = random;
    this.#storage = storage;
    for (const name of Object.keys(STREAMS) as StreamName[]) {
      this.models.set(name, new StreamModel(name, name === 'KEYS' ? STREAMS.KEYS.max_msgs_per_subject : Infinity));
    }
  }

  model(name: StreamName): StreamModel {
    const model = this.models.get(name);
    if (model === undefined) throw new Error(`there is no stream ${name}`);
    return model;
  }

  /** Makes the streams, and the consumer of the work. */
  async prepare(nc: NatsConnection): Promise<void> {
    const storage = this.#storage;
    for (const [name, config] of Object.entries(STREAMS)) {
      await api(nc, `STREAM.CREATE.${name}`, { name, ...config, storage });
    }
    const config = { durable_name: CONSUMER, ack_policy: 'explicit', ack_wait: 500_000_000, max_ack_pending: 50 };
    await api(nc, `CONSUMER.DURABLE.CREATE.WORK.${CONSUMER}`, { stream_name: 'WORK', config });
  }

  /** Everything at once, until `stop`; what is cut off by the end of the server is nobody's fault. */
  async run(nc: NatsConnection): Promise<void> {
    this.#running = true;
    const loops: (() => Promise<void>)[] = [
      ...Array.from({ length: IN_FLIGHT }, () => () => this.#publish(nc)),
      () => this.#delete(nc),
      () => this.#purge(nc),
      () => this.#work(nc),
      () => this.#work(nc),
      () => this.#update(nc),
    ];
    await Promise.all(
      loops.map(async (step) => {
        while (this.#running && !nc.isClosed()) {
          try {
            await step();
          } catch {
            // The server is gone, or about to be.
            return;
          }
        }
      }),
    );
  }

  stop(): void {
    this.#running = false;
  }

  /** Looks at everything there is, and holds it against the models. */
  async check(nc: NatsConnection): Promise<string[]> {
    const faults = this.faults.splice(0);
    for (const [name, model] of this.models) {
      const info = (await api(nc, `STREAM.INFO.${name}`, '')) as {
        state: { messages: number; first_seq: number; last_seq: number };
      };
      const messages = await contents(nc, name, info.state.last_seq);
      if (messages.size !== info.state.messages) {
        faults.push(`${name}: ${info.state.messages} messages are told of, ${messages.size} are there`);
      }
      const found = { firstSequence: info.state.first_seq, lastSequence: info.state.last_seq, messages };
      faults.push(...model.settle(found).map((fault) => `${name}: ${fault}`));
    }
    faults.push(...(await this.#checkConsumer(nc)));
    return faults;
  }

  async #checkConsumer(nc: NatsConnection): Promise<string[]> {
    const info = (await api(nc, `CONSUMER.INFO.WORK.${CONSUMER}`, '')) as {
      delivered: { stream_seq: number; consumer_seq: number };
      ack_floor: { stream_seq: number; consumer_seq: number };
      num_pending: number;
      num_ack_pending: number;
    };
    const { delivered, ack_floor: floor, num_pending: pending, num_ack_pending: acks } = info;
    const faults: string[] = [];
    if (floor.stream_seq > delivered.stream_seq || floor.consumer_seq > delivered.consumer_seq) {
      faults.push(
        `the consumer's floor ${JSON.stringify(floor)} is above what it delivered, ${JSON.stringify(delivered)}`,
      );
    }
    const held = this.model('WORK').kept.size;
    if (pending + acks !== held)
      faults.push(`the consumer knows of ${pending} + ${acks} messages, and there are ${held}`);
    return faults;
  }

  async #publish(nc: NatsConnection): Promise<void> {
    const names = Object.keys(STREAMS) as StreamName[];
    const name = names[this.#below(names.length)] ?? 'LOG';
    const model = this.model(name);
    const subject = `${name.toLowerCase()}.${this.#below(SUBJECTS)}`;
    const serial = ++this.#serial;
    const payload = `${serial}:${'x'.repeat(this.#below(10) === 0 ? this.#below(30_000) : this.#below(200))}`;
    model.send(subject, payload);
    const head = headers();
    if (name === 'MEMO') head.set('Nats-Msg-Id', String(serial));
    const options = { timeout: ANSWER_MS_MAX, headers: head };
    const ack = (await nc.request(subject, payload, options)).json<PubAck>();
    if (ack.error !== undefined) throw new Error(ack.error.description);
    model.acknowledge(ack.seq, subject, payload);
    this.counts.published++;
    if (name === 'MEMO' && this.#below(10) === 0) {
      const again = (await nc.request(subject, payload, options)).json<PubAck>();
      if (again.seq !== ack.seq || again.duplicate !== true) {
        this.faults.push(`message id ${serial} was stored as ${ack.seq}, and again as ${again.seq}`);
      }
      this.counts.duplicates++;
    }
  }

  async #delete(nc: NatsConnection): Promise<void> {
    await pause(this.#below(8));
    const model = this.model('LOG');
    const all = [...model.kept.keys()];
    const sequence = all[this.#below(all.length)];
    if (sequence === undefined) return;
    model.going.add(sequence);
    const answer = await api(nc, 'STREAM.MSG.DELETE.LOG', { seq: sequence, no_erase: this.#below(2) === 0 });
    if (answer['success'] === true) {
      model.remove(sequence);
      this.counts.deleted++;
    } else model.going.delete(sequence);
  }

  async #purge(nc: NatsConnection): Promise<void> {
    await pause(20 + this.#below(200));
    const name = (['LOG', 'MEMO', 'KEYS'] as const)[this.#below(3)] ?? 'LOG';
    const model = this.model(name);
    const upTo =
      model.kept.size > MESSAGES_MAX ? model.lastAcknowledged : Math.floor(model.lastAcknowledged * this.#random());
    if (upTo < 1) return;
    model.purging = upTo;
    const answer = await api(nc, `STREAM.PURGE.${name}`, { seq: upTo + 1 });
    if (answer['success'] === true) {
      model.purge(upTo);
      this.counts.purged++;
    }
  }

  async #work(nc: NatsConnection): Promise<void> {
    const model = this.model('WORK');
    const messages = await fetch(nc, 10);
    if (messages.length === 0) await pause(10);
    for (const message of messages) {
      const sequence = Number(message.reply?.split('.')[5]);
      if (model.gone.has(sequence))
        this.faults.push(`WORK: message ${sequence} was acknowledged and is handed out again`);
      if (this.#below(10) === 0) continue;
      model.going.add(sequence);
      await nc.request(message.reply ?? '', '+ACK', { timeout: ANSWER_MS_MAX });
      model.remove(sequence);
      this.counts.acknowledged++;
    }
  }

  async #update(nc: NatsConnection): Promise<void> {
    await pause(30 + this.#below(100));
    const config = { name: 'LOG', ...STREAMS.LOG, storage: this.#storage, description: String(++this.#serial) };
    await api(nc, 'STREAM.UPDATE.LOG', config);
    this.counts.updated++;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

interface PubAck {
  readonly seq: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly description: string };
}

export function open(port: number): Promise<NatsConnection> {
  return connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: ANSWER_MS_MAX });
}

async function api(nc: NatsConnection, subject: string, body: object | string): Promise<Record<string, unknown>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await nc.request(`$JS.API.${subject}`, text, { timeout: ANSWER_MS_MAX });
  const said = answer.json<Record<string, unknown>>();
  const error = said['error'] as { description: string } | undefined;
  if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
  return said;
}

/** All messages of a stream, by direct gets. */
async function contents(nc: NatsConnection, stream: string, last: number): Promise<Map<number, ModelMessage>> {
  const messages = new Map<number, ModelMessage>();
  let from = 1;
  while (from <= last) {
    let end = false;
    let next = from;
    for await (const message of await nc.requestMany(
      `$JS.API.DIRECT.GET.${stream}`,
      JSON.stringify({ seq: from, batch: 1000 }),
      { strategy: 'sentinel', maxWait: ANSWER_MS_MAX },
    )) {
      if (message.headers?.code === 404) end = true;
      if (message.headers === undefined || message.headers.code !== 0) break;
      const sequence = Number(message.headers.get('Nats-Sequence'));
      messages.set(sequence, { subject: message.headers.get('Nats-Subject'), payload: message.string() });
      next = sequence + 1;
    }
    if (end || next === from) break;
    from = next;
  }
  return messages;
}

/** What there is for the consumer now, so many at most. Messages come under their own subjects, to an inbox of their own. */
async function fetch(nc: NatsConnection, batch: number): Promise<Msg[]> {
  const messages: Msg[] = [];
  const inbox = createInbox();
  const subscription = nc.subscribe(inbox);
  const request = JSON.stringify({ batch, no_wait: true });
  nc.publish(`$JS.API.CONSUMER.MSG.NEXT.WORK.${CONSUMER}`, request, { reply: inbox });
  for await (const message of subscription) {
    if (message.headers !== undefined && message.headers.code !== 0) break;
    messages.push(message);
    if (messages.length === batch) break;
  }
  return messages;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
