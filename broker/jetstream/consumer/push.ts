import { CONSUMER_FLOW_WINDOW_BYTES_FIRST, CONSUMER_FLOW_WINDOW_BYTES_MAX } from '../../limits.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import type { ConsumerHost, DeliveryTarget, Header } from './consumer-host.ts';
import type { Supply } from './pull.ts';

const NANOS_PER_MS = 1e6;
const FLOW_ID_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FLOW_ID_LENGTH = 4;

/** Where a push consumer delivers to: whether anybody is there, and how much he is sent before he says that he has it. */
export class Push {
  target: DeliveryTarget;
  /** Whether somebody listens. */
  active = false;
  readonly #host: ConsumerHost;
  readonly #supply: Supply;
  readonly #flowPrefix: string;
  #config: ConsumerConfig;
  #unwatch: (() => void) | undefined;
  /** Bytes that may be under way; 0: any number. It grows with each answer. */
  #window = 0;
  #underWay = 0;
  /** What the next answer is worth. */
  #asked = 0;
  /** Where the answer to the last question is expected; '': none was asked. */
  #question = '';
  #heartbeatMs = 0;
  #nextHeartbeat = Infinity;

  constructor(host: ConsumerHost, name: string, config: ConsumerConfig, supply: Supply) {
    this.#host = host;
    this.#config = config;
    this.#supply = supply;
    this.#flowPrefix = `$JS.FC.${host.stream}.${name}.`;
    this.target = host.target(config.deliver_subject ?? '');
  }

  /** Begins to look after interest. `onChange` is told when it came or went. */
  start(now: number, onChange: (active: boolean) => void): void {
    if (this.#config.flow_control === true) this.#window = CONSUMER_FLOW_WINDOW_BYTES_FIRST;
    this.#heartbeatMs = (this.#config.idle_heartbeat ?? 0) / NANOS_PER_MS;
    if (this.#heartbeatMs > 0) this.#nextHeartbeat = now + this.#heartbeatMs;
    this.active = this.#isHeard();
    this.#watch(onChange);
  }

  configure(config: ConsumerConfig, onChange: (active: boolean) => void): void {
    const moved = config.deliver_subject !== this.#config.deliver_subject;
    const regrouped = config.deliver_group !== this.#config.deliver_group;
    this.#config = config;
    if (!moved && !regrouped) return;
    this.target = this.#host.target(config.deliver_subject ?? '');
    this.#unwatch?.();
    this.#watch(onChange);
    this.recheck(onChange);
  }

  /** Looks anew whether somebody listens. */
  recheck(onChange: (active: boolean) => void): void {
    const active = this.#isHeard();
    if (active === this.active) return;
    this.active = active;
    onChange(active);
  }

  stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.active = false;
    this.#nextHeartbeat = Infinity;
  }

  get ready(): boolean {
    return this.active && !(this.#window > 0 && this.#underWay > this.#window);
  }

  get deadline(): number {
    return this.#nextHeartbeat;
  }

  /** A message of that size goes out. */
  sent(size: number, now: number): void {
    if (this.#heartbeatMs > 0) this.#nextHeartbeat = now + this.#heartbeatMs;
    if (this.#window === 0) return;
    this.#underWay += size;
    if (this.#question !== '') {
      if (this.#underWay - this.#asked >= this.#window) this.#asked += size;
      return;
    }
    const { ack_policy, max_ack_pending = 0 } = this.#config;
    const full = ack_policy === 'flow_control' && max_ack_pending > 0 && this.#supply.ackPending >= max_ack_pending;
    if (this.#underWay > this.#window / 2 || full) this.#ask();
  }

  /** Returns whether that was the answer to the last question. */
  answered(subject: string): boolean {
    if (subject !== this.#question || subject === '') return false;
    this.#window = Math.min(this.#window * 2, CONSUMER_FLOW_WINDOW_BYTES_MAX);
    this.#underWay = Math.max(this.#underWay - this.#asked, 0);
    this.#question = '';
    this.#asked = 0;
    return true;
  }

  /** Sends the heartbeat if it is time for it. */
  beat(now: number): void {
    if (now < this.#nextHeartbeat) return;
    this.#nextHeartbeat = now + this.#heartbeatMs;
    if (!this.active) return;
    const headers: Header[] = [
      ['Nats-Last-Consumer', String(this.#supply.lastConsumer)],
      ['Nats-Last-Stream', String(this.#supply.lastStream)],
    ];
    if (this.#question !== '') headers.push(['Nats-Consumer-Stalled', this.#question]);
    this.#host.send(this.target.subject, '100 Idle Heartbeat', headers);
    // Acks by flow control need a question to be answered, also when there is nothing more to send.
    if (this.#config.ack_policy === 'flow_control' && this.#supply.ackPending > 0 && this.#question === '') this.#ask();
  }

  #ask(): void {
    let id = '';
    for (let i = 0; i < FLOW_ID_LENGTH; i++) id += FLOW_ID_DIGITS[Math.floor(Math.random() * FLOW_ID_DIGITS.length)];
    this.#question = this.#flowPrefix + id;
    this.#asked = this.#underWay;
    this.#host.send(this.target.subject, '100 FlowControl Request', undefined, this.#question);
  }

  #isHeard(): boolean {
    return this.#host.hasInterest(this.target, this.#config.deliver_group ?? '');
  }

  #watch(onChange: (active: boolean) => void): void {
    this.#unwatch = this.#host.watchInterest(this.target.subject, () => this.recheck(onChange));
  }
}
