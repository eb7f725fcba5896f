/** The plain fields of the form: where each stands in the text, how it is written, and what is so without it. */

import type { Path } from '../config-text/paths.ts';
import type { SectionId } from '../sections.ts';

interface Common {
  section: SectionId;
  label: string;
  path: Path;
  /** Shown while the text says nothing: what is so then. */
  fallback?: string;
  /** On hover, for what a label cannot say. */
  title?: string;
  /** Blocks that only held this go with it. */
  prune?: boolean;
  /** Not of a broker in the app: read and kept. */
  kept?: string;
}

export type FieldSpec =
  | (Common & { kind: 'text'; width?: 'short' | 'medium' | 'wide' })
  | (Common & { kind: 'address'; port: number })
  | (Common & { kind: 'number' })
  | (Common & { kind: 'size'; unit: string })
  | (Common & { kind: 'duration'; unit: string })
  | (Common & { kind: 'switch'; on?: boolean })
  | (Common & { kind: 'choice'; options: { value: string; label: string }[] })
  | (Common & { kind: 'secret' })
  | (Common & { kind: 'file' | 'folder' })
  | (Common & { kind: 'list'; placeholder: string });

const tlsFields = (section: SectionId, block: Path, client: boolean): FieldSpec[] => [
  { section, kind: 'file', label: 'Certificate', path: [...block, 'cert_file'], fallback: 'None', prune: true },
  { section, kind: 'file', label: 'Key', path: [...block, 'key_file'], fallback: 'None', prune: true },
  { section, kind: 'file', label: 'CA', path: [...block, 'ca_file'], fallback: 'System', prune: true },
  {
    section,
    kind: 'switch',
    label: 'Verify clients',
    path: [...block, 'verify'],
    title: 'Clients show a certificate of the CA',
    prune: true,
  },
  ...(client
    ? ([
        {
          section,
          kind: 'switch',
          label: 'Map to users',
          path: [...block, 'verify_and_map'],
          title: 'The certificate of a client says which user it is',
          prune: true,
        },
        {
          section,
          kind: 'switch',
          label: 'First',
          path: [...block, 'handshake_first|first|immediate'],
          title: 'TLS before INFO',
          prune: true,
        },
      ] as FieldSpec[])
    : []),
  { section, kind: 'duration', label: 'Timeout', path: [...block, 'timeout'], unit: 's', fallback: '2', prune: true },
];

