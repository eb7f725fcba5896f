import { type ConfigCase, refused } from './config-case.ts';

/** Links to other servers: cluster, gateway, leaf nodes. */
export const servers: readonly ConfigCase[] = [
  refused('cluster: x', 'server.conf:1:0: Expected map to define cluster, got string'),
  refused('cluster { foo: 1 }', 'server.conf:1:10: unknown field "foo"'),
  refused('cluster { name: "a b" }', 'server.conf:1:10: cluster name cannot contain spaces'),
  refused('cluster { listen: x }', 'server.conf:1:10: could not parse address string "x"'),
  refused('cluster { port: x }', 'server.conf:1:10: interface conversion: interface {} is string, not int64'),
  refused(
    'cluster { authorization { users: [{user: a, pass: b}] } }',
    'server.conf:1:10: Cluster authorization does not allow multiple users',
  ),
  refused('cluster { authorization { token: x } }', 'server.conf:1:10: Cluster authorization does not support tokens'),
  refused(
    'cluster { authorization { user: 5 } }',
    'server.conf:1:26: interface conversion: interface {} is int64, not string',
    'server.conf:1:10: runtime error: invalid memory address or nil pointer dereference',
  ),
  refused(
    'cluster { authorization { auth_callout { issuer: ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2, auth_users: [a ] } } }',
    'server.conf:1:10: Cluster authorization does not support callouts',
  ),
  refused(
    'cluster { authorization { user: a, pass: b, permissions { publish: x } } }',
    'server.conf:1:10: invalid use of field "authorization": setting "permissions" within cluster authorization block is deprecated',
  ),
  refused(
    'cluster { routes: x }',
    'server.conf:1:10: interface conversion: interface {} is string, not []interface {}',
  ),
  refused('cluster { routes: ["nats://h:port"] }', 'server.conf:1:20: error parsing route url ["nats://h:port"]'),
  refused('cluster { routes: [5 ] }', 'server.conf:1:19: interface conversion: interface {} is int64, not string'),
  refused(
    'cluster { routes: ["nats://h:1", "nats://h:1"] }',
    'server.conf:1:34: invalid use of field "nats://h:1": Duplicate route entry detected',
  ),
  refused('cluster { permissions: 5 }', 'Expected permissions to be a map/struct, got 5'),
  refused('cluster { permissions { import: "a..b" } }', 'subject "a..b" is not a valid subject'),
  refused(
    'cluster { permissions { export: "a b" } }',
    'server.conf:1:10: cluster export allow: subject "a b" is not a valid subject',
  ),
  refused(
    'cluster { permissions { allow_responses: true } }',
    'server.conf:1:10: Cluster permissions do not support dynamic responses',
  ),
  refused('cluster { accounts: 5 }', 'server.conf:1:10: error parsing accounts: unsupported type int64'),
  refused(
    'cluster { compression: 5 }',
    'server.conf:1:10: field "compression" should be a boolean or a structure, got int64',
  ),
  refused('cluster { compression { foo: 1 } }', 'server.conf:1:24: unknown field "foo"'),
  refused(
    'cluster { compression { mode: 1 } }',
    'server.conf:1:24: interface conversion: interface {} is int64, not string',
  ),
  refused('cluster { compression { mode: s2_auto, rtt: ["x"] } }', 'server.conf:1:39: time: invalid duration "x"'),
  refused(
    'cluster { ping_interval: "2m" }',
    "server.conf:1:10: Cluster 'ping_interval' will reset to 30s which is the max for routes",
  ),
  refused(
    'cluster { ping_interval: 20 }',
    'server.conf:1:10: invalid use of field "ping_interval": ping_interval should be converted to a duration',
  ),
  refused(
    'cluster { write_deadline: x }',
    'server.conf:1:10: error parsing write_deadline: time: invalid duration "x"',
  ),
  refused('cluster { write_timeout: x }', "server.conf:1:10: write_timeout must be 'default', 'close' or 'retry'"),
  refused(
    'tls { verify_cert_and_check_known_urls: true }',
    'server.conf:1:6: verify_cert_and_check_known_urls not supported in this context',
  ),
  refused('gateway: x', 'server.conf:1:0: Expected gateway to be a map, got string'),
  refused('gateway { foo: 1 }', 'server.conf:1:10: unknown field "foo"'),
  refused('gateway { name: "a b" }', 'server.conf:1:10: gateway name cannot contain spaces'),
  refused(
    'gateway { authorization { users: [] } }',
    'server.conf:1:10: Gateway authorization does not allow multiple users',
  ),
  refused('gateway { gateways: x }', 'Expected gateways field to be an array, got string'),
  refused('gateway { gateways: [x ] }', 'server.conf:1:21: Expected gateway entry to be a map/struct, got x'),
  refused('gateway { gateways: [{foo: 1}] }', 'server.conf:1:22: unknown field "foo"'),
  refused(
    'gateway { gateways: [{name: a, url: "nats://h:p"}] }',
    'server.conf:1:31: error parsing gateway url ["nats://h:p"]',
  ),
  refused(
    'gateway { gateways: [{name: a, urls: ["nats://h:p"]}] }',
    'server.conf:1:39: error parsing gateway url ["nats://h:p"]',
  ),
  refused(
    'gateway { gateways: [{name: a, urls: "x"}] }',
    'server.conf:1:31: interface conversion: interface {} is string, not []interface {}',
  ),
  refused('leafnodes: x', 'server.conf:1:0: Expected map to define a leafnode, got string'),
  refused('leafnodes { foo: 1 }', 'server.conf:1:12: unknown field "foo"'),
  refused('leafnodes { listen: x }', 'server.conf:1:12: could not parse address string "x"'),
  refused(
    'leafnodes { authorization { nkey: x } }',
    'server.conf:1:28: Not a valid public nkey for leafnode authorization',
  ),
  refused(
    'leafnodes { authorization { user: a, users: [{user: b}] } }',
    'server.conf:1:12: can not have a single user/pass and a users array',
  ),
  refused(
    'leafnodes { authorization { users: [{user: b},{user: b}] } }',
    'server.conf:1:12: duplicate user "b" detected in leafnode authorization',
  ),
  refused('leafnodes { authorization { users: x } }', 'server.conf:1:28: Expected users field to be an array, got x'),
  refused('leafnodes { authorization { users: [{user: b, foo: 1}] } }', 'server.conf:1:46: unknown field "foo"'),
  refused(
    'leafnodes { authorization { timeout: x } }',
    'server.conf:1:28: error parsing leafnode authorization config, \'timeout\' time: invalid duration "x"',
  ),
  refused(
    'leafnodes { authorization { user: 5 } }',
    'server.conf:1:28: interface conversion: interface {} is int64, not string',
    'server.conf:1:12: runtime error: invalid memory address or nil pointer dereference',
  ),
  refused('leafnodes { min_version: "2.7.0" }', 'server.conf:1:12: the minimum version should be at least 2.8.0'),
  refused('leafnodes { min_version: abc }', "server.conf:1:12: invalid leafnode's minimum version: invalid semver"),
  refused(
    'leafnodes { compression: 5 }',
    'server.conf:1:12: field "compression" should be a boolean or a structure, got int64',
  ),
  refused(
    'leafnodes { reconnect: 5 }',
    'server.conf:1:12: invalid use of field "reconnect": reconnect should be converted to a duration',
  ),
  refused('leafnodes { remotes: x }', 'server.conf:1:12: Expected remotes field to be an array, got string'),
  refused('leafnodes { remotes: [x ] }', 'server.conf:1:22: Expected remote leafnode entry to be a map/struct, got x'),
  refused('leafnodes { remotes: [{url: "nats://h:1", foo: 1}] }', 'server.conf:1:42: unknown field "foo"'),
  refused(
    'leafnodes { remotes: [{url: "nats://h:p"}] }',
    'server.conf:1:23: error parsing leafnode url ["nats://h:p"]',
  ),
  refused(
    'leafnodes { remotes: [{url: 5 }] }',
    'server.conf:1:23: Expected remote leafnode url to be an array or string, got 5',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1", deny_imports: "a..b"}] }',
    'server.conf:1:42: subject "a..b" is not a valid subject',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1", js_cluster_migrate: 5 }] }',
    'Expected boolean or map for jetstream_cluster_migrate, got int64',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1"},{url: "nats://h:1"}] }',
    'server.conf:1:43: duplicate remote urls=["nats://h:1"], account="$G"',
  ),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: x}] }',
    'server.conf:1:40: Expected proxy to be a map, got string',
  ),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: {url: "ftp://x"}}] }',
    'server.conf:1:40: proxy URL scheme must be http or https, got: ftp',
  ),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: {url: "http:///x"}}] }',
    'server.conf:1:40: proxy URL must specify a host',
  ),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: {url: "http://x", username: a}}] }',
    'server.conf:1:40: proxy username and password must both be specified or both be empty',
  ),
  refused(
    'leafnodes { remotes: [{urls: ["wss://h:2"], proxy: {url: "http://x"}}] }',
    'server.conf:1:44: proxy is configured but remote URL wss://h:2 requires TLS and no TLS configuration is provided. When using proxy with TLS endpoints, ensure TLS is properly configured for the leafnode remote',
  ),
  refused('leafnodes { remotes: [{url: "ws://h:1", proxy: {foo: x}}] }', 'server.conf:1:48: unknown field "foo"'),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: {url: "http://x", timeout: 5}}] }',
    'server.conf:1:65: invalid use of field "proxy timeout": proxy timeout should be converted to a duration',
  ),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: {username: a, password: b}}] }',
    'server.conf:1:40: proxy URL must be specified when other proxy options are set',
  ),
  refused(
    'leafnodes { remotes: [{url: "ws://h:1", proxy: {timeout: "5s"}}] }',
    'server.conf:1:40: proxy URL must be specified when other proxy options are set',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1", proxy: {url: "https://h", tls {verify: true, insecure: true}}}] }',
    'server.conf:1:73: "verify" is not supported for proxy TLS',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1", proxy: {url: "https://h", tls {timeout: -1}}}] }',
    'server.conf:1:42: proxy TLS timeout must be >= 0',
  ),
  refused(
    'leafnodes { remotes: [{url: "nats://h:1", proxy: {url: "http://h", tls {insecure: true}}}] }',
    'server.conf:1:42: proxy TLS configuration requires an https proxy URL, got: http',
  ),
  refused('cluster { name: "_" }', 'server.conf:1:10: cluster name is reserved'),
  refused('gateway { name: "_" }', 'server.conf:1:10: cluster name is reserved'),
];
