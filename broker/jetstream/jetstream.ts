import type { Account } from '../account/account.ts';
import { StoreError } from '../store/message-log.ts';
import { AccountJetStream, type Usage } from './account-jetstream.ts';
import { added, lackOfRoom, promised } from './account-room.ts';
import { accountTiers } from './account-tiers.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { ApiError } from './api-error.ts';
import { Api } from './api/api.ts';
import { ApiQueue } from './api/api-queue.ts';
import { route } from './api/routes.ts';
import { systemRoute } from './api/system-routes.ts';
import { advise } from './events.ts';
import type { JetStreamOptions } from './jetstream-options.ts';
import { StorageUse } from './storage-use.ts';
import type { Stream } from './stream/stream.ts';
import type { Store } from '../store/store.ts';
import type { Surroundings } from './surroundings.ts';

/** Whoever works at the end of a turn: consumers. Returns whether there is more to do. */
export interface Worker {
  run(): boolean;
}

/** Something with small state to make safe: journals of consumers. */
export interface Committable {
  commit(): void;
}

/** How often logs get to their background work, and for how long each time, in milliseconds. */
const TIDY_EVERY_MS = 250;
const TIDY_MS_MAX = 3;
/** Whoever imports this imports an API. */
const API_INFO = '$JS.API.INFO';
/** How long consumers may go on in one turn before connections get theirs, in milliseconds. */
const RUN_MS_MAX = 4;

/**
 * All of JetStream of one broker.
 *
 * What was taken in a turn is made safe at its end, stream by stream, with one write each; then it is acknowledged, then
 * limits are kept and consumers work; and only then do sockets get what was said to them.
 */
export class JetStream {
  readonly around: Surroundings;
  options: JetStreamOptions;
  readonly acknowledgements = new Acknowledgements();
  /** Batches that are open, of all streams. */
  readonly inflight = { atomic: 0, fast: 0 };
  readonly use: StorageUse;
  readonly store: Store;
  /** Requests to the API that accounts had an answer to, of all accounts that ever were. */
  readonly answered = { total: 0, errors: 0 };
  /** Requests to the API that wait for the end of the turn. */
  readonly requests: ApiQueue;
  readonly #accounts = new Map<string, AccountJetStream>();
  /** Where there is an API, but no JetStream: the system account, and accounts that do without it. */
  readonly #closed = new Map<string, Api>();
  #dirty: Stream[] = [];
  #committing: Stream[] = [];
  readonly #journals = new Set<Committable>();
  /** Those of them that a disk refused already. */
  readonly #refused = new WeakSet<Committable>();
  readonly #asked: { answer(): void }[] = [];
  #workers = new Set<Worker>();
  #again: NodeJS.Immediate | undefined;
  #tidying: NodeJS.Timeout | undefined;
  /** Grows with every turn: what was looked up in one is not good in the next. */
  turn = 0;
  #touched = false;
  #settling = false;
  #stopped = false;

  constructor(around: Surroundings, options: JetStreamOptions, store: Store) {
    this.around = around;
    this.options = options;
    this.use = new StorageUse({ file: options.storageBytesMax, memory: options.memoryBytesMax });
    this.store = store;
    this.requests = new ApiQueue(
      () => this.options.queues,
      (queue) => this.ask(queue),
      (dropped) => this.#onDropped(dropped),
    );
  }

  /** Streams come back. Throws an error when accounts were promised more than there is. */
  start(): void {
    for (const account of this.around.accounts.list()) {
      const refusal = this.configure(account);
      if (refusal !== undefined) throw new Error(`Error enabling jetstream on configured accounts: ${refusal}`);
    }
    this.#countRecovered();
    this.#tidying = setInterval(() => this.#tidy(), TIDY_EVERY_MS);
    this.#tidying.unref();
  }

  /** A reload: limits may be others, and so may be the accounts, of which each is configured then. */
  reconfigure(options: JetStreamOptions): void {
    const { memoryBytesMax, storageBytesMax, storageShare } = this.options;
    // What was taken of what is free stays as it was found at the start.
    const storage = storageShare > 0 ? storageBytesMax : options.storageBytesMax;
    const memory = options.memoryBytesMax > 0 ? options.memoryBytesMax : memoryBytesMax;
    this.options = { ...options, storageBytesMax: storage, memoryBytesMax: memory };
    this.use.max = { file: storage, memory };
  }

