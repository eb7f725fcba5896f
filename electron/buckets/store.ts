/** One bucket in one account: its stream's state, what is stored in it, and what is published to it. */

import type { Bucket, BucketKind, HeaderField } from '../bridge/contract.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { JetStreamError, throwRefused } from '../jetstream-api/errors.ts';
import { bucketFrom, originOf } from './bucket-config.ts';
import type { StreamConfig, StreamInfo } from './bucket-config.ts';
import { BucketError } from './errors.ts';
import { slowRequestMilliseconds } from './limits.ts';
import { checkBucket, streamOf, subjectPrefix } from './names.ts';
import { StoredMessages } from './stored-messages.ts';

/** No account has as many subjects: a page from there on is empty, and tells how many there are. */
const beyondAll = 1_000_000_000;

interface PublishAck {
  stream?: string;
  seq?: number;
  error?: object;
}

export interface BucketPlace {
  kind: BucketKind;
  bucket: string;
  account?: string | undefined;
}

export class BucketStore {
  readonly kind: BucketKind;
  readonly bucket: string;
  readonly account: string | undefined;
  readonly stream: string;
  readonly #api: JetStreamApi;
  /** Known after the first `info`. */
  #config: StreamConfig | undefined;
  #stored: StoredMessages | undefined;

  constructor(api: JetStreamApi, { kind, bucket, account }: BucketPlace) {
    this.#api = api;
    this.kind = kind;
    this.bucket = checkBucket(bucket);
    this.account = account;
    this.stream = streamOf(kind, bucket);
  }

  async info(body: object | null = null): Promise<StreamInfo> {
    const info = await this.#api.request<StreamInfo>(`STREAM.INFO.${this.stream}`, body, {
      account: this.account,
      timeoutMs: slowRequestMilliseconds,
    });
    const direct = info.config.allow_direct === true;
    if (this.#config === undefined || (this.#config.allow_direct === true) !== direct) {
      this.#stored = new StoredMessages(this.#api, this.stream, direct, { account: this.account });
    }
    this.#config = info.config;
    return info;
  }

  async config(): Promise<StreamConfig> {
    return this.#config ?? (await this.info()).config;
  }

  /** How many subjects of names there are, without a list of them. */
  async countNames(): Promise<number> {
    const filter = `${await this.prefix()}>`;
    const { total } = await this.info({ subjects_filter: filter, offset: beyondAll });
    return total ?? 0;
  }

  async state(): Promise<Bucket> {
    const info = await this.info();
    const names = this.kind === 'kv' ? (info.state.num_subjects ?? 0) : null;
    const bucket = bucketFrom(this.kind, info, names);
    if (bucket === null) throw new BucketError('not-found', `The stream ${info.config.name} is no bucket.`);
    return bucket;
  }

  /** What subjects of its names begin with; those of a mirror are those of its origin. */
  async prefix(): Promise<string> {
    return subjectPrefix(this.kind, originOf(this.kind, await this.config()));
  }

  async stored(): Promise<StoredMessages> {
    await this.config();
    if (this.#stored === undefined) throw new Error('what is stored is known with the configuration');
    return this.#stored;
  }

  /** Publishes and resolves with the sequence that it was stored at. */
  async publish(subject: string, payload: Uint8Array, headers: readonly HeaderField[] = []): Promise<number> {
    const { prefix } = this.#api;
    // Into another domain messages go by its API; subjects of objects have no such way.
    const target = prefix === '$JS.API' || this.kind === 'object' ? subject : `${prefix}.${subject}`;
    const reply = await this.#api.ask(target, payload, {
      account: this.account,
      change: true,
      ...(headers.length === 0 ? {} : { headers }),
    });
    let ack: PublishAck;
    try {
      ack = JSON.parse(new TextDecoder().decode(reply.payload)) as PublishAck;
    } catch {
      throw new JetStreamError('jetstream-unreadable', `What answered a publish to ${subject} is no JetStream.`);
    }
    if (ack.error !== undefined) throwRefused(ack.error, subject);
    return ack.seq ?? 0;
  }

  async purge(filter: string, keep = 0): Promise<number> {
    const { purged } = await this.#api.request<{ purged?: number }>(
      `STREAM.PURGE.${this.stream}`,
      { filter, ...(keep > 0 ? { keep } : {}) },
      { account: this.account, change: true, timeoutMs: slowRequestMilliseconds },
    );
    return purged ?? 0;
  }

  async create(config: StreamConfig): Promise<StreamInfo> {
    return await this.#change('CREATE', config);
  }

  async update(config: StreamConfig): Promise<StreamInfo> {
    const info = await this.#change('UPDATE', config);
    this.#config = undefined;
    return info;
  }

  async remove(): Promise<void> {
    await this.#api.request(`STREAM.DELETE.${this.stream}`, null, {
      account: this.account,
      change: true,
      timeoutMs: slowRequestMilliseconds,
    });
  }

  async #change(verb: 'CREATE' | 'UPDATE', config: StreamConfig): Promise<StreamInfo> {
    return await this.#api.request<StreamInfo>(`STREAM.${verb}.${this.stream}`, config, {
      account: this.account,
      change: true,
      timeoutMs: slowRequestMilliseconds,
    });
  }
}
