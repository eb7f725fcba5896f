/**
 * What is on its way into a file or out of one. It goes on whatever the window shows, each with its progress and a way to
 * end it.
 */

/** Bytes that become one piece of a file: pieces are the browser's, which keeps them on disk, not this page's. */
const pieceBytes = 8 * 1024 * 1024;
/** Finished ones that stay in the list. */
const finishedMax = 20;

export type TransferState = 'running' | 'done' | 'failed' | 'cancelled';

export class Transfer {
  readonly id: number;
  readonly direction: 'up' | 'down';
  /** Where it is shown: a page and what it is about. */
  readonly place: string;
  readonly name: string;
  readonly startedAt = Date.now();
  /** What `bytes` will come to; 0 while unknown. */
  size = $state(0);
  bytes = $state(0);
  /** Other than `bytes` where those say nothing about the way that is left, 0 … 1. */
  progress = $state<number>();
  state = $state<TransferState>('running');
  problem = $state<string>();
  /** Milliseconds that it took or has taken. */
  took = $state(0);
  readonly stop = new AbortController();

  constructor(id: number, direction: 'up' | 'down', place: string, name: string) {
    this.id = id;
    this.direction = direction;
    this.place = place;
    this.name = name;
  }

  cancel(): void {
    this.stop.abort();
  }

  moved(bytes: number): void {
    this.bytes = bytes;
    this.took = Date.now() - this.startedAt;
  }

  /** @param problem why it failed; absent when it is whole */
  end(problem?: string): void {
    this.took = Date.now() - this.startedAt;
    if (problem === undefined) this.state = 'done';
    else if (this.stop.signal.aborted) this.state = 'cancelled';
    else {
      this.state = 'failed';
      this.problem = problem;
    }
  }
}

let list = $state.raw<readonly Transfer[]>([]);
let last = 0;

export const transfers = {
  /** Newest first. */
  get list(): readonly Transfer[] {
    return list;
  },
  of(place: string): readonly Transfer[] {
    return list.filter((one) => one.place === place);
  },
  begin(direction: 'up' | 'down', place: string, name: string): Transfer {
    const transfer = new Transfer(++last, direction, place, name);
    const finished = list.filter(({ state }) => state !== 'running').slice(0, finishedMax);
    list = [transfer, ...list.filter((one) => one.state === 'running' || finished.includes(one))];
    return transfer;
  },
  forget(transfer: Transfer): void {
    list = list.filter((one) => one !== transfer);
  },
};

/** Bytes that come one after the other, as a file of the browser. */
export class FilePieces {
  #pieces: Blob[] = [];
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;
  bytes = 0;

  add(bytes: Uint8Array): void {
    // A copy: what came is a view of its frame.
    this.#parts.push(bytes.slice());
    this.#waiting += bytes.length;
    this.bytes += bytes.length;
    if (this.#waiting >= pieceBytes) this.#seal();
  }

  #seal(): void {
    if (this.#waiting > 0) this.#pieces.push(new Blob(this.#parts));
    this.#parts = [];
    this.#waiting = 0;
  }

  whole(): Blob {
    this.#seal();
    return new Blob(this.#pieces);
  }
}

/** Gives a file to the person, under a name that is theirs to change. */
export async function saveBlob(name: string, whole: Blob, type = 'application/octet-stream'): Promise<void> {
  const address = URL.createObjectURL(new Blob([whole], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  URL.revokeObjectURL(address);
}

export interface SendOptions {
  file: Blob;
  partBytes: number;
  /** Parts under way at once, so that the next one is read while one is stored. */
  ahead: number;
  send: (bytes: Uint8Array) => Promise<unknown>;
}

/** Sends a file in parts, in order; rejects with the first thing that went wrong. */
export async function sendParts(transfer: Transfer, { file, partBytes, ahead, send }: SendOptions): Promise<void> {
  const underWay = new Set<Promise<void>>();
  transfer.size = file.size;
  for (let at = 0; at < file.size; at += partBytes) {
    transfer.stop.signal.throwIfAborted();
    const bytes = new Uint8Array(await file.slice(at, at + partBytes).arrayBuffer());
    const work = async (): Promise<void> => {
      await send(bytes);
      transfer.moved(transfer.bytes + bytes.length);
      underWay.delete(sent);
    };
    const sent = work();
    underWay.add(sent);
    // What fails is told below; until then nobody else looks at it.
    sent.catch(() => undefined);
    if (underWay.size >= ahead) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  transfer.stop.signal.throwIfAborted();
}
