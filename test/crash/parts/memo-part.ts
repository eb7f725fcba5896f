import type { NatsConnection } from '@nats-io/transport-node';
import { api, contents, pause, publish } from '../client.ts';
import { StreamModel } from '../model.ts';
import { Part } from '../part.ts';

const SUBJECTS = 10;
const WINDOW_MS = 60_000;
/** An id that is older than this may be forgotten when it is asked for. */
const SAFE_MS = 45_000;
const MESSAGES_MAX = 4000;
const CATCH_UP_MS_MAX = 60_000;

/** Messages with ids, each of which is stored once, also when it is sent again after a crash; and a stream that collects them. */
export class MemoPart extends Part {
  readonly #memo = new StreamModel('MEMO');
  /** By sequence: the payload is its id, too. */
  readonly #collected = new Map<string, number>();

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'MEMO', { subjects: ['memo.*'], duplicate_window: WINDOW_MS * 1e6 });
    await this.create(nc, 'SOURCED', { sources: [{ name: 'MEMO' }] });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    return [
      () => this.#publish(nc),
      () => this.#publish(nc),
      async () => {
        await pause(this.below(40));
        await this.#again(nc, 1);
      },
      async () => {
        await pause(200 + this.below(400));
        if (this.#memo.kept.size > MESSAGES_MAX) await this.purge(nc, this.#memo, SUBJECTS, MESSAGES_MAX);
      },
    ];
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults = await this.look(nc, this.#memo);
    await this.#again(nc, 20);
    faults.push(...this.#memo.faults.splice(0).map((fault) => `MEMO: ${fault}`));
    faults.push(...(await this.#checkCollected(nc)));
    return faults;
  }

  async #publish(nc: NatsConnection): Promise<void> {
    const payload = this.payload();
    await this.store(nc, this.#memo, `memo.${this.below(SUBJECTS)}`, {
      payload,
      head: { 'Nats-Msg-Id': idOf(payload) },
    });
  }

  /** What is there and was sent lately is sent again. */
  async #again(nc: NatsConnection, count: number): Promise<void> {
    const { kept, going, faults } = this.#memo;
    const since = Date.now() - SAFE_MS;
    const recent = [...kept].filter(([sequence, { sentAt }]) => sentAt > since && !going.has(sequence));
    for (let i = 0; i < count && recent.length > 0; i++) {
      const [sequence, { subject, payload }] = this.pick(recent);
      const ack = await publish(nc, subject, payload, { 'Nats-Msg-Id': idOf(payload) });
      if (ack.seq !== sequence || ack.duplicate !== true) {
        faults.push(`message id ${idOf(payload)} was stored as ${sequence}, and again: ${JSON.stringify(ack)}`);
      }
      this.did('duplicates');
    }
  }

  async #checkCollected(nc: NatsConnection): Promise<string[]> {
    const until = Date.now() + CATCH_UP_MS_MAX;
    for (;;) {
      const { state } = await api<{ state: { last_seq: number } }>(nc, 'STREAM.INFO.SOURCED');
      const found = await contents(nc, 'SOURCED', state.last_seq);
      const faults: string[] = [];
      for (const [sequence, { payload }] of found) {
        const before = this.#collected.get(payload);
        if (before !== undefined && before !== sequence) {
          faults.push(`SOURCED: ${idOf(payload)} is there as ${before} and as ${sequence}`);
        }
        this.#collected.set(payload, sequence);
      }
      if (faults.length > 0) return faults;
      const missing = [...this.#memo.kept].find(([, { payload }]) => !this.#collected.has(payload));
      if (missing === undefined) {
        if (found.size > MESSAGES_MAX) await api(nc, 'STREAM.PURGE.SOURCED', { keep: 10 });
        return [];
      }
      if (Date.now() > until) return [`SOURCED: message ${missing[0]} of MEMO is not there`];
      await pause(20);
    }
  }
}

/** The number at its beginning. */
function idOf(payload: string): string {
  return payload.slice(0, payload.indexOf(':'));
}
