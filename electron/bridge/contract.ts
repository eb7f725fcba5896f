/**
 * The bridge between a window and the app core: every request and every stream there is, as types.
 *
 * A request is `name: { params; result }`. A stream is `name: { params; item }`. The router (core side) and the client
 * (window side) are derived from these two interfaces; nothing crosses the bridge that is not named here.
 *
 * Everything here is plain data that MessagePack carries unharmed: strings, finite numbers, booleans, null, arrays,
 * objects and `Uint8Array`. Times are microseconds since the Unix epoch (a safe integer until the year 2255) unless the
 * name says otherwise; sizes are bytes; rates are per second.
 */

import type { BucketRequests, BucketStreams } from './buckets-contract.ts';
import type { JetStreamRequests, JetStreamStreams } from './jetstream-contract.ts';

export type * from './buckets-contract.ts';
export type * from './jetstream-contract.ts';

export type ConnectionId = string;

/** The connection to the broker in this process. It is always there and cannot be removed. */
export const LOCAL_CONNECTION: ConnectionId = 'local';

/** How an error crosses the bridge. Branch on `code`; `message` is for people and says what to do. */
export interface BridgeErrorShape {
  code: string;
  message: string;
  details?: Record<string, string | number | boolean | null>;
}

// ── The app ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface AppInfo {
  /** Natscope's own version. */
  version: string;
  /** The nats-server version whose behaviour the local broker gives. */
  serverVersion: string;
  front: 'electron' | 'browser';
  platform: 'darwin' | 'linux' | 'win32';
  /** Folder with settings and profiles, for the About box. */
  dataFolder: string;
}

export type Theme = 'system' | 'dark' | 'light';

/** Settings of the window, kept between starts. Every field is optional so that an older file reads well. */
export interface Settings {
  theme: Theme;
  /** Pane sizes in CSS pixels per view and pane, e.g. `explorer.tree`. */
  panes: Record<string, number>;
  /** Byte budget shared by all captures. 16 MiB … 4 GiB. */
  captureBytesMax: number;
  /** Configuration file of the local broker, where it is not Natscope's own; null for that one. */
  brokerConfigFile: string | null;
}

export interface LogEntry {
  time: number;
  level: 'error' | 'warn' | 'info' | 'debug';
  /** Part of the app that speaks: `broker`, `local`, a connection's name. */
  source: string;
  text: string;
}

// ── The local broker ────────────────────────────────────────────────────────────────────────────────────────────────

export interface BrokerState {
  phase: 'starting' | 'running' | 'stopped' | 'failed';
  /** Address that clients are given. */
  host: string;
  /** Port that is listened on; 0 while none is. */
  port: number;
  /** Port that was asked for, when it was taken and another is used. */
  portWanted?: number;
  /** Port of the command line, which counts instead of the configuration's. */
  portFlag?: number;
  /** Where it listens for clients, when machines elsewhere can reach that and nobody has to say who he is. */
  openAt?: string;
  /** Addresses of its other listeners. */
  webSocket?: string;
  monitoring?: string;
  /** Why it is `failed`, or why another port is used: a sentence that says what to do. */
  problem?: string;
  /** A port that is free, offered when `phase` is `failed` because the wanted one is taken. */
  portOffered?: number;
  serverId?: string;
  serverName?: string;
  /** Process that it runs in. */
  pid: number;
  /** Client connections now, without Natscope's own. */
  clients: number;
  subscriptions: number;
  inMessages: number;
  outMessages: number;
  slowConsumers: number;
  memoryBytes: number;
  /** Part of one core that its thread takes, 0 … 1. */
  load: number;
  startedAt?: number;
}

/** The configuration of the local broker as text, and what the broker runs with. */
export interface BrokerConfig {
  /** The file that the text stands in. */
  file: string;
  /** It is Natscope's own, else one that somebody opened. */
  own: boolean;
  /** Content of the file. */
  text: string;
  /** What the broker was started or reloaded with last; null before the first start. */
  applied: { file: string; text: string } | null;
  /** What was written and neither applied nor discarded; null when there is nothing. */
  draft: string | null;
  /** Why the file cannot be read or written: a sentence that says what to do. */
  problem?: string;
}

export interface ConfigProblem {
  grade: 'error' | 'warning';
  /** Path of an included file; absent: the text itself. */
  file?: string;
  /** From 1; 0 where no place can be told. */
  line: number;
  column: number;
  text: string;
}

/** What can be said of a configuration text without applying it. */
export interface ConfigReport {
  /** In order of their places, errors and warnings. */
  problems: ConfigProblem[];
  milliseconds: number;
  /** What applying it changes, by how that is done: names of options. Null when it cannot be applied. */
  plan: { reload: string[]; restart: string[] } | null;
}

