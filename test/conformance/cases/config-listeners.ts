import { type ConfigCase, refused } from './config-case.ts';

/** WebSocket, MQTT, OCSP. */
export const listeners: readonly ConfigCase[] = [
  refused('websocket: x', 'server.conf:1:0: Expected websocket to be a map, got string'),
  refused('websocket { foo: 1 }', 'server.conf:1:12: unknown field "foo"'),
  refused('websocket { listen: x }', 'server.conf:1:12: could not parse address string "x"'),
  refused('websocket { no_tls: x }', 'server.conf:1:12: interface conversion: interface {} is string, not bool'),
  refused(
    'websocket { allowed_origins: 5 }',
    'server.conf:1:12: error parsing allowed origins: unsupported type int64',
  ),
  refused(
    'websocket { allowed_origins: [5 ] }',
    'server.conf:1:30: error parsing allowed origins: unsupported type in array int64',
  ),
  refused('websocket { handshake_timeout: x }', 'server.conf:1:12: time: invalid duration "x"'),
  refused(
    'websocket { handshake_timeout: true }',
    'server.conf:1:12: error parsing handshake timeout: unsupported type bool',
  ),
  refused('websocket { compression: 5 }', 'server.conf:1:12: interface conversion: interface {} is int64, not bool'),
  refused(
    'websocket { authorization: x }',
    'server.conf:1:12: interface conversion: interface {} is string, not map[string]interface {}',
    'server.conf:1:12: runtime error: invalid memory address or nil pointer dereference',
  ),
  refused('websocket { authorization { users: [] } }', 'server.conf:1:28: unknown field "users"'),
  refused('websocket { jwt_cookie: 5 }', 'server.conf:1:12: interface conversion: interface {} is int64, not string'),
  refused('websocket { headers: 5 }', 'server.conf:1:12: error parsing headers: unsupported type int64'),
  refused('websocket { headers { a: 5 } }', 'server.conf:1:22: error parsing header key a: unsupported type int64'),
  refused(
    'websocket { ping_interval: 5 }',
    'server.conf:1:12: invalid use of field "ping_interval": ping_interval should be converted to a duration',
  ),
  refused('mqtt: x', 'server.conf:1:0: Expected mqtt to be a map, got string'),
  refused('mqtt { foo: 1 }', 'server.conf:1:7: unknown field "foo"'),
  refused(
    'mqtt { ack_wait: 5 }',
    'server.conf:1:7: invalid use of field "ack_wait": ack_wait should be converted to a duration',
  ),
  refused('mqtt { max_ack_pending: 70000 }', 'server.conf:1:7: invalid value 70000, should in [0..65535] range'),
  refused(
    'mqtt { consumer_replicas: 3 }',
    'server.conf:1:7: invalid use of field "consumer_replicas": consumer replicas setting ignored in this server version',
  ),
  refused(
    'mqtt { consumer_memory_storage: 3 }',
    'server.conf:1:7: interface conversion: interface {} is int64, not bool',
  ),
  refused(
    'mqtt { consumer_inactive_threshold: x }',
    'server.conf:1:7: error parsing consumer_inactive_threshold: time: invalid duration "x"',
  ),
  refused('ocsp: 5', 'server.conf:1:0: error parsing ocsp config: unsupported type int64'),
  refused('ocsp { mode: foo }', 'server.conf:1:7: error parsing ocsp config: unsupported ocsp mode string'),
  refused('ocsp { foo: foo }', 'server.conf:1:7: error parsing ocsp config: unsupported field string'),
  refused(
    'ocsp { urls: ["http://x"] }',
    'server.conf:1:0: interface conversion: interface {} is []interface {}, not []string',
  ),
  refused('ocsp { url: 5 }', 'server.conf:1:0: interface conversion: interface {} is int64, not string'),
  refused('ocsp_cache: 5', 'server.conf:1:0: error parsing tags: unsupported type int64'),
  refused('ocsp_cache { type: foo }', 'server.conf:1:13: error parsing OCSP peer cache config, unknown type [foo]'),
  refused('ocsp_cache { foo: foo }', 'server.conf:1:13: error parsing OCSP peer cache config, unknown field ["foo"]'),
  refused(
    'ocsp_cache { save_interval: foo }',
    'server.conf:1:13: error parsing tls peer config, conversion error: time: invalid duration "foo"',
  ),
];