/** Fields in the order in which they stand; lists of users, accounts and the like have editors of their own. */
export const fields: readonly FieldSpec[] = [
  { section: 'listen', kind: 'text', label: 'Name', path: ['server_name'], fallback: 'Its id', width: 'medium' },
  {
    section: 'listen',
    kind: 'text',
    label: 'Advertise',
    path: ['client_advertise'],
    fallback: 'As it listens',
    title: 'Address that clients are told to come to',
    width: 'medium',
  },
  { section: 'listen', kind: 'list', label: 'Tags', path: ['server_tags'], placeholder: 'region:eu' },

  {
    section: 'authentication',
    kind: 'text',
    label: 'User',
    path: ['authorization', 'user|username'],
    fallback: 'None',
    width: 'medium',
    prune: true,
  },
  {
    section: 'authentication',
    kind: 'secret',
    label: 'Password',
    path: ['authorization', 'password|pass'],
    fallback: 'None',
    prune: true,
  },
  {
    section: 'authentication',
    kind: 'secret',
    label: 'Token',
    path: ['authorization', 'token'],
    fallback: 'None',
    prune: true,
  },
  {
    section: 'authentication',
    kind: 'text',
    label: 'Without credentials',
    path: ['no_auth_user'],
    fallback: 'Refused where users are',
    title: 'User that connections without credentials are',
    width: 'medium',
  },
  {
    section: 'authentication',
    kind: 'duration',
    label: 'Timeout',
    path: ['authorization', 'timeout'],
    unit: 's',
    fallback: '2',
    prune: true,
  },

  {
    section: 'accounts',
    kind: 'text',
    label: 'System account',
    path: ['system_account|system'],
    fallback: '$SYS',
    width: 'medium',
  },

  {
    section: 'jetstream',
    kind: 'switch',
    label: 'Enabled',
    path: ['jetstream', 'enabled|enable'],
    on: true,
    title: 'Streams, buckets and objects. On unless the text says otherwise',
  },
  {
    section: 'jetstream',
    kind: 'folder',
    label: 'Folder',
    path: ['jetstream', 'store_dir|storedir|store'],
  },
  {
    section: 'jetstream',
    kind: 'size',
    label: 'Memory',
    path: ['jetstream', 'max_memory_store|max_mem_store|max_mem'],
    unit: 'MB',
    title: 'Of streams in memory, all together',
  },
  {
    section: 'jetstream',
    kind: 'size',
    label: 'Disk',
    path: ['jetstream', 'max_file_store|max_file'],
    unit: 'GB',
    title: 'Of streams on disk, all together',
  },
  {
    section: 'jetstream',
    kind: 'choice',
    label: 'Sync',
    path: ['jetstream', 'sync_interval|sync'],
    options: [
      { value: '', label: '2 min' },
      { value: '10s', label: '10 s' },
      { value: 'always', label: 'Always' },
    ],
    title: 'How often the disk is told to keep what was written for good. Always: before each acknowledgement',
  },
  {
    section: 'jetstream',
    kind: 'text',
    label: 'Domain',
    path: ['jetstream', 'domain'],
    fallback: 'None',
    width: 'medium',
  },
  {
    section: 'jetstream',
    kind: 'switch',
    label: 'Strict',
    path: ['jetstream', 'strict'],
    on: true,
    title: 'Requests with fields that nobody knows are refused',
  },
  {
    section: 'jetstream',
    kind: 'choice',
    label: 'Cipher',
    path: ['jetstream', 'cipher'],
    options: [
      { value: '', label: 'ChaCha20' },
      { value: 'aes', label: 'AES' },
    ],
    title: 'With an encryption key',
  },

  {
    section: 'websocket',
    kind: 'address',
    label: 'Listen',
    path: ['websocket|ws', 'listen'],
    port: 9222,
    fallback: 'Off',
    prune: true,
  },
  { section: 'websocket', kind: 'switch', label: 'Without TLS', path: ['websocket|ws', 'no_tls'], prune: true },
  { section: 'websocket', kind: 'switch', label: 'Same origin', path: ['websocket|ws', 'same_origin'], prune: true },
  {
    section: 'websocket',
    kind: 'list',
    label: 'Origins',
    path: ['websocket|ws', 'allowed_origins|allowed_origin|allow_origins|allow_origin|origins|origin'],
    placeholder: 'https://example.com',
    fallback: 'Any',
    prune: true,
  },
  {
    section: 'websocket',
    kind: 'switch',
    label: 'Compression',
    path: ['websocket|ws', 'compression|compress'],
    prune: true,
  },
  {
    section: 'websocket',
    kind: 'text',
    label: 'JWT cookie',
    path: ['websocket|ws', 'jwt_cookie'],
    fallback: 'None',
    width: 'medium',
    prune: true,
  },
  ...tlsFields('websocket', ['websocket|ws', 'tls'], false),

  {
    section: 'mqtt',
    kind: 'address',
    label: 'Listen',
    path: ['mqtt', 'listen'],
    port: 1883,
    fallback: 'Off',
    prune: true,
  },
  {
    section: 'mqtt',
    kind: 'duration',
    label: 'Ack wait',
    path: ['mqtt', 'ack_wait|ackwait'],
    unit: 's',
    fallback: '30',
    prune: true,
  },
  {
    section: 'mqtt',
    kind: 'number',
    label: 'Acks pending',
    path: ['mqtt', 'max_ack_pending|max_pending|max_inflight'],
    fallback: '1024',
    prune: true,
  },

  {
    section: 'leafnodes',
    kind: 'address',
    label: 'Listen',
    path: ['leafnodes|leaf', 'listen'],
    port: 7422,
    fallback: 'Off',
    prune: true,
  },

  { section: 'cluster', kind: 'text', label: 'Name', path: ['cluster', 'name'], width: 'medium', prune: true },
  {
    section: 'cluster',
    kind: 'address',
    label: 'Listen',
    path: ['cluster', 'listen'],
    port: 6222,
    fallback: 'Off',
    prune: true,
  },
  {
    section: 'cluster',
    kind: 'list',
    label: 'Routes',
    path: ['cluster', 'routes'],
    placeholder: 'nats://10.0.0.2:6222',
    prune: true,
  },

  { section: 'limits', kind: 'size', label: 'Payload', path: ['max_payload'], unit: 'MB', fallback: '1' },
  { section: 'limits', kind: 'size', label: 'Pending', path: ['max_pending'], unit: 'MB', fallback: '64' },
  { section: 'limits', kind: 'size', label: 'Control line', path: ['max_control_line'], unit: 'KB', fallback: '4' },
  {
    section: 'limits',
    kind: 'number',
    label: 'Connections',
    path: ['max_connections|max_conn'],
    fallback: '65536',
  },
  {
    section: 'limits',
    kind: 'number',
    label: 'Subscriptions',
    path: ['max_subscriptions|max_subs'],
    fallback: 'Any number',
    title: 'Of one connection',
  },
  { section: 'limits', kind: 'duration', label: 'Write deadline', path: ['write_deadline'], unit: 's', fallback: '10' },
  { section: 'limits', kind: 'duration', label: 'Ping interval', path: ['ping_interval'], unit: 's', fallback: '120' },
  {
    section: 'limits',
    kind: 'number',
    label: 'Pings',
    path: ['ping_max'],
    fallback: '2',
    title: 'Unanswered before a connection is stale',
  },
  {
    section: 'limits',
    kind: 'duration',
    label: 'Lame duck',
    path: ['lame_duck_duration'],
    unit: 's',
    fallback: '120',
    title: 'Time over which connections are closed',
  },
  {
    section: 'limits',
    kind: 'switch',
    label: 'Drop for slow',
    path: ['no_fast_producer_stall'],
    title: 'Drop messages for a slow consumer instead of holding its publishers back',
  },

  ...tlsFields('tls', ['tls'], true),
  {
    section: 'tls',
    kind: 'choice',
    label: 'Version',
    path: ['tls', 'min_version'],
    prune: true,
    options: [
      { value: '', label: '1.2' },
      { value: '1.3', label: '1.3' },
    ],
  },
  {
    section: 'tls',
    kind: 'switch',
    label: 'Without too',
    path: ['allow_non_tls'],
    title: 'Clients without TLS are taken too',
  },

  { section: 'monitoring', kind: 'address', label: 'HTTP', path: ['http'], port: 8222, fallback: 'Off' },
  { section: 'monitoring', kind: 'address', label: 'HTTPS', path: ['https'], port: 8443, fallback: 'Off' },
  { section: 'monitoring', kind: 'text', label: 'Base path', path: ['http_base_path'], fallback: '/', width: 'medium' },

  { section: 'logging', kind: 'switch', label: 'Debug', path: ['debug'] },
  {
    section: 'logging',
    kind: 'switch',
    label: 'Trace',
    path: ['trace'],
    title: 'Every protocol line of every connection',
  },
  { section: 'logging', kind: 'switch', label: 'Trace $SYS', path: ['trace_verbose'] },
  {
    section: 'logging',
    kind: 'number',
    label: 'Traced payload',
    path: ['max_traced_msg_len'],
    fallback: 'Whole',
    title: 'Bytes of a payload that a line of the trace shows',
  },
  {
    section: 'logging',
    kind: 'file',
    label: 'File',
    path: ['log_file|logfile'],
    fallback: 'None',
    kept: 'For natscope-server: in the app the log is on the Log page',
  },
];

export function fieldsOf(section: SectionId): FieldSpec[] {
  return fields.filter((field) => field.section === section);
}
