import { describe, expect, test } from 'vitest';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';
import {
  isOperatorMode,
  readOperator,
  trustOperators,
  withOperatorDefaults,
} from '../../../../../broker/auth/operator/operators.ts';
import type { BrokerOptions, OperatorOptions } from '../../../../../broker/options.ts';
import { TestOperator } from '../../../../support/operator-tree.ts';

const operator = new TestOperator();
const account = operator.account('A');
const bearer = account.user('any', { bearer_token: true });

function optionsOf(more: Partial<OperatorOptions> = {}, others: BrokerOptions = {}): BrokerOptions {
  return { operator: { operators: [operator.jwt()], resolver: { type: 'memory' }, ...more }, ...others };
}

function asserting(version: string): BrokerOptions {
  return optionsOf({ operators: [operator.jwt({ assert_server_version: version })] });
}

describe('operators that are trusted', () => {
  test('operator mode is on with an operator or a trusted key', () => {
    expect(isOperatorMode({})).toBe(false);
    expect(isOperatorMode({ operator: { operators: [] } })).toBe(false);
    expect(isOperatorMode({ operator: { operators: [], trustedKeys: [operator.key] } })).toBe(true);
    expect(isOperatorMode(optionsOf())).toBe(true);
  });

  test('sign by their own key and by signing keys; strict ones by these alone', () => {
    const { keys, strictKeys } = trustOperators(optionsOf());
    expect([...keys]).toEqual([operator.key, operator.signingKeys.publicKey]);
    expect([...strictKeys]).toEqual([]);
    const strict = trustOperators(optionsOf({ operators: [operator.jwt({ strict_signing_key_usage: true })] }));
    expect([...strict.keys]).toEqual([operator.signingKeys.publicKey]);
    expect([...strict.strictKeys]).toEqual([operator.signingKeys.publicKey]);
    expect([...trustOperators({ operator: { operators: [], trustedKeys: [operator.key] } }).keys]).toEqual([
      operator.key,
    ]);
  });

  test('are read bare and from files of nsc', () => {
    const jwt = operator.jwt();
    const file = `-----BEGIN NATS OPERATOR JWT-----\n${jwt}\n------END NATS OPERATOR JWT------\n`;
    for (const text of [jwt, file, file.replaceAll('\n', '\r\n')]) expect(readOperator(text).sub).toBe(operator.key);
    expect(() => readOperator(account.jwt())).toThrow('not operator claim');
    expect(() => readOperator('x')).toThrow('expected 3 chunks');
  });

  test.each<[string, BrokerOptions]>([
    ['default sentinel requires operators and accounts', { operator: { operators: [], defaultSentinel: bearer.jwt } }],
    ['error parsing operator JWT: expected 3 chunks', optionsOf({ operators: ['x'] })],
    ['default sentinel JWT not valid', optionsOf({ defaultSentinel: 'x' })],
    ['default sentinel must be a bearer token', optionsOf({ defaultSentinel: account.user('no').jwt })],
    ['operators require an account resolver to be configured', optionsOf({ resolver: undefined })],
    ['operators do not allow Accounts to be configured directly', optionsOf({}, { accounts: [{ name: 'A' }] })],
    ['operators do not allow users to be configured directly', optionsOf({}, { users: [{ user: 'u' }] })],
    ["conflicting options for 'TrustedKeys' and 'TrustedOperators'", optionsOf({ trustedKeys: [operator.key] })],
    ['system_account in config and operator JWT must be identical', optionsOf({}, { systemAccount: account.key })],
    [
      'using nats based account resolver - the system account needs to be specified in configuration or the operator jwt',
      optionsOf({ operators: [operator.jwt({ system_account: '' })], resolver: { type: 'full', folder: 'x' } }),
    ],
    [
      'trusted Keys "x" are required to be a valid public operator nkey',
      optionsOf({ operators: [operator.jwt({ signing_keys: ['x'] })] }),
    ],
    ['pinned account key "x" is not a valid public account nkey', optionsOf({ pinnedAccounts: ['x'] })],
    [
      'operators do not allow authorization callouts to be configured directly',
      optionsOf({}, { authCallout: { issuer: account.key, authUsers: ['u'] } }),
    ],
    ['no_auth_user not compatible with Trusted Operator', optionsOf({}, { noAuthUser: 'u' })],
    [
      'resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR',
      optionsOf({ resolver: { type: 'url', url: 'http://x' }, preload: { [account.key]: account.jwt() } }),
    ],
    ['preload account error for "A": expected 3 chunks', optionsOf({ preload: { A: 'x' } })],
    [`operator ${operator.key} expected major version 3 > server major version 2`, asserting('3.0.0')],
    [`operator ${operator.key} expected minor version 16 > server minor version 15`, asserting('2.16.0')],
    [`operator ${operator.key} expected update version 2 > server update version 1`, asserting('2.15.2')],
    [
      `operator ${operator.key} expects version 2 got error instead: asserted server version must be of the form <major>.<minor>.<update>`,
      asserting('2'),
    ],
    [
      `operator ${operator.key} expects version 2.x.1 got error instead: asserted server version cant parse x to int`,
      asserting('2.x.1'),
    ],
    [
      `operator ${operator.key} expects version 2.-1.1 got error instead: asserted server version can'b contain negative values: 2.-1.1`,
      asserting('2.-1.1'),
    ],
  ])('%s', (message, options) => {
    expect(() => trustOperators(options)).toThrow(expect.objectContaining({ code: 'invalid-option', message }));
  });

  test.each(['', '2.15.1', '2.14.9', '1.99.99', '2.15.0'])('an operator may want version %j at least', (version) => {
    expect(trustOperators(asserting(version)).claims).toHaveLength(1);
  });

  test('a sentinel may be a bearer, or of a scoped key whose template is not known yet', () => {
    const scoped = account.scopedUser('s', newKeyPair('account'));
    for (const { jwt } of [bearer, scoped]) {
      expect(trustOperators(optionsOf({ defaultSentinel: jwt })).claims).toHaveLength(1);
    }
  });
});

describe('what one operator says of the server', () => {
  test('its system account, and where its accounts are', () => {
    const jwt = operator.jwt({ account_server_url: 'http://127.0.0.1:9090/jwt/v1' });
    const options = withOperatorDefaults({ operator: { operators: [jwt] } });
    expect(options.systemAccount).toBe(operator.system.key);
    expect(options.operator?.resolver).toEqual({ type: 'url', url: 'http://127.0.0.1:9090/jwt/v1/accounts' });
    const said = withOperatorDefaults({
      operator: { operators: [jwt], resolver: { type: 'memory' } },
      systemAccount: 'S',
    });
    expect([said.systemAccount, said.operator?.resolver]).toEqual(['S', { type: 'memory' }]);
  });

  test('nothing, where there are several or none', () => {
    const several = { operator: { operators: [operator.jwt(), new TestOperator().jwt()] } };
    expect(withOperatorDefaults(several)).toBe(several);
    expect(withOperatorDefaults({ host: 'x' })).toEqual({ host: 'x' });
  });
});
