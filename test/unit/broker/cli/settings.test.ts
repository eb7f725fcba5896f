import { expect, test } from 'vitest';
import { parseFlags } from '../../../../broker/cli/flags.ts';
import { settingsFrom } from '../../../../broker/cli/settings.ts';
import { usage } from '../../../../broker/cli/usage.ts';

const settings = (...words: string[]): ReturnType<typeof settingsFrom> => settingsFrom(parseFlags(words).values);

test('without flags everything is left to the broker', () => {
  expect(settings()).toEqual({
    broker: { debug: false, trace: false, maxTracedMessageLength: 0 },
    logFile: undefined,
    logFileBytesMax: 0,
    logTime: true,
    logUtc: false,
    pidFile: undefined,
    portsFolder: undefined,
    warnings: [],
  });
});

test.each([
  [['-D'], true, false],
  [['-V'], false, true],
  [['-VV'], false, true],
  [['-DV'], true, true],
  [['-DVV'], true, true],
  [['-DV', '-D=false'], true, true],
])('%j: debug %s, trace %s', (words, debug, trace) => {
  expect(settings(...words).broker).toMatchObject({ debug, trace });
});

test('port 0 and empty texts count as not given', () => {
  expect(settings('-p', '0', '-a', '', '-n', '', '--user=', '-l', '')).toEqual(settings());
});

test('an unlimited length stays unlimited', () => {
  expect(settings('--max_traced_msg_len', '-1').broker.maxTracedMessageLength).toBe(0);
});

test.each([
  [['--user', 'ada', '--pass', 'x'], ['Plaintext passwords detected, use nkeys or bcrypt'], 'x'],
  [['--user', 'ada', '--pass', '$2a$10$abc'], [], '$2a$10$abc'],
  [['--pass', '$2a$10$abc'], ['--pass without --user has no effect: anyone may connect'], undefined],
  [['--auth', 'x'], [], undefined],
])('%j warns of %j', (words, warnings, password) => {
  expect(settings(...words)).toMatchObject({ warnings });
  expect(settings(...words).broker.password).toBe(password);
});

test('a name with a blank is refused', () => {
  expect(() => settings('-n', 'a b')).toThrow('server name cannot contain spaces');
});

test('the usage names each flag once and says which are not available yet', () => {
  const [available = '', later = ''] = usage('natscope-server').split('not available yet');
  expect(available).toContain('-p, --port <port>');
  expect(later).toContain('-c, --config <file>');
  expect(available).not.toContain('--config');
  expect(later).not.toContain('--port ');
});
