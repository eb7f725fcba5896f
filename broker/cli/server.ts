import { flushCompileCache } from 'node:module';
import { isIP } from 'node:net';
import { createBroker } from '../broker.ts';
import { serverHash } from '../delivery/services.ts';
import { DEFAULT_HOST, DEFAULT_PORT, SERVER_VERSION } from '../limits.ts';
import type { Broker, BrokerOptions } from '../options.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { hostAndPort, writePidFile, type OpenPorts } from './files.ts';
import { Log, timestamp } from './log.ts';
import { openLogSink } from './log-sink.ts';
import type { Profiler } from './profiler.ts';
import { endProcess } from './process-end.ts';
import { PublishedPorts } from './published-ports.ts';
import { checkSettings, type ServerSetup } from './setup.ts';
import { invalidPort } from './settings.ts';
import { listenToSignals } from './signals.ts';
import { flushStandardError } from './standard-error.ts';
import { hasPlainPasswords, logConfiguration, logFeatureFlags, logListeners } from './start-lines.ts';
import { systemErrorText } from './system-error.ts';

/** How long after the start the compiled code is kept for the next one; by then the first clients have been served. */
const KEEP_COMPILED_AFTER_MS = 300;

/** Runs a server until a signal ends it. Everything that goes wrong at the start ends the process with code 1. */
export async function serve(setup: ServerSetup, program: string): Promise<void> {
  const log = new Log();
  const hooks: BrokerOptions = {
    natscopeVersion: packageJson.version,
    log: log.write,
    requestReload: () => server.reload(),
  };
  const portProblem = listenProblem(setup.settings.broker);
  let broker: Broker;
  try {
    await checkSettings(setup);
    const options = portProblem === undefined ? setup.settings.broker : { ...setup.settings.broker, port: -1 };
    broker = createBroker({ ...options, ...hooks });
    await broker.prepare();
  } catch (error) {
    return die(`${program}: ${(error as Error).message}`);
  }
  try {
    log.attach(await openLogSink(setup.settings.program, program));
  } catch (error) {
    return die(`${timestamp(Date.now(), false)} ${(error as Error).message}`);
  }
  const server = new RunningServer(setup, program, broker, log, hooks);
  await server.start(portProblem);
}

/** Ends before there is a log. */
async function die(text: string): Promise<void> {
  process.stderr.write(`${text}\n`);
  await flushStandardError();
  endProcess(1);
}

/** A broker and what a process puts around it. */
class RunningServer {
  /** What it goes by now. */
  #setup: ServerSetup;
  readonly #program: string;
  readonly #broker: Broker;
  readonly #log: Log;
  readonly #hooks: BrokerOptions;
  readonly #ports: PublishedPorts;
  #profiler: Profiler | undefined;
  #lameDuck = false;
  #reloading: Promise<void> = Promise.resolve();

  constructor(setup: ServerSetup, program: string, broker: Broker, log: Log, hooks: BrokerOptions) {
    this.#setup = setup;
    this.#program = program;
    this.#broker = broker;
    this.#log = log;
    this.#hooks = hooks;
    this.#ports = new PublishedPorts(program, log.write);
  }

  /** Takes the configuration over as it is now, one reload after the other. Rejects with what is wrong. */
  reload(): Promise<void> {
    const next = this.#reloading.then(() => this.#reload());
    this.#reloading = next.catch(() => {});
    return next;
  }

