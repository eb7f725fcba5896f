/**
 * Sources of streams. The router takes the next item only when the window has credit, so what happens in between is
 * decided here: of a state only the newest value matters, of a log nothing may be lost without being counted.
 */

/** A value that changes, and its watchers. A slow watcher skips values, never the last one. */
export interface State<T> {
  readonly value: T;
  set(value: T): void;
  /** The value at once, then whenever it was set. Ends when `signal` aborts or the state is closed. */
  watch(signal: AbortSignal): AsyncIterable<T>;
  close(): void;
}

export function createState<T>(initial: T): State<T> {
  let value = initial;
  let version = 1;
  let closed = false;
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of [...wakers]) waker();
  };
  return {
    get value() {
      return value;
    },
    set(next) {
      value = next;
      version++;
      wake();
    },
    async *watch(signal) {
      let seen = 0;
      while (!closed && !signal.aborted) {
        if (seen !== version) {
          seen = version;
          yield value;
          continue;
        }
        await wait(wakers, signal);
      }
    },
    close() {
      closed = true;
      wake();
    },
  };
}

/** Items in order, at most `itemsMax` waiting: `push` answers false when an item had to go, and the caller counts. */
export interface Queue<T> {
  push(item: T): boolean;
  /** The items that wait are given first, then the end. */
  end(): void;
  iterate(signal: AbortSignal): AsyncIterable<T>;
}

export function createQueue<T>(itemsMax: number): Queue<T> {
  const items: T[] = [];
  let ended = false;
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of [...wakers]) waker();
  };
  return {
    push(item) {
      if (ended || items.length >= itemsMax) return false;
      items.push(item);
      wake();
      return true;
    },
    end() {
      ended = true;
      wake();
    },
    async *iterate(signal) {
      while (!signal.aborted) {
        if (items.length > 0) yield items.shift() as T;
        else if (ended) return;
        else await wait(wakers, signal);
      }
    },
  };
}

/** Until its waker is called or the signal aborts. Leaves no listener behind. */
export function wait(wakers: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      wakers.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    wakers.add(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
