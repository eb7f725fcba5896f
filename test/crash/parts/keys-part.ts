import type { NatsConnection } from '@nats-io/transport-node';
import { pause, publish } from '../client.ts';
import { StreamModel } from '../model.ts';
import { Part } from '../part.ts';

const SUBJECTS = 20;
const BUCKET = 'KV_bucket';

/** The last few messages of each subject, compressed; and a bucket of keys that are changed only where they are as expected. */
export class KeysPart extends Part {
  readonly #keys = new StreamModel('KEYS', { perSubject: 3 });
  readonly #bucket = new StreamModel(BUCKET, { perSubject: 1 });
  /** By key: its last sequence; undefined: not known for sure. */
  readonly #lasts = new Map<string, number | undefined>();

  async prepare(nc: NatsConnection): Promise<void> {
    await this.create(nc, 'KEYS', { subjects: ['keys.*'], max_msgs_per_subject: 3, compression: 's2' });
    await this.create(nc, BUCKET, {
      subjects: ['$KV.bucket.>'],
      max_msgs_per_subject: 1,
      discard: 'new',
      allow_rollup_hdrs: true,
      deny_delete: true,
    });
  }

  loops(nc: NatsConnection): (() => Promise<void>)[] {
    const one = async (): Promise<void> => void (await this.store(nc, this.#keys, `keys.${this.below(SUBJECTS)}`));
    return [
      one,
      one,
      async () => {
        await pause(100 + this.below(300));
        await this.purge(nc, this.#keys, SUBJECTS, Infinity);
      },
      // Each key has one who changes it.
      ...Array.from({ length: 3 }, (_, writer) => () => this.#change(nc, `$KV.bucket.${writer}.${this.below(8)}`)),
    ];
  }

  async check(nc: NatsConnection): Promise<string[]> {
    const faults = [...(await this.look(nc, this.#keys)), ...(await this.look(nc, this.#bucket))];
    this.#lasts.clear();
    for (const [sequence, { subject }] of this.#bucket.kept) this.#lasts.set(subject, sequence);
    return faults;
  }

  async #change(nc: NatsConnection, key: string): Promise<void> {
    const model = this.#bucket;
    const last = this.#lasts.get(key) ?? 0;
    const payload = this.payload();
    const kind = this.below(10);
    const isWrong = kind === 0;
    const expected = isWrong ? last + 1 + this.below(5) : last;
    const head: Record<string, string> = { 'Nats-Expected-Last-Subject-Sequence': String(expected) };
    if (kind === 1) head['KV-Operation'] = 'DEL';
    if (kind === 2) Object.assign(head, { 'KV-Operation': 'PURGE', 'Nats-Rollup': 'sub' });
    model.send(key, payload);
    const ack = await publish(nc, key, payload, head);
    if (ack.error !== undefined) {
      model.refuse(payload);
      if (!isWrong) model.faults.push(`${key} was refused though ${expected} is its last: ${ack.error.description}`);
      return this.did('conflicts');
    }
    if (isWrong) model.faults.push(`${key} was changed though ${expected} is not its last`);
    model.acknowledge(ack.seq, payload);
    model.rollUp(ack.seq, key);
    this.#lasts.set(key, ack.seq);
    this.did(kind === 2 ? 'rolled up' : 'published');
  }
}