  async #reload(): Promise<void> {
    const { reload } = await import('./reload.ts');
    this.#setup = await reload(this.#setup, {
      program: this.#program,
      broker: this.#broker,
      log: this.#log,
      hooks: this.#hooks,
      publishPorts: async (folder) => {
        this.#ports.withdraw();
        this.#ports.publish(folder, await this.#openPorts());
      },
    });
  }

  async start(portProblem: string | undefined): Promise<void> {
    const { settings, configFile } = this.#setup;
    const { broker: options, program } = settings;
    const broker = this.#broker;
    const { write } = this.#log;
    write('info', `Starting ${this.#program}`);
    write('info', `  Version:  ${SERVER_VERSION}`);
    write('info', `  Natscope: ${packageJson.version}`);
    write('info', '  Git:      [not set]');
    if (options.debug === true) write('debug', `  Go build: node${process.versions.node}`);
    write('info', `  Name:     ${broker.serverName}`);
    if (options.kept?.jetstream?.enabled === true) write('info', `  Node:     ${serverHash(broker.serverName)}`);
    write('info', `  ID:       ${broker.serverId}`);
    logFeatureFlags(write, options.featureFlags);
    if (hasPlainPasswords(options)) write('warn', 'Plaintext passwords detected, use nkeys or bcrypt');
    if (options.user === undefined && this.#setup.flags.get('pass')) {
      write('warn', '--pass without --user has no effect');
    }
    // Before listening: whoever sees the port open may send a signal at once.
    this.#listenToSignals();
    if (program.profilePort !== undefined && !(await this.#startProfiler(program.profilePort))) return;
    logConfiguration(write, options, configFile);
    if (program.pidFile !== undefined) {
      try {
        writePidFile(program.pidFile);
      } catch (error) {
        return this.#fail(`Could not write pidfile: open ${program.pidFile}: ${systemErrorText(error)}`);
      }
    }
    const problem = (await monitoringProblem(options)) ?? portProblem;
    if (problem !== undefined) return this.#fail(problem);
    try {
      await broker.start();
    } catch (error) {
      return this.#fail((error as Error).message);
    }
    logListeners(write, broker, options);
    const advertised = advertiseProblem(options.clientAdvertise);
    if (advertised !== undefined) return this.#fail(advertised);
    write('info', 'Server is ready');
    if (program.portsFolder !== undefined) this.#ports.publish(program.portsFolder, await this.#openPorts());
    setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
  }

  async #startProfiler(port: number): Promise<boolean> {
    const { write } = this.#log;
    try {
      const { startProfiler } = await import('./profiler.ts');
      this.#profiler = await startProfiler(this.#setup.settings.broker.host ?? DEFAULT_HOST, port);
    } catch (error) {
      await this.#fail(`error starting profiler: ${(error as Error).message}`);
      return false;
    }
    write('info', `profiling port: ${this.#profiler.address.port}`);
    return true;
  }

  async #openPorts(): Promise<OpenPorts> {
    const { address, listeners } = this.#broker;
    const { tls, allowNonTls } = this.#setup.settings.broker;
    const secure = tls !== undefined && allowNonTls !== true;
    return {
      nats: { ...address, host: await numericHost(address.host), secure },
      ...listeners,
      profile: this.#profiler?.address,
    };
  }

  #listenToSignals(): void {
    const { write } = this.#log;
    const stop = (): void => void this.#broker.stop().then(() => this.#stopped());
    listenToSignals(write, {
      SIGINT: stop,
      // A lame duck has been told to go in its own time; what manages processes sends this one too early.
      SIGTERM: () => {
        if (!this.#lameDuck) stop();
      },
      SIGHUP: () => {
        this.reload().catch((error: unknown) => {
          write('error', `Failed to reload server configuration: ${(error as Error).message}`);
        });
      },
      SIGUSR1: () => {
        try {
          write('info', this.#log.reopen() ? 'File log re-opened' : 'File log re-open ignored, not a file logger');
        } catch (error) {
          write('error', `The log file could not be opened again: ${systemErrorText(error)}`);
        }
      },
      SIGUSR2: () => {
        if (this.#lameDuck) return;
        this.#lameDuck = true;
        // While it is not listening yet there is nobody to be told.
        void this.#broker.lameDuck().then(() => this.#stopped(), stop);
      },
    });
  }

  async #stopped(): Promise<void> {
    this.#ports.withdraw();
    await this.#end(0);
  }

  async #fail(text: string): Promise<void> {
    this.#log.write('fatal', text);
    await this.#end(1);
  }

  async #end(code: number): Promise<void> {
    await this.#log.flush();
    endProcess(code);
  }
}

/** The address that a name stands for when it is listened on. */
async function numericHost(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    const { lookup } = await import('node:dns/promises');
    return (await lookup(host)).address;
  } catch {
    return host;
  }
}

/** Why monitoring cannot be had; nats-server says so only when it comes to it. */
async function monitoringProblem(options: BrokerOptions): Promise<string | undefined> {
  const { monitoring } = options;
  if (monitoring === undefined) return undefined;
  const { monitoringFault } = await import('../config/check.ts');
  const { port } = monitoring;
  const fault =
    monitoringFault(options) ?? (isPort(port) ? undefined : invalidPort(port, "can't listen to the monitor port: "));
  return fault === undefined ? undefined : `Can't start monitoring: ${fault}`;
}

/** Whether it is a port, or stands for any. */
function isPort(port: number): boolean {
  return port >= -1 && port <= 65_535;
}

/** What nats-server says of a port that cannot be one. It says so only when it comes to listening. */
function listenProblem({ host = DEFAULT_HOST, port = DEFAULT_PORT }: BrokerOptions): string | undefined {
  if (isPort(port)) return undefined;
  return `Error listening on port: ${hostAndPort(host, port)}, "${invalidPort(port, '')}"`;
}

/** An address for others that has no number for its port. */
function advertiseProblem(advertise: string | undefined): string | undefined {
  const port = /:([^:\]]*)$/.exec(advertise ?? '')?.[1];
  if (port === undefined || /^[+-]?\d+$/.test(port)) return undefined;
  return `Error setting server INFO with ClientAdvertise value of ${advertise}, err=port ${JSON.stringify(port)} is no number`;
}
