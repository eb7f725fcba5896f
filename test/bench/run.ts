/**
 * `npm run bench`: lists the benchmarks; `npm run bench -- NAME [options]` runs one, `-- all` every one. A benchmark is a
 * program in this folder that says its goal in its table and ends with exit code 1 when it is missed.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nodePath } from '../support/server-process.ts';

/** Parts of benchmarks, which are no programs to be run by themselves. */
const parts = new Set([
  'run.ts',
  'table.ts',
  'compared.ts',
  'publisher.ts',
  'start-up-configuration.ts',
  'stream-client.ts',
  'ways-in-peer.ts',
]);

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !parts.has(file))
  .map((file) => basename(file, '.ts'))
  .toSorted();
const [wanted, ...options] = process.argv.slice(2);

if (wanted === undefined || wanted === '--help') {
  for (const name of names) console.log(`${name.padEnd(20)} ${summaryOf(name)}`);
  console.log('\nnpm run bench -- NAME [options]     or     npm run bench -- all');
} else if (wanted !== 'all' && !names.includes(wanted)) {
  console.error(`There is no benchmark "${wanted}". There are: ${names.join(', ')}.`);
  process.exitCode = 2;
} else {
  const missed = (wanted === 'all' ? names : [wanted]).filter((name) => {
    console.log(`\n${name}\n`);
    const run = spawnSync(nodePath, [join(import.meta.dirname, `${name}.ts`), ...options], { stdio: 'inherit' });
    return run.status !== 0;
  });
  if (missed.length > 0) {
    console.error(`\nFailed or under their goal: ${missed.join(', ')}`);
    process.exitCode = 1;
  }
}

/** The first sentence of the comment at the top of a benchmark. */
function summaryOf(name: string): string {
  const source = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8');
  const comment = /^\/\*\*([^]*?)\*\//.exec(source)?.[1] ?? '';
  const text = comment.replaceAll(/\s*\n \* ?/g, ' ').trim();
  return (/^.*?[.:](?=\s|$)/.exec(text)?.[0] ?? text).replace(/[.:]$/, '');
}
