/**
 * The broker in this process, as the app sees it. Every start has a thread of its own: a broker that crashed or was
 * stopped leaves nothing behind, and a crash ends its thread, not the app. A reload keeps thread and connections.
 */

import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { BrokerStats, LogLevel } from '../../broker/index.ts';
import type { BrokerState, LogEntry } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { State } from '../bridge/feed.ts';
import { BridgeError } from '../bridge/frames.ts';
import type { LocalJetStream } from './local-jetstream.ts';
import { findFreePort, identifyNatsServer, isFree } from './free-port.ts';
import type {
  AccountFact,
  BrokerFacts,
  BrokerQuestions,
  ConfigText,
  FromBrokerThread,
  ThreadOptions,
  ToBrokerThread,
} from './messages.ts';
import { createQuestions } from './questions.ts';
import type { Questions } from './questions.ts';

export interface BrokerHostOptions {
  /** The file of the broker's thread. */
  threadFile: URL;
  log: (level: LogEntry['level'], text: string) => void;
  version: string;
  /** What counts where a configuration leaves JetStream open. */
  local?: LocalJetStream | undefined;
  /** Port of the command line: it counts instead of the configuration's at every start. */
  portFlag?: number | undefined;
  /** A broker that does not stop by itself in this time is ended with its thread. */
  stopMsMax?: number;
}

export interface StartOptions {
  config: ConfigText;
  /** Instead of the configuration's, for this start. */
  port?: number | undefined;
  /** What to do when the port is taken: use the next free one, or stay `failed` and offer it. */
  whenTaken: 'use-another' | 'offer';
}

/** How the app itself comes in: in any account, by the token as the password. */
export interface OwnAccess {
  /** `nats://127.0.0.1:…`; null while no broker runs. */
  server: string | null;
  token: string;
  accounts: readonly AccountFact[];
}

export interface BrokerHost {
  readonly state: State<BrokerState>;
  readonly access: State<OwnAccess>;
  /** What it was started or reloaded with last; null before the first start. */
  readonly applied: State<ConfigText | null>;
  /**
   * Starts the broker, or starts it anew when it runs. Resolves when it is `running` or `failed`; what went wrong is in
   * the state. Calls are carried out one after the other.
   */
  start(options: StartOptions): Promise<BrokerState>;
  stop(): Promise<BrokerState>;
  /** Rejects with what the broker says, which then runs on as before. */
  reload(config: ConfigText): Promise<void>;
  /** Rejects with `broker-stopped` while no broker runs. */
  ask: Questions<BrokerQuestions>['ask'];
  /** Whether the broker's loop may poll after a read; not on battery. */
  setSpinning(on: boolean): void;
  /** Stops the broker; no thread, socket or timer is left. */
  dispose(): Promise<void>;
}

const stopMsMaxDefault = 3000;
/** Another program may take the port that was just found free. */
const startAttemptsMax = 5;
const tokenBytes = 32;

interface Running {
  worker: Worker;
  exited: Promise<void>;
  questions: Questions<BrokerQuestions>;
}

type Outcome =
  | { ok: true }
  | {
      ok: false;
      code: string;
      text: string;
      /** Where it was to listen for clients. */
      place?: { host: string; port: number } | undefined;
    };

