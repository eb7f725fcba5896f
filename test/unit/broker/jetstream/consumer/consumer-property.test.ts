import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConsumerModel, numbersOf } from './consumer-model.ts';
import type { ModelOptions } from './consumer-model.ts';
import { HostDouble } from './host-double.ts';
import type { Delivered } from './host-double.ts';

const ACK_WAIT_MS = 1000;
const SUBJECTS = ['a', 'b', 'c'];

const options: fc.Arbitrary<ModelOptions> = fc.record({
  ackPolicy: fc.constantFrom('explicit' as const, 'all' as const),
  filters: fc.constantFrom([], ['b'], ['a', 'c']),
  ackWait: fc.constant(ACK_WAIT_MS),
  maxDeliver: fc.constantFrom(-1, 1, 2, 3),
  maxAckPending: fc.constantFrom(-1, 2, 5),
});

const kinds = [
  'publish',
  'publish',
  'pull',
  'pull',
  'pull',
  'ack',
  'ack',
  'nak',
  'delay',
  'progress',
  'terminate',
  'wait',
  'wait',
  'remove',
  'purge',
  'restart',
  'acks',
] as const;
const steps = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.noBias(fc.nat(2000))), { maxLength: 60, size: 'max' });

/** A stream with a consumer and its model; each step is done to both, and then both have to say the same. */
class Trial {
  readonly #host = new HostDouble();
  readonly #model: ConsumerModel;
  readonly #got: Delivered[] = [];

  constructor(config: ModelOptions) {
    this.#model = new ConsumerModel(config);
    this.#host.create({
      ack_policy: config.ackPolicy,
      ack_wait: config.ackWait * 1e6,
      max_deliver: config.maxDeliver,
      max_ack_pending: config.maxAckPending,
      filter_subjects: [...config.filters],
    });
  }

  step(kind: (typeof kinds)[number], number: number): void {
    const host = this.#host;
    const model = this.#model;
    switch (kind) {
      case 'publish':
        for (let i = 0; i <= number % 5; i++) {
          const subject = SUBJECTS[(number + i) % SUBJECTS.length] as string;
          host.publish(subject);
          model.publish(subject);
        }
        host.turn();
        break;
      case 'pull':
        this.#pull(1 + (number % 6));
        break;
      case 'wait':
        host.advance(number);
        model.pass(host.clock.ms);
        break;
      case 'remove': {
        const sequence = 1 + (number % (model.lastSequence + 1));
        host.remove(sequence);
        model.remove(sequence);
        break;
      }
      case 'purge':
        if (number % 3 !== 0) break;
        host.purge(undefined);
        model.purge();
        break;
      case 'restart':
        host.restart();
        model.restart(host.clock.ms);
        break;
      default:
        this.#answer(kind, number);
    }
    this.#compare();
  }

  /** As many as it asks for, and those that are next. */
  #pull(batch: number): void {
    const host = this.#host;
    const model = this.#model;
    host.pull({ batch, no_wait: true });
    const got = host.take();
    host.sent.length = 0;
    for (const delivered of got) {
      const next = model.next();
      const { sequence, deliveries, consumerSequence, pending } = numbersOf(delivered);
      expect({ sequence, deliveries }).toEqual(next);
      model.deliver(host.clock.ms);
      expect(consumerSequence).toBe(model.delivered.consumer);
      expect(pending).toBe(model.pending.length);
      this.#got.push(delivered);
    }
    if (got.length < batch) expect(model.next()).toBeUndefined();
    // The request may wait for acks where max_ack_pending is reached; it is of no use to the next step.
    host.setInterest('inbox', false);
    host.consumer.info();
  }

  #answer(kind: 'ack' | 'nak' | 'delay' | 'progress' | 'terminate' | 'acks', number: number): void {
    const delivered = this.#got[number % Math.max(this.#got.length, 1)];
    if (delivered === undefined) return;
    const host = this.#host;
    const model = this.#model;
    const now = host.clock.ms;
    const { sequence, consumerSequence } = numbersOf(delivered);
    switch (kind) {
      case 'ack':
        host.ack(delivered);
        model.ack(sequence, consumerSequence);
        break;
      case 'terminate':
        host.ack(delivered, '+TERM');
        model.ack(sequence, consumerSequence);
        break;
      case 'nak':
        host.ack(delivered, '-NAK');
        model.nak(sequence, consumerSequence, now, undefined);
        break;
      case 'delay':
        host.ack(delivered, `-NAK ${number}ms`);
        model.nak(sequence, consumerSequence, now, number);
        break;
      case 'progress':
        host.ack(delivered, '+WPI');
        model.progress(sequence, now);
        break;
      case 'acks':
        for (const each of this.#got.splice(0)) {
          const numbers = numbersOf(each);
          host.ack(each);
          model.ack(numbers.sequence, numbers.consumerSequence);
        }
    }
  }

  #compare(): void {
    const host = this.#host;
    const model = this.#model;
    const facts = host.consumer.info();
    expect({
      delivered: { consumer: facts.delivered.consumer, stream: facts.delivered.stream },
      floor: { consumer: facts.ackFloor.consumer, stream: facts.ackFloor.stream },
      ackPending: facts.ackPending,
      redelivered: facts.redelivered,
      pending: facts.pending,
    }).toEqual({
      delivered: model.delivered,
      floor: model.shown,
      ackPending: model.waiting.size,
      redelivered: host.consumer.config.max_deliver === 1 ? 0 : model.redelivered.size,
      pending: model.pending.length,
    });
    for (const [sequence, subject] of model.messages) {
      const number = host.log.subjects.findText(subject);
      expect([sequence, host.consumer.needs(sequence, number)]).toEqual([sequence, model.needs(sequence)]);
    }
  }
}

it('does what the model does, whatever happens, and goes on from its journal at any time', () => {
  fc.assert(
    fc.property(options, steps, (config, sequence) => {
      const trial = new Trial(config);
      for (const [kind, number] of sequence) trial.step(kind, number);
    }),
    { numRuns: 150 },
  );
});
