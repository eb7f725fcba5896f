import type { Account } from '../../account/account.ts';
import type { Relay } from '../../account/crossing.ts';
import type { Arena } from '../../base/arena.ts';
import type { StoreError, SubjectHash } from '../../store/message-log.ts';
import type { Acknowledgements } from '../acknowledgements.ts';
import type { SystemClock } from '../clock.ts';
import type { ApiError } from '../api-error.ts';
import type { AdvisoryName } from '../encode/advisories.ts';
import type { JetStream } from '../jetstream.ts';
import type { Sender } from '../sender.ts';
import type { Stream } from './stream.ts';

/** What a stream has of the account that it is in. */
export interface StreamHost {
  readonly jetStream: JetStream;
  readonly account: Account;
  readonly arena: Arena;
  readonly clock: SystemClock;
  readonly hash: SubjectHash;
  readonly sender: Sender;
  readonly acknowledgements: Acknowledgements;
  /** '' when there is none. */
  readonly domain: string;
  /** Messages have to be counted against limits of the account or the server before they are taken. */
  readonly limited: boolean;
  /** Why so many bytes more may not be kept; undefined: they may. */
  roomFault(storage: 'file' | 'memory', bytes: number): ApiError | undefined;
  /** It has something to make safe at the end of the turn. */
  markDirty(stream: Stream): void;
  onRemoved(stream: Stream, bytes: number): void;
  /** Messages on that subject go to it, with `reaching` also those of imported streams. Returns the way to end it. */
  listen(subject: string, relay: Relay, reaching?: boolean): () => void;
  /** Whether a stream of that name answers direct gets itself. */
  hasDirect(stream: string): boolean;
  /** Calls back when interest in a literal subject may have come or gone. */
  watchInterest(subject: string, onChange: () => void): () => void;
  /** An event at `$JS.EVENT.ADVISORY.<subject>`. */
  advise(name: AdvisoryName, subject: string, fields: object): void;
  /** The same, to the system account as well. */
  adviseWidely(name: AdvisoryName, subject: string, fields: object): void;
  /** What an acknowledged message took, at `$JS.EVENT.METRIC.<subject>`. */
  measured(subject: string, fields: object): void;
  /** Sees to it that this turn has an end. */
  touch(): void;
  /** Ends a turn that no connection began. */
  endTurn(): void;
  onStoreError(stream: Stream, error: StoreError): void;
}
