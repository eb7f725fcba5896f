import { describe, inject, test } from 'vitest';
import { newestCompared } from '../../support/real-servers.ts';
import { realTarget } from '../target.ts';
import { groups } from './groups.ts';
import { describeJetStream } from './suite.ts';

const real = newestCompared(inject('realServers'));
if (real === undefined) describe('nats-server', () => test.skip('JetStream', () => {}));
else describeJetStream(realTarget(real), groups);
