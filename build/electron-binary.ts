/** Electron's own program, which its npm package does not bring: it is fetched once, from outside the registry. */

import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('electron/package.json'));
/** Without a network this is how long a start may be held up. */
const lookupMsMax = 2000;
const fetchMsMax = 10 * 60_000;

export const electronVersion = (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string })
  .version;

/** The program, null when it is not there. */
export function findElectron(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  try {
    const name = readFileSync(join(folder, 'path.txt'), 'utf8');
    const program = join(env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name);
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/** Tries once. Resolves to null when it is there now, else to why it is not, in a few words. */
export async function fetchElectron(): Promise<string | null> {
  // Where a mirror or a proxy is set up, the name of the usual host says nothing.
  const mirrored = Object.keys(process.env).some((name) => /electron_mirror|^https?_proxy$/i.test(name));
  if (!mirrored && !(await isKnownHost('github.com'))) return 'github.com cannot be reached';
  const child = spawn(process.execPath, [join(folder, 'install.js')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const timer = setTimeout(() => child.kill(), fetchMsMax);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(-1));
    child.on('close', resolve);
  });
  clearTimeout(timer);
  if (code === 0 && findElectron() !== null) return null;
  return said.trim().split('\n')[0]?.slice(0, 200) ?? 'the download failed';
}

async function isKnownHost(host: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, lookupMsMax, false);
  });
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  return await Promise.race([found, late]).finally(() => clearTimeout(timer));
}
