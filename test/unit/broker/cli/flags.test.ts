import { describe, expect, test } from 'vitest';
import { FLAGS, FlagError, parseFlags, redactedWords } from '../../../../broker/cli/flags.ts';

const values = (...words: string[]): Record<string, unknown> => Object.fromEntries(parseFlags(words).values);

describe('parseFlags', () => {
  test.each([
    [['-p', '4333'], { port: 4333 }],
    [['--port=4333'], { port: 4333 }],
    [['-port', '4333'], { port: 4333 }],
    [['--p=4333'], { port: 4333 }],
    [['-p', '-1'], { port: -1 }],
    [['-p', '0x10'], { port: 16 }],
    [['-p', '0o17'], { port: 15 }],
    [['-p', '017'], { port: 15 }],
    [['-p', '0b11'], { port: 3 }],
    [['-p', '1_000'], { port: 1000 }],
    [['-p', '+5'], { port: 5 }],
    [['-p', '0'], { port: 0 }],
    [['-p', '1', '--port', '2'], { port: 2 }],
    [['-D', '-V'], { debug: true, trace: true }],
    [['-DV'], { DV: true }],
    [['-T=false'], { logtime: false }],
    [['-T=F', '-D=1'], { logtime: false, debug: true }],
    [['--user', ''], { user: '' }],
    [['--user='], { user: '' }],
    [['--user=a=b'], { user: 'a=b' }],
    [['--user', '-x'], { user: '-x' }],
    [['-n', 'x', '-name', 'y', '--server_name', 'z'], { server_name: 'z' }],
  ])('%j', (words, expected) => {
    expect(values(...words)).toEqual(expected);
  });

  test.each([
    [
      ['-D', 'word', '-V'],
      ['word', '-V'],
    ],
    [['--', '-V'], ['-V']],
    [['-'], ['-']],
    [['-D', 'false'], ['false']],
  ])('%j leaves %j', (words, rest) => {
    expect(parseFlags(words).rest).toEqual(rest);
  });

  test.each([
    [['--nope'], 'flag provided but not defined: -nope'],
    [['-p'], 'flag needs an argument: -p'],
    [['-p', '1.5'], 'invalid value "1.5" for flag -p: parse error'],
    [['-p', ''], 'invalid value "" for flag -p: parse error'],
    [['-p', '08'], 'invalid value "08" for flag -p: parse error'],
    [['-p', '1__0'], 'invalid value "1__0" for flag -p: parse error'],
    [['-p', '9'.repeat(30)], `invalid value "${'9'.repeat(30)}" for flag -p: value out of range`],
    [['-D=yes'], 'invalid boolean value "yes" for -D: parse error'],
    [['---p'], 'bad flag syntax: ---p'],
    [['-='], 'bad flag syntax: -='],
  ])('%j throws', (words, message) => {
    expect(() => parseFlags(words)).toThrow(new FlagError(message));
  });

  test('no spelling belongs to two flags', () => {
    const names = FLAGS.flatMap((flag) => flag.names as readonly string[]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('redactedWords', () => {
  test.each([
    [
      ['--pass', 'hunter2', '-p', '1'],
      ['--pass', '[REDACTED]', '-p', '1'],
    ],
    [['-pass=hunter2'], ['-pass=[REDACTED]']],
    [['--auth=a=b'], ['--auth=[REDACTED]']],
    [
      ['-auth', '--pass'],
      ['-auth', '[REDACTED]'],
    ],
    [
      ['--user', 'ada'],
      ['--user', '[REDACTED]'],
    ],
    [['--routes=nats://u:p@a:1,nats://u:p@b:2'], ['--routes=nats://[REDACTED]@a:1,nats://[REDACTED]@b:2']],
    [['--routes=nats://a:1,nats://u:p@b:2'], ['--routes=nats://a:1,nats://[REDACTED]@b:2']],
    [['--routes=nats://u:p,@/x@a:1'], ['--routes=nats://[REDACTED]@a:1']],
    [
      ['--cluster', 'nats://u:p@h:-1', '-D'],
      ['--cluster', 'nats://[REDACTED]@h:-1', '-D'],
    ],
    [
      ['-cluster_listen', 'nats://h:1', '-D'],
      ['-cluster_listen', 'nats://h:1', '-D'],
    ],
    [
      ['-r', 'tcp://u:p@h:514'],
      ['-r', 'tcp://[REDACTED]@h:514'],
    ],
    [['--password-like'], ['--password-like']],
  ])('%j', (words, expected) => {
    expect(redactedWords(words)).toEqual(expected);
  });
});
