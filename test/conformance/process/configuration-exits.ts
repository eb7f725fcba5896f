import { existsSync } from 'node:fs';
import type { ExitCase } from './exits.ts';

const CONFIG = '$FOLDER/server.conf';

/** `-t` on a configuration. */
const checks = (
  name: string,
  config: string,
  code: number,
  stderr: RegExp | string,
  more: string[] = [],
): ExitCase => ({
  name: `-t: ${name}`,
  words: ['-t', '-c', CONFIG, ...more],
  code,
  stderr,
  files: { 'server.conf': config },
});

const valid = (name: string, config: string, more: string[] = []): ExitCase =>
  checks(
    name,
    config,
    0,
    /^nats-server: configuration file \$FOLDER\/server\.conf is valid \(sha256:[0-9a-f]{64}\)\n$/,
    more,
  );

/** A start that ends with one message and code 1. */
const dies = (name: string, words: string[], stderr: RegExp | string, more: Partial<ExitCase> = {}): ExitCase => ({
  name,
  words,
  code: 1,
  stderr,
  ...more,
});

const LOCAL = ['-a', '127.0.0.1', '-p', '-1'];

const unstartable = (name: string, config: string, stderr: RegExp | string, more: string[] = []): ExitCase =>
  dies(name, ['-c', CONFIG, ...LOCAL, ...more], stderr, { files: { 'server.conf': config } });

