import type { CaseGroup } from '../case.ts';
import { operatorUsers } from './operator-users.ts';

/** Operator mode: accounts and users by JWT. */
export const operatorGroups: readonly CaseGroup[] = [{ name: 'operator users', cases: operatorUsers }];
