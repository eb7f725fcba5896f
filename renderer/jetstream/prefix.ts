import type { StreamRow } from '../../electron/bridge/contract.ts';

/** Subjects of a stream mostly share their beginning, which every row would repeat; '' where they do not. */
export function prefixOf(stream: StreamRow | null): string {
  const only = stream?.subjects.length === 1 ? stream.subjects[0]! : '';
  return only.endsWith('.>') ? only.slice(0, -1) : '';
}
