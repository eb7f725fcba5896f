import { planReload, type ReloadChange } from '../config/reload.ts';
import type { ProgramOptions } from '../config/config.ts';
import type { Broker, BrokerOptions } from '../options.ts';
import { writePidFile } from './files.ts';
import type { Log, LogSink } from './log.ts';
import { openLogSink } from './log-sink.ts';
import type { Settings } from './settings.ts';
import { setupAgain, type ServerSetup } from './setup.ts';
import { missingParts } from './start-lines.ts';
import { systemErrorText } from './system-error.ts';
import { warningLine } from './warning-line.ts';

/** What a reload changes, and what stays as it is. */
export interface ReloadParts {
  readonly program: string;
  readonly broker: Broker;
  readonly log: Log;
  /** What the broker is told beside its settings. */
  readonly hooks: BrokerOptions;
  /** Writes the ports file anew; undefined: takes it away. */
  readonly publishPorts: (folder: string | undefined) => Promise<void>;
}

/** Options whose change makes a new log. */
const LOG_OPTIONS: readonly string[] = ['log_file', 'logtime', 'logtime_utc', 'syslog', 'remote_syslog'];

/**
 * Reads the configuration again, lays the same flags over it, and changes what can be changed while the server runs. Rejects
 * with nats-server's words when anything cannot be; then nothing has changed.
 */
export async function reload(setup: ServerSetup, parts: ReloadParts): Promise<ServerSetup> {
  const { setup: next, warnings } = await setupAgain(setup);
  const { broker, log } = parts;
  const { changes, refused } = planReload(asItRuns(setup.settings, broker), next.settings);
  if (refused[0] !== undefined) throw new Error(refused[0]);
  const sink = await newSink(changes, next.settings.program, parts.program);
  try {
    await broker.reload({ ...next.settings.broker, ...parts.hooks });
  } catch (error) {
    sink?.close();
    throw error;
  }
  for (const warning of warnings) log.write('warn', warningLine(warning));
  for (const change of changes) {
    const { pidFile, portsFolder } = next.settings.program;
    // The file stays when no other one is named, and nothing is said of it.
    if (change.name === 'pid_file' && pidFile === undefined) continue;
    if (change.name === 'pid_file') renewPidFile(pidFile, log);
    if (change.name === 'ports_file_dir') await parts.publishPorts(portsFolder);
    log.write('info', change.text);
  }
  const known = missingParts(setup.settings.broker);
  for (const part of missingParts(next.settings.broker)) if (!known.includes(part)) log.write('warn', part);
  if (sink !== undefined) log.attach(sink);
  log.write('info', `Reloaded server configuration (${next.settings.broker.configDigest})`);
  return next;
}

/** Settings with the port that was found where any was asked for. */
function asItRuns({ broker: options, program }: Settings, broker: Broker): Settings {
  return { broker: { ...options, port: broker.address.port }, program };
}

/** The log as it is asked for now; undefined when nothing of it has changed. */
async function newSink(
  changes: readonly ReloadChange[],
  options: ProgramOptions,
  program: string,
): Promise<LogSink | undefined> {
  if (!changes.some(({ name }) => LOG_OPTIONS.includes(name))) return undefined;
  return openLogSink(options, program);
}

function renewPidFile(path: string | undefined, log: Log): void {
  if (path === undefined) return;
  try {
    writePidFile(path);
  } catch (error) {
    log.write('error', `Failed to write pidfile: open ${path}: ${systemErrorText(error)}`);
  }
}
