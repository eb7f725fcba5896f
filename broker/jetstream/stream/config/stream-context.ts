import type { ConsumerConfig } from '../../consumer/consumer-config.ts';
import type { AccountLimits, ServerLimits } from '../../resource-limits.ts';
import type { StreamConfig } from '../stream-config.ts';

/** What the configuration of a stream is judged by, of its account and its server. */
export interface StreamContext {
  /** The account's stream of that name. */
  stream(name: string): Readonly<StreamConfig> | undefined;
  streams(): Iterable<Readonly<StreamConfig>>;
  /** Consumers of that stream, with their names. */
  consumers(stream: string): Iterable<Readonly<ConsumerConfig>>;
  /** For streams of one replica (tier `R1`, where there are tiers); undefined: it may have none. */
  readonly limits: AccountLimits | undefined;
  /** The same for so many replicas. */
  limitsFor?(replicas: number): AccountLimits | undefined;
  readonly server: ServerLimits;
}
