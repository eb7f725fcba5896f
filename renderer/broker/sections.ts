/** The parts of a configuration as the page has them: their names, and which keys of the text belong to each. */

import type { Entry, MapNode, Syntax } from './config-text/syntax.ts';

export type SectionId =
  | 'listen'
  | 'authentication'
  | 'accounts'
  | 'jetstream'
  | 'websocket'
  | 'mqtt'
  | 'leafnodes'
  | 'cluster'
  | 'mappings'
  | 'limits'
  | 'tls'
  | 'monitoring'
  | 'logging';

export interface Section {
  id: SectionId;
  title: string;
  /** The local broker reads, checks and keeps it, and does not act on it. */
  kept?: boolean;
}

export const sections: readonly Section[] = [
  { id: 'listen', title: 'Listen' },
  { id: 'authentication', title: 'Authentication' },
  { id: 'accounts', title: 'Accounts' },
  { id: 'jetstream', title: 'JetStream' },
  { id: 'websocket', title: 'WebSocket' },
  { id: 'mqtt', title: 'MQTT', kept: true },
  { id: 'leafnodes', title: 'Leaf nodes', kept: true },
  { id: 'cluster', title: 'Cluster', kept: true },
  { id: 'mappings', title: 'Mappings' },
  { id: 'limits', title: 'Limits' },
  { id: 'tls', title: 'TLS' },
  { id: 'monitoring', title: 'Monitoring' },
  { id: 'logging', title: 'Logging' },
];

/** Keys of the text, by the section that shows them; any other is a limit. */
const keys: Record<Exclude<SectionId, 'limits'>, string> = {
  listen: 'listen host net port client_advertise server_name server_tags server_metadata feature_flags proxy_protocol',
  authentication:
    'authorization no_auth_user default_sentinel operator operators root roots root_operator root_operators resolver ' +
    'account_resolver accounts_resolver resolver_tls resolver_preload resolver_pinned_accounts trusted trusted_keys proxies',
  accounts: 'accounts system_account system no_system_account no_system no_sys_acc',
  jetstream: 'jetstream store_dir storedir default_js_domain',
  websocket: 'websocket ws',
  mqtt: 'mqtt',
  leafnodes: 'leafnodes leaf',
  cluster: 'cluster gateway',
  mappings: 'mappings maps',
  tls: 'tls allow_non_tls ocsp ocsp_cache',
  monitoring: 'http https http_port monitor_port https_port http_base_path',
  logging:
    'debug trace trace_verbose trace_headers logtime logtime_utc logfile log_file logfile_size_limit log_size_limit ' +
    'logfile_max_num log_max_num syslog remote_syslog max_traced_msg_len pidfile pid_file ports_file_dir prof_port ' +
    'prof_block_rate connect_error_reports reconnect_error_reports',
};

const byKey = new Map<string, SectionId>();
for (const [section, names] of Object.entries(keys)) {
  for (const name of names.split(' ')) byKey.set(name, section as SectionId);
}

export function sectionOfKey(key: string): SectionId {
  return byKey.get(key.toLowerCase()) ?? 'limits';
}

/** The entry at the top that holds a place; undefined between entries. */
export function topEntryAt(root: MapNode, at: number): Entry | undefined {
  return root.entries.find((entry) => at >= entry.keyFrom && at <= entry.value.to);
}

/** The section that a place in the text is shown in; undefined where none is. */
export function sectionAt(syntax: Syntax, at: number): SectionId | undefined {
  const entry = topEntryAt(syntax.root, at);
  return entry === undefined || entry.include ? undefined : sectionOfKey(entry.key);
}
