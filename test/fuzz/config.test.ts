import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../broker/config/config.ts';
import { parseConfigText } from '../../broker/config/load.ts';
import { canaries, type ConfigReader, misbehaviour, OurReader } from './config-harness.ts';
import { anyText, rightText, type Written } from './config-texts.ts';

/** Whatever the text is, it is read or refused in good order, and no other file is touched. */
function behaves(reader: ConfigReader): fc.IProperty<[string]> {
  return fc.property(anyText, (text) => {
    expect(misbehaviour(reader, text)).toBeUndefined();
  });
}

/** However a value is spelled, it is understood. */
function understands(reader: ConfigReader): fc.IProperty<[Written]> {
  return fc.property(rightText, ({ text, value }) => {
    expect(reader.values(text)).toEqual(value);
  });
}

const bounds = { numRuns: 20_000, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false } as const;

describe('the configuration', () => {
  test('is read or refused, whatever the text is', () => {
    fc.assert(behaves(new OurReader()), bounds);
  });

  test('is understood in every spelling', () => {
    fc.assert(understands(new OurReader()), bounds);
  });

  test('keeps its secrets when it is refused', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{4,12}$/).map((text) => `s3cr3t${text}s3cr3t`);
    const holder = fc.constantFrom(
      (it: string) => `authorization { user: a, password: $${it} }`,
      (it: string) => `authorization { user: a, password: ${it}, token: ${it} }`,
      (it: string) => `authorization { users: [ { user: a, pass: "${it}", foo: 1 } ] }`,
      (it: string) => `authorization { users: "${it}" pass: 5 }`.replace(`"${it}"`, `[{ pass: "${it}" }]`),
      (it: string) => `cluster { routes: [ "nats://user:${it}@host:port" ] }`,
      (it: string) => `leafnodes { remotes: [ { url: "nats://${it}@host:p" } ] }`,
      (it: string) => `leafnodes { remotes: [ { url: "ws://h", proxy { url: "ftp://u:${it}@h" } } ] }`,
      (it: string) => `jetstream { key: "${it}", cipher: rot13 }`,
      (it: string) => `websocket { authorization { password: "${it}", foo: 1 } }`,
      (it: string) => `operator: "eyJ${it}.${it}.${it}"`,
      (it: string) => `default_sentinel: "eyJ${it}"\nfoo: 1`,
      (it: string) => `SECRET: "${it}"\nauthorization { password: $SECRET, foo: 1 }`,
    );
    fc.assert(
      fc.property(secret, holder, fc.constantFrom('', '\nfoo: 1', '\nport: "x"'), (value, hold, more) => {
        const message = refusal(`${hold(value)}${more}\n`);
        expect(message).not.toContain('s3cr3t');
      }),
      { numRuns: 500 },
    );
  });
});

/** Everything that is said of a text. */
function refusal(text: string): string {
  try {
    parseConfigText(text, { sources: { readFile: missing, environment: {} } });
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [error.message, ...error.problems.flatMap((problem) => [problem.message, problem.text ?? ''])].join('\n');
  }
}

function missing(path: string): never {
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}

describe('a reader that', () => {
  test.each(Object.entries(canaries))('%s is found out', (_name, reader) => {
    const found = [understands(reader), behaves(reader)].some(
      (property) => fc.check(property as fc.IProperty<unknown>, { numRuns: 5000, endOnFailure: true }).failed,
    );
    expect(found).toBe(true);
  });
});
