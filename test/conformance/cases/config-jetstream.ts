import { type ConfigCase, refused } from './config-case.ts';

/** JetStream, of the server and of accounts. */
export const jetstream: readonly ConfigCase[] = [
  refused('jetstream: 5', 'server.conf:1:0: Expected map, bool or string to define JetStream, got int64'),
  refused('jetstream: maybe', "server.conf:1:0: Expected 'enabled' or 'disabled' for string value, got 'maybe'"),
  refused('jetstream { foo: 1 }', 'server.conf:1:12: unknown field "foo"'),
  refused('jetstream { domain: 5 }', 'server.conf:1:0: interface conversion: interface {} is int64, not string'),
  refused('jetstream { strict: x }', "server.conf:1:12: Expected 'true' or 'false' for bool value, got 'x'"),
  refused(
    'jetstream { max_mem: "5X" }',
    'server.conf:1:12: max_mem_store sizes defined as strings must end in K, M, G, T',
  ),
  refused(
    'jetstream { max_mem: "abc" }',
    'server.conf:1:12: max_mem_store strconv.ParseInt: parsing "ab": invalid syntax',
  ),
  refused('jetstream { max_mem: true }', 'server.conf:1:12: max_mem_store must be int64 or string'),
  refused('jetstream { max_file: 5.5 }', 'server.conf:1:12: max_file_store must be int64 or string'),
  refused(
    'jetstream { max_outstanding_catchup: "x" }',
    'server.conf:1:12: max_outstanding_catchup strconv.ParseInt: parsing "": invalid syntax',
  ),
  refused('jetstream { max_buffered_size: true }', 'server.conf:1:12: max_buffered_size must be int64 or string'),
  refused(
    'jetstream { max_buffered_msgs: x }',
    'server.conf:1:12: Expected a parseable size for "max_buffered_msgs", got x',
  ),
  refused(
    'jetstream { request_queue_limit: x }',
    'server.conf:1:12: Expected a parseable size for "request_queue_limit", got x',
  ),
  refused(
    'jetstream { info_queue_limit: x }',
    'server.conf:1:12: Expected a parseable size for "info_queue_limit", got x',
  ),
  refused('jetstream { meta_compact: -1 }', 'server.conf:1:12: Expected an absolute size for "meta_compact", got -1'),
  refused(
    'jetstream { meta_compact_size: -1 }',
    'server.conf:1:12: Expected an absolute size for "meta_compact_size", got -1',
  ),
  refused(
    'jetstream { meta_compact_sync: 1 }',
    'server.conf:1:0: interface conversion: interface {} is int64, not bool',
  ),
  refused(
    'jetstream { max_concurrent_io: 3 }',
    'server.conf:1:12: Expected an absolute size for "max_concurrent_io" between 4 and 8192, got 3',
  ),
  refused(
    'jetstream { sync: 5 }',
    'server.conf:1:12: invalid use of field "sync": sync should be converted to a duration',
  ),
  refused(
    'jetstream { sync_interval: often }',
    'server.conf:1:12: error parsing sync_interval: time: invalid duration "often"',
  ),
  refused('jetstream { enabled: 5 }', 'server.conf:1:0: interface conversion: interface {} is int64, not bool'),
  refused('jetstream { key: x, cipher: rot13 }', 'server.conf:1:20: Unknown cipher type: "rot13"'),
  refused('jetstream { limits: 5 }', 'server.conf:1:12: Expected a map to define JetStreamLimits, got int64'),
  refused('jetstream { limits { foo: 5 } }', 'server.conf:1:21: unknown field "foo"'),
  refused(
    'jetstream { limits { max_ack_pending: x } }',
    'server.conf:1:0: interface conversion: interface {} is string, not int64',
  ),
  refused('jetstream { limits { duplicate_window: x } }', 'time: invalid duration "x"'),
  refused('jetstream { limits { batch: 5 } }', 'server.conf:1:21: Expected a map to define batch limits, got int64'),
  refused('jetstream { limits { batch { timeout: x } } }', 'time: invalid duration "x"'),
  refused('jetstream { limits { batch { foo: x } } }', 'server.conf:1:29: unknown field "foo"'),
  refused('jetstream { tpm: 5 }', 'server.conf:1:12: Expected a map to define JetStreamLimits, got int64'),
  refused('jetstream { tpm { foo: 5 } }', 'server.conf:1:18: unknown field "foo"'),
  {
    text: 'store_dir: "/tmp/a"\njetstream { store_dir: "/tmp/b" }\n',
    says: ["server.conf:2:13: Duplicate 'store_dir' configuration"],
    or: ["server.conf:1:0: Duplicate 'store_dir' configuration"],
  },
  refused('accounts { A { jetstream: 5 } }', 'Expected map, bool or string to define JetStream, got int64'),
  refused('accounts { A { jetstream: maybe } }', "Expected 'enabled' or 'disabled' for string value, got 'maybe'"),
  refused(
    'accounts { A { jetstream { max_mem: "1G" } } }',
    'server.conf:1:27: Expected a parseable size for "max_mem", got 1G',
  ),
  refused(
    'accounts { A { jetstream { max_bytes: 5 } } }',
    'server.conf:1:27: Expected a parseable bool for "max_bytes", got 5',
  ),
  refused('accounts { A { jetstream { foo: 5 } } }', 'server.conf:1:27: unknown field "foo"'),
  refused(
    'accounts { A { jetstream { cluster_traffic: mine } } }',
    "server.conf:1:27: Expected 'system' or 'owner' string value for \"cluster_traffic\", got mine",
  ),
  refused(
    'accounts { A { jetstream { cluster_traffic: 5 } } }',
    "server.conf:1:27: Expected either 'system' or 'owner' string value for \"cluster_traffic\", got 5",
  ),
];