export function createBrokerHost(options: BrokerHostOptions): BrokerHost {
  const { log, portFlag, stopMsMax = stopMsMaxDefault } = options;
  const idle = {
    host: '127.0.0.1',
    port: 0,
    pid: process.pid,
    clients: 0,
    subscriptions: 0,
    inMessages: 0,
    outMessages: 0,
    slowConsumers: 0,
    memoryBytes: 0,
    load: 0,
    ...(portFlag === undefined ? {} : { portFlag }),
  };
  const state = createState<BrokerState>({ phase: 'stopped', ...idle });
  const access = createState<OwnAccess>({ server: null, token: '', accounts: [] });
  const applied = createState<ConfigText | null>(null);
  let running: Running | null = null;
  let spinning = true;
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  function settle(next: BrokerState): BrokerState {
    if (next.phase !== 'running') access.set({ ...access.value, server: null });
    state.set(next);
    return next;
  }

  function fail(problem: string, more: Partial<BrokerState> = {}): BrokerState {
    log('error', problem);
    return settle({ phase: 'failed', ...idle, problem, ...more });
  }

  /** Starts a thread, and resolves when its broker listens or has said why it cannot. */
  function startThread(config: ConfigText, port: number | undefined, note: Partial<BrokerState>): Promise<Outcome> {
    const ownToken = randomBytes(tokenBytes).toString('base64url');
    const { version, local } = options;
    const workerData: ThreadOptions = { config, port, spinning, ownToken, version, local };
    const worker = new Worker(options.threadFile, { workerData, name: 'broker' });
    const started = Promise.withResolvers<Outcome>();
    const exited = Promise.withResolvers<void>();
    const post = (message: ToBrokerThread): void => worker.postMessage(message);
    const mine: Running = { worker, exited: exited.promise, questions: createQuestions<BrokerQuestions>(post) };
    running = mine;
    let crash: string | undefined;

    worker.on('message', (message: FromBrokerThread) => {
      if (message.type === 'log') log(levels[message.level], message.text);
      else if (message.type === 'answer' || message.type === 'failed') mine.questions.take(message);
      else if (message.type === 'refused') {
        started.resolve({ ok: false, code: message.code, text: message.text, place: message.place });
      } else if (running !== mine || state.value.phase === 'stopped') return;
      else if (message.type === 'stats') {
        const { jetstream: _, ...rest } = state.value;
        state.set({ ...rest, ...counts(message.stats), load: message.load });
      } else if (message.type === 'accounts') {
        access.set({ ...access.value, accounts: message.accounts });
      } else if (message.type === 'reloaded') {
        applied.set(message.config);
        state.set({ ...withoutFacts(state.value), ...shown(message.facts) });
      } else {
        const { serverId, serverName, startedAt } = message.stats;
        applied.set(config);
        // Before the state: whoever follows it connects at once.
        const server = `nats://127.0.0.1:${message.facts.ownPort}`;
        access.set({ server, token: ownToken, accounts: message.accounts });
        settle({
          phase: 'running',
          ...idle,
          ...shown(message.facts),
          serverId,
          serverName,
          startedAt: startedAt * 1000,
          ...counts(message.stats),
          ...note,
        });
        started.resolve({ ok: true });
      }
    });
    worker.on('error', (error) => {
      crash = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      mine.questions.end('The broker ended meanwhile.');
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
    mine.worker.postMessage({ type: 'stop' } satisfies ToBrokerThread);
    const timer = setTimeout(() => {
      log('warn', `The broker did not stop within ${stopMsMax} ms and was ended.`);
      void mine.worker.terminate();
    }, stopMsMax);
    await mine.exited;
    clearTimeout(timer);
  }

  async function start({ config, port = portFlag, whenTaken }: StartOptions): Promise<BrokerState> {
    await endThread();
    settle({ phase: 'starting', ...idle });
    let tried = port;
    let note: Partial<BrokerState> = {};
    for (let attempt = 1; ; attempt++) {
      const outcome = await startThread(config, tried, note);
      if (outcome.ok) return state.value;
      await endThread();
      const { place } = outcome;
      const refused = outcome.code === 'address-in-use' || outcome.code === 'permission-denied';
      // It may be another listener whose port is taken: that is for the person to decide on.
      if (!refused || place === undefined || (await isFree(place.host, place.port))) {
        return fail(`The broker could not start: ${outcome.text.replace(/\.$/, '')}.`);
      }
      const { host } = place;
      const wanted = attempt === 1 ? place.port : (note.portWanted ?? place.port);
      const offered = await findFreePort(host, place.port < 1024 ? 4221 : place.port);
      const reason =
        outcome.code === 'address-in-use'
          ? await describeTaken(host, wanted)
          : `Port ${wanted} may not be opened by this user.`;
      if (whenTaken === 'offer' || attempt === startAttemptsMax) {
        const wayOut = offered > 0 ? `Port ${offered} is free.` : 'Close it, or choose another port.';
        return fail(`${reason} ${wayOut}`, { portWanted: wanted, ...(offered > 0 ? { portOffered: offered } : {}) });
      }
      tried = offered;
      note = { portWanted: wanted, problem: `${reason} Port ${offered} is used instead.` };
      log('warn', `${reason} Port ${offered} is tried instead.`);
    }
  }

  async function stop(): Promise<BrokerState> {
    // The state goes first: counts that are on their way would bring it back to running.
    settle({ phase: 'stopped', ...idle });
    await endThread();
    return state.value;
  }

  async function reload(config: ConfigText): Promise<void> {
    const mine = running;
    if (mine === null || state.value.phase !== 'running') throw stoppedError();
    const facts = await mine.questions.ask('reload', config);
    applied.set(config);
    if (running === mine) state.set({ ...withoutFacts(state.value), ...shown(facts) });
  }

  return {
    state,
    access,
    applied,
    start: (startOptions) => inTurn(() => start(startOptions)),
    stop: () => inTurn(stop),
    reload: (config) => inTurn(() => reload(config)),
    ask(name, params) {
      if (running === null || state.value.phase !== 'running') return Promise.reject(stoppedError());
      return running.questions.ask(name, params);
    },
    setSpinning(on) {
      if (spinning === on) return;
      spinning = on;
      running?.worker.postMessage({ type: 'spinning', on } satisfies ToBrokerThread);
    },
    async dispose() {
      await inTurn(stop);
      state.close();
      access.close();
      applied.close();
    },
  };
}

function stoppedError(): BridgeError {
  return new BridgeError('broker-stopped', 'The local broker is not running. Start it first.');
}

async function describeTaken(host: string, port: number): Promise<string> {
  const server = await identifyNatsServer(host, port);
  if (server === null) return `Port ${port} is taken by another program.`;
  return `Port ${port} is taken: ${server} is there already, at nats://${host}:${port}.`;
}

function shown({ host, port, webSocket, monitoring, openAt, jetStreamProblem }: BrokerFacts): Partial<BrokerState> {
  return {
    host,
    port,
    ...(webSocket === undefined ? {} : { webSocket }),
    ...(monitoring === undefined ? {} : { monitoring }),
    ...(openAt === undefined ? {} : { openAt }),
    ...(jetStreamProblem === undefined ? {} : { jetstreamProblem: jetStreamProblem }),
  };
}

/** What a reload may take away. */
function withoutFacts({
  webSocket: _w,
  monitoring: _m,
  openAt: _o,
  jetstreamProblem: _j,
  ...rest
}: BrokerState): BrokerState {
  return rest;
}

type Counts =
  'clients' | 'subscriptions' | 'slowConsumers' | 'inMessages' | 'outMessages' | 'memoryBytes' | 'jetstream';

function counts(stats: BrokerStats): Pick<BrokerState, Counts> {
  const { connections: clients, subscriptions, inMessages, outMessages, slowConsumers, memoryBytes } = stats;
  const { jetStream: jetstream } = stats;
  return {
    clients,
    subscriptions,
    inMessages,
    outMessages,
    slowConsumers,
    memoryBytes,
    ...(jetstream === undefined ? {} : { jetstream }),
  };
}

const levels: Record<LogLevel, LogEntry['level']> = {
  fatal: 'error',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
};
