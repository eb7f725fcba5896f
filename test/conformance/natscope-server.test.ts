import { groups } from './cases/index.ts';
import { describeCases } from './suite.ts';
import { natscopeTarget } from './target.ts';

describeCases(natscopeTarget, groups, () => true);
