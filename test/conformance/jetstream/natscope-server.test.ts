import { natscopeTarget } from '../target.ts';
import { groups } from './groups.ts';
import { describeJetStream } from './suite.ts';

describeJetStream(natscopeTarget, groups);
