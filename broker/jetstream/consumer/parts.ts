import type { Activity } from './activity.ts';
import type { Advisories } from './advisories.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import type { ConsumerHost } from './consumer-host.ts';
import type { Pace } from './pace.ts';
import type { Pin } from './pin.ts';
import type { Progress } from './progress.ts';
import type { Pull } from './pull.ts';
import type { Push } from './push.ts';
import type { Redelivery } from './redelivery.ts';
import type { Selection } from './selection.ts';

/** What a consumer is made of, for those of its parts that work on the others. */
export interface ConsumerParts {
  readonly host: ConsumerHost;
  readonly name: string;
  config: ConsumerConfig;
  readonly progress: Progress;
  readonly selection: Selection;
  readonly redelivery: Redelivery;
  readonly advisories: Advisories;
  readonly activity: Activity;
  readonly pace: Pace;
  readonly pin: Pin;
  /** One of the two. */
  readonly pull: Pull | undefined;
  readonly push: Push | undefined;
  /** Milliseconds since the epoch; 0: never since the start. */
  lastDelivered: number;
  lastAcked: number;
  /** Until when nothing is delivered; 0: it is not paused. */
  pausedUntil: number;
  /** Now, as it was when this turn first asked. */
  now(): number;
  /** There may be something to deliver. */
  wake(): void;
}
