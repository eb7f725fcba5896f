import { type ConfigCase, refused } from './config-case.ts';

/** TLS blocks and their files. */
export const tls: readonly ConfigCase[] = [
  refused('tls: x', 'server.conf:1:0: interface conversion: interface {} is string, not map[string]interface {}'),
  refused('tls { foo: 1 }', 'server.conf:1:6: error parsing tls config, unknown field "foo"'),
  refused('tls { cert_file: 1 }', "server.conf:1:6: error parsing tls config, expected 'cert_file' to be filename"),
  refused('tls { cert_file: "a.pem" }', "server.conf:1:0: missing 'key_file' in TLS configuration"),
  refused('tls { key_file: "a.pem" }', "server.conf:1:0: missing 'cert_file' in TLS configuration"),
  refused(
    'tls { cert_file: "nothere.pem", key_file: "nothere.key" }',
    'server.conf:1:0: error parsing X509 certificate/key pair: open nothere.pem: no such file or directory',
  ),
  refused('tls { ca_file: "nothere.pem" }', 'server.conf:1:0: open nothere.pem: no such file or directory'),
  refused('tls { verify: 1 }', "server.conf:1:6: error parsing tls config, expected 'verify' to be a boolean"),
  refused(
    'tls { verify_and_map: 1 }',
    "server.conf:1:6: error parsing tls config, expected 'verify_and_map' to be a boolean",
  ),
  refused('tls { insecure: x }', "server.conf:1:6: error parsing tls config, expected 'insecure' to be a boolean"),
  refused('tls { cipher_suites: [] }', "server.conf:1:6: error parsing tls config, 'cipher_suites' cannot be empty"),
  refused(
    'tls { cipher_suites: x }',
    'server.conf:1:6: interface conversion: interface {} is string, not []interface {}',
  ),
  refused('tls { cipher_suites: [foo ] }', 'server.conf:1:22: unrecognized cipher foo'),
  refused(
    'tls { cipher_suites: [TLS_RSA_WITH_RC4_128_SHA, TLS_RSA_WITH_AES_128_CBC_SHA ] }',
    "server.conf:1:0: insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: TLS_RSA_WITH_RC4_128_SHA, TLS_RSA_WITH_AES_128_CBC_SHA",
  ),
  refused(
    'tls { curve_preferences: [] }',
    "server.conf:1:6: error parsing tls config, 'curve_preferences' cannot be empty",
  ),
  refused('tls { curve_preferences: [foo ] }', 'server.conf:1:26: unrecognized curve preference foo'),
  refused('tls { timeout: x }', 'server.conf:1:6: error parsing tls config, \'timeout\' time: invalid duration "x"'),
  refused('tls { timeout: true }', "server.conf:1:6: error parsing tls config, 'timeout' wrong type"),
  refused(
    'tls { connection_rate_limit: x }',
    "server.conf:1:6: error parsing tls config, 'connection_rate_limit' wrong type",
  ),
  refused(
    'tls { pinned_certs: x }',
    "server.conf:1:6: error parsing tls config, expected 'pinned_certs' to be a list of hex-encoded sha256 of DER encoded SubjectPublicKeyInfo",
  ),
  refused(
    'tls { pinned_certs: [x ] }',
    "server.conf:1:21: error parsing tls config, 'pinned_certs' key x does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo",
  ),
  refused('tls { pinned_certs: [5 ] }', 'server.conf:1:21: interface conversion: interface {} is int64, not string'),
  refused('tls { cert_store: foo }', 'server.conf:1:6: cert store type not implemented'),
  refused(
    'tls { cert_store: WindowsCurrentUser }',
    'server.conf:1:6: cert_store not compatible with current operating system',
  ),
  refused('tls { cert_match_by: foo }', 'server.conf:1:6: cert match by type not implemented'),
  refused('tls { cert_match: 5 }', "server.conf:1:6: expected 'cert_match' to be a valid non-empty string"),
  refused(
    'tls { ca_certs_match: [5 ] }',
    'server.conf:1:6: error parsing ca_cert_match: unsupported type *conf.token where string is expected',
  ),
  refused('tls { cert_match_skip_invalid: 5 }', "server.conf:1:6: expected 'cert_match_skip_invalid' to be a boolean"),
  refused('tls { handshake_first: maybe }', 'server.conf:1:6: field "handshake_first"\'s value "maybe" is invalid'),
  refused('tls { first: 5 }', 'server.conf:1:6: field "first" should be a boolean or a string, got int64'),
  refused(
    'tls { ocsp_peer: 5 }',
    'server.conf:1:6: error parsing ocsp peer config: unsupported type map[string]interface {}',
  ),
  refused(
    'tls { ocsp_peer { foo: 5 } }',
    'server.conf:1:6: server.conf:1:18: error parsing tls peer config, unknown field ["foo"]',
  ),
  refused(
    'tls { ocsp_peer { allowed_clockskew: x } }',
    'server.conf:1:6: server.conf:1:18: error parsing tls peer config, conversion error: unexpected type',
  ),
  refused(
    'tls { ocsp_peer { ca_timeout: x } }',
    'server.conf:1:6: server.conf:1:18: error parsing tls peer config, conversion error: time: invalid duration "x"',
  ),
  refused(
    'tls { ocsp_peer { verify: x } }',
    'server.conf:1:6: server.conf:1:18: error parsing tls peer config, unknown field ["verify"]',
  ),
  refused(
    'tls { certs: 5 }',
    'server.conf:1:6: error parsing certificates config: unsupported type map[string]interface {}',
  ),
  refused('tls { certs: [5 ] }', 'server.conf:1:14: error parsing certificates config: unsupported type int64'),
  refused('tls { certs: [{foo: x}] }', 'server.conf:1:15: error parsing tls certs config, unknown field "foo"'),
  refused(
    'tls { certs: [{cert_file: x}] }',
    "server.conf:1:15: error parsing certificates config: both 'cert_file' and 'cert_key' options are required",
  ),
  refused(
    'tls { certs: [{cert_file: 5 }] }',
    'server.conf:1:15: error parsing certificates config: unsupported type int64',
  ),
  refused(
    'tls { certs: [{cert_file: "nothere.pem", key_file: "nothere.key"}] }',
    'server.conf:1:0: error parsing X509 certificate/key pair 1/1: open nothere.pem: no such file or directory',
  ),
  refused(
    'tls { cert_file: "a", certs: [{cert_file: "nothere.pem", key_file: "nothere.key"}] }',
    "server.conf:1:0: error parsing tls config, cannot combine 'cert_file' option with 'certs' option",
  ),
  refused('tls { min_version: "1.1" }', 'server.conf:1:6: error parsing tls config: unsupported TLS version: TLS 1.1'),
  refused('tls { min_version: "x" }', 'server.conf:1:6: error parsing tls config: unknown version: x'),
  refused('tls { min_version: 1.2 }', "server.conf:1:6: error parsing tls config: 'min_version' wrong type: 1.2"),
];
