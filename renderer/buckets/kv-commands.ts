/** What can be done with key-value buckets, for the palette and the keyboard. */

import FolderTree from '@lucide/svelte/icons/folder-tree';
import Funnel from '@lucide/svelte/icons/funnel';
import Pencil from '@lucide/svelte/icons/pencil';
import Plus from '@lucide/svelte/icons/plus';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Trash2 from '@lucide/svelte/icons/trash';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { ConnectionState } from '../../electron/bridge/contract.ts';
import type { Command } from '../state/commands.svelte.ts';
import { copyText } from '../ui/clipboard.ts';
import type { BucketsState } from './buckets-state.svelte.ts';
import { bytesOfDraft } from './key-state.svelte.ts';
import type { KeyState } from './key-state.svelte.ts';
import { bucketCommand, kvCommand, putCommand } from './nats-commands.ts';

/** Why nothing can be changed over a connection; undefined when it can. */
export function lockedReason(connection: ConnectionState): string | undefined {
  if (connection.profile.readOnly) return 'The connection is read-only';
  return connection.phase === 'connected' ? undefined : 'Not connected';
}

export interface KvPlaces {
  buckets: () => BucketsState;
  key: () => KeyState | null;
  locked: () => string | undefined;
  server: () => string | undefined;
  filter: () => void;
  newBucket: () => void;
  editBucket: () => void;
  newKey: () => void;
  ask: (what: 'key' | 'purge' | 'bucket' | 'compact') => void;
}

export function kvCommands(places: KvPlaces): Command[] {
  const group = 'Key-value';
  const { buckets, key, locked } = places;
  const changing = (needs: () => boolean, lack: string) => (): boolean | string => locked() ?? (needs() || lack);
  const withBucket = changing(() => buckets().chosen !== null, 'no bucket');
  const withKey = changing(() => key() !== null, 'no key');
  const withDraft = changing(() => (key()?.draft ?? null) !== null, 'nothing written');
  const hasKey = (): boolean | string => key() !== null || 'no key';
  const name = (): string => key()?.key ?? '';
  const copyKey = (verb: string): Command => ({
    id: `kv.copy.${verb}`,
    title: `Copy as nats kv ${verb}`,
    group,
    icon: SquareTerminal,
    enabled: hasKey,
    hint: name,
    run: () => {
      const at = key();
      if (at !== null) void copyText(kvCommand(places.server(), verb, at.bucket, at.key), 'Command');
    },
  });
  return [
    { id: 'kv.filter', title: 'Filter keys', group, icon: Funnel, shortcut: '/', run: places.filter },
    {
      id: 'kv.tree',
      title: () => (buckets().tree ? 'Keys as a list' : 'Keys as a tree'),
      group,
      icon: FolderTree,
      run: () => buckets().setTree(!buckets().tree),
    },
    {
      id: 'kv.bucket.new',
      title: 'New key-value bucket',
      group,
      icon: Plus,
      enabled: () => locked() ?? true,
      run: places.newBucket,
    },
    {
      id: 'kv.bucket.edit',
      title: 'Edit bucket',
      group,
      icon: Pencil,
      enabled: withBucket,
      hint: () => buckets().chosen ?? '',
      run: places.editBucket,
    },
    {
      id: 'kv.bucket.compact',
      title: 'Purge deleted keys',
      group,
      icon: Trash2,
      enabled: withBucket,
      run: () => places.ask('compact'),
    },
    {
      id: 'kv.bucket.delete',
      title: 'Delete bucket',
      group,
      icon: Trash2,
      enabled: withBucket,
      hint: () => buckets().chosen ?? '',
      run: () => places.ask('bucket'),
    },
    {
      id: 'kv.bucket.copy',
      title: 'Copy as nats kv add',
      group,
      icon: SquareTerminal,
      enabled: () => buckets().bucket !== null || 'no bucket',
      hint: () => buckets().chosen ?? '',
      run: () => {
        const { bucket } = buckets();
        if (bucket !== null) void copyText(bucketCommand(places.server(), 'kv', 'add', bucket.settings), 'Command');
      },
    },
    { id: 'kv.key.new', title: 'New key', group, icon: Plus, enabled: withBucket, run: places.newKey },
    {
      id: 'kv.key.edit',
      title: 'Edit value',
      group,
      icon: Pencil,
      enabled: withKey,
      hint: name,
      run: () => key()?.edit(),
    },
    {
      id: 'kv.key.put',
      title: 'Put value',
      group,
      enabled: withDraft,
      hint: name,
      run: () => {
        const at = key();
        if (at !== null) void (at.conflict === null ? at.put() : at.putResult());
      },
    },
    {
      id: 'kv.key.discard',
      title: 'Discard what was written',
      group,
      icon: Undo2,
      enabled: () => (key()?.draft ?? null) !== null || 'nothing written',
      hint: name,
      run: () => key()?.discard(),
    },
    {
      id: 'kv.key.overwrite',
      title: 'Overwrite the faster one',
      group,
      enabled: changing(() => (key()?.conflict ?? null) !== null, 'no conflict'),
      hint: name,
      run: () => void key()?.overwrite(),
    },
    {
      id: 'kv.key.revert',
      title: 'Revert to the chosen revision',
      group,
      icon: Undo2,
      enabled: changing(() => (key()?.from ?? null) !== null, 'none chosen'),
      hint: name,
      run: () => {
        const at = key();
        if (at !== null && at.from !== null) void at.revert(at.from);
      },
    },
    {
      id: 'kv.key.delete',
      title: 'Delete key',
      group,
      icon: Trash2,
      enabled: withKey,
      hint: name,
      run: () => places.ask('key'),
    },
    {
      id: 'kv.key.purge',
      title: 'Purge key',
      group,
      icon: Trash2,
      enabled: withKey,
      hint: name,
      run: () => places.ask('purge'),
    },
    copyKey('get'),
    copyKey('history'),
    copyKey('watch'),
    copyKey('del'),
    copyKey('purge'),
    {
      id: 'kv.copy.put',
      title: 'Copy as nats kv put',
      group,
      icon: SquareTerminal,
      enabled: hasKey,
      hint: name,
      run: () => {
        const at = key();
        if (at === null) return;
        const written = at.draft === null ? (at.entry?.value ?? new Uint8Array(0)) : bytesOfDraft(at.draft);
        if (typeof written === 'string') return;
        const expected = at.draft === null ? null : at.draft.base;
        void copyText(putCommand(places.server(), at.bucket, at.key, written, expected), 'Command');
      },
    },
  ];
}
