import type { ApiError } from '../api-error.ts';
import { goJson, unlessEmpty } from './go-json.ts';
import { errorJson } from './info-fields.ts';

/** Answers of the API: their types, and what is in them even when they are errors. */

const PREFIX = 'io.nats.jetstream.api.v1.';
const NO_PAGE = { total: 0, offset: 0, limit: 0 };
const NEVER_TEXT = '0001-01-01T00:00:00Z';

/** By kind, the fields that Go writes without a value, too. */
const ZERO_FIELDS = {
  system: {},
  account_info: {},
  stream_create: {},
  stream_update: {},
  stream_delete: {},
  stream_info: NO_PAGE,
  stream_names: { ...NO_PAGE, streams: null },
  stream_list: { ...NO_PAGE, streams: [] },
  stream_purge: { purged: 0 },
  stream_msg_get: {},
  stream_msg_delete: {},
  stream_snapshot: {},
  stream_restore: { deliver_subject: '' },
  stream_remove_peer: {},
  stream_evacuate_peer: {},
  stream_leader_stepdown: {},
  stream_cancel_move: {},
  consumer_create: {},
  consumer_delete: {},
  consumer_info: {},
  consumer_names: { ...NO_PAGE, consumers: [] },
  consumer_list: { ...NO_PAGE, consumers: [] },
  consumer_pause: { paused: false, pause_until: NEVER_TEXT },
  consumer_reset: { reset_seq: 0 },
  consumer_unpin: {},
  consumer_leader_stepdown: {},
  consumer_remove_peer: {},
  consumer_evacuate_peer: {},
  meta_leader_stepdown: {},
  meta_server_remove: {},
  meta_server_evacuate: {},
  meta_rescue: { server: '', server_id: '' },
  account_purge: {},
} as const satisfies Readonly<Record<string, object>>;

export type AnswerKind = keyof typeof ZERO_FIELDS;

/** An answer without an error. `fields` come in the order in which they are given. */
export function answer(kind: AnswerKind, fields: object = {}): string {
  return goJson({ type: `${PREFIX}${kind}_response`, ...fields });
}

/** `fields`: in place of those that are there anyway. */
export function errorAnswer(kind: AnswerKind, error: ApiError, fields: object = {}): string {
  return goJson({ type: `${PREFIX}${kind}_response`, error: errorJson(error), ...ZERO_FIELDS[kind], ...fields });
}

/** What is said to those that wanted something done, and it was. */
export function successAnswer(kind: AnswerKind): string {
  return answer(kind, { success: true });
}

/** Part of a list. */
export interface Page {
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
}

/** Entries of one answer, as nats-server has them. */
export const NAMES_PER_PAGE = 1024;
export const INFOS_PER_PAGE = 256;
export const SUBJECTS_PER_PAGE = 100_000;

/** The part of a list that begins at an offset, which may be anything; `offset` of the page is the one that is told. */
export function pageOf<T>(all: readonly T[], offset: number, limit: number): { page: Page; items: readonly T[] } {
  const from = Math.min(Math.max(offset, 0), all.length);
  return { page: { total: all.length, offset: from, limit }, items: all.slice(from, from + limit) };
}

/** `names`: a page of all; none of them are told as null. */
export function streamNamesAnswer(page: Page, names: readonly string[]): string {
  return answer('stream_names', { ...pageFields(page), streams: names.length === 0 ? null : names });
}

/** `infos`: as `streamInfoJson` makes them. */
export function streamListAnswer(page: Page, infos: readonly object[]): string {
  return answer('stream_list', { ...pageFields(page), streams: infos });
}

export function consumerNamesAnswer(page: Page, names: readonly string[]): string {
  return answer('consumer_names', { ...pageFields(page), consumers: names });
}

/** `infos`: as `consumerInfoJson` makes them. */
export function consumerListAnswer(page: Page, infos: readonly object[]): string {
  return answer('consumer_list', { ...pageFields(page), consumers: infos });
}

/** `page`: of the subjects, where they were asked for and there are some. */
export function streamInfoAnswer(info: object, page: Page = NO_PAGE): string {
  return answer('stream_info', { ...pageFields(page), ...info });
}

export interface StoredMessageTold {
  readonly subject: string;
  readonly seq: number;
  /** The block with its empty line, latin1; '': none. */
  readonly headers: string;
  readonly payload: string;
  /** RFC 3339. */
  readonly time: string;
}

export function messageAnswer({ subject, seq, headers, payload, time }: StoredMessageTold): string {
  const base64 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('base64');
  return answer('stream_msg_get', {
    message: { subject, seq, hdrs: unlessEmpty(base64(headers)), data: unlessEmpty(base64(payload)), time },
  });
}

function pageFields({ total, offset, limit }: Page): Page {
  return { total, offset, limit };
}
