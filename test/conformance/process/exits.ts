/** Starts that end by themselves. `$FOLDER` in a word, a file or an output stands for an empty folder of the case. */
export interface ExitCase {
  name: string;
  words: string[];
  code: number;
  /** What standard output looks like; empty when left out. */
  stdout?: RegExp | string;
  stderr?: RegExp | string;
  /** Files of the folder. */
  files?: Record<string, string>;
  /** Certificates are issued into the folder. */
  certificates?: boolean;
}

const USAGE = /^\nUsage: nats-server \[options\]\n/;

const usageAfter = (name: string, words: string[], stderr: RegExp): ExitCase => ({
  name,
  words,
  code: 0,
  stdout: USAGE,
  stderr,
});

const dies = (name: string, words: string[], stderr: RegExp): ExitCase => ({ name, words, code: 1, stderr });

const VERSION = /^nats-server: v2\.15\.\d+\n$/;

export const exits: ExitCase[] = [
  ...[
    ['-v'],
    ['--v'],
    ['-version'],
    ['--version'],
    ['version'],
    ['VERSION'],
    ['-D', 'Version'],
    ['-v=true'],
    ['-V', '-v', '-h'],
  ].map((words) => ({ name: `${words.join(' ')} shows the version`, words, code: 0, stdout: VERSION })),
  ...[['-h'], ['--help'], ['-help'], ['help'], ['HELP'], ['-D', 'help']].map((words) => ({
    name: `${words.join(' ')} shows the usage`,
    words,
    code: 0,
    stdout: USAGE,
  })),
  { name: '--help_tls speaks of TLS', words: ['--help_tls'], code: 0, stdout: /TLS/ },
  usageAfter('an unknown flag ends well', ['--nope'], /^flag provided but not defined: -nope\n$/),
  usageAfter('an unknown flag with a value ends well', ['-nope=3'], /^flag provided but not defined: -nope\n$/),
  usageAfter('an unknown flag after -v counts', ['-v', '-nope'], /^flag provided but not defined: -nope\n$/),
  usageAfter('a port that is no number ends well', ['-p', 'abc'], /^invalid value "abc" for flag -p: parse error\n$/),
  usageAfter('a port with blanks ends well', ['-p', ' 4222'], /^invalid value " 4222" for flag -p: parse error\n$/),
  usageAfter('the spelling of the flag is kept', ['--port=x'], /^invalid value "x" for flag -port: parse error\n$/),
  usageAfter(
    'a port beyond 64 bits ends well',
    ['-p', '99999999999999999999'],
    /^invalid value "9+" for flag -p: value out of range\n$/,
  ),
  usageAfter('a flag without its value ends well', ['-p'], /^flag needs an argument: -p\n$/),
  usageAfter(
    'a switch with another value ends well',
    ['-D=maybe'],
    /^invalid boolean value "maybe" for -D: parse error\n$/,
  ),
  usageAfter('three dashes are no flag', ['---p'], /^bad flag syntax: ---p\n$/),
  usageAfter('a flag without a name is none', ['-=3'], /^bad flag syntax: -=3\n$/),
  usageAfter(
    'a log size that is no number ends well',
    ['--log_size_limit', 'x'],
    /^invalid value "x" for flag -log_size_limit: parse error\n$/,
  ),
  dies('another word is no command', ['foo'], /^nats-server: unrecognized command: "foo"\n$/),
  dies('a word ends the flags', ['-D', 'foo', '-v'], /^nats-server: unrecognized command: "foo"\n$/),
  dies('two dashes end the flags', ['--', '-v'], /^nats-server: unrecognized command: "-v"\n$/),
  dies('a single dash is a word', ['-'], /^nats-server: unrecognized command: "-"\n$/),
  dies(
    '-t wants a configuration file',
    ['-t'],
    /^nats-server: must specify \[-c, --config\] option to check configuration file syntax\n$/,
  ),
  dies('a configuration file that is not there', ['-c', '$FOLDER/none.conf'], /^nats-server: .+\n$/),
  dies('a server name with a blank', ['-n', 'a b', '-p', '-1'], /^nats-server: server name cannot contain spaces\n$/),
  dies('an unknown signal', ['--signal', 'foo=1'], /^nats-server: unknown signal "foo"\n$/),
  dies('a signal to a pid that is none', ['--signal', 'stop=abc'], /^nats-server: invalid pid: abc\n$/),
  dies(
    'a signal to a pid file that is not there',
    ['-sl', 'reload=$FOLDER/x.pid'],
    /^nats-server: invalid pid: .*x\.pid\n$/,
  ),
  dies(
    'a signal to a process that is not there',
    ['-sl', 'stop=99999999'],
    /^nats-server: \nsignal "stop" 99999999: no such process\n$/,
  ),
  dies(
    'a port that does not exist',
    ['-p', '99999'],
    /\[FTL\] Error listening on port: 0\.0\.0\.0:99999, "listen tcp: address 99999: invalid port"\n$/,
  ),
  dies(
    'a negative port',
    ['-p', '-5'],
    /\[FTL\] Error listening on port: 0\.0\.0\.0:-5, "listen tcp: address -5: invalid port"\n$/,
  ),
  dies(
    'an address of another machine',
    ['-a', '192.0.2.99', '-p', '-1'],
    /\[FTL\] Error listening on port: 192\.0\.2\.99:0, "listen tcp 192\.0\.2\.99:0: bind: cannot assign requested address"\n$/,
  ),
  dies(
    'a host that has no address',
    ['-a', 'nohost.invalid', '-p', '-1'],
    /\[FTL\] Error listening on port: nohost\.invalid:0, "listen tcp.* nohost\.invalid.*"\n$/,
  ),
  dies(
    'a pid file that cannot be written',
    ['-a', '127.0.0.1', '-p', '-1', '-P', '$FOLDER/none/x.pid'],
    /\[FTL\] Could not write pidfile: open .*none\/x\.pid: no such file or directory\n$/,
  ),
  dies(
    'a log file that cannot be opened',
    ['-p', '-1', '-l', '$FOLDER/none/x.log'],
    /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d error opening file: open .*none\/x\.log: no such file or directory\n$/,
  ),
  dies(
    'a log file that is a folder',
    ['-p', '-1', '-l', '$FOLDER'],
    /^\S+ \S+ error opening file: open \S+: is a directory\n$/,
  ),
  dies(
    'an address to advertise without a number',
    ['-a', '127.0.0.1', '-p', '-1', '--client_advertise', 'h:x'],
    /\[FTL\] Error setting server INFO with ClientAdvertise value of h:x, err=/,
  ),
];
