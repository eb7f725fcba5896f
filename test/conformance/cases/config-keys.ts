/** Every key of the configuration with a value that it takes. Names that take the same stand together. */

type Values = readonly (readonly [names: string, value: string])[];

/** Keys at the top. */
const top: Values = [
  ['listen', '"127.0.0.1:4222"'],
  ['client_advertise', '"h:1"'],
  ['port', '4222'],
  ['server_name|logfile|log_file', 'a'],
  ['host|net', 'h'],
  [
    'debug|trace|trace_verbose|trace_headers|logtime|logtime_utc|disable_sublist_cache|no_sublist_cache|syslog|proxy_protocol|allow_non_tls|no_system_account|no_system|no_sys_acc|no_header_support|ocsp_cache|no_fast_producer_stall|ocsp',
    'true',
  ],
  ['default_sentinel|remote_syslog|pidfile|pid_file|ports_file_dir|no_auth_user|system_account|system', 'x'],
  ['http', '8222'],
  ['https', '8443'],
  [
    'http_port|monitor_port|https_port|logfile_size_limit|log_size_limit|logfile_max_num|log_max_num|prof_port|prof_block_rate|connect_error_reports|reconnect_error_reports|max_closed_clients',
    '1',
  ],
  ['http_base_path', '/x'],
  ['store_dir|storedir', '"/tmp/x"'],
  ['max_control_line', '1kb'],
  ['max_payload|max_pending', '1mb'],
  [
    'max_connections|max_conn|max_traced_msg_len|max_subscriptions|max_subs|max_sub_tokens|max_subscription_tokens|ping_max',
    '5',
  ],
  ['ping_interval', '"1s"'],
  ['write_deadline', '"2s"'],
  ['write_timeout', 'close'],
  ['lame_duck_duration', '"40s"'],
  ['lame_duck_grace_period', '"3s"'],
  ['resolver', 'MEMORY'],
  ['account_resolver', 'MEM'],
  ['accounts_resolver', 'mem'],
  [
    'resolver_tls|resolver_preload|proxies|tls|authorization|cluster|gateway|leaf|leafnodes|jetstream|websocket|ws|mqtt',
    '{}',
  ],
  ['resolver_pinned_accounts|trusted|trusted_keys', '[]'],
  ['server_tags', '[a, b]'],
  ['server_metadata|mappings|maps', '{a: b}'],
  ['feature_flags', '{a: true}'],
  ['default_js_domain', '{A: d}'],
  ['accounts', '[A ]'],
];

