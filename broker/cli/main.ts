import { basename } from 'node:path';
import { SERVER_VERSION } from '../limits.ts';
import { FlagError, parseFlags, redactedWords, type ParsedFlags } from './flags.ts';
import { settingsFrom, type Settings } from './settings.ts';
import { signalServers } from './signal-command.ts';
import { usage } from './usage.ts';

/** natscope-server: reads the flags and does what they ask. The process ends by itself when all is done. */
export async function main(words: readonly string[]): Promise<void> {
  const program = programName(process.argv[1] ?? '');
  // Also the name under which `pgrep` finds the process, and what `ps` shows of its flags.
  process.title = [program, ...redactedWords(words)].join(' ');
  const settings = settingsOf(words, program);
  if (settings === undefined) return;
  // Only now, so that `--version` and mistakes are answered without loading a broker.
  const { serve } = await import('./server.ts');
  await serve(settings, program);
}

/** The name that the program was started under: a link called `nats-server` makes it one. */
function programName(path: string): string {
  const name = basename(path).replace(/\.[cm]?[jt]s$/, '');
  return name === 'cli' || name === '' ? 'natscope-server' : name;
}

/** Undefined when the flags ask for something else than a server, which is then done. */
function settingsOf(words: readonly string[], program: string): Settings | undefined {
  let flags: ParsedFlags;
  try {
    flags = parseFlags(words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    // nats-server shows its usage and ends well, and scripts have got used to it.
    process.stderr.write(`${error.message}\n`);
    process.stdout.write(usage(program));
    return undefined;
  }
  try {
    return settingsFor(flags, program);
  } catch (error) {
    process.stderr.write(`${program}: ${(error as Error).message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

function settingsFor({ values, missing, rest }: ParsedFlags, program: string): Settings | undefined {
  const command = rest[0]?.toLowerCase();
  if (values.get('version') === true) return showVersion();
  if (values.get('help') === true) return showUsage(program);
  if (values.get('help_tls') === true) return showTls(program);
  if (command === 'version') return showVersion();
  if (command === 'help') return showUsage(program);
  if (command !== undefined) throw new Error(`unrecognized command: ${JSON.stringify(rest[0])}`);
  const signal = values.get('signal');
  if (typeof signal === 'string' && signal !== '') {
    signalServers(signal, program);
    return undefined;
  }
  if (missing[0] !== undefined) throw new Error(`${missing[0].written}: ${missing[0].reason}`);
  if (values.get('t') === true) {
    throw new Error('must specify [-c, --config] option to check configuration file syntax');
  }
  return settingsFrom(values);
}

/** Named like the server whose behaviour it gives: tools parse this line. */
function showVersion(): undefined {
  process.stdout.write(`nats-server: v${SERVER_VERSION}\n`);
}

function showUsage(program: string): undefined {
  process.stdout.write(usage(program));
}

function showTls(program: string): undefined {
  process.stdout.write(
    `\n${program} does not support TLS yet. Put it behind a proxy that ends TLS, or keep it on 127.0.0.1.\n`,
  );
}
