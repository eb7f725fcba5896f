/** Connections over the bridge: profiles, how they are made, what hinders them, what they are subscribed to. */

import type { ConnectionId, None } from './contract-base.ts';

export type Colour = 'cyan' | 'blue' | 'green' | 'amber' | 'red' | 'violet' | 'grey';

/**
 * How to authenticate. Fields that hold a secret (`password`, `token`, `seed`, `jwt`) travel to the core only: in what
 * the core sends to the window they are `''` when nothing is stored and `SECRET_KEPT` when something is. Sending
 * `SECRET_KEPT` back keeps what is stored.
 */
export type Authentication =
  | { method: 'none' }
  | { method: 'user'; user: string; password: string }
  | { method: 'token'; token: string }
  | { method: 'nkey'; seedFile?: string; seed?: string }
  | { method: 'creds'; file: string }
  | { method: 'jwt'; jwt: string; seed?: string };

export const SECRET_KEPT = '\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022';

export interface TlsOptions {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  /** Name to ask for and to verify, when it is not the host of the URL. */
  serverName?: string;
  /** TLS before INFO (`handshake_first` on the server). */
  first?: boolean;
  /** Accept a certificate for another name. The chain is verified all the same. */
  skipNameCheck?: boolean;
}

/** A system somebody can connect to. */
export interface Profile {
  id: ConnectionId;
  name: string;
  colour: Colour;
  /** `nats://`, `tls://`, `ws://`, `wss://`, or a bare host; tried in turn. */
  servers: string[];
  readOnly: boolean;
  authentication: Authentication;
  tls: TlsOptions;
  /** `_INBOX` unless given. */
  inboxPrefix?: string;
  jetstreamDomain?: string;
  /** Subjects that are subscribed to as soon as the connection stands. Empty: none until the person adds one. */
  subscribe: string[];
  /** Subjects that are received but not kept. */
  exclude: string[];
}

/** A context of the `nats` CLI that was found on this machine. */
export interface CliContext {
  name: string;
  description?: string;
  servers: string[];
  file: string;
  selected: boolean;
  /** A profile imported from it earlier. */
  imported?: ConnectionId;
  /** Parts of it that Natscope does not carry over, in words; empty when nothing is lost. */
  losses: string[];
}

export type Step = 'dns' | 'tcp' | 'info' | 'tls' | 'connect' | 'permissions';

export interface StepState {
  step: Step;
  state: 'todo' | 'doing' | 'ok' | 'failed' | 'skipped';
  /** What was found: addresses, server name and version, user and account. */
  text?: string;
  /** Milliseconds this step took. */
  milliseconds?: number;
  /** Facts about a failure, label and value, e.g. `Valid for` → names of the certificate. */
  facts?: { label: string; value: string; bad?: boolean }[];
}

/** A change to the profile, or another try, that may mend what failed. */
export interface Remedy {
  label: string;
  value?: string;
  danger?: boolean;
  /** Fields of the profile that it sets; absent when it is advice only. */
  patch?: { servers?: string[]; tls?: TlsOptions; authenticationMethod?: Authentication['method'] };
}

export interface WireLine {
  /** `in` from the server, `out` to the server, `error` what ended it. Secrets are masked before they get here. */
  direction: 'in' | 'out' | 'error';
  text: string;
}

export interface Diagnosis {
  server: string;
  steps: StepState[];
  /** The step that failed, and why in a few words. Absent when all went well. */
  failed?: { step: Step; code: string; text: string };
  remedies: Remedy[];
  wire: WireLine[];
}

export interface Subscription {
  id: number;
  subject: string;
  /** Absent: every account of the connection. */
  account?: string;
  queue?: string;
  muted: boolean;
  /** Excluded subjects are subscriptions of nothing: what matches is counted as `excluded`, not kept. */
  exclude: boolean;
  rate: number;
  received: number;
  /** What the server answered when it refused this subscription. */
  error?: string;
}

export type ConnectionPhase = 'closed' | 'connecting' | 'connected' | 'reconnecting' | 'failed';

export interface ConnectionState {
  id: ConnectionId;
  profile: Profile;
  phase: ConnectionPhase;
  /** Address in use, credentials taken out. */
  server?: string;
  serverName?: string;
  serverVersion?: string;
  /** Ids at the server; several where the connection is in several accounts. */
  clientIds?: number[];
  /** Round trip of the last ping, milliseconds. */
  roundTrip?: number;
  /** Number of the attempt under way or last made, from 1. */
  attempt?: number;
  /** When the next attempt will be made. */
  nextAttemptAt?: number;
  since?: number;
  /** Messages a second received now. */
  rate: number;
  /** Why it failed or reconnects, in a few words. */
  problem?: string;
  maxPayload?: number;
  headers?: boolean;
  jetstream?: boolean;
  /** Those that it is in, where it is in several. */
  accounts?: ConnectionAccount[];
}

export interface ConnectionAccount {
  name: string;
  /** The server speaks of itself in it. */
  system: boolean;
  /** It has streams. */
  jetstream: boolean;
}

/** Requests that the core's main thread answers. */
export interface ConnectionsRequests {
  'connections.save': { params: { profile: Profile }; result: Profile };
  'connections.remove': { params: { connection: ConnectionId }; result: None };
  'connections.open': { params: { connection: ConnectionId }; result: None };
  'connections.close': { params: { connection: ConnectionId }; result: None };
  /** Walks the steps of connecting with a profile that need not be saved. */
  'connections.diagnose': { params: { profile: Profile }; result: Diagnosis };
  'contexts.list': { params: None; result: CliContext[] };
  'contexts.import': { params: { names: string[] }; result: { imported: Profile[]; problems: string[] } };
}

/** Streams that the core's main thread feeds. Each sends its state at once, then whenever it changes. */
export interface ConnectionsStreams {
  'connections.watch': { params: None; item: ConnectionState[] };
  /** Steps of the attempts of one connection as they are made. */
  'diagnosis.watch': { params: { connection: ConnectionId }; item: Diagnosis };
}
