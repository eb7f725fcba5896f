import { basename } from 'node:path';
import { SERVER_VERSION } from '../limits.ts';
import { FlagError, parseFlags, redactedWords, type ParsedFlags } from './flags.ts';
import { mergeFlags } from './settings.ts';
import type { ServerSetup } from './setup.ts';

/** natscope-server: reads the flags and does what they ask. The process ends by itself when all is done. */
export async function main(words: readonly string[]): Promise<void> {
  const program = programName(process.argv[1] ?? '');
  // Also the name under which `pgrep` finds the process, and what `ps` shows of its flags.
  process.title = [program, ...redactedWords(words)].join(' ');
  const setup = await setupOf(words, program);
  if (setup === undefined) return;
  // Only now, so that `--version` and mistakes are answered without loading a broker.
  const { serve } = await import('./server.ts');
  await serve(setup, program);
}

/** The name that the program was started under: a link called `nats-server` makes it one. */
function programName(path: string): string {
  const name = basename(path).replace(/\.[cm]?[jt]s$/, '');
  return name === 'cli' || name === '' ? 'natscope-server' : name;
}

/** Undefined when the flags ask for something else than a server, which is then done. */
async function setupOf(words: readonly string[], program: string): Promise<ServerSetup | undefined> {
  let flags: ParsedFlags;
  try {
    flags = parseFlags(words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    // nats-server shows its usage and ends well, and scripts have got used to it.
    process.stderr.write(`${error.message}\n`);
    await showUsage(program);
    return undefined;
  }
  try {
    return await setupFor(flags, program);
  } catch (error) {
    process.stderr.write(`${program}: ${(error as Error).message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

async function setupFor({ values, rest }: ParsedFlags, program: string): Promise<ServerSetup | undefined> {
  const command = rest[0]?.toLowerCase();
  if (values.get('version') === true) return showVersion();
  if (values.get('help') === true) return showUsage(program);
  if (values.get('help_tls') === true) return showTls(program);
  if (command === 'version') return showVersion();
  if (command === 'help') return showUsage(program);
  if (command !== undefined) throw new Error(`unrecognized command: ${JSON.stringify(rest[0])}`);
  const signal = values.get('signal');
  if (typeof signal === 'string' && signal !== '') {
    (await import('./signal-command.ts')).signalServers(signal, program);
    return undefined;
  }
  const checkOnly = values.get('t') === true;
  const configFile = values.get('config');
  if (typeof configFile !== 'string' || configFile === '') {
    if (checkOnly) throw new Error('must specify [-c, --config] option to check configuration file syntax');
    return { settings: mergeFlags(undefined, values), flags: values, configFile: undefined };
  }
  const [{ loadConfig }, { warningLine }] = await Promise.all([
    import('../config/load.ts'),
    import('./warning-line.ts'),
  ]);
  const loaded = loadConfig(configFile);
  const warnings = loaded.warnings.map((warning) => `${warningLine(warning)}\n`).join('');
  if (checkOnly) {
    if (warnings !== '') throw new Error(warnings);
    process.stderr.write(`${program}: configuration file ${configFile} is valid (${loaded.digest})\n`);
    return undefined;
  }
  process.stderr.write(warnings);
  return { settings: mergeFlags(loaded, values), flags: values, configFile };
}

/** Named like the server whose behaviour it gives: tools parse this line. */
function showVersion(): undefined {
  process.stdout.write(`nats-server: v${SERVER_VERSION}\n`);
}

async function showUsage(program: string): Promise<undefined> {
  process.stdout.write((await import('./usage.ts')).usage(program));
}

async function showTls(program: string): Promise<undefined> {
  process.stdout.write((await import('./tls-help.ts')).tlsHelp(program));
}
