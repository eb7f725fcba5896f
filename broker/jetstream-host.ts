import { accessSync, constants, mkdirSync, statfsSync, statSync } from 'node:fs';
import { totalmem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isOperatorMode } from './auth/operator/operators.ts';
import { BrokerError } from './base/broker-error.ts';
import { formatGoDuration } from './base/duration-text.ts';
import type { BatchLimits, JetStreamOptions } from './jetstream/jetstream-options.ts';
import { domainMappings, importsApi, systemDomainMappings } from './jetstream/domain-mappings.ts';
import { JetStream } from './jetstream/jetstream.ts';
import type { Surroundings } from './jetstream/surroundings.ts';
import { openStore, STORE_FOLDER, type Store } from './store/store.ts';
import * as limits from './limits.ts';
import type { AccountOptions, BrokerOptions, MappingOptions } from './options.ts';

/** Part of the memory, and of what is free on the disk, that JetStream may take when nothing is said. */
const SHARE = 0.75;
const NANOS_PER_MS = 1_000_000;
/** Where streams are kept when nobody said where, as with nats-server. */
const TEMPORARY_FOLDER = join(tmpdir(), 'nats');
/** For the owner and his group, as nats-server makes it. */
const FOLDER_MODE = 0o750;

/** JetStream as the options have it; undefined when it is off. */
export function jetStreamOptions(options: BrokerOptions): JetStreamOptions | undefined {
  const block = options.kept?.jetstream;
  if (block?.enabled !== true) return undefined;
  const more = block.more ?? {};
  const folder = storeFolder(options);
  const memory = block.maxMemory ?? -1;
  const storage = block.maxStore ?? -1;
  const asked = (more['limits'] ?? {}) as Readonly<Record<string, number>>;
  const sync = more['sync_interval'];
  const requests = positive(more['request_queue_limit']) ?? limits.API_REQUESTS_MAX_DEFAULT;
  return {
    folder,
    domain: block.domain ?? '',
    limited: memory > 0 && storage > 0,
    memoryBytesMax: memory >= 0 ? memory : Math.floor(totalmem() * SHARE),
    storageBytesMax: storage >= 0 ? storage : Math.floor(freeBytes(folder) * SHARE),
    storageShare: storage >= 0 ? 0 : SHARE,
    strict: more['strict'] !== false,
    syncAlways: more['sync_always'] === true,
    syncIntervalMs: typeof sync === 'number' ? sync : limits.SYNC_INTERVAL_MS_DEFAULT,
    key: text(more['key']),
    previousKey: text(more['prev_key']),
    cipher: more['cipher'] === 'aes' ? 'aes' : 'chacha',
    keyInTpm: text((more['tpm'] as { keys_file?: unknown } | undefined)?.keys_file) !== undefined,
    limits: {
      maxRequestBatch: asked['max_request_batch'] ?? 0,
      maxAckPending: asked['max_ack_pending'] ?? 0,
      maxHaAssets: asked['max_ha_assets'] ?? 0,
      duplicateWindowNanos: (asked['duplicate_window'] ?? 0) * NANOS_PER_MS,
      defaultMaxConsumers: asked['default_max_consumers'] || limits.STREAM_CONSUMERS_MAX_DEFAULT,
      batch: batchLimits(more['limits']),
    },
    queues: { requests, infos: positive(more['info_queue_limit']) ?? requests },
    uniqueTag: text(more['unique_tag']) ?? '',
    enabledFor: (account) => isEnabledFor(account.options, options),
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

/** What JetStream lets clients of an account find under other subjects. */
export function jetStreamMappings(
  options: BrokerOptions,
  account: AccountOptions,
  system: boolean,
): readonly MappingOptions[] {
  const block = options.kept?.jetstream;
  if (block?.enabled !== true || !block.domain) return [];
  if (system) return systemDomainMappings(block.domain);
  const { mappings } = account;
  return isEnabledFor(account, options) || !importsApi(account) ? domainMappings(block.domain, mappings) : [];
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
  return kept?.jetstream?.storeDir || TEMPORARY_FOLDER;
}

/** Where accounts are told of, those have it that say so; else everybody is in the one account there is. */
function isEnabledFor({ name, jetstream }: AccountOptions, options: BrokerOptions): boolean {
  const { accounts = [], systemAccount } = options;
  if (jetstream !== undefined) return jetstream !== false;
  const others = accounts.filter((other) => other.name !== '$G' && other.name !== (systemAccount ?? '$SYS'));
  return name === '$G' && others.length === 0 && !isOperatorMode(options);
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

/**
 * JetStream of a broker, with its streams. Throws a `BrokerError` (`jetstream-failed`) when streams cannot be kept where
 * they should be; then nothing is left open.
 */
export function startJetStream(options: JetStreamOptions, around: Surroundings): JetStream {
  const startedAt = performance.now();
  const { system } = around.accounts;
  if (system?.options.jetstream !== undefined && system.options.jetstream !== false) {
    throw new BrokerError('jetstream-failed', 'Not allowed to enable JetStream on the system account');
  }
  const info = (text: string): void => around.log('info', text);
  const tellTime = (): void => info(`Took ${formatGoDuration(performance.now() - startedAt)} to start JetStream`);
  info('Starting JetStream');
  if (options.folder === TEMPORARY_FOLDER) {
    around.log('warn', 'Temporary storage directory used, data could be lost on system reboot');
  }
  let store: Store | undefined;
  try {
    if (options.keyInTpm === true) throw new Error(tpmRefused(options));
    prepareFolder(join(options.folder, STORE_FOLDER));
    logOptions(info, options);
    const { folder, syncAlways, syncIntervalMs, key, previousKey, cipher } = options;
    store = openStore({
      folder,
      hash: around.hash,
      sync: syncAlways ? 'always' : 'never',
      syncIntervalMs,
      ...(key === undefined ? {} : { encryption: { key, previousKey, cipher } }),
      log: around.log,
    });
    const jetStream = new JetStream(around, options, store);
    jetStream.start();
    return jetStream;
  } catch (error) {
    store?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrokerError('jetstream-failed', `Can't start JetStream: ${reason}`, { cause: error });
  } finally {
    tellTime();
  }
}

/** Without the key everything would be written as it is, which nobody asked for. */
function tpmRefused({ key }: JetStreamOptions): string {
  return key === undefined
    ? 'a TPM cannot be asked for the encryption key: give the key itself'
    : 'JetStream encryption key may not be used with TPM options';
}

/** Makes it where it is missing. Throws an error in nats-server's words when nothing can be kept there. */
function prepareFolder(folder: string): void {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined) makeFolder(folder);
    else if (!found.isDirectory()) throw new Error('storage directory is not a directory');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // Something above it is no folder.
    if (code === 'ENOTDIR') throw new Error('storage directory is not a directory', { cause: error });
    throw new Error(`could not create storage directory - ${(error as Error).message}`, { cause: error });
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Error('storage directory is not writable', { cause: error });
  }
}

/** With what is above it. Node's own way never ends where the system will have no folder, as in `/proc`. */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (above !== folder && statSync(above, { throwIfNoEntry: false }) === undefined) makeFolder(above);
  mkdirSync(folder, { mode: FOLDER_MODE });
}

/** As nats-server prints it, without its banner; the folder is the one that streams are in. */
function logOptions(info: (text: string) => void, options: JetStreamOptions): void {
  info('---------------- JETSTREAM ----------------');
  if (options.strict) info('  Strict:          true');
  info(`  Max Memory:      ${bytesText(options.memoryBytesMax)}`);
  info(`  Max Storage:     ${bytesText(options.storageBytesMax)}`);
  info(`  Store Directory: ${JSON.stringify(join(options.folder, STORE_FOLDER))}`);
  if (options.domain !== '') info(`  Domain:          ${options.domain}`);
  if (options.key !== undefined)
    info(`  Encryption:      ${options.cipher === 'aes' ? 'AES-GCM' : 'ChaCha20-Poly1305'}`);
  info(`  API Level:       ${limits.API_LEVEL}`);
  info('-------------------------------------------');
}
