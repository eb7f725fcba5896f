import { describe, inject, test } from 'vitest';
import { newestCompared } from '../../support/real-servers.ts';
import { describeProcess } from './suite.ts';

const real = newestCompared(inject('realServers'));
if (real === undefined)
  describe('nats-server as a process', () => test.skip('flags, log, files and signals', () => {}));
else describeProcess(`nats-server ${real.version}`, [real.path]);
