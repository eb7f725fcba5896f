import { type ConfigCase, refused } from './config-case.ts';

/** Users, permissions, responses, and the auth callout. */
export const authorization: readonly ConfigCase[] = [
  refused(
    'authorization: "x"',
    'server.conf:1:0: interface conversion: interface {} is string, not map[string]interface {}',
    'server.conf:1:0: runtime error: invalid memory address or nil pointer dereference',
  ),
  refused(
    'authorization { user: 5 }',
    'server.conf:1:16: interface conversion: interface {} is int64, not string',
    'server.conf:1:0: runtime error: invalid memory address or nil pointer dereference',
  ),
  refused(
    'authorization { token: 5 }',
    'server.conf:1:16: interface conversion: interface {} is int64, not string',
    'server.conf:1:0: runtime error: invalid memory address or nil pointer dereference',
  ),
  refused('authorization { usr: a }', 'server.conf:1:16: unknown field "usr"'),
  refused('authorization { user: a, pass: b, token: c }', 'server.conf:1:0: Cannot have a user/pass and token'),
  refused(
    'authorization { user: a, pass: b, users: [{user: c, pass: d}] }',
    'server.conf:1:0: Can not have a single user/pass and a users array',
  ),
  refused(
    'authorization { user: a, pass: b, users: [] }',
    'server.conf:1:0: Can not have a single user/pass and a users array',
  ),
  refused(
    'authorization { token: a, users: [{user: c, pass: d}] }',
    'server.conf:1:0: Can not have a token and a users array',
  ),
  refused(
    'authorization { users: [{user: c, pass: d},{user: c, pass: e}] }',
    'server.conf:1:0: Duplicate user "c" detected',
  ),
  refused(
    'authorization { user: a, timeout: true }',
    "server.conf:1:25: error parsing authorization config, 'timeout' wrong type",
  ),
  refused(
    'authorization { timeout: "x" }',
    'server.conf:1:16: error parsing authorization config, \'timeout\' time: invalid duration "x"',
  ),
  refused(
    'authorization { user: a, pass: b, timeout: 1m }',
    'server.conf:1:34: invalid use of field "timeout": timeout of 1000000 (1000000.000000 seconds) is high, consider keeping it under 60 seconds. possibly caused by unquoted duration; use \'1m\' instead of 1m, for example',
  ),
  refused(
    'authorization { user: a, pass: b, timeout: "90s" }',
    'server.conf:1:34: invalid use of field "timeout": timeout of 90s (90.000000 seconds) is high, consider keeping it under 60 seconds. possibly caused by unquoted duration; use \'1m\' instead of 1m, for example',
  ),
  refused(
    'authorization { user: a, pass: b, timeout: 61.5 }',
    'server.conf:1:34: invalid use of field "timeout": timeout of 61.5 (61.500000 seconds) is high, consider keeping it under 60 seconds. possibly caused by unquoted duration; use \'1m\' instead of 1m, for example',
  ),
  refused('authorization { users: x }', 'server.conf:1:16: Expected users field to be an array, got x'),
  refused('authorization { users: [x ] }', 'server.conf:1:24: Expected user entry to be a map/struct, got x'),
  refused('authorization { users: [{}] }', 'server.conf:1:26: User entry requires a user'),
  refused('authorization { users: [{pass: x}] }', 'server.conf:1:25: User entry requires a user'),
  refused('authorization { users: [{user: a, passwd: x}] }', 'server.conf:1:34: unknown field "passwd"'),
  refused('authorization { users: [{nkey: x}] }', 'server.conf:1:25: Not a valid public nkey for a user'),
  {
    ...refused(
      'authorization { users: [{nkey: UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY, user: a}] }',
      'server.conf:1:89: Nkey users do not take usernames or passwords',
    ),
    or: ['server.conf:1:25: Nkey users do not take usernames or passwords'],
  },
  refused(
    'authorization { users: [{nkey: UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY},{nkey: UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY}] }',
    'server.conf:1:0: Duplicate nkey "UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY" detected',
  ),
  refused(
    'authorization { users: [{user: a, password: 5 }] }',
    'server.conf:1:34: interface conversion: interface {} is int64, not string',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, allowed_connection_types: [foo, STANDARD, "bar"]}] }',
    'server.conf:1:43: invalid connection types ["FOO" "BAR"]',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, connection_types: 5 }] }',
    'server.conf:1:43: error parsing allowed connection types: unsupported type int64',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, clients: [5, mqtt]}] }',
    'server.conf:1:53: error parsing allowed connection types: unsupported type in array int64',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, proxy_required: 5 }] }',
    'server.conf:1:43: interface conversion: interface {} is int64, not bool',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: x }] }',
    'server.conf:1:43: Expected permissions to be a map/struct, got x',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { foo: x } }] }',
    'server.conf:1:58: Unknown field "foo" parsing permissions',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { publish: "a..b" } }] }',
    'subject "a..b" is not a valid subject',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { publish: ["a b"] } }] }',
    'subject "a b" is not a valid subject',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { publish: 5 } }] }',
    'Expected subject permissions to be a subject, or array of subjects, got int64',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { publish: [5 ] } }] }',
    'server.conf:1:68: Subject in permissions array cannot be cast to string',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { publish: {allow: "a..b"} } }] }',
    'server.conf:1:68: subject "a..b" is not a valid subject',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { subscribe: {deny: ["ok", ">.a"]} } }] }',
    'server.conf:1:70: subject ">.a" is not a valid subject',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { subscribe: {alow: "a"} } }] }',
    "server.conf:1:70: Unknown field name \"alow\" parsing subject permissions, only 'allow' or 'deny' are permitted",
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { subscribe: "a b c" } }] }',
    'subject "a b c" is not a valid subject',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { subscribe: "a b..c" } }] }',
    'queue "b..c" is not a valid queue',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { subscribe: "a..b c" } }] }',
    'subject "a..b" is not a valid subject',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { allow_responses: "x" } }] }',
    'server.conf:1:58: error parsing response permissions, expected a boolean or a map',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { allow_responses: {max: "x"} } }] }',
    'server.conf:1:76: interface conversion: interface {} is string, not int64',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { allow_responses: {expires: "x"} } }] }',
    'server.conf:1:76: error parsing expires: time: invalid duration "x"',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { allow_responses: {expires: 5 } } }] }',
    'server.conf:1:76: error parsing expires, not a duration string',
  ),
  refused(
    'authorization { users: [{user: a, pass: b, permissions: { allow_responses: {foo: 5 } } }] }',
    'server.conf:1:76: Unknown field "foo" parsing permissions',
  ),
  refused(
    'authorization { default_permissions: 5, users: [{user: a, pass: b}] }',
    'server.conf:1:16: Expected permissions to be a map/struct, got 5',
  ),
  refused(
    'authorization { auth_callout: x }',
    'server.conf:1:16: Expected authorization callout to be a map/struct, got x',
  ),
  refused(
    'authorization { auth_callout { auth_users: [a ] } }',
    'server.conf:1:31: Authorization callouts require an issuer to be specified',
  ),
  refused(
    'authorization { auth_callout { issuer: ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2 } }',
    'server.conf:1:31: Authorization callouts require authorized users to be specified',
  ),
  refused(
    'authorization { auth_callout { issuer: x } }',
    'server.conf:1:31: Expected callout user to be a valid public account nkey, got "x"',
  ),
  refused(
    'authorization { auth_callout { xkey: x } }',
    'server.conf:1:31: Expected callout xkey to be a valid public xkey, got "x"',
  ),
  refused(
    'authorization { auth_callout { auth_users: x } }',
    'server.conf:1:31: Expected auth_users field to be an array, got *conf.token',
  ),
  refused(
    'authorization { auth_callout { auth_users: [5 ] } }',
    'server.conf:1:44: interface conversion: interface {} is int64, not string',
  ),
  refused(
    'authorization { auth_callout { foo: 5, issuer: ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2, auth_users: [a ] } }',
    'server.conf:1:31: Unknown field "foo" parsing authorization callout',
  ),
  refused(
    'authorization { users: [{user: a, pass: b}], auth_callout { issuer: ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2, auth_users: [a ], allowed_accounts: [B ] } }',
    'auth_callout allowed account "B" not found in configured accounts',
  ),
];
