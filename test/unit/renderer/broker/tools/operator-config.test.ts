import { describe, expect, it } from 'vitest';
import { parseSyntax } from '../../../../../renderer/broker/config-text/syntax.ts';
import { replacedBy, withOperator } from '../../../../../renderer/broker/tools/operator-config.ts';

const operator = 'operator: OJWT\nsystem_account: ASYS\nresolver: MEMORY\nresolver_preload: {\n  ASYS: JWT\n}\n';

describe('a configuration with an operator', () => {
  it('keeps everything but who may come in', () => {
    const text = `# the plant
listen: 127.0.0.1:4222  # fixed

# office
authorization { users: [ { user: a, password: b } ] }
no_auth_user: a
accounts {
  A { users: [ { user: c, password: d }, { user: e, password: f } ] }
}
max_payload: 2MB
`;
    expect(replacedBy(parseSyntax(text))).toEqual({ users: 3, accounts: 1, operator: false });
    expect(withOperator(text, operator)).toBe(`# the plant
listen: 127.0.0.1:4222  # fixed

# office
max_payload: 2MB

${operator}`);
  });

  it('has one operator, also when it had one', () => {
    const once = withOperator('port: 1\n', operator);
    expect(replacedBy(parseSyntax(once)).operator).toBe(true);
    expect(withOperator(once, operator.replace('OJWT', 'OTHER'))).toBe(once.replace('OJWT', 'OTHER'));
  });

  it('stays within the braces around the whole', () => {
    const text = withOperator('{\n  port: 1\n}\n', operator);
    const { root, fault } = parseSyntax(text);
    expect(fault).toBeNull();
    expect(root.entries.map(({ key }) => key)).toEqual([
      'port',
      'operator',
      'system_account',
      'resolver',
      'resolver_preload',
    ]);
  });

  it('counts a single user and a token', () => {
    expect(replacedBy(parseSyntax('authorization { token: t }')).users).toBe(1);
    expect(replacedBy(parseSyntax('authorization { timeout: 1 }')).users).toBe(0);
    expect(replacedBy(parseSyntax('accounts: [A, B]')).accounts).toBe(2);
  });
});
