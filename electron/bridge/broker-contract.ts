/** The local broker over the bridge: how it does, its configuration, the people on it, and tools for keys. */

import type { None } from './contract-base.ts';

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
  /** Bytes that its streams hold and may hold; absent while it has no JetStream. */
  jetstream?: { memory: BrokerBudget; storage: BrokerBudget };
  /** Why it has no JetStream although it should: a sentence that says what to do. */
  jetstreamProblem?: string;
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

export interface BrokerBudget {
  used: number;
  max: number;
}

/** JetStream of the local broker. */
export interface BrokerJetStream {
  /** What it runs with; null while it has none. */
  running: {
    /** Folder that its streams are in. */
    folder: string;
    domain: string;
    /** Of what is stored; '' for none. */
    cipher: string;
    memory: BrokerBudget & { reserved: number };
    /** `free`: bytes that are free on the disk; absent when that is not known. */
    storage: BrokerBudget & { reserved: number; free?: number };
    streams: number;
    consumers: number;
    messages: number;
    api: { total: number; errors: number };
    /** Those that hold most come first, no more than a hundred. */
    accounts: BrokerJetStreamAccount[];
    /** Accounts that have JetStream. */
    accountCount: number;
  } | null;
  /** What counts where the configuration says nothing. */
  defaults: { folder: string; memoryBytes: number; storageBytes: number } | null;
}

export interface BrokerJetStreamAccount {
  name: string;
  /** The name that people gave it, when `name` is a key. */
  title?: string;
  memory: number;
  storage: number;
  streams: number;
  consumers: number;
  messages: number;
  api: { total: number; errors: number };
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

/** Requests that the core's main thread answers. */
export interface BrokerRequests {
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
  'broker.jetstream': { params: None; result: BrokerJetStream };
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
}

/** Streams that the core's main thread feeds. Each sends its state at once, then whenever it changes. */
export interface BrokerStreams {
  'broker.watch': { params: None; item: BrokerState };
  'broker.config.watch': { params: None; item: BrokerConfig };
  'sample.watch': { params: None; item: { running: boolean; rate: number } };
}
