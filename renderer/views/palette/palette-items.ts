/** What the palette offers for a query. Pure; the component draws it. */

import { pieces, rank } from '../../state/ranking.ts';
import type { IconComponent } from '../../ui/icon.ts';

export type PaletteScope = 'all' | 'actions' | 'subjects' | 'connections';

export interface PaletteEntry {
  id: string;
  title: string;
  icon?: IconComponent | undefined;
  hint: string;
  keys?: string | undefined;
  mono?: boolean;
  /** Why it cannot be run now. */
  reason?: string | undefined;
  /** Other words that it answers to, not shown. */
  words?: string;
  run: () => void;
}

export interface PaletteRow extends PaletteEntry {
  parts: { text: string; hit: boolean }[];
}

export interface PaletteGroup {
  label: string;
  rows: PaletteRow[];
}

const prefixes: Record<string, PaletteScope> = { '>': 'actions', '#': 'subjects', '@': 'connections' };
/** Rows of a group while all groups are shown. */
const sharedRowsMax: Record<Exclude<PaletteScope, 'all'>, number> = { actions: 6, subjects: 4, connections: 4 };

/** `#ord` asks for subjects with `ord`. A lone `>` is a prefix, not the subject of everything. */
export function readQuery(text: string): { scope: PaletteScope; query: string } {
  const scope = prefixes[text[0] ?? ''];
  return scope === undefined ? { scope: 'all', query: text.trim() } : { scope, query: text.slice(1).trim() };
}

/** Entries that answer the query, best first; those that cannot be run come after the others. */
export function rankEntries(entries: readonly PaletteEntry[], query: string): PaletteRow[] {
  const found: { row: PaletteRow; score: number }[] = [];
  for (const entry of entries) {
    const match = rank(query, entry.title);
    const other = match === null && entry.words !== undefined ? rank(query, entry.words) : null;
    if (match === null && other === null) continue;
    const score = (match?.score ?? (other?.score ?? 0) - 60) - (entry.reason === undefined ? 0 : 1000);
    found.push({ row: { ...entry, parts: pieces(entry.title, match?.ranges ?? []) }, score });
  }
  return found.toSorted((a, b) => b.score - a.score).map(({ row }) => row);
}

export function groupsOf(
  { scope, query }: { scope: PaletteScope; query: string },
  sources: Record<Exclude<PaletteScope, 'all'>, readonly PaletteEntry[]>,
): PaletteGroup[] {
  const labels = { actions: 'Actions', subjects: 'Subjects', connections: 'Connections' } as const;
  const groups: PaletteGroup[] = [];
  for (const name of ['actions', 'subjects', 'connections'] as const) {
    if (scope !== 'all' && scope !== name) continue;
    // Subjects come ranked by the core, busiest first; here their hits are marked only.
    const ranked =
      name === 'subjects'
        ? sources.subjects.map((entry) => ({
            ...entry,
            parts: pieces(entry.title, rank(query, entry.title)?.ranges ?? []),
          }))
        : rankEntries(sources[name], query);
    const rows = scope === 'all' ? ranked.slice(0, sharedRowsMax[name]) : ranked;
    if (rows.length > 0) groups.push({ label: labels[name], rows });
  }
  return groups;
}