export const configurationExits: ExitCase[] = [
  checks(
    'a configuration that is right, with its digest',
    'port: -1\n',
    0,
    'nats-server: configuration file $FOLDER/server.conf is valid (sha256:7ea4cc5c6864139d814ce940a40ee6546b7ac5285eec3c390a4ce11e34dc1102)\n',
  ),
  valid('JSON', '{"host": "127.0.0.1", "port": -1}\n'),
  valid('whatever the flags say', 'port: -1\n', ['--tls', '-n', 'a b', '-m', '1', '-ms', '2', '-p', '99999']),
  valid('what only a start would find', 'port: -1\nno_auth_user: nobody\nmax_payload: 10MB\nmax_pending: 1MB\n'),
  {
    ...valid('the last of several files', 'port: -1\n'),
    words: ['-t', '-c', '$FOLDER/none.conf', `--config=${CONFIG}`],
  },
  checks(
    'a warning is enough to fail',
    'port: -1\nping_interval: 10\n',
    1,
    'nats-server: $FOLDER/server.conf:2:1: invalid use of field "ping_interval": ping_interval should be converted to a duration\n\n',
  ),
  checks('an empty file', '', 1, 'nats-server: $FOLDER/server.conf: config has no values or is empty\n\n'),
  checks('an unknown key', 'port: -1\nfoo: 1\n', 1, 'nats-server: $FOLDER/server.conf:2:1: unknown field "foo"\n\n'),
  checks(
    'a value of another type',
    'port: abc\n',
    1,
    'nats-server: $FOLDER/server.conf:1:0: interface conversion: interface {} is string, not int64\n\n',
  ),
  checks(
    'a block that is not closed',
    'foo: 1\nbar {\n',
    1,
    /^nats-server: Parse error on line 3: 'Unexpected EOF processing map\.'\n$/,
  ),
  checks(
    'warnings come before errors',
    'foo: 1\nping_interval: 10\n',
    1,
    /^nats-server: .*ping_interval should be converted to a duration\n.*unknown field "foo"\n\n$/,
  ),
  checks(
    'a file that is included and not there',
    'include "none.conf"\n',
    1,
    /^nats-server: .*none\.conf.*no such file or directory\n$/,
  ),
  checks(
    'a variable that is not there',
    'port: $NATSCOPE_NOT_THERE\n',
    1,
    /^nats-server: .*variable reference for 'NATSCOPE_NOT_THERE' on line 1 can not be found\n$/,
  ),
  dies(
    '-t: a file that is not there',
    ['-t', '-c', '$FOLDER/none.conf'],
    'nats-server: open $FOLDER/none.conf: no such file or directory\n',
  ),
  dies('-t: a folder', ['-t', '-c', '$FOLDER'], 'nats-server: read $FOLDER: is a directory\n'),
  dies(
    '-t with an empty name',
    ['-t', '-c', ''],
    'nats-server: must specify [-c, --config] option to check configuration file syntax\n',
  ),
  {
    name: '-t after -v is not looked at',
    words: ['-v', '-t', '-c', '$FOLDER/none.conf'],
    code: 0,
    stdout: /^nats-server: v/,
  },
  dies(
    'a start with a file that is not there',
    ['-c', '$FOLDER/none.conf'],
    'nats-server: open $FOLDER/none.conf: no such file or directory\n',
  ),
  unstartable(
    'a start with an unknown key',
    'foo: 1\n',
    'nats-server: $FOLDER/server.conf:1:0: unknown field "foo"\n\n',
  ),
  unstartable(
    'a start with an unknown no_auth_user',
    'no_auth_user: nobody\n',
    'nats-server: no_auth_user: "nobody" present, but users/nkeys are not defined\n',
  ),
  unstartable(
    'a start with max_payload over max_pending',
    'max_payload: 2MB\nmax_pending: 1MB\n',
    'nats-server: max_payload (2097152) cannot be higher than max_pending (1048576)\n',
  ),
  unstartable(
    'a start with a grace period that outlasts the lame duck',
    'lame_duck_duration: "30s"\nlame_duck_grace_period: "30s"\n',
    'nats-server: lame duck grace period (30s) should be strictly lower than lame duck duration (30s)\n',
  ),
  unstartable(
    'a start with a blank in the name',
    'server_name: "a b"\n',
    /^nats-server: .*server.name cannot contain spaces\n+$/,
  ),
  unstartable(
    'a pid file of the configuration that cannot be written',
    'pid_file: "$FOLDER/none/x.pid"\n',
    /\[FTL\] Could not write pidfile: open \$FOLDER\/none\/x\.pid: no such file or directory\n$/,
  ),
  unstartable(
    'a log file of the configuration that cannot be opened',
    'log_file: "$FOLDER/none/x.log"\n',
    /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d error opening file: open \$FOLDER\/none\/x\.log: no such file or directory\n$/,
  ),
  unstartable(
    'a certificate of the configuration that is not there',
    'tls { cert_file: "none.pem", key_file: "none.key" }\n',
    /^nats-server: \$FOLDER\/server\.conf:1:0: error parsing X509 certificate\/key pair: open none\.pem: no such file or directory\n\n$/,
  ),
  unstartable(
    'a WebSocket block without TLS that does not say so',
    'websocket { port: -1 }\n',
    'nats-server: websocket requires TLS configuration\n',
  ),
  unstartable(
    'a cluster name with a blank',
    'cluster { name: "a b", port: -1 }\n',
    /^nats-server: .*cluster name cannot contain spaces\n+$/,
  ),
  dies(
    '--tls wants a certificate',
    [...LOCAL, '--tls'],
    'nats-server: TLS Server certificate must be present and valid\n',
  ),
  dies(
    '--tlsverify wants one too',
    [...LOCAL, '--tlsverify'],
    'nats-server: TLS Server certificate must be present and valid\n',
  ),
  dies('and a key', [...LOCAL, '--tlscert', 'x'], 'nats-server: TLS Server private key must be present and valid\n'),
  dies(
    'a certificate that is not there',
    [...LOCAL, '--tlscert', 'none.pem', '--tlskey', 'none.key'],
    'nats-server: error parsing X509 certificate/key pair: open none.pem: no such file or directory\n',
  ),
  dies(
    'a certificate that is none',
    [...LOCAL, '--tlscert', '$FOLDER/x.pem', '--tlskey', '$FOLDER/x.pem'],
    'nats-server: error parsing X509 certificate/key pair: tls: failed to find any PEM data in certificate input\n',
    { files: { 'x.pem': 'x\n' } },
  ),
  dies(
    'a key of another certificate',
    [...LOCAL, '--tlscert', '$FOLDER/server.pem', '--tlskey', '$FOLDER/other.key'],
    'nats-server: error parsing X509 certificate/key pair: tls: private key does not match public key\n',
    { certificates: true },
  ),
  dies(
    'an authority that is none',
    [...LOCAL, '--tlscert', '$FOLDER/server.pem', '--tlskey', '$FOLDER/server.key', '--tlscacert', '$FOLDER/x.pem'],
    'nats-server: failed to parse root ca certificate\n',
    { certificates: true, files: { 'x.pem': 'x\n' } },
  ),
  dies(
    'routes without a cluster',
    [...LOCAL, '--routes', 'nats://127.0.0.1:1'],
    'nats-server: solicited routes require cluster capabilities, e.g. --cluster\n',
  ),
  dies(
    'a cluster address without a port',
    [...LOCAL, '--cluster', 'nats://127.0.0.1'],
    'nats-server: address 127.0.0.1: missing port in address\n',
  ),
  dies('a cluster address that is a word', [...LOCAL, '--cluster', 'foo'], 'nats-server: missing port in address\n'),
  dies(
    'a cluster address whose port is no number',
    [...LOCAL, '--cluster', 'nats://h:x'],
    'nats-server: parse "nats://h:x": invalid port ":x" after host\n',
  ),
  dies(
    'a cluster address with a user alone',
    [...LOCAL, '--cluster', 'nats://u@127.0.0.1:1'],
    'nats-server: expected cluster password to be set\n',
  ),
  dies(
    'two monitoring ports',
    [...LOCAL, '-m', '-1', '-ms', '-1'],
    /\[FTL\] Can't start monitoring: can't specify both HTTP \(-1\) and HTTPs \(-1\) ports\n$/,
  ),
  unstartable(
    'two monitoring ports, one of them in the configuration',
    'https: 127.0.0.1:-1\n',
    /\[FTL\] Can't start monitoring: can't specify both HTTP \(-1\) and HTTPs \(-1\) ports\n$/,
    ['-m', '-1'],
  ),
  dies(
    'monitoring over TLS without a certificate',
    [...LOCAL, '-ms', '-1'],
    /\[FTL\] Can't start monitoring: TLS cert and key required for HTTPS\n$/,
  ),
  dies(
    'a monitoring port that does not exist',
    [...LOCAL, '-m', '99999'],
    /\[FTL\] Can't start monitoring: can't listen to the monitor port: listen tcp: address 99999: invalid port\n$/,
  ),
  dies(
    'a store that is a file',
    [...LOCAL, '-js', '-sd', '$FOLDER/store'],
    /\[FTL\] Can't start JetStream: storage directory is not a directory\n$/,
    { files: { store: '' } },
  ),
  // Where there is a syslog, it would be written to.
  ...(existsSync('/dev/log')
    ? []
    : [
        dies(
          'a machine without syslog',
          [...LOCAL, '-s'],
          /^\S+ \S+ error connecting to syslog: "Unix syslog delivery error"/,
        ),
      ]),
  dies(
    'a syslog address of another kind',
    [...LOCAL, '-r', 'foo://x'],
    /^\S+ \S+ error invalid network type: "foo"\n$/,
  ),
  dies(
    'a syslog that does not answer',
    [...LOCAL, '-r', 'tcp://127.0.0.1:1'],
    /^\S+ \S+ error connecting to syslog: "dial tcp 127\.0\.0\.1:1: connect: connection refused"\n$/,
  ),
  dies('a bad pid before an unknown signal', ['--signal', 'foo=abc'], 'nats-server: invalid pid: abc\n'),
  dies('a signal with too much behind it', ['--signal', 'quit=1=2'], 'nats-server: invalid signal parameters: [2]\n'),
];