  /** What streams hold already is not free, but theirs all the same. */
  #countRecovered(): void {
    const { options, use } = this;
    if (options.storageShare === 0) return;
    let recovered = 0;
    for (const { usage } of this.#accounts.values()) recovered += usage.storage;
    const storageBytesMax = options.storageBytesMax + Math.floor(recovered * options.storageShare);
    this.options = { ...options, storageBytesMax };
    use.max = { ...use.max, file: storageBytesMax };
  }

  /** Names of accounts that have stored something, and are not there. */
  get missingAccounts(): string[] {
    return this.store.accounts().filter((name) => this.around.accounts.get(name) === undefined);
  }

  /** Streams that lie on the disk and cannot be served; without a name: of accounts that are not there. */
  lost(): { account: string; stream?: string }[] {
    return this.store.accounts().flatMap((account): { account: string; stream?: string }[] => {
      if (this.around.accounts.get(account) === undefined) return [{ account }];
      const present = this.#accounts.get(account)?.streams;
      const streams = this.store.streams(account).filter((stream) => present?.has(stream) !== true);
      return streams.map((stream) => ({ account, stream }));
    });
  }

  get accounts(): Iterable<AccountJetStream> {
    return this.#accounts.values();
  }

  /** Sums of `max_bytes` of all streams. */
  get reserved(): Usage {
    const sum: Usage = { memory: 0, storage: 0 };
    for (const { reserved } of this.#accounts.values()) {
      sum.memory += reserved.memory;
      sum.storage += reserved.storage;
    }
    return sum;
  }

  of(account: Account): AccountJetStream | undefined {
    return this.#accounts.get(account.name);
  }

  /**
   * The account is there, or what is said of it has changed. The system account has no streams, and others may be told to
   * do without: they have an API that says so, unless they import that of another account. Returns why it cannot have
   * what it was promised, in nats-server's words; then all stays as it was.
   */
  configure(account: Account): string | undefined {
    if (this.#stopped) return undefined;
    const { name } = account;
    const isSystem = account === this.around.accounts.system;
    const enabled = !isSystem && this.options.enabledFor(account);
    const present = this.#accounts.get(name);
    if (enabled) {
      const refusal = this.#refusal(account, present);
      if (refusal !== undefined) return `${refusal.description} (${refusal.err_code})`;
      if (present !== undefined) present.configure();
      else {
        this.#removeClosed(name);
        this.#enable(account);
      }
      return undefined;
    }
    this.#removeClosed(name);
    if (present !== undefined) this.#disable(name);
    if (!isSystem && account.importsService(API_INFO)) return undefined;
    const api = isSystem ? this.#systemApi(account) : this.#emptyApi(account);
    this.#closed.set(name, api);
    api.start();
    return undefined;
  }

  /** Why there is not enough for what an account is promised. */
  #refusal({ options }: Account, present: AccountJetStream | undefined): ApiError | undefined {
    const tiers = accountTiers(options.jetstream);
    const wanted = present === undefined ? promised(tiers) : added(present.tiers, tiers);
    const others: Usage = { memory: 0, storage: 0 };
    for (const account of this.#accounts.values()) {
      const { memory, storage } = promised(account.tiers);
      others.memory += memory;
      others.storage += storage;
    }
    const { memoryBytesMax, storageBytesMax } = this.options;
    return lackOfRoom(wanted, { memory: memoryBytesMax, storage: storageBytesMax }, this.reserved, others);
  }

  /** The account is gone; its streams stay on disk. */
  remove(name: string): void {
    this.#removeClosed(name);
    this.#disable(name);
  }

  /** Everything that the account of that name has stored goes, also when there is no such account any more. */
  purge(name: string): void {
    const account = this.#accounts.get(name);
    const streams = [...(account?.streams.values() ?? [])];
    const there = account !== undefined;
    this.around.log('info', `Purge request for account ${name} (streams: ${streams.length}, hasAccount: ${there})`);
    for (const stream of streams) {
      account?.delete(stream);
      account?.adviseStream('DELETED', stream.name);
    }
    if (there) return;
    for (const stream of this.store.streams(name)) {
      this.store.openStream(name, stream, { storage: 'file', compression: 'none' }).destroy();
    }
  }

  markDirty(stream: Stream): void {
    this.#dirty.push(stream);
  }

  /** Somebody wants an answer at the end of this turn. */
  ask(api: { answer(): void }): void {
    this.#asked.push(api);
    this.touch();
  }

  /** Is made safe with the streams of this turn. */
  markJournal(journal: Committable): void {
    this.#journals.add(journal);
  }

  wake(worker: Worker): void {
    this.#workers.add(worker);
  }

  forget(worker: Worker): void {
    this.#workers.delete(worker);
  }

