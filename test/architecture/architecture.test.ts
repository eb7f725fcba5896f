import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, describe, expect, it } from 'vitest';
import rules from './dependency-rules.ts';

/**
 * The rules themselves are run by `npm run check`. Here each kind of forbidden import is written into a small tree of
 * its own, to show that the rule sees it: a rule that matches nothing passes for ever.
 */

let folder: string | undefined;

afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

async function violations(files: Record<string, string>): Promise<string[]> {
  mkdirSync('.cache', { recursive: true });
  folder = mkdtempSync(join('.cache', 'architecture-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { tsConfig: _, exclude: __, ...options } = rules.options;
  const result = await cruise(['.'], {
    ...options,
    validate: true,
    ruleSet: { forbidden: rules.forbidden },
    baseDir: resolve(folder),
  });
  const names = (result.output as ICruiseResult).summary.violations.map((violation) => violation.rule.name);
  return [...new Set(names)].sort();
}

const nothing = 'export const nothing = 0;\n';
const imports = (path: string): string => `import { nothing } from '${path}';\nexport const used = nothing;\n`;

const cases: { name: string; from: string; to: string; rule: string }[] = [
  {
    name: 'subject on delivery',
    from: 'broker/subject/a.ts',
    to: 'broker/delivery/b.ts',
    rule: 'broker-subject-imports-downwards',
  },
  {
    name: 'delivery on connection',
    from: 'broker/delivery/a.ts',
    to: 'broker/connection/b.ts',
    rule: 'broker-delivery-imports-downwards',
  },
  {
    name: 'accounts on authentication',
    from: 'broker/account/a.ts',
    to: 'broker/auth/b.ts',
    rule: 'broker-account-imports-downwards',
  },
  {
    name: 'connection on configuration',
    from: 'broker/connection/a.ts',
    to: 'broker/config/b.ts',
    rule: 'broker-connection-imports-downwards',
  },
  {
    name: 'authentication on any package',
    from: 'broker/auth/a.ts',
    to: 'node_modules/bcryptjs/index.js',
    rule: 'broker-auth-leans-on-one-package',
  },
  { name: 'broker on electron', from: 'broker/base/a.ts', to: 'electron/b.ts', rule: 'broker-stands-alone' },
  {
    name: 'electron on a broker part',
    from: 'electron/app.ts',
    to: 'broker/delivery/b.ts',
    rule: 'broker-has-one-door',
  },
  {
    name: 'electron on renderer',
    from: 'electron/app.ts',
    to: 'renderer/b.ts',
    rule: 'electron-does-not-import-renderer',
  },
  {
    name: 'feature on feature',
    from: 'electron/explorer/a.ts',
    to: 'electron/connections/b.ts',
    rule: 'electron-features-are-strangers',
  },
  {
    name: 'view on core',
    from: 'renderer/explorer/a.ts',
    to: 'electron/explorer/b.ts',
    rule: 'renderer-reaches-the-core-through-the-bridge',
  },
  {
    name: 'view feature on another',
    from: 'renderer/explorer/a.ts',
    to: 'renderer/log/b.ts',
    rule: 'renderer-features-are-strangers',
  },
  {
    name: 'component on state',
    from: 'renderer/ui/a.ts',
    to: 'renderer/state/b.ts',
    rule: 'renderer-ui-knows-no-domain',
  },
  { name: 'product on test', from: 'electron/app.ts', to: 'test/support/b.ts', rule: 'product-does-not-import-tests' },
];

describe('dependency rules', () => {
  it.each(cases)('refuse $name', async ({ from, to, rule }) => {
    const steps = '../'.repeat(from.split('/').length - 1) || './';
    expect(await violations({ [from]: imports(`${steps}${to}`), [to]: nothing })).toContain(rule);
  });

  it('refuse a socket outside transport, a Node module in subject/ and a cycle', async () => {
    const found = await violations({
      'broker/delivery/a.ts': `import { createServer } from 'node:net';\nexport const server = createServer;\n`,
      'broker/subject/b.ts': `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n`,
      'electron/bridge/c.ts': `import { d } from './d.ts';\nexport const c = (): unknown => d;\n`,
      'electron/bridge/d.ts': `import { c } from './c.ts';\nexport const d = (): unknown => c;\n`,
    });
    expect(found).toEqual(['no-cycles', 'only-transport-has-sockets', 'pure-folders-stay-pure']);
  });

  it('accept what the design draws', async () => {
    const found = await violations({
      'broker/base/bytes.ts': nothing,
      'broker/subject/match.ts': imports('../base/bytes.ts'),
      'broker/delivery/route.ts': imports('../subject/match.ts'),
      'broker/index.ts': `export { used as nothing } from './delivery/route.ts';\n`,
      'electron/bridge/contract.ts': nothing,
      'electron/broker-host/host.ts': imports('../../broker/index.ts'),
      'renderer/explorer/tree.ts': imports('../../electron/bridge/contract.ts'),
    });
    expect(found).toEqual([]);
  });
});
