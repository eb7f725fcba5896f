import type { CaseGroup } from '../case.ts';
import { operatorClaims } from './operator-claims.ts';
import { operatorImports } from './operator-imports.ts';
import { operatorReload } from './operator-reload.ts';
import { operatorResolvers } from './operator-resolvers.ts';
import { operatorScopes } from './operator-scopes.ts';
import { operatorUsers } from './operator-users.ts';

/** Operator mode: accounts and users by JWT. */
export const operatorGroups: readonly CaseGroup[] = [
  { name: 'operator users', cases: operatorUsers },
  { name: 'operator scopes', cases: operatorScopes },
  { name: 'operator claims', cases: operatorClaims },
  { name: 'operator resolvers', cases: operatorResolvers },
  { name: 'operator imports', cases: operatorImports },
  { name: 'operator reload', cases: operatorReload },
];
