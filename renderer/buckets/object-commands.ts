/** What can be done with object stores, for the palette and the keyboard. */

import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import FolderTree from '@lucide/svelte/icons/folder-tree';
import Funnel from '@lucide/svelte/icons/funnel';
import Link from '@lucide/svelte/icons/link';
import Lock from '@lucide/svelte/icons/lock';
import Pencil from '@lucide/svelte/icons/pencil';
import Plus from '@lucide/svelte/icons/plus';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Trash2 from '@lucide/svelte/icons/trash';
import Upload from '@lucide/svelte/icons/upload';
import type { Command } from '../state/commands.svelte.ts';
import { copyText } from '../ui/clipboard.ts';
import type { BucketsState } from './buckets-state.svelte.ts';
import { bucketCommand, objectCommand } from './nats-commands.ts';
import type { ObjectState } from './object-state.svelte.ts';

export interface ObjectPlaces {
  buckets: () => BucketsState;
  object: () => ObjectState | null;
  locked: () => string | undefined;
  server: () => string | undefined;
  filter: () => void;
  newBucket: () => void;
  editBucket: () => void;
  upload: () => void;
  link: () => void;
  edit: () => void;
  download: () => void;
  ask: (what: 'object' | 'bucket' | 'seal') => void;
}

export function objectCommands(places: ObjectPlaces): Command[] {
  const group = 'Objects';
  const { buckets, object, locked } = places;
  const bucketName = (): string => buckets().chosen ?? '';
  const name = (): string => object()?.name ?? '';
  const hasBucket = (): boolean | string => buckets().chosen !== null || 'no bucket';
  const hasObject = (): boolean | string => object() !== null || 'no object';
  const withBucket = (): boolean | string => locked() ?? hasBucket();
  const withObject = (): boolean | string => locked() ?? hasObject();
  const copy = (verb: string): Command => ({
    id: `objects.copy.${verb}`,
    title: `Copy as nats object ${verb}`,
    group,
    icon: SquareTerminal,
    enabled: hasObject,
    hint: name,
    run: () => void copyText(objectCommand(places.server(), verb, bucketName(), name()), 'Command'),
  });
  return [
    { id: 'objects.filter', title: 'Filter objects', group, icon: Funnel, shortcut: '/', run: places.filter },
    {
      id: 'objects.tree',
      title: () => (buckets().tree ? 'Objects as a list' : 'Objects as a tree'),
      group,
      icon: FolderTree,
      run: () => buckets().setTree(!buckets().tree),
    },
    {
      id: 'objects.bucket.new',
      title: 'New object store',
      group,
      icon: Plus,
      enabled: () => locked() ?? true,
      run: places.newBucket,
    },
    {
      id: 'objects.bucket.edit',
      title: 'Edit object store',
      group,
      icon: Pencil,
      enabled: withBucket,
      hint: bucketName,
      run: places.editBucket,
    },
    {
      id: 'objects.bucket.seal',
      title: 'Seal object store',
      group,
      icon: Lock,
      enabled: withBucket,
      hint: bucketName,
      run: () => places.ask('seal'),
    },
    {
      id: 'objects.bucket.delete',
      title: 'Delete object store',
      group,
      icon: Trash2,
      enabled: withBucket,
      hint: bucketName,
      run: () => places.ask('bucket'),
    },
    {
      id: 'objects.bucket.copy',
      title: 'Copy as nats object add',
      group,
      icon: SquareTerminal,
      enabled: hasBucket,
      hint: bucketName,
      run: () => {
        const { bucket } = buckets();
        if (bucket !== null) void copyText(bucketCommand(places.server(), 'object', 'add', bucket.settings), 'Command');
      },
    },
    { id: 'objects.upload', title: 'Upload a file', group, icon: Upload, enabled: withBucket, run: places.upload },
    { id: 'objects.link', title: 'New link', group, icon: Link, enabled: withBucket, run: places.link },
    {
      id: 'objects.download',
      title: 'Download object',
      group,
      icon: ArrowDownToLine,
      enabled: hasObject,
      hint: name,
      run: places.download,
    },
    {
      id: 'objects.edit',
      title: 'Edit object',
      group,
      icon: Pencil,
      enabled: withObject,
      hint: name,
      run: places.edit,
    },
    {
      id: 'objects.delete',
      title: 'Delete object',
      group,
      icon: Trash2,
      enabled: withObject,
      hint: name,
      run: () => places.ask('object'),
    },
    copy('get'),
    copy('info'),
    copy('del'),
    {
      id: 'objects.copy.put',
      title: 'Copy as nats object put',
      group,
      icon: SquareTerminal,
      enabled: hasObject,
      hint: name,
      run: () =>
        void copyText(objectCommand(places.server(), 'put', bucketName(), name(), `--name=${name()}`), 'Command'),
    },
  ];
}
