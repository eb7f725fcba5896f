/** Where a person's settings and profiles are kept when they did not say where. */

import { homedir } from 'node:os';
import { join } from 'node:path';

/** The same folder as Electron's `userData` of this app, so that both fronts know the same profiles. */
export function defaultDataFolder(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Natscope');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Natscope');
  return join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'Natscope');
}
