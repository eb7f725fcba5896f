import { describe, expect, test } from 'vitest';
import {
  decodeAccountClaims,
  decodeActivationClaims,
  decodeAuthorizationRequestClaims,
  decodeAuthorizationResponseClaims,
  decodeUserClaims,
} from '../../../../../broker/auth/jwt/decode.ts';
import { encodeJwt } from '../../../../../broker/auth/jwt/encode.ts';
import { isBlocking, type ValidationIssue } from '../../../../../broker/auth/jwt/issues.ts';
import {
  validateAccount,
  validateActivationToken,
  validateAuthorizationRequest,
  validateAuthorizationResponse,
  validateUser,
} from '../../../../../broker/auth/jwt/validation.ts';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';

const NOW = 1_000_000;
const operator = newKeyPair('operator');
const exporter = newKeyPair('account');
const importer = newKeyPair('account');
const user = newKeyPair('user');
const server = newKeyPair('server');

const open = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };

function ofAccount(nats: object): readonly ValidationIssue[] {
  const draft = { sub: importer.publicKey, nats: { limits: open, ...nats, type: 'account' as const } };
  return validateAccount(decodeAccountClaims(encodeJwt(draft, operator)), NOW);
}

function ofUser(nats: object, times: { exp?: number; nbf?: number } = {}): readonly ValidationIssue[] {
  const draft = { sub: user.publicKey, ...times, nats: { ...nats, type: 'user' as const } };
  return validateUser(decodeUserClaims(encodeJwt(draft, exporter)), NOW);
}

const texts = (issues: readonly ValidationIssue[]): string[] => issues.map(({ description }) => description);

describe('claims of users', () => {
  test.each([
    [{}, []],
    [
      {
        src: ['10.0.0.0/8', 'fd00::/8'],
        times: [{ start: '08:00:00', end: '17:00:00' }],
        times_location: 'Europe/Berlin',
      },
      [],
    ],
    [{ src: ['10.0.0.1'] }, ['invalid cidr "10.0.0.1" in user src limits']],
    [{ times: [{}] }, ['time ranges start must contain a start', 'time ranges end must contain an end']],
    [
      { times: [{ start: '8', end: '25:00:00' }] },
      ['start in time range is invalid "8"', 'end in time range is invalid "25:00:00"'],
    ],
    [{ times_location: 'Mars' }, ['could not parse iana time zone by name: unknown time zone Mars']],
    [{ issuer_account: user.publicKey }, ['account_id is not an account public key']],
    [{ sub: { allow: ['a queue', ''] } }, ['subject cannot be empty']],
    [{ pub: { allow: ['a queue'] } }, ['Permission Subject "a queue" is not allowed to contain queue']],
    [{ pub: { deny: ['a b c'] } }, ['Permission Subject "a b c" contains too many spaces']],
    [
      { pub: { allow: ['.a..b.'] } },
      ['subject ".a..b." cannot start or end with a `.`', 'subject ".a..b." cannot contain consecutive `.`'],
    ],
  ])('%j', (nats, expected) => {
    expect(texts(ofUser(nats))).toEqual(expected);
  });

  test('hold from nbf until exp, both included', () => {
    expect(ofUser({}, { exp: NOW, nbf: NOW })).toEqual([]);
    const over = ofUser({}, { exp: NOW - 1 });
    expect(over).toEqual([{ description: 'claim is expired', kind: 'time' }]);
    expect(texts(ofUser({}, { nbf: NOW + 1 }))).toEqual(['claim is not yet valid']);
    expect([isBlocking(over, true), isBlocking(over, false)]).toEqual([true, false]);
  });
});