/** Keys of blocks, by what opens the block. */
const blocks: Readonly<Record<string, Values>> = {
  authorization: [
    ['user|username|pass|password|token', 'a'],
    ['timeout', '1'],
    ['users', '[]'],
    ['default_permission|default_permissions|permissions', '{}'],
    [
      'auth_callout',
      '{issuer: ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2, auth_users: [a ], account: A}',
    ],
    ['auth_hook', '{issuer: ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2, users: [a ], acc: A}'],
    ['proxy_required', 'true'],
  ],
  cluster: [
    ['name', 'c'],
    ['listen', '"h:1"'],
    ['port|connect_retries', '1'],
    ['host|net', 'h'],
    ['authorization', '{user: a, pass: b}'],
    ['routes', '["nats://a:1"]'],
    ['tls', '{}'],
    ['cluster_advertise|advertise', 'x'],
    ['no_advertise|connect_backoff', 'true'],
    ['permissions', '{import: a, export: {allow: b}}'],
    ['pool_size|ping_max', '2'],
    ['accounts', '[a ]'],
    ['compression', 'fast'],
    ['ping_interval', '"5s"'],
    ['write_deadline', '"1s"'],
    ['write_timeout', 'retry'],
  ],
  gateway: [
    ['name', 'c'],
    ['listen', '"h:1"'],
    ['port|connect_retries', '1'],
    ['host|net', 'h'],
    ['authorization', '{user: a, pass: b}'],
    ['tls', '{}'],
    ['advertise', 'x'],
    ['connect_backoff|reject_unknown|reject_unknown_cluster', 'true'],
    ['gateways', '[{name: a, url: "nats://h:1"},{name: b, urls: ["nats://h:1"], tls: {}}]'],
    ['write_deadline', '"1s"'],
    ['write_timeout', 'retry'],
  ],
  leafnodes: [
    ['listen', '"h:1"'],
    ['port', '1'],
    ['host|net', 'h'],
    ['authorization', '{user: a, pass: b, account: A, timeout: 1, proxy_required: true}'],
    ['remotes', '[{}]'],
    ['reconnect|reconnect_delay|reconnect_interval|dial_timeout|write_deadline', '"1s"'],
    ['tls', '{}'],
    ['leafnode_advertise|advertise', 'x'],
    ['no_advertise|isolate_leafnode_interest|isolate', 'true'],
    ['min_version', '"2.9.0"'],
    ['minimum_version', '"2.9.0-beta.1"'],
    ['compression', 's2_auto'],
    ['write_timeout', 'retry'],
  ],
  'leafnodes { remotes: [': [
    [
      'no_randomize|dont_randomize|hub|ws_compress|ws_compression|websocket_compress|websocket_compression|ws_no_masking|websocket_no_masking|jetstream_cluster_migrate|isolate_leafnode_interest|isolate|request_isolation|disabled|ignore_discovered_servers',
      'true',
    ],
    ['url', '"nats://h:1"'],
    ['urls', '["nats://h:1"]'],
    ['account|local', 'A'],
    ['creds', '"~/x"'],
    ['credentials', '"$HOME/x"'],
    ['tls', '{}'],
    ['deny_imports|deny_exports|deny_export', 'a'],
    ['deny_import', '[a ]'],
    ['js_cluster_migrate', '{leader_migrate_delay: "1s"}'],
    ['compression', 'off'],
    ['first_info_timeout|dial_timeout', '"1s"'],
    ['proxy', '{url: "http://h", username: a, password: b, timeout: "1s"}'],
  ],
  jetstream: [
    ['strict|enable|meta_compact_sync', 'true'],
    [
      'store|store_dir|storedir|key|ek|encryption_key|prev_key|prev_ek|prev_encryption_key|extension_hint|unique_tag',
      'x',
    ],
    ['sync', 'always'],
    ['sync_interval', '"1s"'],
    ['max_memory_store', '1g'],
    ['max_mem_store', '"1G"'],
    [
      'max_mem|max_file_store|max_outstanding_catchup|max_buffered_size|max_buffered_msgs|request_queue_limit|info_queue_limit|meta_compact|meta_compact_size',
      '1',
    ],
    ['max_file', '"5T"'],
    ['domain', 'd'],
    ['enabled', 'false'],
    ['cipher', 'aes'],
    [
      'limits',
      '{max_ack_pending: 1, max_ha_assets: 1, max_request_batch: 1, default_max_consumers: -1, duplicate_window: "1s", batch: {max_inflight_per_stream: 1, max_inflight_total: 1, max_msgs: 1, timeout: "1s"}}',
    ],
    ['tpm', '{keys_file: x, encryption_password: y, srk_password: z, pcr: 1, cipher: chacha}'],
    ['max_concurrent_io', '8'],
  ],
  websocket: [
    ['listen', '"h:1"'],
    ['port', '1'],
    ['host|net', 'h'],
    ['advertise', 'x'],
    ['no_tls|same_origin|compress|compression', 'true'],
    ['tls', '{}'],
    ['allowed_origins', '[a ]'],
    [
      'allowed_origin|allow_origins|allow_origin|origins|origin|jwt_cookie|user_cookie|pass_cookie|token_cookie|no_auth_user',
      'a',
    ],
    ['handshake_timeout', '5'],
    ['authorization', '{user: a, pass: b, timeout: 2}'],
    ['authentication', '{token: x}'],
    ['headers', '{a: b}'],
    ['ping_interval', '"1s"'],
  ],
  mqtt: [
    ['listen', '"h:1"'],
    ['port|stream_replicas', '1'],
    ['host|net', 'h'],
    ['tls', '{}'],
    ['authorization|authentication', '{user: a, pass: b}'],
    ['no_auth_user', 'a'],
    ['ack_wait|ackwait|js_api_timeout|api_timeout|consumer_inactive_threshold|consumer_auto_cleanup', '"1s"'],
    ['max_ack_pending|max_pending|max_inflight', '5'],
    ['js_domain', 'd'],
    ['consumer_memory_storage|reject_qos2_publish|downgrade_qos2_subscribe', 'true'],
  ],
  tls: [
    ['insecure|verify|verify_and_map|allow_insecure_cipher_suites|cert_match_skip_invalid|handshake_first', 'true'],
    ['cipher_suites', '["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"]'],
    [
      'curve_preferences',
      '[X25519, CurveP256, CurveP384, CurveP521, X25519MLKEM768, SecP384r1MLKEM1024, SecP256r1MLKEM768 ]',
    ],
    ['timeout', '2'],
    ['connection_rate_limit', '5'],
    ['pinned_certs', '["7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"]'],
    ['cert_match_by', 'subject'],
    ['cert_match|ca_certs_match', 'x'],
    ['first', 'auto'],
    ['immediate', '"300ms"'],
    [
      'ocsp_peer',
      '{verify: true, allowed_clockskew: 1, ca_timeout: "1s", cache_ttl_when_next_update_unset: 1.5, warn_only: true, unknown_is_good: true, allow_when_ca_unreachable: true}',
    ],
    ['min_version', '"1.3"'],
  ],
  ocsp: [
    ['mode', 'always'],
    ['url', '"http://x"'],
  ],
  ocsp_cache: [
    ['type', 'local'],
    ['local_store', 'x'],
    ['preserve_revoked', 'true'],
    ['save_interval', '"10m"'],
  ],
  'accounts { A': [
    ['nkey', 'ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2'],
    ['imports', '[]'],
    [
      'exports',
      '[{service: a, latency: {sampling: headers, subject: l}, allow_trace: true}, {service: c, response_type: chunked, response_time: "1s"}, {stream: "b.*", account_token_position: 2 }]',
    ],
    [
      'jetstream',
      '{max_memory: 1, max_mem: 1, mem: 1, memory: 1, max_store: 1, max_file: 1, max_disk: 1, store: 1, disk: 1, max_streams: 1, streams: 1, max_consumers: 1, consumers: 1, max_bytes_required: true, max_stream_bytes: true, max_bytes: true, mem_max_stream_bytes: 1, memory_max_stream_bytes: 1, disk_max_stream_bytes: 1, store_max_stream_bytes: 1, max_ack_pending: 1, cluster_traffic: owner}',
    ],
    [
      'users',
      '[{user: a, pass: b, permission: {pub: a, sub: b, publish_allow_responses: {max_msgs: -1, ttl: "1m"}}, clients: [mqtt, in_process ], proxy_required: true}]',
    ],
    ['default_permissions', '{}'],
    ['mappings', '{a: b}'],
    ['maps', '{c: {destination: d, weight: 50%, cluster: x}}'],
    [
      'limits',
      '{max_connections: 1, max_conn: 1, max_subscriptions: 1, max_subs: 1, max_payload: 1, max_pay: 1, max_leafnodes: 1, max_leafs: 1}',
    ],
    ['msg_trace', '{dest: a, sampling: 50%}'],
    ['trace_dest', 'a'],
  ],
};

/** What closes a block beside its own brace. */
const CLOSED = new Map([
  ['leafnodes { remotes: [', ' ] }'],
  ['accounts { A', ' }'],
]);

/** Configurations of one key each. Letters of keys may be of any size. */
export const keyTexts: readonly string[] = [
  ...entries(top).flatMap(([name, value]) => [`${name}: ${value}\n`, `${name.toUpperCase()} = ${value}\n`]),
  ...Object.entries(blocks).flatMap(([block, values]) =>
    entries(values).map(([name, value]) => `${block} { ${name}: ${value} }${CLOSED.get(block) ?? ''}\n`),
  ),
  'resolver { type: full, dir: "./d", allow_delete: true, hard_delete: true, limit: 5, interval: "1s", timeout: "1s" }\n',
  'resolver { type: cache, dir: "./d", ttl: "1h", limit: 5, timeout: "1s" }\n',
  'resolver { type: MEMORY }\n',
];

function entries(values: Values): [name: string, value: string][] {
  return values.flatMap(([names, value]) => names.split('|').map((name): [string, string] => [name, value]));
}
