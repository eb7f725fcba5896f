import type { MessagePlace } from '../../store/message-log.ts';
import type { StreamSourceConfig } from '../stream/stream-config.ts';
import type { AckFacts } from './ack-facts.ts';

/** Where a consumer of another stream is to begin. */
export type StartPosition =
  | { readonly deliver_policy: 'all' }
  | { readonly deliver_policy: 'by_start_sequence'; readonly opt_start_seq: number }
  | { readonly deliver_policy: 'by_start_time'; readonly opt_start_time: string };

/** What a stream makes of the messages of another one: of a mirror they are the same, of a source they are its own. */
export interface Origin {
  readonly kind: 'mirror' | 'source';
  readonly config: Readonly<StreamSourceConfig>;
  readonly consumerName: string;
  /** Of the other stream as it was when something came from it; '': not known. */
  readonly identity: string;
  /** Where to go on. */
  position(): StartPosition;
  /** The other stream is not the one that it was: it begins anew. */
  restart(): void;
  /** A consumer is there, which begins behind that sequence. Returns the sequence up to which everything is here. */
  begin(delivered: number, identity: string): number;
  /** A message, all before which are here. False: it is not taken, and has to be asked for once more. */
  take(message: MessagePlace, facts: AckFacts): boolean;
}
