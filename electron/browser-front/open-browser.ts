/** The browser of the person who started Natscope. */

import { spawn } from 'node:child_process';

/** Whether there is a screen to open a browser on. macOS and Windows always have one unless somebody came over SSH. */
export function hasDisplay(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (platform === 'win32' || platform === 'darwin') return env['SSH_CONNECTION'] === undefined;
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Calls back with a sentence when it could not be opened; the address is printed in any case. */
export function openInBrowser(address: string, onProblem: (text: string) => void): void {
  const [command, ...args] = opener(process.platform);
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => onProblem(`No browser could be opened (${command} is missing). Open the address yourself.`));
  child.unref();
}

function opener(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}
