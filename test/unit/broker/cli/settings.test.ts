import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../../../broker/cli/flags.ts';
import { mergeFlags, type Settings } from '../../../../broker/cli/settings.ts';
import { tlsHelp } from '../../../../broker/cli/tls-help.ts';
import { FLAGS } from '../../../../broker/cli/flags.ts';
import { usage } from '../../../../broker/cli/usage.ts';
import type { ProgramOptions } from '../../../../broker/config/config.ts';
import type { BrokerOptions } from '../../../../broker/options.ts';

const merged = (words: string[], broker: BrokerOptions = {}, program: ProgramOptions = {}): Settings =>
  mergeFlags({ broker, program }, parseFlags(words).values);

/** What the broker is told, without what is left to it. */
const broker = (words: string[], loaded?: BrokerOptions): object =>
  JSON.parse(JSON.stringify(merged(words, loaded).broker)) as object;

const verbosity = { debug: false, trace: false, traceVerbose: false, maxTracedMessageLength: 0 };

test('without flags and configuration everything is left to the broker', () => {
  expect(mergeFlags(undefined, new Map())).toEqual({
    broker: verbosity,
    program: { logTime: true, logUtc: false, syslog: false },
  });
});

test('what no flag speaks of stays', () => {
  const loaded: BrokerOptions = { host: 'h', port: 1, serverName: 'n', maxPayload: 5, users: [{ user: 'u' }] };
  expect(broker(['-D'], loaded)).toEqual({ ...loaded, ...verbosity, debug: true });
});

describe('flags count over the configuration', () => {
  test.each<[string[], BrokerOptions, object]>([
    [['-a', 'x'], { host: 'h' }, { host: 'x' }],
    [['-a='], { host: 'h' }, {}],
    [['-p', '5'], { port: 1 }, { port: 5 }],
    [['-p', '0'], { port: 1 }, {}],
    [['-n', 'x'], { serverName: 'n' }, { serverName: 'x' }],
    [['-n='], { serverName: 'n' }, {}],
    [['--user', 'x'], { user: 'u', password: 'p' }, { user: 'x', password: 'p' }],
    [['--pass', 'x'], { user: 'u', password: 'p' }, { user: 'u', password: 'x' }],
    [['--user='], { user: 'u', password: 'p' }, {}],
    [['--auth', 'x'], { token: 't' }, { token: 'x' }],
    [['--auth', 'x'], { user: 'u', password: 'p' }, { user: 'u', password: 'p', token: 'x' }],
    [['--client_advertise', 'x:1'], { clientAdvertise: 'y:1' }, { clientAdvertise: 'x:1' }],
    [['--max_traced_msg_len', '7'], { maxTracedMessageLength: 3 }, { maxTracedMessageLength: 7 }],
    [['--max_traced_msg_len', '-1'], { maxTracedMessageLength: 3 }, {}],
    [['-D=false'], { debug: true }, {}],
    [['-V=false'], { trace: true }, {}],
    [['-DV=false'], { debug: true, trace: true, traceVerbose: true }, { traceVerbose: true }],
    [['-VV=false'], { debug: true, trace: true, traceVerbose: true }, { debug: true }],
  ])('%j over %j', (words, loaded, expected) => {
    expect(broker(words, loaded)).toEqual({ ...verbosity, ...expected });
  });
});

test.each([
  [['-D'], true, false, false],
  [['-V'], false, true, false],
  [['-VV'], false, true, true],
  [['-DV'], true, true, false],
  [['-DVV'], true, true, true],
  [['-DV', '-D=false'], true, true, false],
  [['-DV=false', '-D'], false, false, false],
  [['-DVV=false', '-DV'], false, false, false],
  [['-VV', '-DVV=false'], false, true, true],
])('%j: debug %s, trace %s, of the system account %s', (words, debug, trace, traceVerbose) => {
  expect(merged(words).broker).toMatchObject({ debug, trace, traceVerbose });
});

test('a password without a user is dropped', () => {
  expect(merged(['--pass', 'x']).broker.password).toBeUndefined();
});

test('a name with a blank is refused', () => {
  expect(() => merged(['-n', 'a b'])).toThrow('server name cannot contain spaces');
});

