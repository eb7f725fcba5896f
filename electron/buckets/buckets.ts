/**
 * Key-value and object stores of one connection: everything behind `buckets.*`, `kv.*` and `objects.*` of the contract.
 * It lives in the thread of its connection.
 *
 *   bucket-lists.ts     which buckets there are, while somebody looks
 *   bucket-view.ts      names of one bucket, live; rows for what is drawn (`key-list.ts`)
 *   kv-store.ts         values, histories, compare-and-set
 *   object-store.ts     descriptions, downloads; `uploads.ts` objects on their way in
 *   store.ts            a bucket's stream: state, publishes, purges; `stored-messages.ts` reads it
 *   bucket-config.ts    what a person decides of a bucket, as a configuration of its stream
 */

import type { BucketRequests, BucketStreams } from '../bridge/contract.ts';
import type { RequestHandlers, StreamHandlers } from '../bridge/router.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { bucketFrom, configFor } from './bucket-config.ts';
import { watchBuckets } from './bucket-lists.ts';
import { BucketView } from './bucket-view.ts';
import { BucketError } from './errors.ts';
import { KvStore } from './kv-store.ts';
import { viewsMax } from './limits.ts';
import { ObjectStore } from './object-store.ts';
import { BucketStore } from './store.ts';
import type { BucketPlace } from './store.ts';
import { Uploads } from './uploads.ts';

export interface Buckets {
  readonly requests: Pick<RequestHandlers, keyof BucketRequests>;
  readonly streams: Pick<StreamHandlers, keyof BucketStreams>;
  dispose(): void;
}

export function createBuckets(api: JetStreamApi): Buckets {
  const views = new Map<number, { view: BucketView; store: BucketStore }>();
  const uploads = new Uploads();
  let lastView = 0;

  const storeOf = (place: BucketPlace): BucketStore => new BucketStore(api, place);
  const keysOf = (place: Omit<BucketPlace, 'kind'>): KvStore => new KvStore(storeOf({ ...place, kind: 'kv' }));
  const objectsOf = ({ bucket, account }: Omit<BucketPlace, 'kind'>): ObjectStore =>
    new ObjectStore(storeOf({ kind: 'object', bucket, account }), (other) => objectsOf({ bucket: other, account }));

  function viewOf(id: number): BucketView {
    const found = views.get(id);
    if (found === undefined) throw new BucketError('unknown-view', 'This view was closed; open it anew.');
    return found.view;
  }

  function closeView(id: number): void {
    views.get(id)?.view.close();
    views.delete(id);
  }

  /** What was changed here is to be seen at once by whoever looks at it. */
  function touched(place: { bucket: string; account?: string | undefined }, kind: 'kv' | 'object', name: string): void {
    for (const { view, store } of views.values()) {
      if (store.kind === kind && store.bucket === place.bucket && store.account === place.account) view.touch(name);
    }
  }

  const requests: Buckets['requests'] = {
    async 'buckets.plan'({ kind, bucket, account, settings }) {
      const before = bucket === null ? null : (await storeOf({ kind, bucket, account }).info()).config;
      const after = configFor(kind, settings, before);
      return { before: before === null ? null : JSON.stringify(before), after: JSON.stringify(after) };
    },
    async 'buckets.apply'({ kind, bucket, account, settings }) {
      const store = storeOf({ kind, bucket: bucket ?? settings.name, account });
      const before = bucket === null ? null : (await store.info()).config;
      const config = configFor(kind, settings, before);
      const info = await (before === null ? store.create(config) : store.update(config));
      const made = bucketFrom(kind, info, info.state.num_subjects ?? 0);
      if (made === null) throw new BucketError('not-found', 'The server made a stream that is no bucket.');
      return made;
    },
    async 'buckets.remove'({ kind, bucket, account }) {
      await storeOf({ kind, bucket, account }).remove();
      return {};
    },
    async 'buckets.seal'({ kind, bucket, account }) {
      const store = storeOf({ kind, bucket, account });
      await store.update({ ...(await store.config()), sealed: true });
      return {};
    },
    async 'buckets.open'({ kind, bucket, account }, { session, signal }) {
      if (views.size >= viewsMax) {
        throw new BucketError('too-many', `${viewsMax} buckets are looked at on this connection; close some.`);
      }
      const store = storeOf({ kind, bucket, account });
      const view = new BucketView({ store, link: api.link, account: api.accountNumber(account) });
      const id = ++lastView;
      views.set(id, { view, store });
      session.signal.addEventListener('abort', () => closeView(id), { once: true, signal: view.ended });
      try {
        await view.start();
      } catch (error) {
        closeView(id);
        throw error;
      }
      // The window that asked is gone, and nobody would close it.
      if (signal.aborted) closeView(id);
      return { view: id };
    },
    'buckets.set'({ view, filter, tree }) {
      viewOf(view).set(filter, tree);
      return {};
    },
    'buckets.branch'({ view, prefix, open }) {
      viewOf(view).branch(prefix, open);
      return {};
    },
    'buckets.reveal'({ view, name }) {
      const index = viewOf(view).reveal(name);
      return index < 0 ? null : { index };
    },
    'buckets.pull': ({ view, first, count }) => viewOf(view).pull(first, count),
    'buckets.close'({ view }) {
      closeView(view);
      return {};
    },
    'kv.entry': (params) => keysOf(params).entry(params.key, params.revision),
    'kv.history': (params) => keysOf(params).history(params.key),
    async 'kv.put'(params) {
      const { key, value, expected, ttlSeconds } = params;
      const revision = await keysOf(params).put(key, value, { expected, ttlSeconds });
      touched(params, 'kv', key);
      return { revision };
    },
    async 'kv.remove'(params) {
      const { key, purge, expected, ttlSeconds } = params;
      const revision = await keysOf(params).remove(key, purge, { expected, ttlSeconds });
      touched(params, 'kv', key);
      return { revision };
    },
    'objects.info': (params) => objectsOf(params).info(params.name),
    async 'objects.edit'(params) {
      const { name, rename, description, headers, metadata } = params;
      const info = await objectsOf(params).edit(name, { name: rename, description, headers, metadata });
      touched(params, 'object', name);
      return info;
    },
    'objects.link': (params) => objectsOf(params).link(params.name, params.target),
    async 'objects.remove'(params) {
      await objectsOf(params).remove(params.name);
      touched(params, 'object', params.name);
      return {};
    },
    async 'objects.upload.begin'(params, { session }) {
      const { name, description, headers, metadata, chunkBytes, fresh } = params;
      const described = { name, description, headers, metadata };
      const upload = await uploads.begin(objectsOf(params), described, chunkBytes, fresh);
      session.signal.addEventListener('abort', () => void uploads.cancel(upload).catch(() => undefined), {
        once: true,
      });
      return { upload };
    },
    async 'objects.upload.part'({ upload, bytes }) {
      await uploads.part(upload, bytes);
      return {};
    },
    'objects.upload.end': ({ upload }) => uploads.end(upload),
    async 'objects.upload.cancel'({ upload }) {
      await uploads.cancel(upload);
      return {};
    },
  };

  const streams: Buckets['streams'] = {
    'buckets.watch': ({ kind, account }, { signal }) => watchBuckets(api, kind, account, signal),
    'kv.compact.run': (params, { signal }) => keysOf(params).compact(params.olderThan, signal),
    'objects.download.run': (params, { signal }) => objectsOf(params).download(params.name, signal),
  };

  return {
    requests,
    streams,
    dispose() {
      for (const id of [...views.keys()]) closeView(id);
      uploads.dispose();
    },
  };
}
