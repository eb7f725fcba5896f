import { flushCompileCache } from 'node:module';
import { createBroker, DEFAULT_HOST, DEFAULT_PORT, SERVER_VERSION, type Broker, type BrokerOptions } from '../index.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { hostAndPort, PortsFile, writePidFile } from './files.ts';
import { Log, LogFile, StandardError, timestamp, type LogOutput } from './log.ts';
import type { Settings } from './settings.ts';
import { systemErrorText } from './system-error.ts';

/** How long after the start the compiled code is kept for the next one; by then the first clients have been served. */
const KEEP_COMPILED_AFTER_MS = 300;

/** Runs a server until a signal ends it. Everything that goes wrong at the start ends the process with code 1. */
export async function serve(settings: Settings, program: string): Promise<void> {
  const output = openLog(settings);
  if (output === undefined) return;
  const log = new Log(output, { time: settings.logTime, utc: settings.logUtc }).write;
  const end = async (code: number): Promise<never> => {
    await output.flush();
    process.exit(code);
  };
  const fail = async (text: string): Promise<never> => {
    log('fatal', text);
    return end(1);
  };

  const problem = listenProblem(settings.broker);
  let broker: Broker;
  try {
    broker = createBroker({ ...settings.broker, ...(problem === undefined ? {} : { port: -1 }), log });
  } catch (error) {
    return fail((error as Error).message);
  }
  log('info', `Starting ${program}`);
  log('info', `  Version:  ${SERVER_VERSION}`);
  log('info', `  Natscope: ${packageJson.version}`);
  log('info', '  Git:      [not set]');
  log('info', `  Name:     ${broker.serverName}`);
  log('info', `  ID:       ${broker.serverId}`);
  for (const warning of settings.warnings) log('warn', warning);
  const portsFile = settings.portsFolder === undefined ? undefined : new PortsFile(settings.portsFolder, program);
  const stopped = async (): Promise<never> => {
    try {
      portsFile?.remove();
    } catch (error) {
      log(
        'error',
        `Error cleaning up ports file ${portsFile?.path}: remove ${portsFile?.path}: ${systemErrorText(error)}`,
      );
    }
    return end(0);
  };
  // Before listening: whoever sees the port open may send a signal at once.
  listenToSignals(broker, log, output, stopped);
  if (settings.pidFile !== undefined) {
    try {
      writePidFile(settings.pidFile);
    } catch (error) {
      return fail(`Could not write pidfile: open ${settings.pidFile}: ${systemErrorText(error)}`);
    }
  }
  if (problem !== undefined) return fail(problem);
  try {
    await broker.start();
  } catch (error) {
    return fail((error as Error).message);
  }
  log('info', `Listening for client connections on ${hostAndPort(broker.address.host, broker.address.port)}`);
  const advertised = advertiseProblem(settings.broker.clientAdvertise);
  if (advertised !== undefined) return fail(advertised);
  log('info', 'Server is ready');
  try {
    portsFile?.write(broker.address);
  } catch (error) {
    log('error', `Error writing ports file (${portsFile?.path}): open ${portsFile?.path}: ${systemErrorText(error)}`);
  }
  setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
}

function openLog(settings: Settings): LogOutput | undefined {
  if (settings.logFile === undefined) return new StandardError();
  try {
    return new LogFile(settings.logFile, settings.logFileBytesMax);
  } catch (error) {
    process.stderr.write(
      `${timestamp(Date.now(), false)} error opening file: open ${settings.logFile}: ${systemErrorText(error)}\n`,
    );
    process.exitCode = 1;
    return undefined;
  }
}

/** Go's names of the signals, as the log shows them. */
const SIGNAL_NAMES = {
  SIGINT: 'interrupt',
  SIGTERM: 'terminated',
  SIGHUP: 'hangup',
  SIGUSR1: 'user defined signal 1',
  SIGUSR2: 'user defined signal 2',
} as const;

function listenToSignals(broker: Broker, log: Log['write'], output: LogOutput, stopped: () => Promise<never>): void {
  let lameDuck = false;
  const stop = (): void => void broker.stop().then(stopped);
  const actions: Record<keyof typeof SIGNAL_NAMES, () => void> = {
    SIGINT: stop,
    // A lame duck has been told to go in its own time; what manages processes sends this one too early.
    SIGTERM: () => {
      if (!lameDuck) stop();
    },
    SIGHUP: () =>
      log(
        'error',
        'Failed to reload server configuration: can only reload config when a file is provided using -c or --config',
      ),
    SIGUSR1: () => {
      try {
        log('info', output.reopen() ? 'File log re-opened' : 'File log re-open ignored, not a file logger');
      } catch (error) {
        log('error', `The log file could not be opened again: ${systemErrorText(error)}`);
      }
    },
    SIGUSR2: () => {
      if (lameDuck) return;
      lameDuck = true;
      // While it is not listening yet there is nobody to be told.
      void broker.lameDuck().then(stopped, stop);
    },
  };
  for (const name of Object.keys(actions) as (keyof typeof actions)[]) {
    // Windows knows only some of them.
    if (process.platform === 'win32' && (name === 'SIGUSR1' || name === 'SIGUSR2')) continue;
    process.on(name, () => {
      log('info', `Trapped ${JSON.stringify(SIGNAL_NAMES[name])} signal`);
      actions[name]();
    });
  }
}

/** What nats-server says of a port that cannot be one. It says so only when it comes to listening. */
function listenProblem({ host = DEFAULT_HOST, port = DEFAULT_PORT }: BrokerOptions): string | undefined {
  if (port >= -1 && port <= 65_535) return undefined;
  return `Error listening on port: ${hostAndPort(host, port)}, "listen tcp: address ${port}: invalid port"`;
}

/** An address for others that has no number for its port. */
function advertiseProblem(advertise: string | undefined): string | undefined {
  const port = /:([^:\]]*)$/.exec(advertise ?? '')?.[1];
  if (port === undefined || /^[+-]?\d+$/.test(port)) return undefined;
  return `Error setting server INFO with ClientAdvertise value of ${advertise}, err=port ${JSON.stringify(port)} is no number`;
}