describe('the program', () => {
  test.each<[string[], ProgramOptions, object]>([
    [['-l', 'x'], { logFile: 'y', logFileBytesMax: 3 }, { logFile: 'x', logFileBytesMax: 3 }],
    [['-l='], { logFile: 'y' }, { logFile: undefined }],
    [['--log_size_limit', '9'], { logFileBytesMax: 3, logFilesMax: 2 }, { logFileBytesMax: 9, logFilesMax: 2 }],
    [['-T=false'], {}, { logTime: false }],
    [[], { logTime: false }, { logTime: false }],
    [['-T'], { logTime: false }, { logTime: true }],
    [['--logtime_utc'], {}, { logUtc: true }],
    [['-s=false'], { syslog: true }, { syslog: false }],
    [['-r', 'udp://h:1'], { remoteSyslog: 'udp://g:1' }, { remoteSyslog: 'udp://h:1' }],
    [['-P', 'x'], { pidFile: 'y' }, { pidFile: 'x' }],
    [['--ports_file_dir='], { portsFolder: 'y' }, { portsFolder: undefined }],
    [['--profile', '-1'], { profilePort: 1 }, { profilePort: -1 }],
  ])('%j over %j', (words, loaded, expected) => {
    expect(merged(words, {}, loaded).program).toMatchObject(expected);
  });
});

describe('monitoring', () => {
  const tls = { certFile: 'c', keyFile: 'k' };
  test.each<[string[], BrokerOptions, object | undefined]>([
    [['-m', '8222'], {}, { host: '0.0.0.0', port: 8222, secure: false }],
    [['-m', '-1', '-a', 'h'], {}, { host: 'h', port: -1, secure: false }],
    [['-m', '1'], { monitoring: { host: 'g', port: 8222, basePath: '/x' } }, { host: 'g', port: 1, basePath: '/x' }],
    [['-m', '0'], { monitoring: { port: 8222 } }, undefined],
    [['-ms', '8443'], { tls }, { port: 8443, secure: true }],
    [[], { host: 'h', monitoring: { port: 8222 } }, { host: 'h', port: 8222 }],
    [['-m', '0'], { tls, monitoring: { port: 1, conflictingPort: 2 } }, { port: 2, secure: true }],
    [['-ms', '0'], { tls, monitoring: { port: 1, conflictingPort: 2 } }, { port: 1, secure: false }],
    [['-m', '1'], { monitoring: { port: 0, host: 'h' } }, { host: 'h', port: 1 }],
    [[], { monitoring: { port: 0, host: 'h' } }, undefined],
    [['-m', '1', '-ms', '0'], { tls, monitoring: { port: 2, secure: true } }, { port: 1, secure: false }],
  ])('%j over %j', (words, loaded, expected) => {
    const { broker: options } = merged(words, loaded);
    if (expected === undefined) expect(options.monitoring).toBeUndefined();
    else expect(options.monitoring).toMatchObject(expected);
  });

  test.each<[string[], BrokerOptions, object]>([
    [['-m', '1', '-ms', '2'], {}, { port: 1, secure: false, conflictingPort: 2 }],
    [['-m', '1'], { monitoring: { port: 2, secure: true } }, { port: 1, secure: false, conflictingPort: 2 }],
    [['-ms', '3'], { monitoring: { port: 1, conflictingPort: 2 } }, { port: 1, secure: false, conflictingPort: 3 }],
  ])('%j over %j is too much, as is found out later', (words, loaded, expected) => {
    expect(merged(words, loaded).broker.monitoring).toMatchObject(expected);
  });
});

describe('TLS', () => {
  const loaded: BrokerOptions = { tls: { certFile: 'c', keyFile: 'k', caFile: 'a', verify: true, timeoutMs: 5 } };

  test('is that of the configuration while no flag speaks of it', () => {
    expect(merged([], loaded).broker.tls).toEqual(loaded.tls);
  });

  test('files of flags take the place of all files, and the rest stays', () => {
    expect(merged(['--tlscert', 'x', '--tlskey', 'y'], loaded).broker.tls).toEqual({
      certFile: 'x',
      keyFile: 'y',
      verify: false,
      verifyAndMap: false,
      timeoutMs: 5,
    });
  });

  test('-tls=false turns it off, whatever else is said', () => {
    expect(merged(['-tls=false', '--tlscert', 'x'], loaded).broker.tls).toBeUndefined();
  });

  test.each([
    [['--tls'], 'TLS Server certificate must be present and valid'],
    [['--tlsverify'], 'TLS Server certificate must be present and valid'],
    [['--tls', '--tlscert', 'x'], 'TLS Server private key must be present and valid'],
    [['--tlskey', 'x'], 'TLS Server certificate must be present and valid'],
  ])('%j is too little', (words, message) => {
    expect(() => merged(words, loaded)).toThrow(message);
  });
});

