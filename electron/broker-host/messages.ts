/** What the main thread, the broker's thread and the workshop say to each other. */

import type { BrokerErrorCode, BrokerStats, LogLevel } from '../../broker/index.ts';
import type {
  BrokerClientDetail,
  BrokerJetStream,
  BrokerPeople,
  ConfigReport,
  NkeyPair,
  OperatorTreeMade,
  OperatorTreeParams,
  Requests,
} from '../bridge/contract.ts';
import type { LocalJetStream } from './local-jetstream.ts';

export interface ConfigText {
  /** Where it stands; includes are relative to it. */
  file: string;
  text: string;
}

export interface ThreadOptions {
  config: ConfigText;
  /** Instead of the configuration's: 1 … 65535, or -1 for any free port. */
  port: number | undefined;
  spinning: boolean;
  /** What counts where the configuration leaves JetStream open. */
  local: LocalJetStream | undefined;
  /** Lets the app into every account. */
  ownToken: string;
  version: string;
}

// ── Questions and their answers, to either thread ───────────────────────────────────────────────────────────────────

/** Name → what is asked, and what is answered. */
export interface BrokerQuestions {
  /** Bytes that wait for a client; null when there is none with this id. */
  pending: { params: { clientId: number }; result: number | null };
  people: { params: Requests['broker.people']['params']; result: BrokerPeople };
  person: { params: { clientId: number }; result: BrokerClientDetail | null };
  kick: { params: { clientId: number }; result: boolean };
  /** What JetStream holds; null while there is none. */
  jetstream: { params: null; result: BrokerJetStream['running'] };
  /** Takes another configuration over while connections stay. */
  reload: { params: ConfigText; result: BrokerFacts };
}

export interface WorkshopQuestions {
  check: { params: { config: ConfigText; running: ConfigText | null }; result: ConfigReport };
  nkey: { params: { kind: NkeyPair['kind'] }; result: NkeyPair };
  bcrypt: { params: { password: string; cost: number }; result: string };
  operatorTree: { params: OperatorTreeParams; result: OperatorTreeMade };
}

type Question<Q> = { [N in keyof Q]: { ask: N; params: Q[N] extends { params: infer P } ? P : never } }[keyof Q];

export interface Asked<Q> {
  type: 'ask';
  id: number;
  question: Question<Q>;
}

export type Answered =
  { type: 'answer'; id: number; result: unknown } | { type: 'failed'; id: number; code: string; text: string };

// ── The broker's thread ─────────────────────────────────────────────────────────────────────────────────────────────

/** What the app shows of a broker that runs, until it is reloaded. */
export interface BrokerFacts {
  /** Address that clients of this machine use. */
  host: string;
  port: number;
  /** The listener for the app itself. */
  ownPort: number;
  webSocket: string | undefined;
  monitoring: string | undefined;
  /** Where machines elsewhere reach it without saying who they are. */
  openAt: string | undefined;
  /** Why it runs without JetStream although it should have it. */
  jetStreamProblem: string | undefined;
}

export interface AccountFact {
  name: string;
  system: boolean;
  /** It has streams. */
  jetstream: boolean;
}

export type ToBrokerThread =
  | { type: 'stop' }
  /** Whether the loop may poll for a moment after a read instead of sleeping at once. */
  | { type: 'spinning'; on: boolean }
  | Asked<BrokerQuestions>;

export type FromBrokerThread =
  | { type: 'started'; facts: BrokerFacts; accounts: AccountFact[]; stats: BrokerStats }
  /** It could not start. The thread ends by itself after this. */
  | {
      type: 'refused';
      code: BrokerErrorCode | 'invalid-config' | 'internal';
      text: string;
      /** Where it was to listen for clients, once that is known. */
      place?: { host: string; port: number };
    }
  | { type: 'stats'; stats: BrokerStats; load: number }
  | { type: 'accounts'; accounts: AccountFact[] }
  /** Somebody told it over NATS to read its file again, and it did. */
  | { type: 'reloaded'; config: ConfigText; facts: BrokerFacts }
  | { type: 'log'; level: LogLevel; text: string }
  | Answered;

// ── The workshop ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface WorkshopOptions {
  local: LocalJetStream | undefined;
}

export type ToWorkshop = Asked<WorkshopQuestions>;
export type FromWorkshop = Answered;
