/** The broker's thread: one broker from its start to its stop, then the thread ends. */

import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { BrokerError, createBroker } from '../../broker/index.ts';
import type { Broker, BrokerOptions } from '../../broker/index.ts';
import { ConfigurationError, planBetween, readConfiguration } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { jetStreamNow } from './jetstream-look.ts';
import { withoutJetStream } from './local-jetstream.ts';
import { accountsOf, factsOf, sameAccounts, sameCounts } from './facts.ts';
import type { BrokerQuestions, ConfigText, FromBrokerThread, ThreadOptions, ToBrokerThread } from './messages.ts';
import { createPeople } from './people.ts';
import { answer } from './questions.ts';
import type { Answers } from './questions.ts';

/** How often counts are looked at. They are sent only when they changed. */
const statsMs = 1000;
/** How long the loop polls after a read when it may. */
const spinMicros = 50;
/** A change of the load that nobody would see is not told. */
const loadStep = 0.005;

if (parentPort === null) throw new Error('broker-host/thread.ts runs as a worker');
const parent = parentPort;
const { config, port, ownToken, version, local, ...given } = workerData as ThreadOptions;
const say = (message: FromBrokerThread) => parent.postMessage(message);
/** What the broker runs with. */
let current: Configuration | undefined;
/** Why it runs without JetStream although that says otherwise. */
let jetStreamProblem: string | undefined;
/** For the owner only, as everything of the app's. */
const folderMode = 0o700;
let spinning = given.spinning;

/** What the broker is given: the configuration, and what is the app's to say. */
function optionsOf({ options, warnings }: Configuration): BrokerOptions {
  for (const { text: warning } of warnings) say({ type: 'log', level: 'warn', text: warning });
  return {
    ...(jetStreamProblem === undefined ? options : withoutJetStream(options)),
    ...(port === undefined ? {} : { port }),
    spinMicros: spinning ? spinMicros : 0,
    natscopeVersion: version,
    ownToken,
    requestReload: readAgain,
    log: (level, line) => say({ type: 'log', level, text: line }),
  };
}

function refuse(error: unknown, place?: { host: string; port: number }): void {
  const coded = error instanceof BrokerError || error instanceof ConfigurationError;
  const text = error instanceof Error ? error.message : String(error);
  say({ type: 'refused', code: coded ? error.code : 'internal', text, ...(place === undefined ? {} : { place }) });
  parent.close();
}

let broker: Broker | undefined;

async function reload(text: ConfigText): Promise<ReturnType<typeof factsOf>> {
  if (broker === undefined || current === undefined) throw new Error('a broker that does not run is not reloaded');
  const read = readConfiguration(text, local);
  const { changes, refused } = planBetween(current, read);
  const [reason] = refused;
  if (reason !== undefined) throw new BrokerError('invalid-option', reason);
  const wanted = read.options.kept?.jetstream?.enabled === true;
  if (!wanted) jetStreamProblem = undefined;
  makeOwnFolder(read.options);
  await broker.reload(optionsOf(read));
  current = read;
  // Turned on by this reload, and it could not be.
  if (wanted && broker.stats().jetStream === undefined) jetStreamProblem ??= withoutStreams('The log says why');
  for (const { text: line } of changes) say({ type: 'log', level: 'info', text: line });
  say({ type: 'log', level: 'info', text: 'Reloaded server configuration' });
  return factsOf(broker, jetStreamProblem);
}

/** `$SYS.REQ.SERVER.<id>.RELOAD`: somebody else may have changed the file. */
async function readAgain(): Promise<void> {
  const fresh = { file: config.file, text: readFileSync(config.file, 'utf8') };
  say({ type: 'reloaded', config: fresh, facts: await reload(fresh) });
}

