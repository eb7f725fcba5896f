/**
 * The local broker put together: its configuration file, the thread it runs in, the workshop that checks texts, and what
 * windows can ask of all three.
 */

import type { BrokerState, ConfigApplied, LogEntry } from '../bridge/contract.ts';
import { BridgeError } from '../bridge/frames.ts';
import type { RequestHandlers, StreamHandlers } from '../bridge/router.ts';
import { openConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { createBrokerHost } from './host.ts';
import type { BrokerHost } from './host.ts';
import { localJetStream } from './local-jetstream.ts';
import { createWorkshop } from './workshop.ts';

export interface LocalBrokerOptions {
  threads: { broker: URL; workshop: URL };
  version: string;
  log: (level: LogEntry['level'], text: string) => void;
  /** Natscope's own configuration file. */
  ownFile: string;
  /** The file that was used last; null: Natscope's own. */
  file: string | null;
  onFile: (file: string | null) => void;
  /** Replaces the content of a file, whole at any moment. */
  write: (path: string, text: string) => Promise<void>;
  /** Where streams are kept when the configuration says nothing; absent: there is JetStream only where it says so. */
  storeFolder?: string | undefined;
  /** Port of the command line, which counts at every start. */
  portFlag?: number | undefined;
  /** Shows a file in the system's file manager; absent where there is none. */
  reveal?: ((file: string) => void) | undefined;
}

export interface LocalBroker extends Pick<BrokerHost, 'state' | 'access' | 'ask' | 'setSpinning'> {
  /** With the configuration as it is in the file. */
  start(whenTaken: 'use-another' | 'offer', port?: number): Promise<BrokerState>;
  stop(): Promise<BrokerState>;
  readonly requests: Pick<
    RequestHandlers,
    | 'broker.start'
    | 'broker.stop'
    | 'broker.restart'
    | 'broker.config.check'
    | 'broker.config.apply'
    | 'broker.config.discard'
    | 'broker.config.open'
    | 'broker.config.reveal'
    | 'broker.jetstream'
    | 'broker.people'
    | 'broker.person'
    | 'broker.kick'
    | 'tools.nkey'
    | 'tools.bcrypt'
    | 'tools.operator'
  >;
  readonly streams: Pick<StreamHandlers, 'broker.watch' | 'broker.config.watch'>;
  dispose(): Promise<void>;
}

export async function openLocalBroker(options: LocalBrokerOptions): Promise<LocalBroker> {
  const { threads, log, version, portFlag } = options;
  const { storeFolder } = options;
  const local = storeFolder === undefined ? undefined : await localJetStream(storeFolder);
  const host = createBrokerHost({ threadFile: threads.broker, log, version, portFlag, local });
  const workshop = createWorkshop({ threadFile: threads.workshop, local });
  const { ownFile, file, write, onFile } = options;
  const config: ConfigFile = await openConfigFile({ ownFile, file, write, onFile });
  if (config.state.value.problem !== undefined) log('error', config.state.value.problem);
  const ending = new AbortController();
  void (async () => {
    for await (const applied of host.applied.watch(ending.signal)) config.setApplied(applied);
  })();

  function start(whenTaken: 'use-another' | 'offer', port?: number): Promise<BrokerState> {
    return host.start({ config: config.current, whenTaken, ...(port === undefined ? {} : { port }) });
  }

  /** What the text is compared with: what runs. */
  const running = () => (host.state.value.phase === 'running' ? host.applied.value : null);

  async function check(text: string) {
    config.keepDraft(text);
    await config.refresh();
    return workshop.ask('check', { config: { file: config.current.file, text }, running: running() });
  }

  async function apply(text: string): Promise<ConfigApplied> {
    const report = await check(text);
    if (report.plan === null) {
      const first = report.problems.find(({ grade }) => grade === 'error');
      throw new BridgeError('invalid-config', `The configuration has errors. ${first?.text ?? ''}`.trim());
    }
    const { phase } = host.state.value;
    await config.save(text);
    const done = (by: ConfigApplied['by']): ConfigApplied => {
      // The watcher above tells windows of it a moment later; the answer is to say the same.
      if (host.applied.value !== config.state.value.applied) config.setApplied(host.applied.value);
      return { by, config: config.state.value };
    };
    if (phase === 'stopped') return done('saving');
    if (phase !== 'running' || report.plan.restart.length > 0) {
      await start('offer');
      return done('restart');
    }
    // Also without a change that counts: what runs is what the file says.
    await host.reload(config.current);
    return done(report.plan.reload.length > 0 ? 'reload' : 'saving');
  }

  return {
    state: host.state,
    access: host.access,
    ask: host.ask,
    setSpinning: host.setSpinning,
    start,
    stop: host.stop,
    requests: {
      'broker.start': ({ port }) => start('offer', port),
      'broker.stop': () => host.stop(),
      'broker.restart': () => start('offer'),
      'broker.config.check': ({ text }) => check(text),
      'broker.config.apply': ({ text }) => apply(text),
      'broker.config.discard'() {
        config.keepDraft(null);
        return config.state.value;
      },
      async 'broker.config.open'({ file: wanted }) {
        await config.open(wanted);
        return config.state.value;
      },
      'broker.config.reveal'() {
        if (options.reveal === undefined) {
          throw new BridgeError('unsupported', `This front has no file manager. The file is ${config.current.file}.`);
        }
        options.reveal(config.current.file);
        return {};
      },
      async 'broker.jetstream'() {
        const running = host.state.value.phase === 'running' ? await host.ask('jetstream', null) : null;
        if (local === undefined) return { running, defaults: null };
        const { folder, memoryBytes, storageBytes } = local;
        return { running, defaults: { folder, memoryBytes, storageBytes } };
      },
      'broker.people': (params) => (host.state.value.phase === 'running' ? host.ask('people', params) : null),
      'broker.person': (params) => (host.state.value.phase === 'running' ? host.ask('person', params) : null),
      'broker.kick': async (params) => ({ kicked: await host.ask('kick', params) }),
      'tools.nkey': (params) => workshop.ask('nkey', params),
      'tools.bcrypt': async (params) => ({ hash: await workshop.ask('bcrypt', params) }),
      'tools.operator': (params) => workshop.ask('operatorTree', params),
    },
    streams: {
      'broker.watch': (_, { signal }) => host.state.watch(signal),
      async *'broker.config.watch'(_, { signal }) {
        await config.refresh();
        yield* config.state.watch(signal);
      },
    },
    async dispose() {
      ending.abort();
      await workshop.dispose();
      await host.dispose();
      config.state.close();
    },
  };
}
