/** Which packages went into a bundle, and what their licences ask to be passed on. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Plugin } from 'vite';

interface Notice {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** Collects the folders of the packages whose modules end in an output of the build. */
export function collectPackages(folders: Set<string>): Plugin {
  return {
    name: 'natscope:packages',
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        const modules =
          output.type === 'chunk'
            ? Object.entries(output.modules).filter(([, module]) => module.renderedLength > 0)
            : [];
        for (const [id] of modules) {
          const folder = packageFolder(id);
          if (folder !== null) folders.add(folder);
        }
      }
    },
  };
}

/** The folder of the package that a module belongs to, null for our own. */
export function packageFolder(module: string): string | null {
  const path = module.replace(/^\0/, '').split('?', 1)[0]?.split('/').join(sep) ?? '';
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker);
  if (at < 0) return null;
  const names = path.slice(at + marker.length).split(sep);
  const name = names[0]?.startsWith('@') === true ? names.slice(0, 2) : names.slice(0, 1);
  return join(path.slice(0, at), 'node_modules', ...name);
}

/** The text of THIRD-PARTY-NOTICES.txt. Throws when a package has neither a licence file nor a licence in its manifest. */
export function noticesText(folders: Iterable<string>): string {
  const notices = [...folders].filter((folder) => existsSync(join(folder, 'package.json'))).map(readNotice);
  notices.sort((a, b) => (a.name < b.name ? -1 : 1));
  const head = 'Natscope contains these packages, under these licences.\n';
  const sections = notices.map(
    ({ name, version, licence, text }) => `${'─'.repeat(80)}\n${name} ${version}: ${licence}\n\n${text.trim()}\n`,
  );
  return [head, ...sections].join('\n');
}

function readNotice(folder: string): Notice {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)([.-].*)?$/i.test(file));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n\n');
  if (manifest.license === undefined && text === '') throw new Error(`${manifest.name} has no licence`);
  return { name: manifest.name, version: manifest.version, licence: manifest.license ?? 'see below', text };
}