describe('claims of accounts', () => {
  const stream = (subject: string, more: object = {}): object => ({ type: 'stream', subject, ...more });
  const service = (subject: string, more: object = {}): object => ({ type: 'service', subject, ...more });
  const from = (more: object): object => ({ account: exporter.publicKey, ...more });

  test.each([
    [{}, []],
    [{ imports: [null], exports: [null] }, ['null import is not allowed', 'null export is not allowed']],
    [{ imports: [{ subject: 'a' }] }, ['invalid import type: "unknown"', 'account to import from is not specified']],
    [{ imports: [from(service('a', { allow_trace: true }))] }, ['AllowTrace only valid for stream import']],
    [
      { imports: [from(stream('a', { share: true }))] },
      ['sharing information (for latency tracking) is only valid for services: "a"'],
    ],
    [
      { imports: [from(stream('a.*', { local_subject: 'b.$1', to: 'x' }))] },
      ['the field to has been deprecated (use LocalSubject instead)', 'Local Subject replaces To'],
    ],
    [
      { imports: [from(stream('a.*', { local_subject: 'b.$2' }))] },
      [
        'Reference $2 in "b.$2" reference * in "a.*" that do not exist',
        'subject does not contain enough * or reference wildcards $[0-9]',
      ],
    ],
    [
      { imports: [from(stream('a.>', { local_subject: 'b' }))] },
      ['both, renaming subject and subject, need to end or not end in >'],
    ],
    [
      { imports: [from(service('a.*')), from(service('a.b'))] },
      [`overlapping subject namespace for "a.b" and "a.*" in same account "${exporter.publicKey}"`],
    ],
    [{ imports: [from(service('a', { token: 'x' }))] }, ['import "a" contains an invalid activation token']],
    [{ exports: [{ subject: 'a' }] }, ['invalid export type: "unknown"']],
    [{ exports: [service('a', { response_type: 'Some' })] }, ['invalid response type for service: "Some"']],
    [
      { exports: [stream('a', { response_type: 'Stream', allow_trace: true, response_threshold: 5 })] },
      [
        'invalid response type for stream: "Stream"',
        'AllowTrace only valid for service export',
        'response threshold only valid for services',
      ],
    ],
    [{ exports: [service('a', { response_threshold: -1 })] }, ['negative response threshold is invalid']],
    [
      { exports: [service('a', { service_latency: { sampling: 101, results: 'r.*' } })] },
      ['sampling percentage needs to be between 1-100', 'results subject can not contain wildcards'],
    ],
    [
      { exports: [stream('a', { service_latency: { sampling: 5, results: 'r' } })] },
      ['latency tracking only permitted for services'],
    ],
    [
      { exports: [service('a', { account_token_position: 1 })] },
      ['Account Token Position can only be used with wildcard subjects: a'],
    ],
    [
      { exports: [service('a.*', { account_token_position: 3 })] },
      ["Account Token Position 3 exceeds length of subject 'a.*'"],
    ],
    [
      { exports: [service('a.*', { account_token_position: 1 })] },
      ["Account Token Position 1 matches 'a' but must match a * in: a.*"],
    ],
    [{ exports: [stream('a.*'), stream('a.b')] }, ['stream export subject "a.*" already exports "a.b"']],
    [{ exports: [stream('a', { info_url: 'x' })] }, ['error parsing info url: no hostname or scheme']],
    [
      { limits: { ...open, imports: 0 }, imports: [from(stream('a'))] },
      Array.from({ length: 2 }, () => 'the account contains more imports than allowed by the operator'),
    ],
    [
      { limits: { ...open, exports: 1, wildcards: false }, exports: [stream('a'), stream('b.*')] },
      [
        'the account contains more exports than allowed by the operator',
        'the account contains wildcard exports that are not allowed by the operator',
      ],
    ],
    [
      { limits: { ...open, tiered_limits: { '': {} } } },
      ['Tiered JetStream Limits can not contain a blank "" tier name'],
    ],
    [{ default_permissions: { pub: { allow: [''] } } }, ['subject cannot be empty']],
    [
      {
        mappings: {
          a: [
            { subject: 'b', weight: 60 },
            { subject: 'c', weight: 60 },
          ],
        },
      },
      [`Mapping "a" exceeds 100% among all of it's weighted to mappings`],
    ],
    [
      { mappings: { a: [{ subject: 'b', weight: 101, cluster: 'k' }] } },
      [
        'Mapping "a" has a weight 101 that exceeds 100',
        `Mapping "a" in cluster "k" exceeds 100% among all of it's weighted to mappings`,
      ],
    ],
    [
      { authorization: { allowed_accounts: ['*'] } },
      ['External authorization cannot have accounts without users specified'],
    ],
    [
      { authorization: { auth_users: ['u'], allowed_accounts: ['*', 'a'], xkey: 'x' } },
      [
        'AuthUser "u" is not a valid user public key',
        'AllowedAccounts can only be a list of accounts or "*"',
        'Account "a" is not a valid account public key',
        'XKey "x" is not a valid public xkey',
      ],
    ],
    [
      { trace: { dest: 'a.*', sampling: 101 } },
      [
        'the account Trace.Destination subject "a.*" is not a valid publish subject',
        "the account Trace.Sampling value '101' is not valid, should be in the range [1..100]",
      ],
    ],
    [{ trace: {} }, ['the account Trace.Destination subject cannot be empty']],
    [
      { signing_keys: ['x', { kind: 'user_scope', key: 'y' }] },
      ['"x" is not a valid account signing key', 'y is not an account public key'],
    ],
    [{ cluster_traffic: 'x' }, ['unknown cluster traffic option: "x"']],
    [{ description: 'x'.repeat(8193) }, ['Description is too long']],
    [{ info_url: `http://x/${'x'.repeat(8192)}` }, ['Info URL is too long']],
  ])('%j', (nats, expected) => {
    expect(texts(ofAccount(nats))).toEqual(expected);
  });

  test('are only warned of when an account gives limits to itself', () => {
    const draft = { sub: importer.publicKey, nats: { type: 'account' as const, limits: open } };
    const issues = validateAccount(decodeAccountClaims(encodeJwt(draft, importer)), NOW);
    expect(issues).toEqual([
      { description: "self-signed account JWTs shouldn't contain operator limits", kind: 'warning' },
    ]);
    expect(isBlocking(issues, true)).toBe(false);
  });

  test('hold activation tokens against the import, but not against the time', () => {
    const token = (more: object, sub = importer.publicKey, signer = exporter): string =>
      encodeJwt({ sub, exp: 5, nats: { type: 'activation', kind: 'stream', subject: 'a.>', ...more } }, signer);
    const withToken = (text: string): string[] => texts(ofAccount({ imports: [from(stream('a.b', { token: text }))] }));
    expect(withToken(token({}))).toEqual([]);
    expect(withToken(token({ issuer_account: exporter.publicKey }, undefined, newKeyPair('account')))).toEqual([]);
    expect(withToken(token({ kind: 'service' }))).toEqual([
      'mismatch between token import type service and type of import stream',
    ]);
    expect(withToken(token({ subject: 'b' }))).toEqual([
      'activation token import subject "b" doesn\'t match import "a.b"',
    ]);
    expect(withToken(token({}, exporter.publicKey))).toEqual([
      'activation token doesn\'t match account it is being included in, "a.b"',
    ]);
    expect(withToken(token({}, undefined, newKeyPair('account')))).toEqual([
      'activation token doesn\'t match account for import "a.b"',
    ]);
  });
});

