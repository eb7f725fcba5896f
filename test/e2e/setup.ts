import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, repository } from '../support/server-process.ts';

/** The window has to be built before it can be opened; `npm test` has done so already. */
export default function setup(): void {
  if (existsSync(join(repository, 'dist', 'renderer', 'index.html'))) return;
  execFileSync(nodePath, [join(repository, 'build', 'bundle.ts')], { cwd: repository, stdio: 'inherit' });
}
