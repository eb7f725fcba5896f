/** Objects on their way in and out. */

import { bridge } from '../bridge.ts';
import type { HeaderField, JetStreamOf, ObjectInfo } from '../../electron/bridge/contract.ts';
import { FilePieces, saveBlob, sendParts, transfers } from '../ui/transfers.svelte.ts';
import type { Transfer } from '../ui/transfers.svelte.ts';
import { codeOf, shapeOf } from './errors.ts';

/** Of a file that is sent at once: large enough that the way there and back does not count, small enough to wait for. */
const partBytes = 1024 * 1024;
const partsAhead = 4;

export interface UploadOptions {
  name: string;
  description: string;
  headers: HeaderField[];
  metadata: HeaderField[];
  chunkBytes: number;
  /** Refuse when there is one of this name. */
  fresh: boolean;
}

interface Place extends JetStreamOf {
  bucket: string;
}

export const placeOf = ({ connection, account = '', bucket }: Place): string =>
  `object ${connection} ${account} ${bucket}`;

/** Resolves when it was begun, with why it was refused; goes on by itself then. */
export async function uploadObject(
  at: Place,
  file: Blob,
  options: UploadOptions,
  ondone: (info: ObjectInfo) => void,
): Promise<{ code: string; message: string } | undefined> {
  let upload: number;
  try {
    ({ upload } = await bridge.request('objects.upload.begin', { ...at, ...options }));
  } catch (error) {
    return { code: codeOf(error), message: shapeOf(error).message };
  }
  const transfer = transfers.begin('up', placeOf(at), options.name);
  void sendObject(transfer, at, upload, file).then(ondone, () => undefined);
  return undefined;
}

export async function downloadObject(at: Place, name: string, type?: string): Promise<void> {
  const transfer = transfers.begin('down', placeOf(at), name);
  try {
    const whole = await receive(transfer, at, name);
    await saveBlob(name.split('/').at(-1) || name, whole, type);
    transfer.end();
  } catch (error) {
    transfer.end(shapeOf(error).message);
  }
}

async function sendObject(transfer: Transfer, { connection }: Place, upload: number, file: Blob): Promise<ObjectInfo> {
  const { signal } = transfer.stop;
  try {
    await sendParts(transfer, {
      file,
      partBytes,
      ahead: partsAhead,
      send: (bytes) => bridge.request('objects.upload.part', { connection, upload, bytes }, { signal }),
    });
    const info = await bridge.request('objects.upload.end', { connection, upload });
    transfer.end();
    return info;
  } catch (error) {
    transfer.end(shapeOf(error).message);
    await bridge.request('objects.upload.cancel', { connection, upload }).catch(() => undefined);
    throw error;
  }
}

/** Its bytes as one file of the browser, whose digest was that of the description. */
async function receive(transfer: Transfer, at: Place, name: string): Promise<Blob> {
  const { signal } = transfer.stop;
  const pieces = new FilePieces();
  let whole = false;
  for await (const event of bridge.stream('objects.download.run', { ...at, name }, { signal })) {
    if (event.type === 'begin') transfer.size = event.info.size;
    else if (event.type === 'end') whole = true;
    else {
      pieces.add(event.bytes);
      transfer.moved(pieces.bytes);
    }
  }
  signal.throwIfAborted();
  if (!whole) throw new Error('It ended before all of it was here.');
  return pieces.whole();
}
