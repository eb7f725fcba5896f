/** The command line of the browser front. */

import { parseArgs } from 'node:util';

export interface ServeArguments {
  /** Port of the window's server; undefined: the usual one, or any free one when it is taken. */
  port?: number;
  open: boolean;
  dataFolder?: string;
  /** Port of the broker, -1 for any free port; undefined: what the settings say. */
  brokerPort?: number;
}

/** The address stays the same from start to start while this is free, which a tunnel over SSH needs. */
export const usualPort = 4280;

export const serveUsage = `Usage: npm start -- [options]
  --serve          serve the window to a browser, also where Electron can run
  --port N         port of the window's server on 127.0.0.1 (default: ${usualPort}, or a free one)
  --no-open        print the address without opening a browser
  --data DIR       folder for settings and profiles
  --broker-port N  port of the local broker, -1 for any free one
  --help           this text`;

/** Throws an error whose message says what is wrong. `help` when the usage was asked for. */
export function parseServeArguments(args: readonly string[]): ServeArguments | 'help' {
  const { values } = parseArgs({
    args: joinNegatives(args),
    options: {
      // Says which front; the program that is this front takes it without more ado.
      serve: { type: 'boolean' },
      port: { type: 'string' },
      'no-open': { type: 'boolean' },
      data: { type: 'string' },
      'broker-port': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help === true) return 'help';
  if (values.data === '') throw new Error('--data needs a folder.');
  return {
    open: values['no-open'] !== true,
    ...(values.port === undefined ? {} : { port: portOf('--port', values.port, 0) }),
    ...(values.data === undefined ? {} : { dataFolder: values.data }),
    ...(values['broker-port'] === undefined ? {} : { brokerPort: portOf('--broker-port', values['broker-port'], -1) }),
  };
}

/** `--port -1` as `--port=-1`, which is how the parser of Node wants it. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of args) {
    const before = joined.at(-1);
    if (/^-\d+$/.test(argument) && before?.startsWith('--') === true && !before.includes('=')) {
      joined[joined.length - 1] = `${before}=${argument}`;
    } else joined.push(argument);
  }
  return joined;
}

/** `any` is the number that stands for any free port. */
function portOf(flag: string, text: string, any: number): number {
  const port = Number(text);
  if (text.trim() === '' || !Number.isInteger(port) || port < any || port > 65_535 || (port === 0 && any !== 0)) {
    throw new Error(`${flag} is a port from 1 to 65535, or ${any} for any free one; "${text}" is none.`);
  }
  return port;
}
