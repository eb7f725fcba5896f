import type { Account } from '../account/account.ts';
import { StoreError } from '../store/message-log.ts';
import { AccountJetStream, type Usage } from './account-jetstream.ts';
import { Acknowledgements } from './acknowledgements.ts';
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
  readonly options: JetStreamOptions;
  readonly acknowledgements = new Acknowledgements();
  /** Batches that are open, of all streams. */
  readonly inflight = { atomic: 0, fast: 0 };
  readonly use: StorageUse;
  readonly store: Store;
  readonly #accounts = new Map<string, AccountJetStream>();
  #dirty: Stream[] = [];
  #committing: Stream[] = [];
  readonly #journals = new Set<Committable>();
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
  }

  /** Streams come back. */
  start(): void {
    this.#tidying = setInterval(() => this.#tidy(), TIDY_EVERY_MS);
    this.#tidying.unref();
    for (const account of this.around.accounts.list()) this.enable(account);
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

  /** The account has streams from now on, unless it is told not to, or is the system account. */
  enable(account: Account): void {
    if (this.#stopped || this.#accounts.has(account.name) || account === this.around.accounts.system) return;
    if (!this.options.enabledFor(account)) return;
    const made = new AccountJetStream(this, account);
    this.#accounts.set(account.name, made);
    made.start();
  }

  /** The account is gone; its streams stay on disk. */
  disable(name: string): void {
    this.#accounts.get(name)?.stop();
    this.#accounts.delete(name);
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
    this.#settling = true;
    do {
      this.commit();
      if (this.acknowledgements.count > 0) this.acknowledgements.flush();
      const settled = this.#committing;
      this.#committing = [];
      for (const stream of settled) stream.settle();
      for (const api of this.#asked.splice(0)) api.answer();
      this.#work(until);
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
    if (this.#journals.size === 0) return;
    for (const journal of this.#journals) journal.commit();
    this.#journals.clear();
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
    this.settle();
    this.store.close();
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
