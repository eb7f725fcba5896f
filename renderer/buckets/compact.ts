/** Takes deleted keys of a bucket away for good, with its progress shown and a way to end it. */

import { bridge } from '../bridge.ts';
import type { JetStreamOf } from '../../electron/bridge/contract.ts';
import { grouped, plural } from '../ui/numbers.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { shapeOf } from './errors.ts';

/** Resolves with why it was not begun; it goes on behind a toast. */
export async function compact(where: JetStreamOf, bucket: string): Promise<string | undefined> {
  const stop = new AbortController();
  const events = bridge.stream('kv.compact.run', { ...where, bucket, olderThan: 0 }, { signal: stop.signal });
  const iterator = events[Symbol.asyncIterator]();
  try {
    // What is refused is refused at the first of it.
    let next = await iterator.next();
    const id = toasts.show({ tone: 'busy', text: `Looking for deleted keys of ${bucket}` });
    void (async () => {
      try {
        for (; next.done !== true; next = await iterator.next()) {
          const event = next.value;
          if (event.type === 'looked') {
            toasts.update(id, {
              text: `${grouped(event.looked)} of ${grouped(event.of)} keys, ${grouped(event.found)} deleted`,
            });
          } else if (event.type === 'purged') {
            toasts.update(id, { text: `${grouped(event.purged)} of ${plural(event.of, 'deleted key')} purged` });
          } else {
            toasts.update(id, { tone: 'ok', text: `${plural(event.purged, 'message')} of deleted keys purged` });
          }
        }
      } catch (error) {
        toasts.close(id);
        toasts.error(`Deleted keys of ${bucket} were not all purged`, error);
      }
    })();
    return undefined;
  } catch (error) {
    return shapeOf(error).message;
  }
}
