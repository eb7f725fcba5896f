import { statfsSync } from 'node:fs';
import { totalmem, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account/account.ts';
import type { BatchLimits, JetStreamOptions } from './jetstream/jetstream-options.ts';
import { JetStream } from './jetstream/jetstream.ts';
import type { Surroundings } from './jetstream/surroundings.ts';
import { openStore } from './store/store.ts';
import * as limits from './limits.ts';
import type { BrokerOptions } from './options.ts';

/** Part of the memory, and of what is free on the disk, that JetStream may take when nothing is said. */
const SHARE = 0.75;
const NANOS_PER_MS = 1_000_000;

/** JetStream as the options have it; undefined when it is off. */
export function jetStreamOptions(options: BrokerOptions): JetStreamOptions | undefined {
  const block = options.kept?.jetstream;
  if (block?.enabled !== true) return undefined;
  const more = block.more ?? {};
  const folder = storeFolder(options);
  const memory = block.maxMemory ?? 0;
  const storage = block.maxStore ?? 0;
  const asked = (more['limits'] ?? {}) as Readonly<Record<string, number>>;
  const sync = more['sync_interval'];
  return {
    folder,
    domain: block.domain ?? '',
    limited: memory > 0 && storage > 0,
    memoryBytesMax: memory > 0 ? memory : Math.floor(totalmem() * SHARE),
    storageBytesMax: storage > 0 ? storage : Math.floor(freeBytes(folder) * SHARE),
    strict: more['strict'] !== false,
    syncAlways: more['sync_always'] === true,
    syncIntervalMs: typeof sync === 'number' ? sync : limits.SYNC_INTERVAL_MS_DEFAULT,
    key: text(more['key']),
    previousKey: text(more['prev_key']),
    cipher: more['cipher'] === 'aes' ? 'aes' : 'chacha',
    limits: {
      maxRequestBatch: asked['max_request_batch'] ?? 0,
      maxAckPending: asked['max_ack_pending'] ?? 0,
      maxHaAssets: asked['max_ha_assets'] ?? 0,
      duplicateWindowNanos: (asked['duplicate_window'] ?? 0) * NANOS_PER_MS,
      batch: batchLimits(more['limits']),
    },
    enabledFor: (account) => isEnabledFor(account, options),
  };
}

function batchLimits(limits: unknown): BatchLimits {
  const asked = (limits as { batch?: Readonly<Record<string, number>> } | undefined)?.batch ?? {};
  return {
    perStream: asked['max_inflight_per_stream'] ?? 0,
    total: asked['max_inflight_total'] ?? 0,
    messages: asked['max_msgs'] ?? 0,
    idleMs: asked['timeout'] ?? 0,
  };
}

/** Where streams are kept. */
export function storeFolder({ kept }: BrokerOptions): string {
  return kept?.jetstream?.storeDir || join(tmpdir(), 'nats');
}

/** Where accounts are told of, those have it that say so; else everybody is in the one account there is. */
function isEnabledFor(account: Account, { accounts = [], systemAccount }: BrokerOptions): boolean {
  const { jetstream } = account.options;
  if (jetstream !== undefined) return jetstream !== false;
  const others = accounts.filter(({ name }) => name !== '$G' && name !== (systemAccount ?? '$SYS'));
  return account.name === '$G' && others.length === 0;
}

/** As nats-server writes sizes: in units of 1024, with two digits. */
function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), 6);
  return `${(bytes / 1024 ** power).toFixed(2)} ${'KMGTPE'[power - 1] ?? ''}B`;
}

function freeBytes(folder: string): number {
  for (const path of [folder, tmpdir(), '/']) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      // The folder is made when something is kept in it.
    }
  }
  return limits.STORE_BYTES_MAX_UNKNOWN;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** JetStream of a broker, with its streams. */
export function startJetStream(options: JetStreamOptions, around: Surroundings): JetStream {
  const startedAt = performance.now();
  const { log } = around;
  log('info', 'Starting JetStream');
  log('info', '---------------- JETSTREAM ----------------');
  log('info', `  Strict:          ${options.strict}`);
  if (options.key !== undefined)
    log('info', `  Encryption:      ${options.cipher === 'aes' ? 'AES' : 'ChaCha20-Poly1305'}`);
  log('info', `  Max Memory:      ${bytesText(options.memoryBytesMax)}`);
  log('info', `  Max Storage:     ${bytesText(options.storageBytesMax)}`);
  log('info', `  Store Directory: ${JSON.stringify(options.folder)}`);
  if (options.domain !== '') log('info', `  Domain:          ${options.domain}`);
  log('info', `  API Level:       ${limits.API_LEVEL}`);
  log('info', '-------------------------------------------');
  const { folder, syncAlways, syncIntervalMs, key, previousKey, cipher } = options;
  const store = openStore({
    folder,
    hash: around.hash,
    sync: syncAlways ? 'always' : 'never',
    syncIntervalMs,
    ...(key === undefined ? {} : { encryption: { key, previousKey, cipher } }),
    log,
  });
  const jetStream = new JetStream(around, options, store);
  jetStream.start();
  log('info', `Took ${(performance.now() - startedAt).toFixed(3)}ms to start JetStream`);
  return jetStream;
}