export interface ConfigApplied {
  by: 'reload' | 'restart' | 'saving';
  config: BrokerConfig;
}

/** One line of the people on the local broker: an account, or below it somebody who is connected. */
export type BrokerPerson =
  | {
      kind: 'account';
      /** Its name, or its public key in operator mode. */
      account: string;
      /** The name that people gave it, when `account` is a key. */
      title?: string;
      system: boolean;
      open: boolean;
      connections: number;
      subscriptions: number;
      inRate: number;
      outRate: number;
      inMessages: number;
      outMessages: number;
      slowConsumers: number;
      /** It cannot be used: expired, or something that it imports is missing. */
      trouble?: 'expired' | 'incomplete';
    }
  | {
      kind: 'client';
      account: string;
      clientId: number;
      /** User name, nkey or public key of the user JWT; '' for nobody in particular. */
      user: string;
      /** What the client calls itself. */
      name: string;
      language: string;
      version: string;
      type: 'nats' | 'websocket' | 'mqtt';
      /** TLS version and cipher suite; '' without TLS. */
      tls: string;
      ip: string;
      port: number;
      /** Microseconds; absent while unknown. */
      roundTrip?: number;
      subscriptions: number;
      pendingBytes: number;
      inRate: number;
      outRate: number;
      inMessages: number;
      outMessages: number;
      since: number;
    };

export type PeopleSort = 'name' | 'since' | 'subscriptions' | 'in' | 'out' | 'pending' | 'roundTrip';

export interface BrokerPeople {
  rows: BrokerPerson[];
  first: number;
  total: number;
  /** In all, whatever the filter. */
  accounts: number;
  connections: number;
}

export interface SubjectRules {
  /** Null: everything. */
  allow: string[] | null;
  deny: string[];
}

/** Everything of one connection. */
export interface BrokerClientDetail {
  person: Extract<BrokerPerson, { kind: 'client' }>;
  /** Null: he may do everything. */
  permissions: {
    publish: SubjectRules;
    subscribe: SubjectRules;
    /** Replies that may be published all the same: how many, and for how long; less than 0: without limit. */
    responses: { messages: number; milliseconds: number } | null;
  } | null;
  /** Name and tags of the user JWT, and who issued it. */
  jwt?: { name: string; tags: string[]; issuer: string; expiresAt?: number };
  inBytes: number;
  outBytes: number;
  lastActivityAt: number;
  subscriptions: { subject: string; queue?: string; delivered: number; max: number }[];
  /** Subscriptions beyond those that are listed. */
  more: number;
}

export type NkeyKind = 'operator' | 'account' | 'user' | 'server' | 'curve';

/** A secret among it: shown once, kept nowhere. */
export interface NkeyPair {
  kind: NkeyKind;
  publicKey: string;
  seed: string;
}

export interface OperatorTreeParams {
  operator: string;
  accounts: { name: string; users: string[] }[];
  /** Folder for the creds files, made when it is missing. */
  folder: string;
}

export interface OperatorTreeMade {
  operator: { name: string; publicKey: string };
  accounts: {
    name: string;
    publicKey: string;
    system: boolean;
    users: { name: string; publicKey: string; file: string }[];
  }[];
  /** File with the seeds of operator and accounts. */
  seedsFile: string;
  /** Lines of a configuration that trust the operator; nothing in them is secret. */
  configuration: string;
}

// ── Connections ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
}

// ── The explorer ────────────────────────────────────────────────────────────────────────────────────────────────────

export type ViewId = number;
/** Stable for the life of a connection's capture. */
export type NodeId = number;

/** The root of the subject tree: everything. */
export const ROOT_NODE: NodeId = 0;

export type FilterMode = 'text' | 'regex' | 'expression';

export interface DisplayFilter {
  mode: FilterMode;
  text: string;
}

export type MessageKind = 'publish' | 'request' | 'reply' | 'jetstream' | 'error';

/** One scalar of a value: `key` is empty for a payload that is a bare value. */
export interface ChangedField {
  key: string;
  text: string;
  changed: boolean;
}

