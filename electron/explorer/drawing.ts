/** Rows and details for the window, made from what was recorded when they are pulled. Everything in them is a copy. */

import type { HeaderField, ListRow, MessageDetail, TreeRow } from '../bridge/contract.ts';
import { FLAG_ACCOUNT, FLAG_FOLD, FLAG_PINNED } from './census.ts';
import { compare, summarize } from '../payload/fields.ts';
import { parseHeaders } from '../message-headers.ts';
import { KINDS } from './kinds.ts';
import type { Outline } from './outline.ts';
import { BARS, rateOf, sparkOf } from './rate.ts';
import type { Recording } from './recording.ts';
import { subjectText } from './subject-bytes.ts';

/** Label of the child that counts the subjects which the tree does not name. */
const FOLD_LABEL = '\u2026';
/** List rows whose fields are remembered: some screens, so that a list that stands still costs nothing. */
const ROW_FIELDS_MAX = 1024;

/** @param now the time that the view shows */
export function drawTreeRow(recording: Recording, outline: Outline, node: number, now: number): TreeRow {
  const { census } = recording;
  const { frame } = outline;
  const fold = census.get(node, FLAG_FOLD);
  const account = recording.accountOf(node);
  const root = census.get(node, FLAG_ACCOUNT);
  const subject = census.subjectOf(node);
  const sequence = frame.lastSequence[node]!;
  const { fields, version } = outline.frozen
    ? recording.values.held(node, sequence)
    : recording.values.of(node, sequence);
  const epoch = frame.epoch[node]!;
  const folded = frame.folded[node]!;
  const labelOf = (): string => {
    if (fold) return FOLD_LABEL;
    return root ? (account?.name ?? '') : subjectText(subject, census.tokenStart[node]);
  };
  return {
    node: recording.idOf(node),
    depth: outline.depthOf(node),
    label: labelOf(),
    subject: subjectText(subject),
    ...(account === undefined ? {} : { account: account.name }),
    ...(root ? { root: account?.system === true ? ('system' as const) : ('account' as const) } : {}),
    branch: root || frame.childCount[node] !== 0,
    expanded: outline.isOpen(node),
    subjects: frame.subjects[node]!,
    count: frame.count[node]!,
    bytes: frame.bytes[node]!,
    rate: rateOf(frame.bars, node * BARS, epoch, frame.last[node]!, now),
    last: frame.last[node]!,
    kind: KINDS[frame.kind[node]!]!,
    spark: sparkOf(frame.bars, node * BARS, epoch, now),
    fields,
    version: outline.versionOf(node, version),
    pinned: census.get(node, FLAG_PINNED),
    ...(folded === 0 ? {} : { folded }),
  };
}

export function subjectBytesOf(recording: Recording, sequence: number): Uint8Array {
  const { capture, census } = recording;
  const chunk = capture.chunkOf(sequence);
  const row = capture.rowOf(sequence);
  return chunk.subjectBytes[row] === 0 ? census.subjectOf(chunk.node[row]!) : capture.foldedSubject(chunk, row);
}

/** @param outline of the view, for rows that name their account; null: they do not */
export function drawListRow(recording: Recording, sequence: number, outline: Outline | null = null): ListRow {
  const { capture } = recording;
  const chunk = capture.chunkOf(sequence);
  const row = capture.rowOf(sequence);
  let fields = recording.rowFields.get(sequence);
  if (fields === undefined) {
    const previous = capture.previous(sequence);
    const earlier = previous === 0 ? null : summarize(payloadOf(recording, previous)).fields;
    fields = compare(summarize(capture.payload(chunk, row)).fields, earlier);
    if (recording.rowFields.size >= ROW_FIELDS_MAX) recording.rowFields.clear();
    recording.rowFields.set(sequence, fields);
  }
  const node = chunk.node[row]!;
  const account = outline?.isRooted(node) === true ? recording.accountOf(node)?.name : undefined;
  return {
    sequence,
    time: chunk.time[row]!,
    node: recording.idOf(node),
    subject: subjectText(subjectBytesOf(recording, sequence)),
    ...(account === undefined ? {} : { account }),
    kind: KINDS[chunk.kind[row]!]!,
    fields,
    size: chunk.headerBytes[row]! + chunk.payloadBytes[row]!,
    status: chunk.status[row]!,
  };
}

function payloadOf(recording: Recording, sequence: number): Uint8Array {
  const { capture } = recording;
  return capture.payload(capture.chunkOf(sequence), capture.rowOf(sequence));
}

interface Neighbours {
  previous: number;
  next: number;
  count: number;
}

/** Rows of a subject that the tree does not name are not linked: the rows around are looked through for them. */
function neighbours(
  { capture, census, limits }: Recording,
  sequence: number,
  node: number,
  subject: Uint8Array,
): Neighbours {
  if (!census.get(node, FLAG_FOLD)) {
    return { previous: capture.previous(sequence), next: capture.next(sequence), count: census.ownCount[node]! };
  }
  const found = { previous: 0, next: 0, count: 1 };
  const low = Math.max(capture.first, sequence - limits.foldedNeighboursMax);
  const high = Math.min(capture.newest, sequence + limits.foldedNeighboursMax);
  for (let at = low; at <= high; at++) {
    const chunk = capture.chunkOf(at);
    const row = capture.rowOf(at);
    if (at === sequence || chunk.node[row] !== node || chunk.subjectBytes[row] !== subject.length) continue;
    if (Buffer.compare(capture.foldedSubject(chunk, row), subject) !== 0) continue;
    found.count++;
    if (at < sequence) found.previous = at;
    else if (found.next === 0) found.next = at;
  }
  return found;
}

/** What a service says of its error (ADR-32). */
function serviceError(fields: readonly HeaderField[]): string {
  return fields.find((field) => field.name === 'Nats-Service-Error')?.value ?? '';
}

/** @param payloadBytesMax how much of the payload comes along */
export function drawMessage(recording: Recording, sequence: number, payloadBytesMax: number): MessageDetail {
  const { capture } = recording;
  const chunk = capture.chunkOf(sequence);
  const row = capture.rowOf(sequence);
  const node = chunk.node[row]!;
  const subject = subjectBytesOf(recording, sequence);
  const reply = capture.replyBytes(chunk, row);
  const headers = parseHeaders(capture.headers(chunk, row));
  const payload = capture.payload(chunk, row);
  const { previous, next, count } = neighbours(recording, sequence, node, subject);
  const time = chunk.time[row]!;
  const before = previous === 0 ? null : capture.chunkOf(previous).time[capture.rowOf(previous)]!;
  const text = subjectText(subject);
  const account = recording.accountOf(node)?.name;
  return {
    sequence,
    time,
    subject: text,
    ...(account === undefined ? {} : { account }),
    ...(text.includes('\\x') ? { subjectBytes: subject.slice() } : {}),
    reply: reply.length === 0 ? null : subjectText(reply),
    kind: KINDS[chunk.kind[row]!]!,
    status: chunk.status[row]!,
    statusText: headers.statusText || serviceError(headers.fields),
    headers: headers.fields,
    ...(headers.error === undefined ? {} : { headersError: headers.error }),
    headerBytes: chunk.headerBytes[row]!,
    payload: payload.slice(0, payloadBytesMax),
    payloadBytes: payload.length,
    gap: before === null ? null : time - before,
    previous: previous === 0 ? null : previous,
    next: next === 0 ? null : next,
    subjectCount: count,
    subscription: chunk.subscription[row]!,
  };
}
