import { describe, expect, it, test } from 'vitest';
import { checkOptions, monitoringFault } from '../../../../broker/config/check.ts';
import { ConfigError } from '../../../../broker/config/config.ts';
import type { BrokerOptions } from '../../../../broker/options.ts';
import { TestOperator } from '../../../support/operator-tree.ts';

function fault(options: BrokerOptions): string | undefined {
  try {
    checkOptions(options, {});
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

// What comes of configurations is held against the real server by the conformance cases.
describe('options that no configuration says', () => {
  test.each<[string, BrokerOptions, string | undefined]>([
    ['nothing', {}, undefined],
    ['a name with blanks', { serverName: 'a b' }, 'server name cannot contain spaces'],
    ['0 for the defaults', { maxPayload: 0, maxPending: 0, lameDuckDurationMs: 0 }, undefined],
    [
      'a payload beyond what may wait',
      { maxPayload: 2, maxPending: 1 },
      'max_payload (2) cannot be higher than max_pending (1)',
    ],
    [
      'permissions that are no subjects',
      { users: [{ user: 'a', permissions: { publish: { deny: ['a..b'] } } }] },
      'invalid permissions for user "a": publish deny: subject "a..b" is not a valid subject',
    ],
    [
      'permissions of a key',
      { users: [{ nkey: 'U', permissions: { subscribe: { allow: ['a b c'] } } }] },
      'invalid permissions for nkey "U": subscribe allow: subject "a b c" is not a valid subject',
    ],
    ['queues where they may be', { users: [{ user: 'a', permissions: { subscribe: { allow: ['a b'] } } }] }, undefined],
    ['a key for those who show nothing', { users: [{ nkey: 'U' }], noAuthUser: 'U' }, undefined],
    ['a system account that is there', { accounts: [{ name: 'S' }], systemAccount: 'S' }, undefined],
  ])('%s', (_name, options, expected) => {
    expect(fault(options)).toBe(expected);
  });
});

describe('in operator mode', () => {
  const operator = new TestOperator();
  const options: BrokerOptions = {
    operator: { operators: [operator.jwt()], resolver: { type: 'memory' } },
    systemAccount: operator.system.key,
  };

  it('everything may be told by JWTs', () => {
    expect(fault(options)).toBeUndefined();
  });

  test.each<[Partial<BrokerOptions>, string]>([
    [{ accounts: [{ name: 'A' }] }, 'operators do not allow Accounts to be configured directly'],
    [{ mappings: [] }, 'operators do not allow Accounts to be configured directly'],
    [{ users: [{ user: 'a' }] }, 'operators do not allow users to be configured directly'],
    [{ noAuthUser: 'a' }, 'no_auth_user not compatible with Trusted Operator'],
    [{ kept: { leafnodes: { users: [{}] } } }, 'operator mode does not allow specifying users in leafnode config'],
    [
      { kept: { leafnodes: { remotes: [{ urls: ['nats://h'], account: 'A' }] } } },
      'operator mode requires account nkeys in remotes',
    ],
    [
      { kept: { jetstream: { enabled: true, more: { default_js_domain: { A: 'd' } } } } },
      'default_js_domain contains account name "A", which is not a valid public account nkey',
    ],
  ])('%j is refused', (more, expected) => {
    expect(fault({ ...options, ...more })).toContain(expected);
  });

  it('asks for a resolver', () => {
    expect(
      fault({ ...options, operator: { operators: [operator.jwt({ system_account: '' })] }, systemAccount: undefined }),
    ).toBe('operators require an account resolver to be configured');
  });
});

describe('monitoring', () => {
  test.each<[BrokerOptions, string | undefined]>([
    [{}, undefined],
    [{ monitoring: { port: 1 } }, undefined],
    [{ monitoring: { port: 1, conflictingPort: 2 } }, "can't specify both HTTP (1) and HTTPs (2) ports"],
    [{ monitoring: { port: 1, secure: true } }, 'TLS cert and key required for HTTPS'],
    [{ monitoring: { port: 1, secure: true }, tls: {} }, undefined],
  ])('%j', (options, expected) => {
    expect(monitoringFault(options)).toBe(expected);
  });
});