export interface TreeRow {
  node: NodeId;
  depth: number;
  /** Token, bytes that are no UTF-8 shown as `\xHH`. */
  label: string;
  /** Whole subject of a leaf, or the prefix of a branch, without a trailing dot. Empty for the row of an account. */
  subject: string;
  /** Account of the subject, on connections that are in several. */
  account?: string;
  /** The row of an account itself: of applications, or the one in which the server speaks of itself. */
  root?: 'account' | 'system';
  branch: boolean;
  expanded: boolean;
  /** Subjects at or below this node that carried a message. */
  subjects: number;
  count: number;
  bytes: number;
  rate: number;
  /** Time of the last message at or below this node. */
  last: number;
  /** Kind of the last message at this very node. */
  kind: MessageKind;
  /** Messages in the last 60 s, 20 bars of 3 s, oldest first, scaled 0 … 255 to the row's own highest bar. */
  spark: Uint8Array;
  /** Scalars of the last value of this very node, changed ones first. Empty for a branch without messages of its own. */
  fields: ChangedField[];
  /** Grows when `fields` changes; the window blinks the cell when it does. */
  version: number;
  pinned: boolean;
  /**
   * Messages at or below this node on subjects that the tree does not name, as inboxes are and what is beyond its limit:
   * they are counted at a child whose label is `…`. Absent when there are none.
   */
  folded?: number;
}

export interface ListRow {
  /** Capture sequence: stable, from 1, gapless in order of receipt. */
  sequence: number;
  time: number;
  node: NodeId;
  subject: string;
  /** Its account, where accounts have rows in the tree. */
  account?: string;
  kind: MessageKind;
  fields: ChangedField[];
  /** Headers and payload, bytes. */
  size: number;
  /** Status code of a message that carries one (`503` no responders), else 0. */
  status: number;
}

export interface Counters {
  /** `received = kept + evicted + dropped + excluded`, always. */
  received: number;
  kept: number;
  evicted: number;
  dropped: number;
  excluded: number;
  receivedBytes: number;
  /** Bytes that this capture holds, and the budget of all captures together and what they hold. */
  captureBytes: number;
  budgetBytes: number;
  budgetUsedBytes: number;
  /** Rate of all that is received now. */
  rate: number;
}

export type TreeSort = 'name' | 'rate' | 'count' | 'last';

export interface ViewOptions {
  /** Subtree that the list shows; `ROOT_NODE` for all. */
  scope: NodeId;
  filter: DisplayFilter | null;
  sort: TreeSort;
  /** Freeze at this sequence; null when live. */
  pausedAt: number | null;
}

export interface PullParams {
  connection: ConnectionId;
  view: ViewId;
  /** Rows of the tree that will be drawn, by index among the visible rows. */
  tree: { first: number; count: number } | null;
  /** Rows of the list that will be drawn: the last `count` when `tail`, else `count` from the index `first`. */
  list: {
    first: number;
    count: number;
    tail: boolean;
    /** `gone` that `first` counts from, of an earlier answer: the core takes off what went since. Absent: as of now. */
    gone?: number;
  } | null;
}

export interface PullResult {
  tree: { total: number; first: number; rows: TreeRow[] } | null;
  list: {
    /** Rows in scope and filter that are kept now. */
    total: number;
    first: number;
    rows: ListRow[];
    /** Rows that went before the first one that is kept, so `gone + index` is a stable position. */
    gone: number;
  } | null;
  counters: Counters;
  filter: {
    /** Messages that pass, of those kept. While a scan goes on, of those looked at. */
    hits: number;
    of: number;
    scanning: boolean;
    /** Why the filter cannot be used, and the column (from 1) where that was noticed. */
    error?: { text: string; column: number };
  } | null;
  subscriptions: Subscription[];
  /** Accounts that the connection is in, the first one first; empty where it is in one that is not named. */
  accounts: AccountName[];
  /** Sequence of the newest message, for pause. */
  newest: number;
}

export interface AccountName {
  name: string;
  /** The server speaks of itself in it. */
  system: boolean;
}

export interface MessageDetail {
  sequence: number;
  time: number;
  subject: string;
  /** On connections that are in several accounts. */
  account?: string;
  /** The bytes of the subject as they came, when they are no UTF-8. */
  subjectBytes?: Uint8Array;
  reply: string | null;
  kind: MessageKind;
  status: number;
  statusText: string;
  headers: { name: string; value: string }[];
  /** Why the header block could not be read; `headers` then holds what could. */
  headersError?: string;
  headerBytes: number;
  /** Whole payload, or its first `payloadBytesMax` bytes when it is longer. */
  payload: Uint8Array;
  payloadBytes: number;
  /** Microseconds since the previous kept message on this subject; null when there is none. */
  gap: number | null;
  /** Capture sequences of the neighbours on the same subject that are kept. */
  previous: number | null;
  next: number | null;
  /** Messages on the same subject, of all received. */
  subjectCount: number;
  /** Subscriptions that it was received by. */
  subscription: number;
}

export interface HeaderField {
  name: string;
  value: string;
}

