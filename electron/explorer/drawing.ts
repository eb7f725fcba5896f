/** Rows and details for the window, made from what was recorded when they are pulled. Everything in them is a copy. */

import type { ListRow, MessageDetail, TreeRow } from '../bridge/contract.ts';
import { FLAG_FOLD, FLAG_PINNED } from './census.ts';
import { compare, summarize } from './fields.ts';
import { parseHeaders } from './headers.ts';
import { KINDS } from './kinds.ts';
import type { Outline } from './outline.ts';
import { BARS, rateOf, sparkOf } from './rate.ts';
import type { Recording } from './recording.ts';
import { subjectText } from './subject-bytes.ts';

/** Label of the child that counts the subjects which the tree does not name. */
const FOLD_LABEL = '\u2026';

/** @param now the time that the view shows */
export function drawTreeRow(recording: Recording, outline: Outline, node: number, now: number): TreeRow {
  const { census } = recording;
  const { frame } = outline;
  const fold = census.get(node, FLAG_FOLD);
  const subject = census.subjectOf(node);
  const sequence = frame.lastSequence[node]!;
  const { fields, version } = recording.values.of(node, sequence);
  const epoch = frame.epoch[node]!;
  return {
    node: recording.idOf(node),
    depth: census.depth[node]! - 1,
    label: fold ? FOLD_LABEL : subjectText(subject, census.tokenStart[node]),
    subject: subjectText(subject),
    branch: census.childCount[node] !== 0,
    expanded: outline.isOpen(node),
    subjects: frame.subjects[node]!,
    count: frame.count[node]!,
    bytes: frame.bytes[node]!,
    rate: rateOf(frame.bars, node * BARS, epoch, frame.last[node]!, now),
    last: frame.last[node]!,
    kind: KINDS[frame.kind[node]!]!,
    spark: sparkOf(frame.bars, node * BARS, epoch, now),
    fields,
    version,
    pinned: census.get(node, FLAG_PINNED),
  };
}

export function subjectBytesOf(recording: Recording, sequence: number): Uint8Array {
  const { capture, census } = recording;
  const chunk = capture.chunkOf(sequence);
  const row = capture.rowOf(sequence);
  return chunk.subjectBytes[row] === 0 ? census.subjectOf(chunk.node[row]!) : capture.foldedSubject(chunk, row);
}

export function drawListRow(recording: Recording, sequence: number): ListRow {
  const { capture } = recording;
  const chunk = capture.chunkOf(sequence);
  const row = capture.rowOf(sequence);
  const previous = capture.previous(sequence);
  const earlier = previous === 0 ? null : payloadOf(recording, previous);
  return {
    sequence,
    time: chunk.time[row]!,
    node: recording.idOf(chunk.node[row]!),
    subject: subjectText(subjectBytesOf(recording, sequence)),
    kind: KINDS[chunk.kind[row]!]!,
    fields: compare(summarize(capture.payload(chunk, row)).fields, earlier === null ? null : summarize(earlier).fields),
    size: chunk.headerBytes[row]! + chunk.payloadBytes[row]!,
    status: chunk.status[row]!,
  };
}

function payloadOf(recording: Recording, sequence: number): Uint8Array {
  const { capture } = recording;
  return capture.payload(capture.chunkOf(sequence), capture.rowOf(sequence));
}

/** @param payloadBytesMax how much of the payload comes along */
export function drawMessage(recording: Recording, sequence: number, payloadBytesMax: number): MessageDetail {
  const { capture, census } = recording;
  const chunk = capture.chunkOf(sequence);
  const row = capture.rowOf(sequence);
  const node = chunk.node[row]!;
  const subject = subjectBytesOf(recording, sequence);
  const reply = capture.replyBytes(chunk, row);
  const headers = parseHeaders(capture.headers(chunk, row));
  const payload = capture.payload(chunk, row);
  const previous = capture.previous(sequence);
  const next = capture.next(sequence);
  const time = chunk.time[row]!;
  const before = previous === 0 ? null : capture.chunkOf(previous).time[capture.rowOf(previous)]!;
  const text = subjectText(subject);
  return {
    sequence,
    time,
    subject: text,
    ...(text.includes('\\x') ? { subjectBytes: subject.slice() } : {}),
    reply: reply.length === 0 ? null : subjectText(reply),
    kind: KINDS[chunk.kind[row]!]!,
    status: headers.status,
    statusText: headers.statusText,
    headers: headers.fields,
    ...(headers.error === undefined ? {} : { headersError: headers.error }),
    headerBytes: chunk.headerBytes[row]!,
    payload: payload.slice(0, payloadBytesMax),
    payloadBytes: payload.length,
    gap: before === null ? null : time - before,
    previous: previous === 0 ? null : previous,
    next: next === 0 ? null : next,
    subjectCount: census.get(node, FLAG_FOLD) ? 1 : census.ownCount[node]!,
    subscription: chunk.subscription[row]!,
  };
}