  /** Sees to it that this turn has an end, when something was done outside of a read: soon. */
  touch(): void {
    if (this.#touched || this.#settling) return;
    this.#touched = true;
    queueMicrotask(() => {
      if (this.#touched && !this.#stopped) this.around.endTurn();
    });
  }

  /** The end of a turn. Called before sockets are written to. */
  settle(): void {
    this.#touched = false;
    this.turn++;
    if (this.#idle) return;
    const until = performance.now() + RUN_MS_MAX;
    let late = false;
    this.#settling = true;
    do {
      this.commit();
      if (this.acknowledgements.count > 0) this.acknowledgements.flush();
      const settled = this.#committing;
      this.#committing = [];
      for (const stream of settled) stream.settle();
      for (const api of this.#asked.splice(0)) api.answer();
      // What workers do may have to be made safe; that must not keep them at it.
      if (this.#workers.size > 0 && !late) {
        this.#work(until);
        late = performance.now() > until;
      }
    } while (this.#dirty.length > 0 || this.#asked.length > 0);
    this.commit();
    this.#settling = false;
    if (this.#workers.size > 0) this.#again ??= setImmediate(this.#goOn);
    this.around.clock.turn();
  }

  /** Index files, compaction: a little at a time, stream by stream. What removals wait for is written first. */
  #tidy(): void {
    const until = performance.now() + TIDY_MS_MAX;
    for (const { streams } of this.#accounts.values()) {
      for (const stream of streams.values()) {
        if (performance.now() > until) return;
        try {
          stream.log.tidy(until - performance.now());
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          this.onStoreError(stream, error);
        }
      }
    }
  }

  get #idle(): boolean {
    const waiting = this.#dirty.length + this.#asked.length + this.acknowledgements.count;
    return waiting === 0 && this.#workers.size === 0 && this.#journals.size === 0;
  }

  /** Makes safe what was taken so far. */
  commit(): void {
    for (const stream of this.#dirty) {
      stream.commit();
      this.#committing.push(stream);
    }
    this.#dirty.length = 0;
    if (this.#journals.size > 0) this.#commitJournals();
  }

  /** What a disk refuses waits for the next turn. */
  #commitJournals(): void {
    for (const journal of this.#journals) {
      try {
        journal.commit();
        this.#journals.delete(journal);
        this.#refused.delete(journal);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (this.#refused.has(journal)) continue;
        this.#refused.add(journal);
        this.around.log('error', `JetStream: ${error.message}`);
      }
    }
  }

  onStoreError(stream: Stream, error: StoreError): void {
    this.around.log('error', `JetStream: stream '${stream.host.account.name} > ${stream.name}': ${error.message}`);
  }

  stop(): void {
    if (this.#stopped) return;
    this.settle();
    this.#stopped = true;
    clearImmediate(this.#again);
    clearInterval(this.#tidying);
    for (const account of this.#accounts.values()) account.stop();
    for (const api of this.#closed.values()) api.stop();
    this.settle();
    this.store.close();
  }

  #enable(account: Account): void {
    const made = new AccountJetStream(this, account);
    this.#accounts.set(account.name, made);
    made.start();
  }

  #disable(name: string): void {
    this.#accounts.get(name)?.stop();
    this.#accounts.delete(name);
  }

  #removeClosed(name: string): void {
    this.#closed.get(name)?.stop();
    this.#closed.delete(name);
  }

  #emptyApi(account: Account): Api {
    return new Api(this, account, {
      route: (request) => route(undefined, request, this.options.strict),
      counts: false,
      isOpen: () => !account.importsService(API_INFO),
    });
  }

  #systemApi(account: Account): Api {
    return new Api(this, account, {
      route: (request) => systemRoute(this, request),
      counts: false,
      whole: true,
      asker: ({ nobody }) => (nobody === true ? undefined : {}),
    });
  }

  #onDropped(dropped: number): void {
    const { around, options } = this;
    around.log('warn', `JetStream API queue limit reached, dropping ${dropped} requests`);
    const { system } = around.accounts;
    if (system === undefined) return;
    const domain = options.domain === '' ? undefined : options.domain;
    const fields = { server: around.serverName, domain, dropped };
    advise(around, system, 'api_limit_reached', 'API.LIMIT_REACHED', fields);
  }

  readonly #goOn = (): void => {
    this.#again = undefined;
    if (!this.#stopped) this.around.endTurn();
  };

  #work(until: number): void {
    if (this.#workers.size === 0) return;
    const workers = this.#workers;
    this.#workers = new Set();
    let late = false;
    for (const worker of workers) {
      if (late || worker.run()) this.#workers.add(worker);
      late ||= performance.now() > until;
    }
  }
}
