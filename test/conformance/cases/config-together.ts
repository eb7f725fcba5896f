import { type ConfigCase, refused } from './config-case.ts';

/** Options that are right by themselves and do not go together: the server does not start. */
export const together: readonly ConfigCase[] = [
  refused(
    'lame_duck_duration: "30s"\nlame_duck_grace_period: "30s"',
    'lame duck grace period (30s) should be strictly lower than lame duck duration (30s)',
  ),
  refused(
    'lame_duck_grace_period: "3m"',
    'lame duck grace period (3m0s) should be strictly lower than lame duck duration (2m0s)',
  ),
  refused('max_payload: 2MB\nmax_pending: 1MB', 'max_payload (2097152) cannot be higher than max_pending (1048576)'),
  refused('max_pending: 1KB', 'max_payload (1048576) cannot be higher than max_pending (1024)'),
  refused('default_sentinel: x', 'default sentinel requires operators and accounts'),
  refused('no_auth_user: x', 'no_auth_user: "x" present, but users/nkeys are not defined'),
  refused(
    'no_auth_user: x\nauthorization { users: [{user: a, pass: b}] }',
    'no_auth_user: "x" not present as user or nkey in authorization block or account configuration',
  ),
  refused('system_account: X', 'error resolving system account: account missing'),
  refused('system_account: "$SYS"\nport: -1', 'error resolving system account: account missing'),
  refused(
    'leafnodes { port: -1, authorization { account: X, user: a, pass: b } }',
    'cannot find local account "X" specified in leafnode authorization',
  ),
  refused(
    'leafnodes { port: -1, authorization { users: [{user: a, pass: b, account: X}] } }',
    'cannot find local account "X" specified in leafnode authorization',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1", account: X}] }',
    'cannot find local account "X" specified in leafnode remote',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h"},{url: "nats://h:7422"}] }',
    'duplicate remote urls=["nats://h:7422"], account="$G"',
  ),
  refused('leafnodes { port: -1, compression: foo }', 'unsupported compression mode "foo"'),
  refused('leafnodes { remotes: [{url: "nats://h:1", compression: foo}] }', 'unsupported compression mode "foo"'),
  refused(
    'leafnodes { port: -1, compression { mode: s2_auto, rtt: ["10ms", "5ms"] } }',
    'RTT threshold values [10ms 5ms] should be in ascending order',
  ),
  refused(
    'leafnodes { port: -1, compression { mode: s2_auto, rtt: ["10ms", "20ms", "30ms", "40ms", "50ms"] } }',
    'compression mode "s2_auto" should have no more than 4 RTT thresholds: [10ms 20ms 30ms 40ms 50ms]',
  ),
  refused(
    'leafnodes { port: -1, compression { mode: s2_auto, rtt: ["0s"] } }',
    'compression mode "s2_auto" requires at least one RTT threshold',
  ),
  refused(
    'leafnodes { port: -1 }\ngateway { name: a, port: -1 }',
    'leaf nodes and gateways (both being defined) require a system account to also be configured',
  ),
  refused('gateway { port: -1 }', 'gateway has no name'),
  refused('gateway { name: a }', 'gateway "a" has no port specified (select -1 for random port)'),
  refused('gateway { name: a, port: -1, gateways: [{url: "nats://h:1"}] }', 'gateway in the list 0 has no name'),
  refused('gateway { name: a, port: -1, gateways: [{name: b}] }', 'gateway "b" has no URL'),
  refused(
    'gateway { name: a, port: -1 }\ncluster { name: b, port: -1 }',
    'cluster name conflicts between cluster and gateway definitions',
  ),
  refused('cluster { port: -1, compression: foo }', 'unsupported compression mode "foo"'),
  refused(
    'cluster { port: -1, pool_size: -1, accounts: [A ] }\naccounts: [A ]',
    'pool_size cannot be negative if pinned accounts are specified',
  ),
  refused(
    'cluster { port: -1, accounts: [A, A ] }\naccounts: [A ]',
    'found duplicate account name "A" in pinned accounts list ["A" "A" "$SYS"]',
  ),
  refused('mqtt { port: -1 }', 'mqtt requires JetStream to be enabled if running in standalone mode'),
  refused('mqtt { port: -1 }\ncluster { port: -1 }', 'mqtt requires server name to be explicitly set'),
  refused(
    'mqtt { port: -1, authorization { user: a, pass: b } }\njetstream: {store_dir: "/tmp/cfgt/js"}\nauthorization { users: [{user: a, pass: b}] }',
    'mqtt authentication username not compatible with presence of users/nkeys',
  ),
  refused(
    'mqtt { port: -1, authorization { token: a } }\njetstream: {store_dir: "/tmp/cfgt/js"}\nauthorization { users: [{user: a, pass: b}] }',
    'mqtt authentication token not compatible with presence of users/nkeys',
  ),
  refused(
    'mqtt { port: -1, ack_wait: "-5s" }\njetstream: {store_dir: "/tmp/cfgt/js"}',
    'ack wait must be a positive value',
  ),
  refused(
    'mqtt { port: -1, api_timeout: "-5s" }\njetstream: {store_dir: "/tmp/cfgt/js"}',
    'JS API timeout must be a positive value',
  ),
  refused(
    'mqtt { port: -1, no_auth_user: x }\njetstream: {store_dir: "/tmp/cfgt/js"}',
    'no_auth_user: "x" present, but users/nkeys are not defined',
  ),
  refused(
    'jetstream { domain: "a b", store_dir: "/tmp/cfgt/js" }',
    'invalid domain name: derived "$JS.a b.API.>" is not a valid subject',
  ),
  refused('jetstream { domain: "a.b", store_dir: "/tmp/cfgt/js" }', 'invalid domain name: may not contain ., * or >'),
  refused(
    'jetstream { store_dir: "/tmp/cfgt/js" }\ncluster { port: -1, name: c }',
    'jetstream cluster requires `server_name` to be set',
  ),
  refused(
    'jetstream { store_dir: "/tmp/cfgt/js" }\ncluster { port: -1 }\nserver_name: s',
    'jetstream cluster requires `cluster.name` to be set',
  ),
  refused(
    'jetstream { store_dir: "/tmp/cfgt/js", extension_hint: foo }\ncluster { port: -1, name: c }\nserver_name: s',
    "expected 'no_extend' for string value, got 'foo'",
  ),
  refused(
    'jetstream { store_dir: "/tmp/cfgt/js", max_outstanding_catchup: -1 }\ncluster { port: -1, name: c }\nserver_name: s',
    'jetstream max catchup cannot be negative',
  ),
  refused(
    'default_js_domain { A: d }',
    'in non operator mode, `default_js_domain` references non existing account "A"',
  ),
  refused(
    'default_js_domain { A: d }\naccounts { A { jetstream: enabled } }',
    'default_js_domain contains account name "A" with enabled JetStream',
  ),
  refused(
    'default_js_domain { "$SYS": d }\naccounts { "$SYS" { users: [{user: a, pass: b}] } }',
    'system account "$SYS" can not be in default_js_domain',
  ),
  refused(
    'default_js_domain { A: "d d" }\naccounts { A {} }',
    'default_js_domain contains account "A" with invalid domain name "d d"',
  ),
  refused('websocket { port: -1 }', 'websocket requires TLS configuration'),
  refused(
    'websocket { port: -1, no_tls: true, allowed_origins: [foo ] }',
    'unable to parse allowed origin: parse "foo": invalid URI for request',
  ),
  refused(
    'websocket { port: -1, no_tls: true, allowed_origins: ["ws://foo"] }',
    'unable to parse allowed origin "ws://foo": allowed origins must be absolute URLs with http or https scheme',
  ),
  refused(
    'websocket { port: -1, no_tls: true, allowed_origins: ["http:///foo"] }',
    'unable to parse allowed origin "http:///foo": host is required',
  ),
  refused(
    'websocket { port: -1, no_tls: true, allowed_origins: ["http://foo:p"] }',
    'unable to parse allowed origin: parse "http://foo:p": invalid port ":p" after host',
  ),
  refused(
    'websocket { port: -1, no_tls: true, allowed_origins: ["/foo"] }',
    'unable to parse allowed origin "/foo": allowed origins must be absolute URLs with http or https scheme',
  ),
  refused(
    'websocket { port: -1, no_tls: true, allowed_origins: [""] }',
    'unable to parse allowed origin: parse "": empty url',
  ),
  refused(
    'websocket { port: -1, no_tls: true, authorization { user: a } }\nauthorization { users: [{user: a, pass: b}] }',
    'websocket authentication username not compatible with presence of users/nkeys',
  ),
  refused(
    'websocket { port: -1, no_tls: true, authorization { token: a } }\nauthorization { users: [{user: a, pass: b}] }',
    'websocket authentication token not compatible with presence of users/nkeys',
  ),
  refused(
    'websocket { port: -1, no_tls: true, jwt_cookie: a }',
    'trusted operators or trusted keys configuration is required for JWT authentication via cookie "a"',
  ),
  refused('websocket { port: -1, no_tls: true, headers { Host: a } }', 'websocket: invalid header "Host" not allowed'),
  refused(
    'websocket { port: -1, no_tls: true, headers { "Sec-WebSocket-Foo": a } }',
    'websocket: invalid header "Sec-WebSocket-Foo", "Sec-WebSocket-" prefix not allowed',
  ),
  refused(
    'websocket { port: -1, no_tls: true, no_auth_user: a }',
    'no_auth_user: "a" present, but users/nkeys are not defined',
  ),
  refused('leafnodes { remotes: [ { url: "nats://h:1" } ] }\nserver_name: "_"', 'cluster name is reserved'),
];
