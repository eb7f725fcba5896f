/**
 * `npm start`: builds what is stale and opens Natscope, in Electron where it can run, else in the browser. Which of the
 * two, and why, is said in one line.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { serveUsage } from '../electron/browser-front/arguments.ts';
import { hasDisplay } from '../electron/browser-front/open-browser.ts';
import { bundle, root } from './bundle.ts';
import { electronVersion, fetchElectron, findElectron } from './electron-binary.ts';

/** Electron that ends with an error before this did not come up: a library or a right is missing. */
const comeUpMs = 5000;

/** Why Electron is not for this start, null when it is. */
async function whyNotElectron(args: readonly string[]): Promise<string | null> {
  if (args.includes('--serve')) return 'asked for by --serve';
  if (!hasDisplay()) return 'there is no display';
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Electron has no sandbox for root';
  if (findElectron() !== null) return null;
  const problem = await fetchElectron();
  return problem === null ? null : `Electron ${electronVersion} could not be fetched: ${problem}`;
}

function run(program: string, args: readonly string[]): Promise<{ code: number; milliseconds: number }> {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: 'inherit', cwd: process.cwd() });
  const stop = forwardSignals(child);
  return new Promise((resolve) => {
    const finish = (code: number) => {
      stop();
      resolve({ code, milliseconds: performance.now() - startedAt });
    };
    child.on('error', () => finish(127));
    child.on('close', (code, signal) => finish(code ?? (signal === null ? 1 : 128)));
  });
}

/** A child that is asked to end ends in its own way; this process waits for it. */
function forwardSignals(child: ChildProcess): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const listeners = signals.map((signal) => {
    // A key press reaches the child by itself, as it is in the terminal's foreground group.
    const listener = () => void (signal !== 'SIGINT' && child.kill(signal));
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => {
    for (const off of listeners) off();
  };
}

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log(serveUsage);
  process.exit(0);
}
const startedAt = performance.now();
try {
  const built = await bundle({ onPart: (part) => console.log(`Building the ${part} …`) });
  if (built) console.log(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
} catch (error) {
  console.error(`The build failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

let reason = await whyNotElectron(args);
if (reason === null) {
  console.log(`Natscope opens in Electron ${electronVersion}.`);
  const { code, milliseconds } = await run(findElectron() ?? '', [root, ...args]);
  if (code === 0 || milliseconds > comeUpMs) process.exit(code);
  reason = `Electron ended at once with code ${code}`;
}
console.log(`Natscope opens in the browser: ${reason}.`);
const { code } = await run(process.execPath, [join(root, 'dist/electron/serve.js'), ...args]);
process.exit(code);
