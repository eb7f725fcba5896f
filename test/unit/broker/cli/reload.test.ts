import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFlags } from '../../../../broker/cli/flags.ts';
import { Log, type LogSink } from '../../../../broker/cli/log.ts';
import { reload, type ReloadParts } from '../../../../broker/cli/reload.ts';
import { mergeFlags } from '../../../../broker/cli/settings.ts';
import type { ServerSetup } from '../../../../broker/cli/setup.ts';
import { loadConfig } from '../../../../broker/config/load.ts';
import type { Broker, BrokerOptions } from '../../../../broker/options.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-reload-'));
  file = join(folder, 'server.conf');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server that goes by a configuration, as far as a reload has to do with it. */
class Running {
  readonly lines: string[] = [];
  readonly taken: BrokerOptions[] = [];
  readonly published: (string | undefined)[] = [];
  refusal: Error | undefined;
  closed = false;
  setup: ServerSetup;
  readonly parts: ReloadParts;

  constructor(config: string, words: string[] = []) {
    writeFileSync(file, config);
    const flags = parseFlags(words).values;
    this.setup = { settings: mergeFlags(loadConfig(file), flags), flags, configFile: file };
    const log = new Log();
    const sink: LogSink = {
      write: (level, text) => this.lines.push(`${level} ${text}`),
      reopen: () => false,
      flush: async () => {},
      close: () => (this.closed = true),
    };
    log.attach(sink);
    const broker: Partial<Broker> = {
      address: { host: '127.0.0.1', port: 4567 },
      reload: async (options) => {
        if (this.refusal !== undefined) throw this.refusal;
        this.taken.push(options);
      },
    };
    this.parts = {
      program: 'natscope-server',
      broker: broker as Broker,
      log,
      hooks: { natscopeVersion: '1' },
      publishPorts: async (name) => void this.published.push(name),
    };
  }

  async reload(config: string): Promise<void> {
    writeFileSync(file, config);
    this.setup = await reload(this.setup, this.parts);
  }
}

describe('what is taken', () => {
  test('goes to the broker with everything that it was told at the start, and is logged in between', async () => {
    const server = new Running('port: -1\n', ['-n', 'harbour']);
    await server.reload('port: -1\nmax_payload: 100\ndebug: true\n');
    expect(server.taken).toMatchObject([{ maxPayload: 100, debug: true, serverName: 'harbour', natscopeVersion: '1' }]);
    expect(server.lines).toEqual(
      expect.arrayContaining(['info Reloaded: debug = true', 'info Reloaded: max_payload = 100']),
    );
    expect(server.lines.at(-1)).toMatch(/^info Reloaded server configuration \(sha256:[0-9a-f]{64}\)$/);
    expect(server.setup.settings.broker.maxPayload).toBe(100);
  });

  test('warnings of the configuration are told, and parts that only it asks for', async () => {
    const server = new Running('port: -1\n');
    await server.reload('port: -1\nping_interval: 10\nocsp: true\n');
    expect(server.lines).toContain(
      `warn ${file}:2:1: invalid use of field "ping_interval": ping_interval should be converted to a duration`,
    );
    const told = (): number => server.lines.filter((line) => line.startsWith('warn OCSP is not available')).length;
    expect(told()).toBe(1);
    await server.reload('port: -1\nocsp: true\nping_max: 5\n');
    expect(told()).toBe(1);
  });

  test('is compared with what was taken last', async () => {
    const server = new Running('port: -1\nping_max: 3\n');
    await server.reload('port: -1\nping_max: 4\n');
    await server.reload('port: -1\nping_max: 4\n');
    expect(server.lines.filter((line) => line === 'info Reloaded: ping_max = 4')).toHaveLength(1);
  });

  test('any port is the one that was found, and so is that port named', async () => {
    const server = new Running('port: -1\n');
    await server.reload('port: -1\n');
    await server.reload('port: 4567\n');
    expect(server.taken).toHaveLength(2);
  });

  test('a pid file is written, and stays when none is named any more', async () => {
    const server = new Running('port: -1\n');
    const path = join(folder, 'server.pid');
    await server.reload(`port: -1\npid_file: "${path}"\n`);
    expect(readFileSync(path, 'utf8')).toBe(String(process.pid));
    expect(server.lines).toContain(`info Reloaded: pid_file = ${path}`);
    await server.reload('port: -1\n');
    expect(readFileSync(path, 'utf8')).toBe(String(process.pid));
    expect(server.lines.filter((line) => line.includes('pid_file'))).toHaveLength(1);
  });

  test('the ports file goes to where it is asked for', async () => {
    const server = new Running('port: -1\n');
    await server.reload(`port: -1\nports_file_dir: "${folder}"\n`);
    await server.reload('port: -1\n');
    expect(server.published).toEqual([folder, undefined]);
  });

  test('a new log begins with what comes last, and the old one is closed', async () => {
    const server = new Running('port: -1\n');
    const path = join(folder, 'server.log');
    await server.reload(`port: -1\nlog_file: "${path}"\n`);
    expect(server.lines.at(-1)).toBe(`info Reloaded: log_file = ${path}`);
    expect(server.closed).toBe(true);
    expect(readFileSync(path, 'utf8')).toMatch(/^\[\d+\] \S+ \S+ \[INF\] Reloaded server configuration [^\n]*\n$/);
  });
});

describe('what is refused changes nothing', () => {
  const refused = async (server: Running, config: string): Promise<string> => {
    const before = server.setup;
    const error = await server.reload(config).then(
      () => undefined,
      (problem: Error) => problem,
    );
    expect(server).toMatchObject({ lines: [], taken: [], published: [], closed: false });
    expect(server.setup).toBe(before);
    return error?.message ?? 'nothing was wrong';
  };

  test.each([
    ['host: 127.0.0.2\nport: -1\ndebug: true\n', 'config reload not supported for Host: old=0.0.0.0, new=127.0.0.2'],
    ['port: 1\n', 'config reload not supported for Port: old=4567, new=1'],
    ['port: -1\nno_auth_user: nobody\n', 'no_auth_user: "nobody" present, but users/nkeys are not defined'],
    ['port: -1\nlogfile_size_limit: 5\n', 'config reload not supported for LogSizeLimit: old=0, new=5'],
    ['port: x\n', /server\.conf:1:0: interface conversion: /],
  ])('%j', async (config, message) => {
    const told = await refused(new Running('port: -1\n'), config);
    if (typeof message === 'string') expect(told).toBe(message);
    else expect(told).toMatch(message);
  });

  test('what the broker refuses', async () => {
    const server = new Running('port: -1\n');
    server.refusal = new Error('no');
    expect(await refused(server, `port: -1\nlog_file: "${join(folder, 'x.log')}"\n`)).toBe('no');
  });

  test('a log that cannot be opened', async () => {
    const path = join(folder, 'none', 'x.log');
    expect(await refused(new Running('port: -1\n'), `port: -1\nlog_file: "${path}"\n`)).toBe(
      `error opening file: open ${path}: no such file or directory`,
    );
  });

  test('a start without a configuration', async () => {
    const server = new Running('port: -1\n');
    server.setup = { ...server.setup, configFile: undefined };
    expect(await refused(server, '')).toBe('can only reload config when a file is provided using -c or --config');
  });
});
