import { type ConfigCase, refused } from './config-case.ts';

/** Operators, resolvers, trusted keys and proxies. */
export const operator: readonly ConfigCase[] = [
  refused(
    'operator: "nothere.jwt"',
    'server.conf:1:0: error parsing operator JWT: open nothere.jwt: no such file or directory',
  ),
  refused('operator: 5', 'server.conf:1:0: error parsing operators: unsupported type int64'),
  refused(
    'operator: [5 ]',
    'server.conf:1:0: error parsing operators: unsupported type *conf.token where string is expected',
  ),
  refused('operator: eyJhbGciOiJ', 'server.conf:1:0: error parsing operator JWT: expected 3 chunks'),
  refused(
    'resolver: foo',
    'server.conf:1:0: error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])',
  ),
  refused('resolver: 5', 'server.conf:1:0: error parsing operator resolver, wrong type int64'),
  refused('resolver: URL("http://h:p")', 'server.conf:1:0: error parsing account resolver url ["http://h:p"]'),
  refused("resolver: 'URL(http://h:p)'", 'server.conf:1:0: error parsing account resolver url ["http://h:p"]'),
  refused(
    'resolver { type: foo }',
    'server.conf:1:0: error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])',
  ),
  refused(
    'resolver { type: cache, dir: "./d", allow_delete: true, hard_delete: true, interval: "1s" }',
    'server.conf:1:0: CACHE does not accept sync',
    'server.conf:1:0: CACHE does not accept allow_delete',
    'server.conf:1:0: CACHE does not accept hard_delete',
  ),
  refused(
    'resolver { type: full, dir: "./d", ttl: "1s", hard_delete: true }',
    'server.conf:1:0: FULL does not accept ttl',
    'server.conf:1:0: hard_delete has no effect without delete',
  ),
  refused('resolver { type: full, dir: "./d", ttl: "x" }', 'server.conf:1:0: time: invalid duration "x"'),
  refused('resolver { type: 5 }', 'server.conf:1:11: interface conversion: interface {} is int64, not string'),
  refused(
    'resolver { type: full }',
    'server.conf:1:0: dir has no value and needs to point to a directory',
    'server.conf:1:0: mkdir : no such file or directory',
  ),
  refused('resolver_preload: 5', 'server.conf:1:0: preload should be a map of account_public_key:account_jwt'),
  refused('resolver_preload { A: 5 }', 'server.conf:1:19: preload map value should be a string JWT'),
  refused('resolver_preload { A: x }', 'server.conf:1:19: invalid account JWT'),
  refused(
    'resolver_pinned_accounts: 5',
    'server.conf:1:0: error parsing resolver_pinned_accounts: unsupported type int64',
  ),
  refused(
    'resolver_pinned_accounts: [5 ]',
    'server.conf:1:27: error parsing resolver_pinned_accounts: unsupported type in array int64',
  ),
  refused('trusted: [5 ]', 'server.conf:1:10: error parsing trusted: unsupported type in array int64'),
  refused('trusted: x', 'server.conf:1:0: trust key "x" required to be a valid public operator nkey'),
  refused(
    'trusted_keys: [x, y ]',
    'server.conf:1:18: trust key "x" required to be a valid public operator nkey',
    'server.conf:1:18: trust key "y" required to be a valid public operator nkey',
  ),
  refused('proxies: x', 'server.conf:1:0: expected proxies to be a map/struct, got string'),
  refused('proxies { foo: x }', 'server.conf:1:10: unknown field "foo"'),
  refused('proxies { trusted: x }', "server.conf:1:10: expected proxies' trusted field to be an array, got string"),
  refused(
    'proxies { trusted: [x ] }',
    "server.conf:1:20: expected proxies' trusted entry to be a map/struct, got string",
  ),
  refused('proxies { trusted: [{key: x}] }', 'server.conf:1:21: invalid proxy key "x"'),
  refused('proxies { trusted: [{foo: x}] }', 'server.conf:1:21: unknown field "foo"'),
];
