import type { CaseGroup } from '../case.ts';
import { mappings } from './mappings.ts';

/** What accounts have to do with each other. */
export const accountGroups: readonly CaseGroup[] = [{ name: 'mappings', cases: mappings }];