function serve(running: Broker): void {
  let told = running.stats();
  let accounts = accountsOf(running.monitorHost);
  let cpu = process.threadCpuUsage();
  let at = performance.now();
  let load = 0;
  say({ type: 'started', facts: factsOf(running, jetStreamProblem), accounts, stats: told });
  const timer = setInterval(() => {
    const used = process.threadCpuUsage(cpu);
    const now = performance.now();
    const loadNow = (used.user + used.system) / 1000 / Math.max(1, now - at);
    cpu = process.threadCpuUsage();
    at = now;
    const accountsNow = accountsOf(running.monitorHost);
    if (!sameAccounts(accounts, accountsNow)) say({ type: 'accounts', accounts: (accounts = accountsNow) });
    const stats = running.stats();
    if (sameCounts(stats, told) && Math.abs(loadNow - load) < loadStep) return;
    told = stats;
    load = loadNow;
    say({ type: 'stats', stats, load });
  }, statsMs);
  const { host, port: listening } = running.address;
  say({ type: 'log', level: 'info', text: `Listening for client connections on ${host}:${listening}` });
  const people = createPeople(running.monitorHost);
  const answers: Answers<BrokerQuestions> = {
    pending: ({ clientId }) => running.client(clientId)?.pendingBytes ?? null,
    people: (params) => people.look(params),
    person: ({ clientId }) => people.detail(clientId),
    kick: ({ clientId }) => running.kick(clientId),
    jetstream: () => jetStreamNow(running.monitorHost, running.stats()),
    reload: async (text) => {
      const facts = await reload(text);
      // New accounts are to be seen at once, not with the next look.
      say({ type: 'accounts', accounts: (accounts = accountsOf(running.monitorHost)) });
      return facts;
    },
  };
  parent.on('message', (message: ToBrokerThread) => {
    if (message.type === 'ask') {
      void answer(answers, message).then((answered) => parent.postMessage(answered));
    } else if (message.type === 'spinning') {
      spinning = message.on;
      running.setSpin(spinning ? spinMicros : 0);
    } else {
      clearInterval(timer);
      void running.stop().finally(() => parent.close());
    }
  });
}

/** Streams that cannot be had are no reason to do without everything else: it is said, and the broker starts without. */
async function startBroker(read: Configuration): Promise<Broker> {
  const options = optionsOf(read);
  place = { host: options.host ?? '127.0.0.1', port: options.port ?? 4222 };
  try {
    makeOwnFolder(options);
    const made = createBroker(options);
    await made.start();
    return made;
  } catch (error) {
    if (!(error instanceof BrokerError) || error.code !== 'jetstream-failed' || jetStreamProblem !== undefined)
      throw error;
    say({ type: 'log', level: 'error', text: error.message });
    const { code } = (error.cause ?? {}) as { code?: unknown };
    const reason = error.message.replace(/^Can't start JetStream: /, '');
    jetStreamProblem = withoutStreams(reason, advised.has(code));
    return startBroker(read);
  }
}

/** The store says itself what to do about these. */
const advised: ReadonlySet<unknown> = new Set(['locked', 'foreign', 'version', 'full']);

/** The broker's words, and what to do. */
function withoutStreams(reason: string, isAdvised = false): string {
  const sentence = reason.slice(0, 1).toUpperCase() + reason.slice(1).replace(/\.$/, '');
  return `${sentence}. ${isAdvised ? 'Then restart the broker.' : 'Mend that or choose another folder, then restart the broker.'}`;
}

/** What is wrong with it is said when JetStream starts. */
function makeOwnFolder({ kept }: BrokerOptions): void {
  if (local === undefined || kept?.jetstream?.enabled !== true || kept.jetstream.storeDir !== local.folder) return;
  try {
    mkdirSync(local.folder, { mode: folderMode });
  } catch {
    // It is there, or cannot be made.
  }
  try {
    chmodSync(local.folder, folderMode);
  } catch {
    // It is somebody else's, or there is none.
  }
}

let place: { host: string; port: number } | undefined;
try {
  const read = readConfiguration(config, local);
  broker = await startBroker(read);
  current = read;
  serve(broker);
} catch (error) {
  refuse(error, place);
}
