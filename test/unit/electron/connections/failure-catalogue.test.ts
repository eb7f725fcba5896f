import { expect, test } from 'vitest';
import { codeOfServerError, ConnectFailure, failures } from '../../../../electron/connections/failure-catalogue.ts';
import type { FailureCode } from '../../../../electron/connections/failure-catalogue.ts';
import { remediesFor } from '../../../../electron/connections/remedies.ts';
import { localProfile } from '../../../../electron/connections/profiles.ts';

const codes = Object.keys(failures) as FailureCode[];

test('every failure but a cancellation has a remedy, at every kind of address', () => {
  const without: string[] = [];
  for (const code of codes) {
    for (const server of ['nats://h:4222', 'tls://h:5222', 'ws://h', 'wss://h:1/p']) {
      const profile = { ...localProfile(), servers: [server] };
      const failure = new ConnectFailure(code, { facts: [{ label: 'CA file', value: 'x' }] });
      const remedies = remediesFor({ profile, server, failure, info: undefined, names: ['a.b'] });
      if (!remedies.some((remedy) => /^[A-Z]/.test(remedy.label))) without.push(`${code} at ${server}`);
    }
  }
  expect(without.filter((entry) => !entry.startsWith('cancelled'))).toEqual([]);
});

test('texts are a few words, begin small and have no end mark', () => {
  const texts = codes.map((code) => failures[code].text);
  expect(texts.filter((text) => text.length > 45 || /[.!]$/.test(text))).toEqual([]);
});

test('the same words do not stand for two failures of one step', () => {
  const keys = codes.map((code) => `${failures[code].step}: ${failures[code].text}`);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  // Two ways to learn that credentials are too old: from the server, and from the file.
  expect(twice).toEqual(['connect: credentials have expired']);
});

test('an -ERR is recognized with quotes, prefix and in any case', () => {
  expect(codeOfServerError("-ERR 'Authorization Violation'")).toBe('authorization-violation');
  expect(codeOfServerError('MAXIMUM CONNECTIONS EXCEEDED')).toBe('connections-exceeded');
  expect(codeOfServerError('never heard of')).toBe('server-error');
});
