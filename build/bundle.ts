/**
 * `npm run build`: everything under dist/. The window is built by its own configuration; the core, its threads, the
 * preload script and the broker's program are bundled with all they import, so that an installed Natscope needs no
 * node_modules.
 */

import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { InlineConfig } from 'vite';
import { fingerprint, readStamp, writeStamp } from './freshness.ts';
import { writeIcons } from './icons/write.ts';
import { collectPackages, noticesText } from './notices.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const inputs = {
  window: ['renderer', 'electron/bridge', 'broker/subject', 'broker/base', 'package-lock.json', 'build'],
  core: ['electron', 'broker', 'package.json', 'package-lock.json', 'build'],
};
export type Part = keyof typeof inputs;
const stampFile = (part: Part) => join(dist, `.${part}-stamp`);

/** What only Node and Electron bring; everything else goes into the bundle. */
const provided = ['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)];
/** Native helpers of `ws` that it does without when they are not there. */
const optional = ['bufferutil', 'utf-8-validate'];

function nodeBundle(
  folder: string,
  entries: Record<string, string>,
  format: 'es' | 'cjs',
  packages: Set<string>,
): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [collectPackages(packages)],
    publicDir: false,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      outDir: join(dist, folder),
      emptyOutDir: false,
      target: 'node24',
      // Readable stack traces are worth more here than a smaller file.
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, file)])),
        external: [...provided, ...optional],
        output: {
          format,
          entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
          chunkFileNames: 'shared-[hash].js',
        },
      },
    },
  };
}

async function bundleWindow(packages: Set<string>): Promise<void> {
  await build({
    configFile: join(root, 'renderer/vite.config.ts'),
    logLevel: 'error',
    plugins: [collectPackages(packages)],
    build: { outDir: join(dist, 'renderer'), emptyOutDir: true },
  });
}

async function bundleCore(packages: Set<string>): Promise<void> {
  rmSync(join(dist, 'electron'), { recursive: true, force: true });
  rmSync(join(dist, 'broker'), { recursive: true, force: true });
  const electronEntries = {
    main: 'electron/main.ts',
    serve: 'electron/serve.ts',
    'broker-thread': 'electron/broker-host/thread.ts',
    'workshop-thread': 'electron/broker-host/workshop-thread.ts',
    'connection-thread': 'electron/thread.ts',
  };
  await build(nodeBundle('electron', electronEntries, 'es', packages));
  // A sandboxed preload script is CommonJS and may require nothing but Electron.
  await build(nodeBundle('electron', { preload: 'electron/bridge/preload.ts' }, 'cjs', packages));
  await build(nodeBundle('broker', { cli: 'broker/cli.ts' }, 'es', packages));
  chmodSync(join(dist, 'broker/cli.js'), 0o755);
  // Outside this repository nothing else says that these files are modules.
  writeFileSync(join(dist, 'broker/package.json'), '{ "type": "module" }\n');
  writeIcons(join(dist, 'icons'));
}

export interface BundleOptions {
  /** All of them unless given. */
  parts?: readonly Part[];
  /** Build what is fresh, too. */
  force?: boolean;
  /** Told what is built, as it is begun. */
  onPart?: (part: Part) => void;
}

const allParts: readonly Part[] = ['window', 'core'];

/** Builds what is not fresh. Resolves to whether anything was built. */
export async function bundle({
  parts: wanted = allParts,
  force = false,
  onPart,
}: BundleOptions = {}): Promise<boolean> {
  // Taken before the build: a file that is saved meanwhile makes the next build.
  const prints = { window: fingerprint(root, inputs.window), core: fingerprint(root, inputs.core) };
  const parts = wanted.filter((part) => force || readStamp(stampFile(part))?.print !== prints[part]);
  for (const part of parts) {
    onPart?.(part);
    const packages = new Set<string>();
    rmSync(stampFile(part), { force: true });
    await (part === 'window' ? bundleWindow(packages) : bundleCore(packages));
    writeStamp(stampFile(part), {
      print: prints[part],
      packages: [...packages].map((folder) => relative(root, folder)),
    });
  }
  if (parts.length > 0) {
    const packages = allParts.flatMap((part) => readStamp(stampFile(part))?.packages ?? []);
    writeFileSync(
      join(dist, 'THIRD-PARTY-NOTICES.txt'),
      noticesText(new Set(packages.map((folder) => join(root, folder)))),
    );
  }
  return parts.length > 0;
}

if (import.meta.main) {
  const startedAt = performance.now();
  const parts = allParts.filter((part) => process.argv.length === 2 || process.argv.includes(part));
  try {
    await bundle({ parts, force: true, onPart: (part) => console.log(`Building the ${part} …`) });
    console.log(`Built dist/ in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  } catch (error) {
    console.error(`The build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
