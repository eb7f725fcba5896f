import { TestOperator } from '../../support/operator-tree.ts';
import type { ExitCase } from './exits.ts';

const operator = new TestOperator();
const other = new TestOperator();
const account = operator.account('A');
const { key } = operator;

/** A start under an operator that ends with one message and code 1; `preload` are lines of that block. */
function dies(
  name: string,
  message: string,
  { jwt = operator.jwt(), resolver = 'MEMORY', more = '', preload = all }: Partial<Record<string, string>> = {},
): ExitCase {
  return {
    name: `operator: ${name}`,
    words: ['-c', '$FOLDER/server.conf', '-a', '127.0.0.1', '-p', '-1'],
    code: 1,
    stderr: `nats-server: ${message}\n`,
    files: {
      'server.conf': `operator: ${jwt}\nresolver: ${resolver}\n${more}\n${preload === '' ? '' : `resolver_preload: { ${preload} }\n`}`,
      file: '',
    },
  };
}

const system = `${operator.system.key}: ${operator.system.jwt()}`;
const all = `${system}, ${account.key}: ${account.jwt()}`;
const withoutSystem = operator.jwt({ system_account: '' });
const full = '{ type: full, dir: "$FOLDER/jwt" }';
/** A fault of the configuration: its place before, and an empty line behind. */
const at = (place: string, message: string): string => `$FOLDER/server.conf:${place}: ${message}\n`;
const wanting = (version: string): { jwt: string } => ({ jwt: operator.jwt({ assert_server_version: version }) });

/** What keeps a server from starting under an operator. */
export const operatorExits: ExitCase[] = [
  dies('garbage', at('1:0', 'error parsing operator JWT: expected 3 chunks'), { jwt: 'eyJx' }),
  dies(
    'a file that is not there',
    at('1:0', 'error parsing operator JWT: open /none/op.jwt: no such file or directory'),
    {
      jwt: '/none/op.jwt',
    },
  ),
  dies('an account', at('1:0', 'error parsing operator JWT: not operator claim'), { jwt: account.jwt() }),
  dies('the system account is missing', 'error resolving system account: account missing', {
    preload: `${account.key}: ${account.jwt()}`,
  }),
  dies('a stranger signed the system account', 'error resolving system account: account validation failed', {
    preload: `${operator.system.key}: ${operator.system.jwt({}, {}, other.keys)}`,
  }),
  dies('the system account is over', 'error resolving system account: account validation failed', {
    preload: `${operator.system.key}: ${operator.system.jwt({}, { exp: 1000 })}`,
  }),
  dies('another system account', 'system_account in config and operator JWT must be identical', {
    more: `system_account: ${account.key}`,
  }),
  dies(
    'a folder without a system account',
    'using nats based account resolver - the system account needs to be specified in configuration or the operator jwt',
    { jwt: withoutSystem, resolver: full, preload: '' },
  ),
  dies('a newer server', `operator ${key} expected major version 3 > server major version 2`, wanting('3.0.0')),
  dies(
    'no version',
    `operator ${key} expects version 2.x got error instead: asserted server version must be of the form <major>.<minor>.<update>`,
    wanting('2.x'),
  ),
  dies('accounts beside', 'operators do not allow Accounts to be configured directly', {
    more: 'accounts { X { users: [ { user: a, password: b } ] } }',
  }),
  dies('users beside', 'operators do not allow users to be configured directly', {
    more: 'authorization { users: [ { user: a, password: b } ] }',
  }),
  dies('trusted keys beside', "conflicting options for 'TrustedKeys' and 'TrustedOperators'", {
    more: `trusted: ${key}`,
  }),
  dies('a user for nobody', 'no_auth_user not compatible with Trusted Operator', { more: 'no_auth_user: x' }),
  dies('a callout beside', 'operators do not allow authorization callouts to be configured directly', {
    more: `authorization { auth_callout { issuer: ${account.key}, auth_users: [ x ] } }`,
  }),
  dies('a sentinel that is none', 'default sentinel JWT not valid', { more: 'default_sentinel: x' }),
  dies('a sentinel that is no bearer', 'default sentinel must be a bearer token', {
    more: `default_sentinel: ${account.user('user').jwt}`,
  }),
  dies('a pinned account that is none', 'pinned account key "x" is not a valid public account nkey', {
    more: 'resolver_pinned_accounts: [ x ]',
  }),
  dies('a signing key that is none', 'trusted Keys "x" are required to be a valid public operator nkey', {
    jwt: operator.jwt({ signing_keys: ['x'] }),
  }),
  dies('a preloaded account that is none', at('4:21', 'invalid account JWT'), { preload: `${account.key}: x` }),
  dies(
    'an address that accounts cannot be put to',
    'resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR',
    {
      resolver: 'URL(http://127.0.0.1:1/accounts)',
    },
  ),
  dies(
    'an address where nobody is',
    'could not fetch <"http://127.0.0.1:1/accounts/">: Get "http://127.0.0.1:1/accounts/": dial tcp 127.0.0.1:1: connect: connection refused',
    { resolver: 'URL(http://127.0.0.1:1/accounts)', preload: '' },
  ),
  dies(
    'no resolver that there is',
    at(
      '2:1',
      'error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])',
    ),
    {
      resolver: 'other',
      preload: '',
    },
  ),
];
