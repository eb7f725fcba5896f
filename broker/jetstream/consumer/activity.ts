import {
  CONSUMER_INACTIVE_JITTER_MS_MAX,
  CONSUMER_INACTIVE_JITTER_MS_MIN,
  CONSUMER_INACTIVE_MS_DEFAULT,
} from '../../limits.ts';
import type { ConsumerConfig } from './consumer-config.ts';

const NANOS_PER_MS = 1e6;

/** When a consumer that nobody uses is to go. */
export class Activity {
  /** Milliseconds without use after which it goes; 0: it stays. */
  threshold = 0;
  /** When that is to be looked at, in milliseconds since the epoch; Infinity: not. */
  deadline = Infinity;

  configure(config: ConsumerConfig): void {
    const ephemeral = config.durable_name === undefined || config.durable_name === '';
    const asked = (config.inactive_threshold ?? 0) / NANOS_PER_MS;
    if (ephemeral && asked <= 0) {
      this.threshold = CONSUMER_INACTIVE_MS_DEFAULT + jitter();
    } else if (asked > 0) {
      const pull = config.deliver_subject === undefined || config.deliver_subject === '';
      this.threshold = asked + (pull ? jitter() : 0);
    } else {
      this.threshold = 0;
    }
  }

  /** The time begins to run; or begins anew. */
  countDown(now: number): void {
    this.deadline = this.threshold > 0 ? now + this.threshold : Infinity;
  }

  stop(): void {
    this.deadline = Infinity;
  }
}

function jitter(): number {
  const range = CONSUMER_INACTIVE_JITTER_MS_MAX - CONSUMER_INACTIVE_JITTER_MS_MIN;
  return CONSUMER_INACTIVE_JITTER_MS_MIN + Math.random() * range;
}
