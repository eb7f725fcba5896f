/** `npm run check`: everything that can be said of the sources without running the product, and the unit tests. */

import { availableParallelism } from 'node:os';
import { runSteps, type Step } from './steps.ts';

const report = process.env['NATSCOPE_UNIT_REPORT'];
const reporters = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];

const steps: Step[] = [
  {
    name: 'unit tests',
    command: 'vitest',
    args: ['run', '--project', 'unit', '--project', 'renderer', ...reporters],
  },
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  {
    name: 'svelte-check',
    command: 'svelte-check',
    args: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'],
  },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'lint svelte', command: 'eslint', args: ['--max-warnings', '0', 'renderer'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'dependencies',
    command: 'depcruise',
    args: ['--config', 'test/architecture/dependency-rules.ts', 'broker', 'electron', 'renderer', 'test', 'build'],
  },
  { name: 'unused', command: 'knip', args: [] },
];

if (!(await runSteps(steps, Math.min(2, availableParallelism())))) process.exitCode = 1;
