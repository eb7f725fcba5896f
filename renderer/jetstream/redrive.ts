/** Messages that were given up, published again. */

import { bridge } from '../bridge.ts';
import { grouped, plural } from '../ui/numbers.ts';
import type { JetStreamState } from './jetstream-state.svelte.ts';

export interface Redriving {
  stream: string;
  sequences: readonly number[];
  /** Their own; '' while it is not known, and for several. */
  subject: string;
}

/** One after the other, so that they are stored in their order. What cannot be published does not keep the rest. */
export async function redrive(
  js: JetStreamState,
  { stream, sequences }: Redriving,
  subject: string,
  remove: boolean,
): Promise<void> {
  const done = plural(sequences.length, 'message');
  await js.attempt(`${done} published again`, 'Not all were published again', async () => {
    const published: number[] = [];
    let failure: string | null = null;
    for (const sequence of sequences) {
      try {
        await bridge.request('jetstream.redrive', { ...js.of, stream, sequence, subject, remove });
        published.push(sequence);
      } catch (error) {
        failure ??= error instanceof Error ? error.message : String(error);
      }
    }
    js.advisories.settle(stream, published);
    if (remove && published.length > 0) js.messages?.reload();
    if (failure === null) return;
    throw new Error(sequences.length === 1 ? failure : `${grouped(published.length)} of ${done}. ${failure}`);
  });
}