export interface PublishParams {
  connection: ConnectionId;
  /** Where the connection is in several accounts; absent: the first of them. */
  account?: string;
  subject: string;
  reply?: string;
  headers: HeaderField[];
  payload: Uint8Array;
  /** 1 … 1,000,000. */
  count: number;
  /** 0 … 3,600,000 ms between two of them. 0: as fast as they go. */
  intervalMs: number;
  /** Replace `{{count}}`, `{{uuid}}`, `{{time}}`, `{{unix}}`, `{{random N M}}` in subject, header values and payload. */
  templates: boolean;
}

export interface PublishProgress {
  sent: number;
  count: number;
  bytes: number;
  done: boolean;
}

export interface RequestParams {
  connection: ConnectionId;
  /** As in `PublishParams`. */
  account?: string;
  subject: string;
  headers: HeaderField[];
  payload: Uint8Array;
  /** 1 … 600,000 ms. */
  timeoutMs: number;
  /** 1 for the first reply; more, or 0 for all that come before the time-out. */
  replies: number;
  templates: boolean;
}

export type RequestEvent =
  | { type: 'sent'; time: number }
  | {
      type: 'reply';
      /** Microseconds from sending to this reply. */
      latency: number;
      headers: HeaderField[];
      payload: Uint8Array;
      payloadBytes: number;
      status: number;
      statusText: string;
    }
  | { type: 'end'; reason: 'replies' | 'timeout' | 'no-responders' | 'cancelled' | 'closed'; count: number };

export interface ResponderParams {
  connection: ConnectionId;
  /** As in `PublishParams`. */
  account?: string;
  subject: string;
  queue?: string;
  mode: 'echo' | 'template';
  headers: HeaderField[];
  /** Body of the answer when `mode` is `template`. `{{subject}}`, `{{body}}`, `{{count}}` … are replaced. */
  body: Uint8Array;
  /** 0 … 60,000 ms before the answer is sent. */
  delayMs: number;
}

export interface ResponderState {
  id: number;
  account?: string;
  subject: string;
  queue?: string;
  mode: 'echo' | 'template';
  answered: number;
  /** Requests without a reply subject: nothing to answer. */
  ignored: number;
  lastAt?: number;
  error?: string;
}

// ── All requests and streams ────────────────────────────────────────────────────────────────────────────────────────

type On<T> = T & { connection: ConnectionId };
type None = Record<string, never>;

/** Requests that the core's main thread answers. */
export interface CoreRequests {
  'app.info': { params: None; result: AppInfo };
  'settings.get': { params: None; result: Settings };
  'settings.set': { params: Partial<Settings>; result: Settings };
  /** With its configuration; `port` counts instead of the one there, for this start. */
  'broker.start': { params: { port?: number }; result: BrokerState };
  'broker.stop': { params: None; result: BrokerState };
  'broker.restart': { params: None; result: BrokerState };
  /** Bytes that wait at the local broker for the app's own connections; null while there are none. */
  'broker.pending': { params: None; result: { bytes: number } | null };
  /** Keeps the text as the draft and says what is wrong with it. */
  'broker.config.check': { params: { text: string }; result: ConfigReport };
  /** Writes the text into the file and makes the broker run with it; rejects with `invalid-config` when it has errors. */
  'broker.config.apply': { params: { text: string }; result: ConfigApplied };
  'broker.config.discard': { params: None; result: BrokerConfig };
  /** Takes a file of the person's, or with null Natscope's own. The broker runs on until something is applied. */
  'broker.config.open': { params: { file: string | null }; result: BrokerConfig };
  /** Shows the file in the system's file manager; the browser front answers `unsupported`. */
  'broker.config.reveal': { params: None; result: None };
  'broker.people': {
    params: {
      /** Accounts that are open; null: all of them. */
      open: string[] | null;
      /** Words that a row has to hold; '' for all. */
      filter: string;
      sort: PeopleSort;
      first: number;
      count: number;
    };
    /** Null while the broker does not run. */
    result: BrokerPeople | null;
  };
  'broker.person': { params: { clientId: number }; result: BrokerClientDetail | null };
  /** Closes a connection; most clients come again at once. False when it is gone already. */
  'broker.kick': { params: { clientId: number }; result: { kicked: boolean } };
  'tools.nkey': { params: { kind: NkeyKind }; result: NkeyPair };
  'tools.bcrypt': { params: { password: string; cost: number }; result: { hash: string } };
  'tools.operator': { params: OperatorTreeParams; result: OperatorTreeMade };
  /** About 120 messages a second that look like an application, on the local broker. */
  'sample.set': { params: { running: boolean }; result: { running: boolean } };
  'connections.save': { params: { profile: Profile }; result: Profile };
  'connections.remove': { params: { connection: ConnectionId }; result: None };
  'connections.open': { params: { connection: ConnectionId }; result: None };
  'connections.close': { params: { connection: ConnectionId }; result: None };
  /** Walks the steps of connecting with a profile that need not be saved. */
  'connections.diagnose': { params: { profile: Profile }; result: Diagnosis };
  'contexts.list': { params: None; result: CliContext[] };
  'contexts.import': { params: { names: string[] }; result: { imported: Profile[]; problems: string[] } };
  /** Lets a person choose a file; null when they did not. The browser front answers `unsupported`. */
  'dialog.file': { params: { title: string }; result: { path: string } | null };
  'dialog.folder': { params: { title: string }; result: { path: string } | null };
}

