import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { downloadDebianServers } from './debian-packages.ts';

const run = promisify(execFile);

/** A nats-server binary on this machine that ours is compared with. */
export interface RealServer {
  /** As the binary says it, without the `v`: `2.15.1`. */
  version: string;
  path: string;
}

export interface RealServers {
  /** Oldest first. */
  servers: RealServer[];
  /** Set when the newest behaviour cannot be compared here: one sentence for the person who runs the tests. */
  missing?: string;
}

/** The oldest version whose behaviour the conformance table describes. */
export const COMPARED_VERSION_MIN = '2.15';

/**
 * Finds nats-servers to compare with: the folder named by NATSCOPE_NATS_SERVERS alone if it is set, else the cache folder and
 * the search path, and if none of these is new enough, Debian's packages.
 */
export async function findRealServers(): Promise<RealServers> {
  const named = process.env['NATSCOPE_NATS_SERVERS'];
  if (named !== undefined && named !== '') {
    return withReason(await serversIn(named), `NATSCOPE_NATS_SERVERS=${named} holds none`);
  }
  const folder = cacheFolder();
  const found = [...(await serversIn(folder)), ...(await serversOnPath())];
  if (newestCompared(found) !== undefined) return withReason(found, '');
  try {
    await downloadDebianServers(folder);
  } catch (error) {
    return withReason(found, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  return withReason([...(await serversIn(folder)), ...(await serversOnPath())], 'the archive holds none');
}

/** The newest server that is new enough for the conformance table. */
export function newestCompared(servers: RealServer[]): RealServer | undefined {
  return sorted(servers).findLast((server) => compareVersions(server.version, COMPARED_VERSION_MIN) >= 0);
}

/** Negative when `a` is older. Only the numbers count: `2.15.0-dev` equals `2.15.0`. */
export function compareVersions(a: string, b: string): number {
  const numbers = (text: string): number[] => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'nats-servers');
}

function withReason(servers: RealServer[], reason: string): RealServers {
  const unique = [...new Map(sorted(servers).map((server) => [server.version, server])).values()];
  if (newestCompared(unique) !== undefined) return { servers: unique };
  return { servers: unique, missing: `no nats-server ${COMPARED_VERSION_MIN} or newer to compare with (${reason})` };
}

function sorted(servers: RealServer[]): RealServer[] {
  return servers.toSorted((a, b) => compareVersions(a.version, b.version));
}

/** Servers laid out as `<folder>/<version>/nats-server`. */
async function serversIn(folder: string): Promise<RealServer[]> {
  const names = await readdir(folder).catch(() => []);
  const paths = names.map((name) => join(folder, name, 'nats-server'));
  return (await Promise.all(paths.map(identify))).filter((server) => server !== undefined);
}

async function serversOnPath(): Promise<RealServer[]> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => identify(join(folder, 'nats-server'))));
  return found.filter((server) => server !== undefined);
}

/** Undefined when there is no such program, or when it is Natscope itself under the other name. */
async function identify(path: string): Promise<RealServer | undefined> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    const version = /^nats-server: v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
    if (version === undefined) return undefined;
    const { stdout: usage } = await run(path, ['--help'], { timeout: 10_000 });
    return usage.toLowerCase().includes('natscope') ? undefined : { version, path };
  } catch {
    return undefined;
  }
}
