import { type ConfigCase, refused } from './config-case.ts';

/** Accounts: users, limits, exports, imports, mappings, traces. */
export const accounts: readonly ConfigCase[] = [
  refused('accounts: ["$G"]', 'server.conf:1:12: "$G" is a Reserved Account'),
  refused('accounts: [A, A ]', 'server.conf:1:14: Duplicate Account Entry: A'),
  refused('accounts: [5 ]', 'server.conf:1:11: interface conversion: interface {} is int64, not string'),
  refused('accounts { "$G": {} }', 'server.conf:1:12: "$G" is a Reserved Account'),
  refused('accounts { A: x }', 'server.conf:1:11: Expected map entries for accounts'),
  refused('accounts { A { foo: x } }', 'server.conf:1:15: unknown field "foo"'),
  refused('accounts { A { nkey: x } }', 'server.conf:1:15: Not a valid public nkey for an account: "x"'),
  refused('accounts { A { users: x } }', 'Expected users field to be an array, got x'),
  refused(
    'accounts { A { users: [{user: u, pass: p},{user: u, pass: p}] } }',
    'server.conf:1:15: Duplicate user "u" detected',
  ),
  refused(
    'accounts { A { users: [{nkey: UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY},{nkey: UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY}] } }',
    'server.conf:1:15: Duplicate nkey "UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY" detected',
  ),
  refused(
    'accounts { A { default_permissions: 5 } }',
    'server.conf:1:15: Expected permissions to be a map/struct, got 5',
  ),
  refused('accounts { A { limits: 5 } }', 'server.conf:1:15: Expected account limits to be a map/struct, got 5'),
  refused(
    'accounts { A { limits { max_conn: x } } }',
    'server.conf:1:24: interface conversion: interface {} is string, not int64',
  ),
  refused('accounts { A { limits { foo: 5 } } }', 'server.conf:1:24: Unknown field "foo" parsing account limits'),
  refused(
    'accounts { A { msg_trace: 5 } }',
    'server.conf:1:15: Expected account message trace "msg_trace" to be a string or a map/struct, got int64',
  ),
  refused('accounts { A { msg_trace: "a.*" } }', 'server.conf:1:15: Trace destination "a.*" is not valid'),
  refused('accounts { A { trace_dest { dest: 5 } } }', 'server.conf:1:28: Field "dest" should be a string, got int64'),
  refused(
    'accounts { A { trace_dest { dest: a, sampling: 101 } } }',
    'server.conf:1:37: Ttrace destination sampling value 101 is invalid, needs to be [1..100]',
  ),
  refused(
    'accounts { A { trace_dest { dest: a, sampling: "x%" } } }',
    'server.conf:1:37: Invalid trace destination sampling value "x%"',
  ),
  refused(
    'accounts { A { trace_dest { dest: a, sampling: true } } }',
    'server.conf:1:37: Trace destination sampling field "sampling" should be an integer or a percentage, got bool',
  ),
  refused(
    'accounts { A { trace_dest { foo: a } } }',
    'server.conf:1:28: Unknown field "foo" parsing account message trace map/struct "trace_dest"',
  ),
  refused(
    'accounts { A { trace_dest { sampling: 50 } } }',
    'server.conf:1:15: Trace destination sampling ignored since no destination was set',
  ),
  refused('accounts { A { exports: x } }', 'server.conf:1:15: Exports should be an array, got string'),
  refused(
    'accounts { A { exports: [x ] } }',
    'server.conf:1:25: Export Items should be a map with type entry, got string',
  ),
  refused('accounts { A { exports: [{stream: a, foo: 1}] } }', 'server.conf:1:37: unknown field "foo"'),
  {
    ...refused(
      'accounts { A { exports: [{stream: a, service: b}] } }',
      'server.conf:1:37: Detected service "b" but already saw a stream',
    ),
    or: ['server.conf:1:26: Detected stream "a" but already saw a service'],
  },
  refused(
    'accounts { A { exports: [{stream: 5 }] } }',
    'server.conf:1:26: Expected stream name to be string, got int64',
  ),
  refused(
    'accounts { A { exports: [{service: 5 }] } }',
    'server.conf:1:26: Expected service name to be string, got int64',
  ),
  refused(
    'accounts { A { exports: [{service: a, response: foo}] } }',
    'server.conf:1:38: Unknown response type: "foo"',
  ),
  refused(
    'accounts { A { exports: [{service: a, response: 5 }] } }',
    'server.conf:1:38: Expected response type to be string, got int64',
  ),
  refused(
    'accounts { A { exports: [{stream: a, response: single}] } }',
    'server.conf:1:37: Detected response directive on non-service',
  ),
  refused(
    'accounts { A { exports: [{service: a, threshold: x}] } }',
    'server.conf:1:38: Expected response threshold to be a parseable time duration, got "x"',
  ),
  refused(
    'accounts { A { exports: [{service: a, threshold: 5 }] } }',
    'server.conf:1:38: Expected response threshold to be a parseable time duration, got int64',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: 5 }] } }',
    'server.conf:1:38: Expected latency entry to be a map/struct or string, got int64',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: {sampling: 0, subject: l}}] } }',
    'server.conf:1:48: bad sampling percentage, should be 1-100',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: {sampling: "x", subject: l}}] } }',
    'server.conf:1:48: Failed to parse latency sample: strconv.Atoi: parsing "x": invalid syntax',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: {sampling: true, subject: l}}] } }',
    'server.conf:1:48: Expected latency sample to be a string or map/struct, got bool',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: {sampling: 50}}] } }',
    'server.conf:1:38: Latency subject required, but missing',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: {subject: 5 }}] } }',
    'server.conf:1:48: Expected latency subject to be a string, got string',
  ),
  refused(
    'accounts { A { exports: [{service: a, latency: "l.*"}] } }',
    'server.conf:1:0: Error adding service latency sampling for "a" on subject "l.*": invalid publish subject',
  ),
  refused(
    'accounts { A { exports: [{service: "a.*", latency: "a.b"}] } }',
    'server.conf:1:0: Error adding service latency sampling for "a.*" on subject "a.b": invalid publish subject',
  ),
  refused(
    'accounts { A { exports: [{service: "a", response: stream, latency: "l"}] } }',
    'server.conf:1:0: Error adding service latency sampling for "a" on subject "l": bad service response type',
  ),
  refused(
    'accounts { A { exports: [{service: "a", accounts: [B ]}] } }',
    'server.conf:1:0: "B" account not defined for service export',
  ),
  refused(
    'accounts { A { exports: [{stream: "a", accounts: [B ]}] } }',
    'server.conf:1:0: "B" account not defined for stream export',
  ),
  refused(
    'accounts { A { exports: [{stream: "a", accounts: B }] } }',
    'server.conf:1:39: interface conversion: interface {} is string, not []interface {}',
  ),
  refused(
    'accounts { A { exports: [{stream: "a.b", account_token_position: 2 }] } }',
    'server.conf:1:0: Error adding stream export "a.b": sublist: invalid subject',
  ),
  refused(
    'accounts { A { exports: [{service: "a.b", account_token_position: 5 }] } }',
    'server.conf:1:0: Error adding service export "a.b": sublist: invalid subject',
  ),
  refused(
    'accounts { A { exports: [{stream: "a.b", allow_trace: true }] } }',
    'server.conf:1:41: Detected allow_trace directive on non-service',
  ),
  refused('accounts { A { imports: x } }', 'server.conf:1:15: Imports should be an array, got string'),
  refused(
    'accounts { A { imports: [x ] } }',
    'server.conf:1:25: Import Items should be a map with type entry, got string',
  ),
  refused('accounts { A { imports: [{foo: 1}] } }', 'server.conf:1:26: unknown field "foo"'),
  refused(
    'accounts { A { imports: [{stream: x}] } }',
    'server.conf:1:26: Stream entry should be an account map, got string',
  ),
  refused(
    'accounts { A { imports: [{service: x}] } }',
    'server.conf:1:26: Service entry should be an account map, got string',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B}}] } }',
    'server.conf:1:26: Expect an account name and a subject',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, foo: 1}}] } }',
    'server.conf:1:48: unknown field "foo"',
    'server.conf:1:26: Expect an account name and a subject',
  ),
  refused(
    'accounts { A { imports: [{service: {account: 5, subject: a}}] } }',
    'server.conf:1:36: interface conversion: interface {} is int64, not string',
    'server.conf:1:26: Expect an account name and a subject',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, subject: a}}] } }',
    'server.conf:1:0: "B" account not defined for service import',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: a}}] } }',
    'server.conf:1:0: "B" account not defined for stream import',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, subject: a}}] }, B {} }',
    'server.conf:1:0: Error adding service import "a": service import not authorized',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: a}}] }, B {} }',
    'server.conf:1:0: Error adding stream import "a": stream import not authorized',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: a}}] }, B {exports: [{stream: a, accounts: [C ]}]}, C {} }',
    'server.conf:1:0: Error adding stream import "a": stream import not authorized',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, subject: a}},{service: {account: B, subject: b}, to: a}] }, B {exports: [{service: ">"}]} }',
    'server.conf:1:103: Duplicate service import subject "a", previously used in import for account "B", subject "a"',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: a}},{stream: {account: B, subject: a}}] }, B {exports: [{stream: ">"}]} }',
    'server.conf:1:0: Error adding stream import "a": stream import already exists',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: a}, prefix: "x.*"}] }, B {exports: [{stream: ">"}]} }',
    'server.conf:1:0: Error adding stream import "a": stream import prefix can not contain wildcard tokens',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, subject: a}}], exports: [{service: a}] }, B {exports: [{service: a}], imports: [{service: {account: A, subject: a}}]} }',
    'server.conf:1:0: Error adding service import "a": import forms a cycle',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: a}}], exports: [{stream: a}] }, B {exports: [{stream: a}], imports: [{stream: {account: A, subject: a}}]} }',
    'server.conf:1:0: Error adding stream import "a": import forms a cycle',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, subject: "a.*.*"}, to: "b.$1"}] }, B {exports: [{service: "a.*.*"}]} }',
    'server.conf:1:0: Error adding service import "a.*.*": failed to create mapping transform for service import subject from "b.$1" to "a.*.*": invalid mapping destination: not using all of the token wildcard(s) in b.$1',
  ),
  refused(
    'accounts { A { imports: [{stream: {account: B, subject: "a.*"}, to: "b.{{partition(5,1)}}"}] }, B {exports: [{stream: "a.*"}]} }',
    'server.conf:1:0: Error adding stream import "a.*": failed to create mapping transform for stream import subject from "a.*" to "b.{{partition(5,1)}}": invalid mapping destination: the only mapping function allowed for import transforms is {{Wildcard()}} in {{partition(5,1)}}',
  ),
  refused(
    'accounts { A { imports: [{service: {account: B, subject: "a..b"}}] }, B {exports: [{service: ">"}]} }',
    'server.conf:1:0: Error adding service import "a..b": sublist: invalid subject',
  ),
  refused('mappings: x', 'server.conf:1:0: interface conversion: interface {} is string, not map[string]interface {}'),
  refused('mappings { "a..b": c }', 'server.conf:1:0: Subject "a..b" is not a valid subject'),
  refused(
    'mappings { "a.*": "b.$2" }',
    'server.conf:1:12: Error adding mapping for "a.*" to "b.$2" : invalid mapping destination: wildcard index out of range in $2: [2]',
  ),
  refused(
    'mappings { "a.*": "b.{{foo(1)}}" }',
    'server.conf:1:12: Error adding mapping for "a.*" to "b.{{foo(1)}}" : invalid mapping destination: unknown function in {{foo(1)}}',
  ),
  refused('mappings { "a": [{dest: b, weight: 101}] }', 'server.conf:1:27: Invalid weight 101 for mapping destination'),
  refused(
    'mappings { "a": [{dest: b, weight: "x%"}] }',
    'server.conf:1:27: Invalid weight "x" for mapping destination',
  ),
  refused('mappings { "a": [{dest: b, weight: true}] }', 'server.conf:1:27: Unknown entry type for weight of true'),
  refused('mappings { "a": {dest: b} }', 'server.conf:1:12: Missing weight for mapping destination "b"'),
  refused(
    'mappings { "a": [{dest: b, weight: 60},{dest: c, weight: 60}] }',
    'server.conf:1:12: Error adding mapping for "a" : total weight needs to be <= 100',
  ),
  refused(
    'mappings { "a": [{dest: b, weight: 10},{dest: b, weight: 60}] }',
    'server.conf:1:12: Error adding mapping for "a" : duplicate entry for "b"',
  ),
  refused(
    'mappings { "a": [{dest: b, weight: 10, foo: 1}] }',
    'server.conf:1:39: Unknown field "foo" for mapping destination',
  ),
  refused('mappings { "a": [b ] }', 'server.conf:1:17: Expected an entry for the mapping destination'),
  refused('mappings { "a": 5 }', 'server.conf:1:12: Expected an entry for the mapping destination'),
  refused(
    'mappings { "a": {dest: 5, weight: 5 } }',
    'server.conf:1:12: interface conversion: interface {} is int64, not string',
  ),
  refused(
    'accounts { A { mappings { "a.*": "b.$5" } } }',
    'server.conf:1:27: Error adding mapping for "a.*" to "b.$5" : invalid mapping destination: wildcard index out of range in $5: [5]',
  ),
  {
    ...refused(
      'authorization { user: a, pass: b }\naccounts { A { users: [{user: x, pass: y}] } }',
      'server.conf:2:16: Can not have a single user/pass and accounts',
    ),
    or: ['server.conf:1:0: Can not have a single user/pass and a users array'],
  },
];
