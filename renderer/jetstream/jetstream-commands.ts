/** Actions of the page, by name. */

import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import Eraser from '@lucide/svelte/icons/eraser';
import Layers from '@lucide/svelte/icons/layers';
import Lock from '@lucide/svelte/icons/lock';
import Pause from '@lucide/svelte/icons/pause';
import Pencil from '@lucide/svelte/icons/pencil';
import PinOff from '@lucide/svelte/icons/pin-off';
import Play from '@lucide/svelte/icons/play';
import Plus from '@lucide/svelte/icons/plus';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Trash2 from '@lucide/svelte/icons/trash';
import { bridge } from '../bridge.ts';
import type { Command } from '../state/commands.svelte.ts';
import { copyText } from '../ui/clipboard.ts';
import { newConsumer } from './form/consumer-fields.ts';
import { knows } from './form/field-spec.ts';
import { newStream } from './form/stream-fields.ts';
import type { JetStreamState } from './jetstream-state.svelte.ts';
import { consumerCommands, streamCommands } from './nats-commands.ts';

interface Page {
  js: () => JetStreamState;
  server: () => string | undefined;
  version: () => string | undefined;
  readOnly: () => boolean;
  /** Puts the cursor into the filter of the list. */
  filter: () => void;
  /** Asks before a consumer is changed. */
  consumer: (action: 'pause' | 'reset' | 'unpin' | 'delete') => void;
}

const group = 'Streams';