describe('claims of other kinds', () => {
  test('activations', () => {
    const draft = {
      sub: importer.publicKey,
      exp: 5,
      nats: { type: 'activation' as const, subject: 'a b', issuer_account: 'x' },
    };
    expect(texts(validateActivationToken(decodeActivationClaims(encodeJwt(draft, exporter)), NOW))).toEqual([
      'claim is expired',
      'invalid import type: "unknown"',
      'subject "a b" cannot have spaces',
      'account_id is not an account public key',
    ]);
  });

  test('requests to an auth callout', () => {
    const request = (nats: object): string[] => {
      const draft = { sub: user.publicKey, nats: { ...nats, type: 'authorization_request' as const } };
      return texts(validateAuthorizationRequest(decodeAuthorizationRequestClaims(encodeJwt(draft, server)), NOW));
    };
    expect(request({ user_nkey: user.publicKey })).toEqual([]);
    expect(request({})).toEqual(['User nkey is required']);
    expect(request({ user_nkey: 'x' })).toEqual(['User nkey "x" is not a valid user public key']);
  });

  test('answers of an auth callout', () => {
    const answer = (nats: object, aud = server.publicKey, sub = user.publicKey): string[] => {
      const draft = { sub, aud, nats: { ...nats, type: 'authorization_response' as const } };
      return texts(validateAuthorizationResponse(decodeAuthorizationResponseClaims(encodeJwt(draft, exporter)), NOW));
    };
    expect(answer({ jwt: 'x' })).toEqual([]);
    expect(answer({})).toEqual(['Error or Jwt is required']);
    expect(answer({ jwt: 'x', error: 'y' })).toEqual(['Only Error or Jwt can be set']);
    expect(answer({ error: 'y', issuer_account: 'x' }, 'x', 'y')).toEqual([
      'Subject must be a user public key',
      'Audience must be a server public key',
      'issuer_account is not an account public key',
    ]);
  });
});
