import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { nodePath, repository } from '../../support/server-process.ts';
import { describeProcess } from './suite.ts';

// Under a link called nats-server it has to be told from the real one by nothing that a launcher reads.
const folder = mkdtempSync(join(tmpdir(), 'natscope-link-'));
const link = join(folder, 'nats-server');
symlinkSync(join(repository, 'broker', 'cli.ts'), link);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeProcess('natscope-server', [nodePath, link]);