/** Requests that the thread of the connection answers. */
export interface ConnectionRequests {
  'explorer.view.open': { params: On<ViewOptions>; result: { view: ViewId } };
  'explorer.view.set': { params: On<{ view: ViewId; options: Partial<ViewOptions> }>; result: None };
  'explorer.view.close': { params: On<{ view: ViewId }>; result: None };
  'explorer.pull': { params: PullParams; result: PullResult };
  /** Opens or closes a branch; `deep` also everything below it. */
  'explorer.tree.expand': { params: On<{ view: ViewId; node: NodeId; open: boolean; deep: boolean }>; result: None };
  /** Makes a subject's row visible by opening its branches; null when no such subject was seen. */
  'explorer.tree.reveal': {
    params: On<{ view: ViewId; subject: string; account?: string }>;
    result: { index: number; node: NodeId } | null;
  };
  'explorer.tree.pin': { params: On<{ node: NodeId; pinned: boolean }>; result: None };
  /** Subjects that hold `text` (or match it, when it has wildcards), busiest first. */
  'explorer.search': {
    params: On<{ text: string; limit: number }>;
    result: { node: NodeId; subject: string; account?: string; rate: number; count: number }[];
  };
  'explorer.message': {
    params: On<{ sequence: number; payloadBytesMax: number }>;
    /** Null when it is no longer kept. */
    result: MessageDetail | null;
  };
  /** Index of a message in the view's list, null when it is not in it. */
  'explorer.list.index': { params: On<{ view: ViewId; sequence: number }>; result: { index: number } | null };
  /** The newest kept message of exactly this node. */
  'explorer.latest': { params: On<{ node: NodeId }>; result: { sequence: number } | null };
  /** Newest first, at most `limit` kept messages of this node's own subject, from before `before` (0: the newest). */
  'explorer.history': { params: On<{ node: NodeId; before: number; limit: number }>; result: ListRow[] };
  /** Forgets every kept message and the tree; counters start anew. */
  'explorer.clear': { params: On<object>; result: None };
  'subscriptions.add': {
    params: On<{ subject: string; account?: string; queue?: string; exclude: boolean }>;
    result: Subscription;
  };
  'subscriptions.mute': { params: On<{ id: number; muted: boolean }>; result: None };
  'subscriptions.remove': { params: On<{ id: number }>; result: None };
  'responders.add': { params: ResponderParams; result: ResponderState };
  'responders.remove': { params: On<{ id: number }>; result: None };
}

export interface Requests extends CoreRequests, ConnectionRequests, JetStreamRequests, BucketRequests {}

/** Streams that the core's main thread feeds. Each sends its state at once, then whenever it changes. */
export interface CoreStreams {
  'settings.watch': { params: None; item: Settings };
  'broker.watch': { params: None; item: BrokerState };
  'broker.config.watch': { params: None; item: BrokerConfig };
  'connections.watch': { params: None; item: ConnectionState[] };
  'sample.watch': { params: None; item: { running: boolean; rate: number } };
  'log.watch': { params: None; item: LogEntry[] };
  /** Steps of the attempts of one connection as they are made. */
  'diagnosis.watch': { params: { connection: ConnectionId }; item: Diagnosis };
  /** What a menu, a deep link or the tray asks of the window. */
  'commands.watch': { params: None; item: { command: string; argument?: string } };
}

/** Streams that the thread of the connection feeds. */
export interface ConnectionStreams {
  'publish.run': { params: PublishParams; item: PublishProgress };
  'request.run': { params: RequestParams; item: RequestEvent };
  'responders.watch': { params: On<object>; item: ResponderState[] };
}

export interface Streams extends CoreStreams, ConnectionStreams, JetStreamStreams, BucketStreams {}

export type RequestName = keyof Requests;
export type StreamName = keyof Streams;
