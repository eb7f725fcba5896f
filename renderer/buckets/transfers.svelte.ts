/** Objects on their way in and out. They go on whatever the window shows, each with its progress and a way to end it. */

import { bridge } from '../bridge.ts';
import type { ConnectionId, HeaderField, ObjectInfo } from '../../electron/bridge/contract.ts';
import { codeOf, shapeOf } from './errors.ts';

/** Of a file that is sent at once: large enough that the way there and back does not count, small enough to wait for. */
const partBytes = 1024 * 1024;
/** Parts under way at once, so that the next one is read while one is stored. */
const partsAhead = 4;
/** Bytes of a download that become one piece of the file: pieces are the browser's, not this page's. */
const pieceBytes = 8 * 1024 * 1024;
/** Finished ones that stay in the list. */
const finishedMax = 20;

export type TransferState = 'running' | 'done' | 'failed' | 'cancelled';

export class Transfer {
  readonly id: number;
  readonly direction: 'up' | 'down';
  readonly connection: ConnectionId;
  readonly bucket: string;
  readonly name: string;
  readonly startedAt = Date.now();
  /** Bytes of the whole; 0 while unknown. */
  size = $state(0);
  bytes = $state(0);
  state = $state<TransferState>('running');
  problem = $state<string>();
  /** Milliseconds that it took or has taken. */
  took = $state(0);
  readonly stop = new AbortController();

  constructor(id: number, direction: 'up' | 'down', connection: ConnectionId, bucket: string, name: string) {
    this.id = id;
    this.direction = direction;
    this.connection = connection;
    this.bucket = bucket;
    this.name = name;
  }

  cancel(): void {
    this.stop.abort();
  }

  moved(bytes: number): void {
    this.bytes = bytes;
    this.took = Date.now() - this.startedAt;
  }

  end(error?: unknown): void {
    this.took = Date.now() - this.startedAt;
    if (error === undefined) this.state = 'done';
    else if (this.stop.signal.aborted) this.state = 'cancelled';
    else {
      this.state = 'failed';
      this.problem = shapeOf(error).message;
    }
  }
}

let list = $state.raw<readonly Transfer[]>([]);
let last = 0;

function begin(direction: 'up' | 'down', connection: ConnectionId, bucket: string, name: string): Transfer {
  const transfer = new Transfer(++last, direction, connection, bucket, name);
  const finished = list.filter(({ state }) => state !== 'running').slice(0, finishedMax);
  list = [transfer, ...list.filter((one) => one.state === 'running' || finished.includes(one))];
  return transfer;
}

export interface UploadOptions {
  name: string;
  description: string;
  headers: HeaderField[];
  metadata: HeaderField[];
  chunkBytes: number;
  /** Refuse when there is one of this name. */
  fresh: boolean;
}

export const transfers = {
  /** Newest first. */
  get list(): readonly Transfer[] {
    return list;
  },
  of(connection: ConnectionId, bucket: string): readonly Transfer[] {
    return list.filter((one) => one.connection === connection && one.bucket === bucket);
  },
  forget(transfer: Transfer): void {
    list = list.filter((one) => one !== transfer);
  },

  /** Resolves when it was begun, with why it was refused; goes on by itself then. */
  async upload(
    connection: ConnectionId,
    bucket: string,
    file: Blob,
    options: UploadOptions,
    ondone: (info: ObjectInfo) => void,
  ): Promise<{ code: string; message: string } | undefined> {
    let upload: number;
    try {
      ({ upload } = await bridge.request('objects.upload.begin', { connection, bucket, ...options }));
    } catch (error) {
      return { code: codeOf(error), message: shapeOf(error).message };
    }
    const transfer = begin('up', connection, bucket, options.name);
    transfer.size = file.size;
    void sendParts(transfer, upload, file).then(ondone, () => undefined);
    return undefined;
  },

  async download(connection: ConnectionId, bucket: string, name: string, type?: string): Promise<void> {
    const transfer = begin('down', connection, bucket, name);
    try {
      const whole = await receive(transfer);
      await saveBlob(name.split('/').at(-1) || name, whole, type);
      transfer.end();
    } catch (error) {
      transfer.end(error);
    }
  },
};

async function sendParts(transfer: Transfer, upload: number, file: Blob): Promise<ObjectInfo> {
  const { connection, stop } = transfer;
  try {
    const ahead = new Set<Promise<void>>();
    for (let at = 0; at < file.size; at += partBytes) {
      stop.signal.throwIfAborted();
      const bytes = new Uint8Array(await file.slice(at, at + partBytes).arrayBuffer());
      const send = async (): Promise<void> => {
        await bridge.request('objects.upload.part', { connection, upload, bytes }, { signal: stop.signal });
        transfer.moved(transfer.bytes + bytes.length);
        ahead.delete(sent);
      };
      const sent = send();
      ahead.add(sent);
      // What fails is told below; until then nobody else looks at it.
      sent.catch(() => undefined);
      if (ahead.size >= partsAhead) await Promise.race(ahead);
    }
    await Promise.all(ahead);
    stop.signal.throwIfAborted();
    const info = await bridge.request('objects.upload.end', { connection, upload });
    transfer.end();
    return info;
  } catch (error) {
    transfer.end(error);
    await bridge.request('objects.upload.cancel', { connection, upload }).catch(() => undefined);
    throw error;
  }
}

/** Its bytes as one file of the browser, whose digest was that of the description. */
async function receive(transfer: Transfer): Promise<Blob> {
  const { connection, bucket, name, stop } = transfer;
  const pieces: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  let bytes = 0;
  let whole = false;
  const seal = (): void => {
    if (waiting > 0) pieces.push(new Blob(parts));
    parts = [];
    waiting = 0;
  };
  const events = bridge.stream('objects.download.run', { connection, bucket, name }, { signal: stop.signal });
  for await (const event of events) {
    if (event.type === 'begin') transfer.size = event.info.size;
    else if (event.type === 'end') whole = true;
    else {
      // A copy: what came is a view of its frame.
      parts.push(event.bytes.slice());
      waiting += event.bytes.length;
      bytes += event.bytes.length;
      if (waiting >= pieceBytes) seal();
      transfer.moved(bytes);
    }
  }
  stop.signal.throwIfAborted();
  if (!whole) throw new Error('It ended before all of it was here.');
  seal();
  return new Blob(pieces);
}

async function saveBlob(name: string, whole: Blob, type = 'application/octet-stream'): Promise<void> {
  const address = URL.createObjectURL(new Blob([whole], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  URL.revokeObjectURL(address);
}
