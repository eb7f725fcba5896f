import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Path of a Chromium for the browser tests: the one in `NATSCOPE_CHROMIUM`, an installed one, or Playwright's own when
 * it has been downloaded. Undefined when there is none.
 */
export function findChromium(): string | undefined {
  const named = process.env['NATSCOPE_CHROMIUM'];
  if (named) return named;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        continue;
      }
    }
  }
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : undefined;
}

/**
 * Like `findChromium`, but fetches one when there is none: Debian's when this is Debian and we are root, else
 * Playwright's. Throws with what to do when neither can be had.
 */
export function ensureChromium(): string {
  const found = findChromium();
  if (found) return found;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    console.log('No Chromium here: installing Debian’s');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore', env });
  } else {
    console.log('No Chromium here: asking Playwright for one');
    try {
      execFileSync('playwright', ['install', 'chromium'], { stdio: 'inherit', shell: process.platform === 'win32' });
    } catch {
      // What to do is said below, whatever the reason was.
    }
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('The browser tests need a Chromium: install one, or name it in NATSCOPE_CHROMIUM');
}
