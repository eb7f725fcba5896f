/** Lists of buckets while somebody looks at them. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Bucket, BucketKind, BucketList } from '../bridge/contract.ts';
import { toErrorShape } from '../bridge/frames.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { bucketFrom } from './bucket-config.ts';
import type { StreamInfo } from './bucket-config.ts';
import { listMilliseconds, refusedMilliseconds, slowRequestMilliseconds, streamsPerPage } from './limits.ts';
import { BucketStore } from './store.ts';

interface StreamPage {
  total: number;
  streams?: StreamInfo[] | null;
}

/** A list that takes long is asked for at most in this part of the time. */
const listShare = 1 / 10;

/** The list, then again whenever it changed, until the signal ends it. What goes wrong is an item as well. */
export async function* watchBuckets(
  api: JetStreamApi,
  kind: BucketKind,
  account: string | undefined,
  signal: AbortSignal,
): AsyncIterable<BucketList> {
  let last = '';
  let buckets: Bucket[] = [];
  let level = 0;
  const counted = new Map<string, { lastSequence: number; names: number }>();
  while (!signal.aborted) {
    const started = performance.now();
    let problem: BucketList['problem'] = null;
    try {
      level = await apiLevel(api, account, signal);
      buckets = await listBuckets(api, kind, account, signal);
      if (kind === 'object') await countObjects(api, buckets, account, counted);
    } catch (error) {
      if (signal.aborted) return;
      problem = toErrorShape(error);
    }
    const list: BucketList = { buckets, level, known: true, problem };
    const text = JSON.stringify(list);
    if (text !== last) {
      last = text;
      yield list;
    }
    const wait = Math.max(
      problem === null
        ? listMilliseconds
        : problem.code === 'jetstream-denied'
          ? refusedMilliseconds
          : listMilliseconds / 2,
      (performance.now() - started) / listShare,
    );
    await delay(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function apiLevel(api: JetStreamApi, account: string | undefined, signal: AbortSignal): Promise<number> {
  const info = await api.request<{ api?: { level?: number } }>('INFO', null, { account, signal });
  return info.api?.level ?? 0;
}

export async function listBuckets(
  api: JetStreamApi,
  kind: BucketKind,
  account: string | undefined,
  signal?: AbortSignal,
): Promise<Bucket[]> {
  const buckets: Bucket[] = [];
  for (let offset = 0; ; offset += streamsPerPage) {
    const page = await api.request<StreamPage>(
      'STREAM.LIST',
      { offset },
      { account, timeoutMs: slowRequestMilliseconds, ...(signal === undefined ? {} : { signal }) },
    );
    for (const info of page.streams ?? []) {
      const bucket = bucketFrom(kind, info, kind === 'kv' ? (info.state.num_subjects ?? 0) : null);
      if (bucket !== null) buckets.push(bucket);
    }
    if ((page.streams ?? []).length === 0 || offset + streamsPerPage >= page.total) break;
  }
  return buckets.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The server counts subjects of chunks among those of an object store, so its objects are counted apart, when it changed. */
async function countObjects(
  api: JetStreamApi,
  buckets: Bucket[],
  account: string | undefined,
  counted: Map<string, { lastSequence: number; names: number }>,
): Promise<void> {
  for (const bucket of buckets) {
    let known = counted.get(bucket.name);
    if (known?.lastSequence !== bucket.lastSequence) {
      const store = new BucketStore(api, { kind: 'object', bucket: bucket.name, account });
      known = { lastSequence: bucket.lastSequence, names: await store.countNames().catch(() => 0) };
      counted.set(bucket.name, known);
    }
    bucket.names = known.names;
  }
}
