import type { CaseGroup } from '../case.ts';
import { operatorClaims } from './operator-claims.ts';
import { operatorScopes } from './operator-scopes.ts';
import { operatorUsers } from './operator-users.ts';

/** Operator mode: accounts and users by JWT. */
export const operatorGroups: readonly CaseGroup[] = [
  { name: 'operator users', cases: operatorUsers },
  { name: 'operator scopes', cases: operatorScopes },
  { name: 'operator claims', cases: operatorClaims },
];
