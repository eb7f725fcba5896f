import { describe, inject, test } from 'vitest';
import { newestCompared } from '../support/real-servers.ts';
import { groups } from './cases/index.ts';
import { describeCases } from './suite.ts';
import { realTarget } from './target.ts';

const real = newestCompared(inject('realServers'));
if (real === undefined) describe('nats-server', () => test.skip('the table', () => {}));
else describeCases(realTarget(real), groups, () => true);

for (const release of ['2.9', '2.10'] as const) {
  const older = inject('realServers').find((server) => server.version.startsWith(`${release}.`));
  if (older !== undefined)
    describeCases(realTarget(older), groups, (testCase) => testCase.alsoOn?.includes(release) === true);
}
