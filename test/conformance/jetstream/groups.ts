import { jetStreamApi } from '../cases/jetstream-api.ts';
import { jetStreamStreamChecks } from '../cases/jetstream-stream-checks.ts';
import { jetStreamStreamUpdates } from '../cases/jetstream-stream-updates.ts';
import type { JetStreamGroup } from './steps.ts';

/** The whole table of JetStream. */
export const groups: readonly JetStreamGroup[] = [
  { name: 'API', cases: jetStreamApi },
  { name: 'streams: what may be made', cases: jetStreamStreamChecks },
  { name: 'streams: what may be changed', cases: jetStreamStreamUpdates },
];
