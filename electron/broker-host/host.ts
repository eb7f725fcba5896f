/**
 * The broker in this process, as the app sees it. Every start has a thread of its own: a broker that crashed or was
 * stopped leaves nothing behind, and a crash ends its thread, not the app.
 */

import { Worker } from 'node:worker_threads';
import type { BrokerStats, LogLevel } from '../../broker/index.ts';
import type { BrokerState, LogEntry } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { State } from '../bridge/feed.ts';
import { findFreePort, identifyNatsServer, ownServerName } from './free-port.ts';
import type { FromThread, ThreadOptions, ToThread } from './messages.ts';

export interface BrokerHostOptions {
  /** The file of the broker's thread. */
  threadFile: URL;
  /** Address to listen on. */
  host: string;
  log: (level: LogEntry['level'], text: string) => void;
  /** A broker that does not stop by itself in this time is ended with its thread. */
  stopMsMax?: number;
}

export interface StartOptions {
  /** 1 … 65535, or -1 for any free port. */
  port: number;
  /** What to do when the port is taken: use the next free one, or stay `failed` and offer it. */
  whenTaken: 'use-another' | 'offer';
}

export interface BrokerHost {
  readonly state: State<BrokerState>;
  /**
   * Starts the broker, or restarts it when it runs on another port. Resolves when it is `running` or `failed`; what
   * went wrong is in the state. Calls are carried out one after the other.
   */
  start(options: StartOptions): Promise<BrokerState>;
  stop(): Promise<BrokerState>;
  /** Bytes that wait for a client; null when there is no such client now, or no broker. */
  pendingBytes(clientId: number): Promise<number | null>;
  /** Says that this connection only looks on: what nobody else gets is told to have no responders. */
  observe(clientId: number): void;
  /** Whether the broker's loop may poll after a read; not on battery. */
  setSpinning(on: boolean): void;
  /** Stops the broker; no thread, socket or timer is left. */
  dispose(): Promise<void>;
}

const stopMsMaxDefault = 3000;
/** Another program may take the port that was just found free. */
const startAttemptsMax = 5;

interface Running {
  worker: Worker;
  exited: Promise<void>;
  clients: Map<number, (pendingBytes: number | null) => void>;
}

type Outcome = { ok: true } | { ok: false; code: string; text: string };

