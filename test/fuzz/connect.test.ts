import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultConnectOptions, readConnect, redactConnect } from '../../broker/wire/connect.ts';
import { hostileBytes } from './operations.ts';

const bounds = { numRuns: 5000, interruptAfterTimeLimit: 1000, markInterruptAsFailure: false } as const;
const fields = Object.keys(defaultConnectOptions());

test('any text is read as CONNECT or refused, never more', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), hostileBytes), (text) => {
      const read = readConnect(text, defaultConnectOptions());
      if (read !== undefined) expect(Object.keys(read).toSorted()).toEqual(fields.toSorted());
    }),
    bounds,
  );
});

test('every field keeps its type, whatever is said', () => {
  const lies = fc.dictionary(
    fc.oneof(fc.constantFrom(...fields, '__proto__', 'constructor', 'VERBOSE'), fc.string()),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(lies, (said) => {
      const read = readConnect(JSON.stringify(said), defaultConnectOptions());
      if (read === undefined) return;
      const types = (options: object): string[] => Object.values(options).map((value) => typeof value);
      expect(types(read)).toEqual(types(defaultConnectOptions()));
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    }),
    bounds,
  );
});

test('a secret of CONNECT is not in what the trace shows', () => {
  const secret = fc.string({ minLength: 1, maxLength: 30 }).map((text) => `s3cr3t-${text}-s3cr3t`);
  fc.assert(
    fc.property(secret, fc.constantFrom('pass', 'auth_token', 'jwt', 'sig'), fc.string(), (value, field, name) => {
      const shown = redactConnect(JSON.stringify({ name, [field]: value, user: 'ada' }));
      expect(shown).not.toContain('s3cr3t');
    }),
    bounds,
  );
});
