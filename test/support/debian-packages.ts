import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Debian suites that hold three nats-servers years apart: 2.9, 2.10 and the newest one. */
const SUITES = ['bookworm', 'trixie', 'sid'];

/** A package index or package that takes longer than this is not worth waiting for in a test run. */
const STEP_MS_MAX = 120_000;

/**
 * Fetches the `nats-server` packages of Debian with the machine's own apt and unpacks the binaries to
 * `<folder>/<version>/nats-server`. Nothing is installed and the machine's own package lists stay as they are, because apt is
 * given a sources file and a lists folder of its own.
 *
 * Throws an error that says in one sentence why it cannot be done here.
 */
export async function downloadDebianServers(folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('fetching Debian packages needs Debian and root');
  }
  await access('/usr/bin/apt-get').catch(() => {
    throw new Error('apt-get is not on this machine');
  });
  const archive = await configuredArchive();
  const work = await mkdtemp(join(tmpdir(), 'nats-servers-'));
  try {
    const options = await privateApt(work, archive);
    await run('apt-get', [...options, 'update'], { timeout: STEP_MS_MAX });
    const { stdout } = await run('apt-cache', [...options, 'madison', 'nats-server'], { timeout: STEP_MS_MAX });
    for (const version of packageVersions(stdout)) {
      await run('apt-get', [...options, 'download', `nats-server=${version}`], { cwd: work, timeout: STEP_MS_MAX });
    }
    for (const name of await readdir(work)) {
      if (name.endsWith('.deb')) await unpack(join(work, name), work, folder);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The archive this machine takes its packages from, which may be a mirror. */
async function configuredArchive(): Promise<string> {
  const targets = async (): Promise<string | undefined> => {
    const { stdout } = await run('apt-get', [
      'indextargets',
      '--format',
      '$(CODENAME) $(REPO_URI)',
      'Created-By: Packages',
    ]);
    const lines = stdout.split('\n').map((line) => line.split(' '));
    // Security and update suites live beside the main one, often on another archive that lacks the other releases.
    return lines.find(([codename, uri]) => uri !== undefined && codename !== undefined && !codename.includes('-'))?.[1];
  };
  const archive = await targets();
  if (archive !== undefined) return archive;
  // A machine that has never updated its lists names no targets.
  await run('apt-get', ['update'], { timeout: STEP_MS_MAX });
  const updated = await targets();
  if (updated === undefined) throw new Error('apt-get has no Debian archive configured');
  return updated;
}

async function privateApt(work: string, archive: string): Promise<string[]> {
  await mkdir(join(work, 'lists', 'partial'), { recursive: true });
  const sources = join(work, 'sources.list');
  await writeFile(sources, SUITES.map((suite) => `deb ${archive} ${suite} main\n`).join(''));
  return [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(work, 'lists')}`,
    // apt's unprivileged user may not read a private folder of root's.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
}

/** Versions in the output of `apt-cache madison`, each once; a line is `name | version | archive suite kind`. */
function packageVersions(madison: string): string[] {
  const versions = madison
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, , origin]) => origin?.endsWith('Packages'))
    .map(([, version]) => version)
    .filter((version) => version !== undefined);
  return [...new Set(versions)];
}

async function unpack(deb: string, work: string, folder: string): Promise<void> {
  const unpacked = await mkdtemp(join(work, 'unpacked-'));
  await run('dpkg', ['-x', deb, unpacked], { timeout: STEP_MS_MAX });
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  const binary = entries.find(
    (entry) => entry.isFile() && entry.name === 'nats-server' && entry.parentPath.includes('bin'),
  );
  if (binary === undefined) throw new Error(`${deb} holds no nats-server`);
  const path = join(binary.parentPath, binary.name);
  const { stdout } = await run(path, ['--version']);
  const target = join(folder, stdout.trim().replace(/^.*v/, ''), 'nats-server');
  await mkdir(dirname(target), { recursive: true });
  // Copied beside the target first, so that another run never starts half a file.
  await copyFile(path, `${target}.${process.pid}`);
  await rename(`${target}.${process.pid}`, target);
}
