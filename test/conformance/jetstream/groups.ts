import { jetStreamApi } from '../cases/jetstream-api.ts';
import { jetStreamAround } from '../cases/jetstream-around.ts';
import { jetStreamBackups } from '../cases/jetstream-backups.ts';
import { jetStreamBuckets } from '../cases/jetstream-buckets.ts';
import { jetStreamEvents } from '../cases/jetstream-events.ts';
import { jetStreamRestarts } from '../cases/jetstream-restarts.ts';
import { jetStreamServers } from '../cases/jetstream-servers.ts';
import { jetStreamBatches } from '../cases/jetstream-batches.ts';
import { jetStreamCounters } from '../cases/jetstream-counters.ts';
import { jetStreamPush } from '../cases/jetstream-push.ts';
import { jetStreamSchedules } from '../cases/jetstream-schedules.ts';
import { jetStreamConsumerChecks } from '../cases/jetstream-consumer-checks.ts';
import { jetStreamConsumerUpdates } from '../cases/jetstream-consumer-updates.ts';
import { jetStreamContents } from '../cases/jetstream-contents.ts';
import { jetStreamConsumers } from '../cases/jetstream-consumers.ts';
import { jetStreamRemovals } from '../cases/jetstream-removals.ts';
import { jetStreamRedelivery } from '../cases/jetstream-redelivery.ts';
import { jetStreamDelivery } from '../cases/jetstream-delivery.ts';
import { jetStreamInterest } from '../cases/jetstream-interest.ts';
import { jetStreamLimits } from '../cases/jetstream-limits.ts';
import { jetStreamPublishBatches } from '../cases/jetstream-publish-batches.ts';
import { jetStreamPublishCounters } from '../cases/jetstream-publish-counters.ts';
import { jetStreamPublishFast } from '../cases/jetstream-publish-fast.ts';
import { jetStreamPublishSchedules } from '../cases/jetstream-publish-schedules.ts';
import { jetStreamPublish } from '../cases/jetstream-publish.ts';
import { jetStreamPull } from '../cases/jetstream-pull.ts';
import { jetStreamStreamChecks } from '../cases/jetstream-stream-checks.ts';
import { jetStreamStreamUpdates } from '../cases/jetstream-stream-updates.ts';
import { jetStreamAccounts } from '../cases/jetstream-origins-accounts.ts';
import { jetStreamMirrors } from '../cases/jetstream-origins-mirrors.ts';
import { jetStreamRepublish } from '../cases/jetstream-origins-republish.ts';
import { jetStreamSources } from '../cases/jetstream-origins-sources.ts';
import type { JetStreamGroup } from './steps.ts';

/** The whole table of JetStream. */
export const groups: readonly JetStreamGroup[] = [
  { name: 'API', cases: jetStreamApi },
  { name: 'streams: what may be made', cases: jetStreamStreamChecks },
  { name: 'streams: what may be changed', cases: jetStreamStreamUpdates },
  { name: 'publishing', cases: jetStreamPublish },
  { name: 'publishing in atomic batches', cases: jetStreamPublishBatches },
  { name: 'publishing in fast batches', cases: jetStreamPublishFast },
  { name: 'publishing to counters', cases: jetStreamPublishCounters },
  { name: 'publishing schedules', cases: jetStreamPublishSchedules },
  { name: 'limits and retention', cases: jetStreamLimits },
  { name: 'interest', cases: jetStreamInterest },
  { name: 'contents of streams', cases: jetStreamContents },
  { name: 'what goes', cases: jetStreamRemovals },
  { name: 'consumers: what may be made', cases: jetStreamConsumerChecks },
  { name: 'consumers: what may be changed', cases: jetStreamConsumerUpdates },
  { name: 'delivery and acknowledgements', cases: jetStreamDelivery },
  { name: 'redelivery', cases: jetStreamRedelivery },
  { name: 'consumers while things change', cases: jetStreamConsumers },
  { name: 'requests for messages', cases: jetStreamPull },
  { name: 'republishing', cases: jetStreamRepublish },
  { name: 'mirrors', cases: jetStreamMirrors },
  { name: 'sources', cases: jetStreamSources },
  { name: 'accounts and domains', cases: jetStreamAccounts },
  { name: 'pushed messages', cases: jetStreamPush },
  { name: 'counters', cases: jetStreamCounters },
  { name: 'batches', cases: jetStreamBatches },
  { name: 'schedules', cases: jetStreamSchedules },
  { name: 'advisories and metrics', cases: jetStreamEvents },
  { name: 'backups', cases: jetStreamBackups },
  { name: 'buckets', cases: jetStreamBuckets },
  { name: 'servers, domains and accounts', cases: jetStreamServers },
  { name: 'around streams', cases: jetStreamAround },
  { name: 'restarts', cases: jetStreamRestarts },
];