describe('what is only kept', () => {
  test.each<[string[], BrokerOptions['kept'], object | undefined]>([
    [[], undefined, undefined],
    [['-js'], undefined, { jetstream: { enabled: true } }],
    [['-js', '-sd', '/x'], undefined, { jetstream: { enabled: true, storeDir: '/x' } }],
    [['-sd', '/x'], undefined, { jetstream: { enabled: false, storeDir: '/x' } }],
    [
      ['-js=false'],
      { jetstream: { enabled: true, storeDir: '/x' } },
      { jetstream: { enabled: false, storeDir: '/x' } },
    ],
    [['-sd', '/y'], { jetstream: { enabled: true, storeDir: '/x' } }, { jetstream: { enabled: true, storeDir: '/y' } }],
    [['--cluster', 'nats://127.0.0.1:-1'], undefined, { cluster: { host: '127.0.0.1', port: -1 } }],
    [['--cluster', 'nats://[::1]:6222'], undefined, { cluster: { host: '::1', port: 6222 } }],
    [
      ['--cluster', 'nats://u:p@h:1'],
      { cluster: { name: 'C', host: 'g', port: 2 } },
      { cluster: { name: 'C', host: 'h', port: 1, authorization: { user: 'u', password: 'p' } } },
    ],
    [['--cluster='], { cluster: { name: 'C' } }, {}],
    [['--cluster_name', 'D'], { cluster: { name: 'C', port: 1 } }, { cluster: { name: 'D', port: 1 } }],
    [['--cluster_name', 'D'], undefined, undefined],
    [['--routes', 'nats://a:1, nats://b:2'], { cluster: {} }, { cluster: { routes: ['nats://a:1', 'nats://b:2'] } }],
    [['--routes='], { cluster: { routes: ['x'] } }, { cluster: { routes: [] } }],
  ])('%j over %j', (words, kept, expected) => {
    expect(merged(words, { kept }).broker.kept).toEqual(expected);
  });

  test.each([
    [['--routes', 'nats://a:1'], 'solicited routes require cluster capabilities, e.g. --cluster'],
    [['--cluster', 'nats://127.0.0.1'], 'address 127.0.0.1: missing port in address'],
    [['--cluster', 'foo'], 'missing port in address'],
    [['--cluster', 'nats://u@127.0.0.1:1'], 'expected cluster password to be set'],
    [['--cluster', 'nats://u:p@h:x'], 'parse "nats://[REDACTED]@h:x": invalid port ":x" after host'],
    [['--cluster', '127.0.0.1:1'], 'parse "127.0.0.1:1": first path segment in URL cannot contain colon'],
  ])('%j is refused', (words, message) => {
    expect(() => merged(words)).toThrow(message);
  });
});

test('the usage names every flag once, and what is without effect apart', () => {
  const text = usage('natscope-server');
  const [available = '', later = ''] = text.split('without effect in this build');
  for (const { names } of FLAGS) {
    for (const name of names) {
      const lines = text.split('\n').filter((line) => new RegExp(`^    (?:.*, )?--?${name}[ ,]`).test(line));
      expect([name, lines.length]).toEqual([name, 1]);
    }
  }
  expect(available).toContain('-c, --config <file>');
  expect(available).toContain('-js, --jetstream');
  expect(later).toContain('--routes');
  expect(available).not.toContain('--routes');
});

test('the help on TLS names keys, suites and curves', () => {
  expect(tlsHelp('natscope-server')).toMatch(/verify_and_map: true[^]*TLS_AES_128_GCM_SHA256[^]*CurveP256/);
});
