import { afterAll, describe, test } from 'vitest';
import type { Case, CaseGroup, ServerSettings } from './case.ts';
import { removeCertificates } from './certificates.ts';
import { runCase, type RunningServer } from './runner.ts';
import type { Target } from './target.ts';

/** Servers that are kept for the next case with the same settings. */
const SHARED_SERVERS_MAX = 8;

/** Declares the table's tests for one target. Cases that do not ask for a server of their own share one per settings. */
export function describeCases(
  target: Target,
  groups: readonly CaseGroup[],
  included: (testCase: Case) => boolean,
): void {
  describe(target.name, () => {
    const pool = new Map<string, Promise<RunningServer>>();
    const shared = async (settings: ServerSettings, config: string | undefined): Promise<RunningServer> => {
      const key = JSON.stringify([settings, config]);
      const server = pool.get(key) ?? target.start(settings, config);
      // The one used last is at the end. Cases that share servers run one after another, so the first is idle.
      pool.delete(key);
      pool.set(key, server);
      const [oldest] = pool;
      if (pool.size > SHARED_SERVERS_MAX && oldest !== undefined) {
        pool.delete(oldest[0]);
        await (await oldest[1])[Symbol.asyncDispose]();
      }
      return server;
    };
    afterAll(async () => {
      for (const server of await Promise.allSettled(pool.values())) {
        if (server.status === 'fulfilled') await server.value[Symbol.asyncDispose]();
      }
      await removeCertificates();
    });

    for (const group of groups) {
      const chosen = group.cases.filter(included);
      if (chosen.length === 0) continue;
      describe(group.name, () => {
        for (const testCase of chosen) {
          const declare = target.ours && testCase.differs !== undefined ? test.fails : test;
          if (testCase.alone === true) {
            declare.concurrent(testCase.name, async () => {
              await using server = await target.start(testCase.settings ?? {}, testCase.config);
              await runCase(testCase, server);
            });
          } else {
            declare(testCase.name, async () =>
              runCase(testCase, await shared(testCase.settings ?? {}, testCase.config)),
            );
          }
        }
      });
    }
  });
}
