import { ackHead } from '../../../../../broker/jetstream/encode/pub-ack.ts';
import { Intake } from '../../../../../broker/jetstream/stream/intake.ts';
import type { IntakeStream } from '../../../../../broker/jetstream/stream/intake-stream.ts';
import { Limits } from '../../../../../broker/jetstream/stream/limits.ts';
import { purge, type PurgeOrder } from '../../../../../broker/jetstream/stream/purge.ts';
import { LogInput } from '../../../../../broker/jetstream/stream/log-input.ts';
import { MessageIds } from '../../../../../broker/jetstream/stream/message-ids.ts';
import { headersOf, payloadOf, subjectOf } from '../../../../../broker/jetstream/stream/message-text.ts';
import type { StreamConfig } from '../../../../../broker/jetstream/stream/stream-config.ts';
import type { StreamHost } from '../../../../../broker/jetstream/stream/stream-host.ts';
import { StorageUse } from '../../../../../broker/jetstream/storage-use.ts';
import { createMemoryLog } from '../../../../../broker/store/memory-log.ts';
import type { Time } from '../../../../../broker/store/message-log.ts';
import { subjectHash } from '../../../../../broker/wire/subject-hash.ts';

const hash = subjectHash(1);
const NANOS_PER_MS = 1_000_000;

/** A stream in memory with a clock of its own, of which only taking and letting go of messages is real. */
export class IntakeDouble implements IntakeStream {
  readonly config: StreamConfig;
  readonly log = createMemoryLog(hash);
  readonly ids = new MessageIds(120_000);
  readonly hash = hash;
  readonly transform = undefined;
  readonly payloadBytesMax = 1_048_576;
  readonly name = 'S';
  readonly host: StreamHost;
  input = new LogInput();
  lastMessageId = '';
  failure = 'no space left on device';
  now = Date.UTC(2026, 0, 1);
  /** What publishers and listeners were told, in order. */
  readonly told: string[] = [];
  readonly events: string[] = [];
  /** Sequence at which the disk is full. */
  fullAt = Infinity;
  readonly limits: Limits;
  readonly intake: Intake;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();
  #nanos = 0;

  constructor(config: Partial<StreamConfig> = {}) {
    this.config = { ...DEFAULTS, ...config };
    this.host = this.#host();
    this.limits = new Limits(this);
    this.intake = new Intake(this, this.limits);
    this.log.onRemoved = (sequence) => this.limits.onRemoved(sequence);
  }

  /** Publishes, and ends the turn. */
  publish(subject: string, payload = '', headers: readonly string[] = [], reply = 'r'): void {
    this.take(subject, payload, headers, reply);
    this.settleNow();
  }

  take(subject: string, payload = '', headers: readonly string[] = [], reply = 'r'): void {
    const block = headers.length === 0 ? '' : `NATS/1.0\r\n${headers.join('\r\n')}\r\n\r\n`;
    this.input.compose(hash, subject, block, Buffer.from(payload, 'latin1'));
    this.intake.take(reply);
  }

  /** Time goes on, timer by timer. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.at);
      next.run();
      this.settleNow();
    }
    this.now = until;
  }

  /** All messages: sequence, subject, headers, payload. */
  messages(): [sequence: number, subject: string, headers: string, payload: string][] {
    const found: [number, string, string, string][] = [];
    for (let at = this.log.next(1); at !== 0; at = this.log.next(at + 1)) {
      const message = this.log.read(at);
      if (message === undefined) continue;
      const lines = headersOf(message).split('\r\n').slice(1, -2).join('|');
      found.push([at, subjectOf(message), lines, Buffer.from(payloadOf(message)).toString('latin1')]);
    }
    return found;
  }

  nowMs(): number {
    return this.now;
  }

  append(time: Readonly<Time> = this.#time()): number {
    if (this.log.state.lastSequence + 1 >= this.fullAt) return 0;
    const sequence = this.log.append(this.input, this.input.hash, time);
    this.limits.onAppended(sequence);
    return sequence;
  }

  skip(): number {
    const sequence = this.log.state.lastSequence + 1;
    this.log.skipTo(sequence + 1, this.#time());
    return sequence;
  }

  clear(order: PurgeOrder): number {
    return purge(this.log, order);
  }

  hasInterest(): boolean {
    return true;
  }

  settleNow(): void {
    this.host.jetStream.turn++;
    this.log.commit();
    this.limits.enforce();
    this.log.commit();
  }

  takeBack(sequence: number, lastMessageId: string): void {
    this.log.truncate(sequence);
    this.lastMessageId = lastMessageId;
    this.ids.forgetAbove(sequence);
    this.limits.forgetAbove(sequence);
  }

  say(_sequence: number, reply: string, text: string): void {
    this.told.push(`${reply} ${text}`);
  }

  acknowledge(sequence: number, reply: string, tail: string): void {
    this.told.push(`${reply} ${ackHead(this.name)}${sequence}${tail}}`);
  }

  storeOwn(subject: string, headers: string, payload: Uint8Array): 'stored' | 'refused' | 'failed' {
    const outcome = this.intake.takeOwn((input) => input.compose(hash, subject, headers, payload));
    return typeof outcome === 'number' ? 'stored' : 'refused';
  }

  markDirty(): void {}

  #time(): Time {
    const seconds = Math.floor(this.now / 1000);
    return { seconds, nanos: Math.floor((this.now - seconds * 1000) * NANOS_PER_MS) + this.#nanos++ };
  }

  #host(): StreamHost {
    const clock = {
      milliseconds: () => this.now,
      now: () => this.#time(),
      after: (ms: number, run: () => void) => {
        const timer = { at: this.now + ms, run };
        this.#timers.add(timer);
        return () => void this.#timers.delete(timer);
      },
    };
    const batch = { perStream: 0, total: 0, messages: 0, idleMs: 0 };
    const jetStream = {
      turn: 0,
      use: new StorageUse({ file: Infinity, memory: Infinity }),
      inflight: { atomic: 0, fast: 0 },
      options: { limits: { batch } },
    };
    const advise = (name: string, subject: string, fields: object): void =>
      void this.events.push(`${name} ${subject} ${JSON.stringify(fields)}`);
    const host = {
      clock,
      jetStream,
      hash,
      domain: '',
      limited: false,
      roomFault: () => undefined,
      advise,
      adviseWidely: advise,
      endTurn: () => {},
    };
    return host as unknown as StreamHost;
  }
}

const DEFAULTS: StreamConfig = {
  name: 'S',
  subjects: ['s.>'],
  retention: 'limits',
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  discard: 'old',
  storage: 'memory',
  num_replicas: 1,
  compression: 'none',
  allow_direct: false,
  mirror_direct: false,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  allow_rollup_hdrs: false,
  consumer_limits: {},
  allow_msg_ttl: false,
};
