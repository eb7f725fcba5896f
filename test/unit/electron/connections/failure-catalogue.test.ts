import { expect, test } from 'vitest';
import { codeOfServerError, ConnectFailure, failures } from '../../../../electron/connections/failure-catalogue.ts';
import type { FailureCode } from '../../../../electron/connections/failure-catalogue.ts';
import { remediesFor } from '../../../../electron/connections/remedies.ts';
import { localProfile } from '../../../../electron/connections/profiles.ts';

const codes = Object.keys(failures) as FailureCode[];

test('every failure but a cancellation has a remedy, at every kind of address', () => {
  for (const code of codes) {
    if (code === 'cancelled') continue;
    for (const server of ['nats://h:4222', 'tls://h:5222', 'ws://h', 'wss://h:1/p']) {
      const profile = { ...localProfile(), servers: [server] };
      const failure = new ConnectFailure(code, { facts: [{ label: 'CA file', value: 'x' }] });
      const remedies = remediesFor({ profile, server, failure, info: undefined, names: ['a.b'] });
      expect(remedies.length, `${code} at ${server}`).toBeGreaterThan(0);
      for (const remedy of remedies) expect(remedy.label).toMatch(/^[A-Z]/);
    }
  }
});

test('texts are a few words, begin small and have no end mark', () => {
  for (const code of codes) {
    const { text } = failures[code];
    expect(text.length, code).toBeLessThanOrEqual(45);
    expect(text, code).not.toMatch(/[.!]$/);
  }
});

test('the same words do not stand for two failures of one step', () => {
  const seen = new Map<string, string>();
  for (const code of codes) {
    const key = `${failures[code].step} ${failures[code].text}`;
    const twin = seen.get(key);
    // Two ways to learn that credentials are too old: from the server, and from the file.
    if (twin !== 'creds-expired') expect(twin, code).toBeUndefined();
    seen.set(key, code);
  }
});

test('an -ERR is recognized with quotes, prefix and in any case', () => {
  expect(codeOfServerError("-ERR 'Authorization Violation'")).toBe('authorization-violation');
  expect(codeOfServerError('MAXIMUM CONNECTIONS EXCEEDED')).toBe('connections-exceeded');
  expect(codeOfServerError('never heard of')).toBe('server-error');
});