export function pageCommands({ js, server, version, readOnly, filter, consumer }: Page): Command[] {
  const writable = (why?: () => string | undefined): (() => boolean | string) => {
    return () => (readOnly() ? 'read-only connection' : (why?.() ?? true));
  };
  const stream = (): string | undefined => (js().detail === null ? 'no stream chosen' : undefined);
  const chosen = (): string | undefined => (js().consumers?.detail ? undefined : 'no consumer chosen');
  const since =
    (release: string): (() => string | undefined) =>
    () =>
      chosen() ?? (knows(version(), release) ? undefined : `needs nats-server ${release}`);
  const streamHint = (): string => js().selected ?? '';
  const consumerHint = (): string => js().consumers?.selected ?? '';
  const copy = (text: string): void => void copyText(text, 'Command');

  return [
    { id: 'jetstream.filter', title: 'Filter streams', group, icon: Layers, run: filter },
    { id: 'jetstream.refresh', title: 'Look at the streams again', group, run: () => js().refresh() },
    {
      id: 'jetstream.copy',
      title: 'Copy nats stream ls',
      group,
      icon: SquareTerminal,
      run: () => copy(streamCommands.list(server())),
    },
    {
      id: 'jetstream.account.copy',
      title: 'Copy nats account info',
      group,
      icon: SquareTerminal,
      run: () => copy(streamCommands.account(server())),
    },
    {
      id: 'jetstream.stream.new',
      title: 'New stream',
      group,
      icon: Plus,
      enabled: writable(),
      run: () => js().edit({ kind: 'stream', before: null, start: newStream }),
    },
    {
      id: 'jetstream.stream.edit',
      title: 'Edit the stream',
      group,
      icon: Pencil,
      hint: streamHint,
      enabled: writable(stream),
      run: () => {
        const config = js().detail?.config;
        if (config) js().edit({ kind: 'stream', before: config, start: config });
      },
    },
    {
      id: 'jetstream.stream.like',
      title: 'New stream like the chosen one',
      group,
      icon: Plus,
      hint: streamHint,
      enabled: writable(stream),
      run: () => {
        const config = js().detail?.config;
        if (config) js().edit({ kind: 'stream', before: null, start: { ...config, name: '', subjects: [] } });
      },
    },
    {
      id: 'jetstream.stream.copy',
      title: 'Copy nats stream info',
      group,
      icon: SquareTerminal,
      hint: streamHint,
      enabled: () => stream() ?? true,
      run: () => copy(streamCommands.info(server(), js().selected ?? '')),
    },
    {
      id: 'jetstream.subjects.copy',
      title: 'Copy nats stream subjects',
      group,
      icon: SquareTerminal,
      hint: streamHint,
      enabled: () => stream() ?? true,
      run: () => copy(streamCommands.subjects(server(), js().selected ?? '')),
    },
    {
      id: 'jetstream.stream.purge',
      title: 'Purge the stream',
      group,
      icon: Eraser,
      hint: streamHint,
      enabled: writable(stream),
      run: () => (js().asked = 'purge'),
    },
    {
      id: 'jetstream.stream.seal',
      title: 'Seal the stream',
      group,
      icon: Lock,
      hint: streamHint,
      enabled: writable(stream),
      run: () => (js().asked = 'seal'),
    },
    {
      id: 'jetstream.stream.delete',
      title: 'Delete the stream',
      group,
      icon: Trash2,
      hint: streamHint,
      enabled: writable(stream),
      run: () => (js().asked = 'delete'),
    },
    {
      id: 'jetstream.backup',
      title: 'Back up the stream',
      group,
      icon: Archive,
      hint: streamHint,
      enabled: () => stream() ?? true,
      run: () => (js().file = { kind: 'backup' }),
    },
    {
      id: 'jetstream.restore',
      title: 'Restore a stream from a backup',
      group,
      icon: ArchiveRestore,
      enabled: writable(),
      run: () => (js().file = { kind: 'restore', files: [] }),
    },
    {
      id: 'jetstream.export',
      title: 'Export messages of the stream',
      group,
      icon: ArrowDownToLine,
      hint: streamHint,
      enabled: () => stream() ?? true,
      run: () => (js().file = { kind: 'export' }),
    },
    {
      id: 'jetstream.consumer.new',
      title: 'New consumer',
      group,
      icon: Plus,
      hint: streamHint,
      enabled: writable(stream),
      run: () => {
        const { selected } = js();
        if (selected !== null) js().edit({ kind: 'consumer', stream: selected, before: null, start: newConsumer });
      },
    },
    {
      id: 'jetstream.consumer.edit',
      title: 'Edit the consumer',
      group,
      icon: Pencil,
      hint: consumerHint,
      enabled: writable(chosen),
      run: () => {
        const { consumers } = js();
        const config = consumers?.detail?.config;
        if (consumers && config) {
          js().edit({ kind: 'consumer', stream: consumers.stream, before: config, start: config });
        }
      },
    },
    {
      id: 'jetstream.consumer.copy',
      title: 'Copy nats consumer info',
      group,
      icon: SquareTerminal,
      hint: consumerHint,
      enabled: () => chosen() ?? true,
      run: () => copy(consumerCommands.info(server(), js().selected ?? '', consumerHint())),
    },
    {
      id: 'jetstream.consumer.next.copy',
      title: 'Copy nats consumer next',
      group,
      icon: SquareTerminal,
      hint: consumerHint,
      enabled: () => chosen() ?? true,
      run: () => copy(consumerCommands.next(server(), js().selected ?? '', consumerHint(), 1)),
    },
    {
      id: 'jetstream.consumer.pause',
      title: 'Pause the consumer',
      group,
      icon: Pause,
      hint: consumerHint,
      enabled: writable(since('2.11')),
      run: () => consumer('pause'),
    },
    {
      id: 'jetstream.consumer.resume',
      title: 'Resume the consumer',
      group,
      icon: Play,
      hint: consumerHint,
      enabled: writable(
        () => since('2.11')() ?? (js().consumers?.detail?.row.paused === true ? undefined : 'it is not paused'),
      ),
      run: () => {
        const { selected } = js();
        void js().attempt('Consumer resumed', 'The consumer was not resumed', () =>
          bridge.request('jetstream.consumer.pause', {
            ...js().of,
            stream: selected ?? '',
            consumer: consumerHint(),
            until: null,
          }),
        );
      },
    },
    {
      id: 'jetstream.consumer.reset',
      title: 'Reset the consumer',
      group,
      icon: RotateCcw,
      hint: consumerHint,
      enabled: writable(since('2.14')),
      run: () => consumer('reset'),
    },
    {
      id: 'jetstream.consumer.unpin',
      title: 'Unpin the client of the consumer',
      group,
      icon: PinOff,
      hint: consumerHint,
      enabled: writable(since('2.11')),
      run: () => consumer('unpin'),
    },
    {
      id: 'jetstream.consumer.delete',
      title: 'Delete the consumer',
      group,
      icon: Trash2,
      hint: consumerHint,
      enabled: writable(chosen),
      run: () => consumer('delete'),
    },
  ];
}
