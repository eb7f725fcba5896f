import { jetStreamApi } from '../cases/jetstream-api.ts';
import type { JetStreamGroup } from './steps.ts';

/** The whole table of JetStream. */
export const groups: readonly JetStreamGroup[] = [{ name: 'API', cases: jetStreamApi }];
