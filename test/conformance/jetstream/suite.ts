import { afterAll, describe, test } from 'vitest';
import type { Target } from '../target.ts';
import { JetStreamServers } from './servers.ts';
import { runJetStreamCase } from './session.ts';
import type { JetStreamGroup } from './steps.ts';

/** Declares the tests of all JetStream cases for one target. They run side by side, because many wait for timers. */
export function describeJetStream(target: Target, groups: readonly JetStreamGroup[]): void {
  describe.concurrent(target.name, () => {
    const servers = new JetStreamServers(target, groups);
    afterAll(() => servers[Symbol.asyncDispose]());
    describe.each(groups)('$name', ({ cases }) => {
      for (const testCase of cases) {
        const declare = target.ours && testCase.differs !== undefined ? test.fails : test;
        declare(testCase.name, () => servers.use(testCase, (server, seat) => runJetStreamCase(testCase, server, seat)));
      }
    });
  });
}
