import type { AccountLimits, ServerLimits } from '../../resource-limits.ts';
import type { StreamConfig } from '../../stream/stream-config.ts';
import type { ConsumerConfig } from '../consumer-config.ts';

/** What the configuration of a consumer is judged by. */
export interface ConsumerContext {
  /** The account's stream of that name. */
  stream(name: string): Readonly<StreamConfig> | undefined;
  consumers(stream: string): Iterable<Readonly<ConsumerConfig>>;
  consumer(stream: string, name: string): Readonly<ConsumerConfig> | undefined;
  /** For consumers of one replica (tier `R1`, where there are tiers); undefined: it may have none. */
  readonly limits: AccountLimits | undefined;
  readonly server: ServerLimits;
  /** Whether anybody in the account listens there. */
  hasInterest(subject: string): boolean;
  /** A name of 8 characters that nobody has. */
  freeName(stream: string): string;
  /** What tells a stream from another one of its name that was there before: `streamIdentity` of its creation. */
  identity(stream: string): string;
}