export function createBrokerHost(options: BrokerHostOptions): BrokerHost {
  const { host, log, stopMsMax = stopMsMaxDefault } = options;
  const idle = { host, port: 0, clients: 0, subscriptions: 0, inMessages: 0, outMessages: 0, slowConsumers: 0 };
  const state = createState<BrokerState>({ phase: 'stopped', ...idle });
  let running: Running | null = null;
  let lastCall = 0;
  let spinning = true;
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  function fail(problem: string, more: Partial<BrokerState> = {}): BrokerState {
    log('error', problem);
    state.set({ phase: 'failed', ...idle, problem, ...more });
    return state.value;
  }

  /** Starts a thread, and resolves when its broker listens or has said why it cannot. */
  function startThread(port: number, note: Partial<BrokerState>): Promise<Outcome> {
    const workerData: ThreadOptions = { host, port, serverName: ownServerName, spinning };
    const worker = new Worker(options.threadFile, { workerData, name: 'broker' });
    const started = Promise.withResolvers<Outcome>();
    const exited = Promise.withResolvers<void>();
    const mine: Running = { worker, exited: exited.promise, clients: new Map() };
    running = mine;
    let crash: string | undefined;

    worker.on('message', (message: FromThread) => {
      if (message.type === 'log') log(levels[message.level], message.text);
      else if (message.type === 'client') {
        mine.clients.get(message.id)?.(message.pendingBytes);
        mine.clients.delete(message.id);
      } else if (message.type === 'refused') {
        started.resolve({ ok: false, code: message.code, text: message.text });
      } else if (running === mine && state.value.phase !== 'stopped') {
        if (message.type === 'stats') {
          state.set({ ...state.value, ...counts(message.stats) });
          return;
        }
        const { serverId, serverName, startedAt } = message.stats;
        const facts = { host, port: message.port, serverId, serverName, startedAt: startedAt * 1000 };
        state.set({ phase: 'running', ...facts, ...counts(message.stats), ...note });
        started.resolve({ ok: true });
      }
    });
    worker.on('error', (error) => {
      crash = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      for (const answer of mine.clients.values()) answer(null);
      mine.clients.clear();
      exited.resolve();
      started.resolve({ ok: false, code: 'internal', text: crash ?? 'its thread ended' });
      if (running !== mine) return;
      running = null;
      if (state.value.phase === 'running') {
        fail(`The broker ended unexpectedly: ${crash ?? 'its thread ended'}. Start it again.`);
      }
    });
    return started.promise;
  }

  async function endThread(): Promise<void> {
    const mine = running;
    if (mine === null) return;
    running = null;
    mine.worker.postMessage({ type: 'stop' } satisfies ToThread);
    const timer = setTimeout(() => {
      log('warn', `The broker did not stop within ${stopMsMax} ms and was ended.`);
      void mine.worker.terminate();
    }, stopMsMax);
    await mine.exited;
    clearTimeout(timer);
  }

  async function start({ port, whenTaken }: StartOptions): Promise<BrokerState> {
    if (state.value.phase === 'running' && state.value.port === port) return state.value;
    await endThread();
    state.set({ phase: 'starting', ...idle });
    let tried = port;
    let note: Partial<BrokerState> = {};
    for (let attempt = 1; ; attempt++) {
      const outcome = await startThread(tried, note);
      if (outcome.ok) return state.value;
      await endThread();
      const taken = outcome.code === 'address-in-use';
      if (!taken && outcome.code !== 'permission-denied') {
        return fail(`The broker could not start: ${outcome.text}.`);
      }
      const offered = await findFreePort(host, tried < 1024 ? 4221 : tried);
      const reason = taken ? await describeTaken(host, port) : `Port ${port} may not be opened by this user.`;
      if (whenTaken === 'offer' || attempt === startAttemptsMax) {
        const wayOut = offered > 0 ? `Port ${offered} is free.` : 'Close it, or choose another port.';
        return fail(`${reason} ${wayOut}`, { portWanted: port, ...(offered > 0 ? { portOffered: offered } : {}) });
      }
      tried = offered;
      note = { portWanted: port, problem: `${reason} Port ${offered} is used instead.` };
      log('warn', `${reason} Port ${offered} is tried instead.`);
    }
  }

  async function stop(): Promise<BrokerState> {
    // The state goes first: counts that are on their way would bring it back to running.
    state.set({ phase: 'stopped', ...idle });
    await endThread();
    return state.value;
  }

  return {
    state,
    start: (startOptions) => inTurn(() => start(startOptions)),
    stop: () => inTurn(stop),
    pendingBytes(clientId) {
      const mine = running;
      if (mine === null || state.value.phase !== 'running') return Promise.resolve(null);
      return new Promise((resolve) => {
        const id = ++lastCall;
        mine.clients.set(id, resolve);
        mine.worker.postMessage({ type: 'client', id, clientId } satisfies ToThread);
      });
    },
    observe(clientId) {
      running?.worker.postMessage({ type: 'observe', clientId } satisfies ToThread);
    },
    setSpinning(on) {
      if (spinning === on) return;
      spinning = on;
      running?.worker.postMessage({ type: 'spinning', on } satisfies ToThread);
    },
    async dispose() {
      await inTurn(stop);
      state.close();
    },
  };
}

async function describeTaken(host: string, port: number): Promise<string> {
  const server = await identifyNatsServer(host, port);
  if (server === null) return `Port ${port} is taken by another program.`;
  return `Port ${port} is taken: ${server} is there already, at nats://${host}:${port}.`;
}

function counts(stats: BrokerStats): Pick<BrokerState, 'clients' | 'subscriptions' | 'slowConsumers'> & {
  inMessages: number;
  outMessages: number;
} {
  const { connections: clients, subscriptions, inMessages, outMessages, slowConsumers } = stats;
  return { clients, subscriptions, inMessages, outMessages, slowConsumers };
}

const levels: Record<LogLevel, LogEntry['level']> = {
  fatal: 'error',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
};
