import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RealServer } from '../support/real-servers.ts';
import { natscopeServer, nodePath, startServer, type ServerProcess } from '../support/server-process.ts';
import type { ServerSettings } from './case.ts';
import { certificateFolder } from './certificates.ts';
import type { RunningServer } from './runner.ts';

/** An implementation that the table runs against. */
export interface Target {
  name: string;
  /** Ours, and not what it is compared with. */
  ours: boolean;
  /** `config` is the text of a configuration file. */
  start(settings: ServerSettings, config?: string): Promise<RunningServer>;
}

/** The real server; settings go through a configuration file of its own. */
export function realTarget(server: RealServer): Target {
  const command = [server.path];
  return {
    name: `nats-server ${server.version}`,
    ours: false,
    async start(settings, config) {
      if (config === undefined && Object.keys(settings).length === 0) return running(await startServer(command));
      return startWithConfig(command, `${config ?? ''}\n${configuration(settings)}`);
    },
  };
}

/** Starts a server with a configuration file of its own. */
async function startWithConfig(command: readonly string[], config: string): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'natscope-conformance-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'server.conf');
    // A folder of its own is where a resolver can keep things.
    const write = async (text: string): Promise<void> => {
      const certificates = text.includes('$CERTS') ? await certificateFolder() : '';
      await writeFile(path, text.replaceAll('$FOLDER', folder).replaceAll('$CERTS', certificates));
    };
    await write(config);
    const start = (): Promise<ServerProcess> => startServer(command, ['-c', path]);
    return running(await start(), { release: remove, rewrite: write, start });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Flags of natscope-server for the settings that have one. */
const FLAGS: Partial<Record<keyof ServerSettings, string>> = {
  user: '--user',
  pass: '--pass',
  token: '--auth',
  serverName: '--server_name',
  clientAdvertise: '--client_advertise',
};

/** Ours: the program itself where flags or a file say everything, else the same broker in a process that takes any option. */
export const natscopeTarget: Target = {
  name: 'natscope-server',
  ours: true,
  async start(settings, config) {
    if (config !== undefined) return startWithConfig(natscopeServer, `${config}\n${configuration(settings)}`);
    const flags: string[] = [];
    for (const [name, value] of Object.entries(settings)) {
      const flag = FLAGS[name as keyof ServerSettings];
      if (flag === undefined)
        return running(await startServer(brokerProcess, ['--settings', JSON.stringify(settings)]));
      flags.push(flag, String(value));
    }
    return running(await startServer(natscopeServer, flags));
  },
};

const brokerProcess = [nodePath, fileURLToPath(new URL('../support/broker-process.ts', import.meta.url))];

interface Configured {
  release: () => Promise<void>;
  rewrite: (config: string) => Promise<void>;
  start: () => Promise<ServerProcess>;
}

function running(started: ServerProcess, configured?: Configured): RunningServer {
  let server = started;
  return {
    get port() {
      return server.port;
    },
    get httpPort() {
      const port = /Starting https? monitor on \S+:(\d+)/.exec(server.stderr)?.[1];
      if (port === undefined) throw new Error(`the server has not said its monitoring port:\n${server.stderr}`);
      return Number(port);
    },
    get webSocketPort() {
      const port = /Listening for websocket clients on wss?:\/\/\S+:(\d+)/.exec(server.stderr)?.[1];
      if (port === undefined) throw new Error(`the server has not said its WebSocket port:\n${server.stderr}`);
      return Number(port);
    },
    signal: (name) => server.signal(name),
    logged: (pattern) => server.logged(pattern),
    async reload(config, outcome) {
      if (configured === undefined) throw new Error('only a case with a configuration can reload it');
      await configured.rewrite(config);
      const before = server.stderr.length;
      server.signal('SIGHUP');
      await server.logged(outcome, undefined, before);
    },
    async restart(name) {
      if (configured === undefined) throw new Error('only a case with a configuration can restart its server');
      server.signal(name);
      await server.exit();
      server = await configured.start();
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await configured?.release();
    },
  };
}

function configuration(settings: ServerSettings): string {
  const seconds = (ms: number): string => `"${ms}ms"`;
  const write: { [Name in keyof ServerSettings]-?: (value: NonNullable<ServerSettings[Name]>) => string } = {
    user: (value) => `authorization.user: ${JSON.stringify(value)}`,
    pass: (value) => `authorization.password: ${JSON.stringify(value)}`,
    token: (value) => `authorization.token: ${JSON.stringify(value)}`,
    authTimeoutMs: (value) => `authorization.timeout: ${value / 1000}`,
    serverName: (value) => `server_name: ${JSON.stringify(value)}`,
    clientAdvertise: (value) => `client_advertise: ${JSON.stringify(value)}`,
    maxPayloadBytes: (value) => `max_payload: ${value}`,
    maxControlLineBytes: (value) => `max_control_line: ${value}`,
    maxPendingBytes: (value) => `max_pending: ${value}`,
    maxConnections: (value) => `max_connections: ${value}`,
    maxSubscriptions: (value) => `max_subscriptions: ${value}`,
    maxSubjectTokens: (value) => `max_sub_tokens: ${value}`,
    pingIntervalMs: (value) => `ping_interval: ${seconds(value)}`,
    pingsOutMax: (value) => `ping_max: ${value}`,
    writeDeadlineMs: (value) => `write_deadline: ${seconds(value)}`,
    noHeaders: (value) => `no_header_support: ${value}`,
  };
  const lines = Object.entries(settings).map(([name, value]) => {
    const line = write[name as keyof ServerSettings] as (value: unknown) => string;
    return line(value);
  });
  const inAuthorization = lines.filter((line) => line.startsWith('authorization.'));
  const top = lines.filter((line) => !line.startsWith('authorization.'));
  const block = inAuthorization.map((line) => `  ${line.replace('authorization.', '')}`);
  return [...top, ...(block.length > 0 ? ['authorization {', ...block, '}'] : []), ''].join('\n');
}
