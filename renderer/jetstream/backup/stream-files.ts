/** Streams into files and out of them, each as a transfer that goes on whatever is looked at. */

import { bridge } from '../../bridge.ts';
import type { ExportParams, JetStreamOf, RestoreChanges, StreamDetail } from '../../../electron/bridge/contract.ts';
import { FilePieces, saveBlob, sendParts, transfers } from '../../ui/transfers.svelte.ts';
import type { Transfer } from '../../ui/transfers.svelte.ts';
import { toasts } from '../../ui/toasts.svelte.ts';
import { writeBackup, type Backup } from './backup-file.ts';

const partBytes = 1024 * 1024;
const partsAhead = 4;

export const placeOf = ({ connection }: Pick<JetStreamOf, 'connection'>): string => `streams ${connection}`;

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs what makes a file, and gives it to the person. */
async function intoFile(of: JetStreamOf, name: string, work: (transfer: Transfer) => Promise<Blob>): Promise<void> {
  const transfer = transfers.begin('down', placeOf(of), name);
  try {
    const whole = await work(transfer);
    transfer.stop.signal.throwIfAborted();
    await saveBlob(name, whole);
    transfer.end();
  } catch (error) {
    transfer.end(wordsOf(error));
  }
}

export function backupName(stream: string, date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${stream}-${day}-${two(date.getHours())}${two(date.getMinutes())}.backup.tar`;
}

export function backupStream(of: JetStreamOf, stream: string, consumers: boolean): Promise<void> {
  return intoFile(of, backupName(stream, new Date()), async (transfer) => {
    const pieces = new FilePieces();
    let description = '';
    let bytes = 0;
    let whole = false;
    const { signal } = transfer.stop;
    for await (const event of bridge.stream('jetstream.backup', { ...of, stream, consumers }, { signal })) {
      if (event.type === 'begin') ({ description, bytes } = event);
      else if (event.type === 'end') whole = true;
      else {
        pieces.add(event.bytes);
        transfer.moved(pieces.bytes);
        // What is sent is compressed, so its own length says nothing about the way that is left.
        transfer.progress = bytes === 0 ? 0 : Math.min(1, event.read / bytes);
      }
    }
    signal.throwIfAborted();
    if (!whole) throw new Error('It ended before all of it was here.');
    return writeBackup(description, pieces.whole(), Date.now() / 1000);
  });
}

/** Resolves when it was begun, with why it was refused; goes on by itself then. */
export async function restoreStream(
  of: JetStreamOf,
  { description, data }: Backup,
  changes: RestoreChanges,
  ondone: (detail: StreamDetail) => void,
): Promise<string | undefined> {
  let restore: number;
  try {
    ({ restore } = await bridge.request('jetstream.restore.begin', { ...of, description, changes }));
  } catch (error) {
    return wordsOf(error);
  }
  const transfer = transfers.begin('up', placeOf(of), changes.name);
  void (async () => {
    const { signal } = transfer.stop;
    try {
      await sendParts(transfer, {
        file: data,
        partBytes,
        ahead: partsAhead,
        send: (bytes) => bridge.request('jetstream.restore.part', { ...of, restore, bytes }, { signal }),
      });
      const detail = await bridge.request('jetstream.restore.end', { ...of, restore });
      transfer.end();
      toasts.show({ tone: 'ok', text: 'Stream restored', detail: detail.config.name });
      ondone(detail);
    } catch (error) {
      transfer.end(wordsOf(error));
      await bridge.request('jetstream.restore.cancel', { ...of, restore }).catch(() => undefined);
    }
  })();
  return undefined;
}

export function exportMessages(of: JetStreamOf, params: ExportParams): Promise<void> {
  return intoFile(of, `${params.stream}.jsonl`, async (transfer) => {
    const pieces = new FilePieces();
    const { signal } = transfer.stop;
    for await (const { bytes, at, first, last } of bridge.stream(
      'jetstream.export',
      { ...of, ...params },
      { signal },
    )) {
      pieces.add(bytes);
      transfer.moved(pieces.bytes);
      transfer.progress = (at - first + 1) / Math.max(1, last - first + 1);
    }
    return pieces.whole();
  });
}
