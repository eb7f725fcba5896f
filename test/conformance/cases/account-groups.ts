import type { CaseGroup } from '../case.ts';
import { accounts } from './accounts.ts';
import { latency } from './latency.ts';
import { mappings } from './mappings.ts';
import { serviceImports } from './imports-services.ts';
import { streamImports } from './imports-streams.ts';
import { trace } from './trace.ts';

/** What accounts have to do with each other. */
export const accountGroups: readonly CaseGroup[] = [
  { name: 'accounts', cases: accounts },
  { name: 'mappings', cases: mappings },
  { name: 'stream imports', cases: streamImports },
  { name: 'service imports', cases: serviceImports },
  { name: 'service latency', cases: latency },
  { name: 'message tracing', cases: trace },
];
